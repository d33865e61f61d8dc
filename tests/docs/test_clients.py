"""The snippets of docs/clients.md that need nothing but Python and curl, run as they stand against a mesh."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.mesh import running_mesh

PAGE = Path(__file__).resolve().parents[2] / "docs" / "clients.md"
BLOCK = re.compile(r"<!-- run: (\w+) -->\n```\w+\n(.*?)```", re.DOTALL)
KINDS = {"compose", "curl", "python", "typescript"}
SNIPPET_S_MAX = 60


def _blocks(kind: str) -> list[str]:
    return [text for marked, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if marked == kind]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a gateway over the demonstration's domains."""
    with running_mesh(tmp_path_factory.mktemp("mesh")) as mesh:
        yield mesh["GATEWAY_URL"].removeprefix("http://")


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SNIPPET_S_MAX, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_snippet_is_run_somewhere() -> None:
    """A block is marked with a kind that a test runs, or not at all."""
    marked = [kind for kind, _ in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]
    assert set(marked) == KINDS
    assert PAGE.read_text(encoding="utf-8").count("<!-- run:") == len(marked)


@pytest.mark.parametrize("number", range(len(_blocks("python"))))
def test_python_snippets_run(number: int, gateway: str, tmp_path: Path) -> None:
    """Each prints something, and ends well."""
    script = tmp_path / "snippet.py"
    script.write_text(_blocks("python")[number].replace("127.0.0.1:8080", gateway), encoding="utf-8")
    printed = _run([sys.executable, str(script)], tmp_path)
    assert printed.strip()
    assert "complete" in printed or "orders" in printed


@pytest.mark.parametrize("number", range(len(_blocks("curl"))))
def test_curl_snippets_run(number: int, gateway: str, tmp_path: Path) -> None:
    """Each prints an answer without errors."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    printed = _run(["sh", "-c", _blocks("curl")[number].replace("127.0.0.1:8080", gateway)], tmp_path)
    assert printed.strip()
    assert '"errors"' not in printed
    assert '"code"' not in printed
