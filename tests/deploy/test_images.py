"""The two Dockerfiles, and the health check that both images carry."""

from __future__ import annotations

import http.server
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.material import DEPLOY, DOCKERFILES, PORTS, ROOT, run, tool

HEALTHY = DEPLOY / "docker" / "healthy.py"


@pytest.fixture(params=DOCKERFILES)
def member(request: pytest.FixtureRequest) -> str:
    """Each of the two in turn."""
    return str(request.param)


def text(member: str) -> str:
    """Return a Dockerfile without comments, its continued lines joined."""
    lines = [line for line in DOCKERFILES[member].read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return "\n".join(lines).replace("\\\n", " ")


def last_stage(member: str) -> str:
    """Return what makes the image that is shipped."""
    return text(member).rpartition("\nFROM ")[2]


def test_linter_is_content(member: str) -> None:
    """Hadolint finds nothing."""
    done = run(tool("hadolint"), DOCKERFILES[member])
    assert (done.returncode, done.stdout) == (0, "")


def test_base_is_pinned(member: str) -> None:
    """Every stage stands on one named slim Python, of a version that the packages support, never on `latest`."""
    assert re.findall(r"^FROM (\S+)", text(member), re.MULTILINE) == ["${PYTHON}", "${PYTHON}"]
    base = re.findall(r"^ARG PYTHON=(\S+)", text(member), re.MULTILINE)
    assert len(base) == 1
    assert re.fullmatch(r"python:3\.1[1-4]-slim-\w+", base[0])


def test_user_is_not_root(member: str) -> None:
    """The image runs as a numeric user other than root, and what it starts comes after that."""
    user = re.findall(r"^USER (\S+)$", last_stage(member), re.MULTILINE)
    assert len(user) == 1
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user[0])
    assert last_stage(member).index("USER") < last_stage(member).index("ENTRYPOINT")


def test_packages_are_hashed(member: str) -> None:
    """Packages come from the image's own lock, hashes checked; our wheels are built and installed without an index."""
    installs = re.findall(r"pip [^&|\n]*?(?:install|wheel) [^&|\n]*", text(member))
    locked = [line for line in installs if "-r " in line]
    assert [re.findall(r"-r (\S+)", line) for line in locked] == [["build.lock"], [f"{member}.lock"]]
    assert all("--require-hashes" in line and "--only-binary :all:" in line for line in locked)
    assert all("--no-index" in line and "--no-deps" in line for line in installs if line not in locked)


def test_ports_agree(member: str) -> None:
    """The port that is exposed, set and asked for health is the server's default."""
    port = str(PORTS[member])
    stage = last_stage(member)
    assert re.findall(r"^EXPOSE (\d+)", stage, re.MULTILINE) == [port]
    assert re.findall(r"LINEAGE_\w+_PORT=(\d+)", stage) == [port]
    assert re.findall(r'CMD \["python", "/app/healthy.py", "(\d+)"\]', stage) == [port]
    assert not re.search(r"curl|wget", stage)


def test_context_holds_what_is_copied(member: str) -> None:
    """The build context lets through every path that a Dockerfile copies, and each exists."""
    let_through = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = [
        path for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text(member), re.MULTILINE) for path in line.split()
    ]
    assert copied
    for path in copied:
        assert (ROOT / path).exists()
        assert any(Path(path).is_relative_to(each) for each in let_through)


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Answer everything with one status; yield the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
            """Keep quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_health_check_tells_ready_from_not(status: int, code: int) -> None:
    """Ready is exit code 0, everything else 1, whatever proxy the environment names."""
    with answering(status) as port:
        done = run(sys.executable, HEALTHY, str(port), env={"http_proxy": "http://127.0.0.1:9"})
    assert (done.returncode, done.stderr) == (code, "")


def test_health_check_without_a_server() -> None:
    """Nobody there is exit code 1 as well."""
    with answering(200) as port:
        pass
    done = run(sys.executable, HEALTHY, str(port))
    assert done.returncode == 1
    assert "no answer" in done.stderr
