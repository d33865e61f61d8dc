"""The life of a server: start, health, metrics, drain, and one owner per file."""

from __future__ import annotations

import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import factories as make
from tests.agent.feed.streams import changes, read_snapshot
from tests.agent.running import RunningAgent, lineage_agent, running_agent, spawned


def test_health_and_metrics(agent: RunningAgent, client: httpx2.Client) -> None:
    """Live and ready from the first answer on; the metrics count what was stored, known and refused."""
    assert client.get("/health/live").json() == {"status": "LIVE"}
    assert client.get("/health/ready").json() == {"status": "READY"}
    for _ in range(2):
        agent.settle(agent.post(make.run_event("counted", outputs=["x"])))
    client.post("/api/v1/lineage", content=b"{")
    text = client.get("/metrics").text
    assert "lineage_agent_events_stored_total 1.0" in text
    assert "lineage_agent_events_duplicate_total 1.0" in text
    assert 'lineage_agent_events_rejected_total{code="JSON_INVALID"} 1.0' in text
    assert "lineage_agent_pending_events 0.0" in text
    assert "lineage_agent_append_seconds_count 3.0" in text


def test_sigterm_drains(tmp_path: Path) -> None:
    """SIGTERM lets a request under way finish, ends the feeds, closes the store whole, and exits with 0."""
    with running_agent(tmp_path, heartbeat_s=0.1) as agent, agent.client() as client:
        position = read_snapshot(client).position
        ended = threading.Event()

        def follow() -> None:
            with agent.client() as follower, changes(follower, position) as feed:
                for _ in feed:
                    started.set()
            ended.set()

        started = threading.Event()
        threading.Thread(target=follow, daemon=True).start()
        assert started.wait(5)
        host, port = agent.url.removeprefix("http://").split(":")
        body = make.body(make.run_event("last", outputs=["x"]))
        with socket.create_connection((host, int(port)), timeout=10) as slow:
            head = f"POST /api/v1/lineage HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            slow.sendall(head + body[:10])
            time.sleep(0.2)
            agent.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            slow.sendall(body[10:])
            assert slow.recv(100).startswith(b"HTTP/1.1 201")
        assert agent.process.wait(10) == 0
        assert ended.wait(5)
    assert not (tmp_path / "shop.db-wal").exists()
    assert '"last"' in lineage_agent(tmp_path, "export", "--db", "shop.db").stdout


def test_ctrl_c_is_interruption(tmp_path: Path) -> None:
    """Ctrl-C drains as well, and exits with 130."""
    with running_agent(tmp_path) as agent:
        agent.process.send_signal(signal.SIGINT)
        assert agent.process.wait(10) == 130


def test_one_server_per_file(agent: RunningAgent) -> None:
    """A second server on the same file refuses to start and says who has it; so do commands that would write."""
    for command in (["serve", "--port", "0"], ["rebuild", "--yes"], ["ingest", "-"], ["dead-letters", "retry"]):
        tried = spawned if command[0] == "serve" else lineage_agent
        second = tried(agent.db.parent, *command, "--db", str(agent.db))
        assert (second.returncode, second.stdout) == (1, "")
        assert "FILE_SERVED" in second.stderr
        assert "hint:" in second.stderr


def test_a_killed_server_frees_its_file(tmp_path: Path) -> None:
    """The lock dies with its process, and what was acknowledged is there."""
    with running_agent(tmp_path) as agent:
        assert agent.post(make.run_event("kept")).status_code == 201
        agent.process.kill()
        agent.process.wait(10)
    with running_agent(tmp_path) as agent, agent.client() as client:
        agent.settle(agent.post(make.run_event("kept")))
        assert [record.name for record in read_snapshot(client).records] == ["kept"]


@pytest.mark.parametrize(
    ("flags", "settings", "code"),
    [
        (["--host", "0.0.0.0"], {}, "KEYS_REQUIRED"),
        (["--host", "192.0.2.1", "--insecure-no-auth"], {}, "PORT_UNUSABLE"),
        (["--host", "no such host", "--insecure-no-auth"], {}, "HOST_INVALID"),
        (["--db", "missing/shop.db"], {}, "the folder of the store must exist"),
        (["--db", "."], {}, "is a folder"),
        (["--config", "missing.toml"], {}, "cannot be read"),
        ([], {"mesh_keys": "short"}, "shorter than 16"),
        ([], {"prot": "1"}, "did you mean 'port'"),
        (["--domain", ""], {}, "no domain"),
    ],
)
def test_what_cannot_be_served(tmp_path: Path, flags: list[str], settings: dict[str, Any], code: str) -> None:
    """A server that cannot serve says why before it listens, and exits with 1 or 2 without a traceback."""
    tried = spawned(tmp_path, "serve", "--port", "0", "--domain", "shop", *flags, **settings)
    assert tried.returncode in {1, 2}
    assert tried.stdout == ""
    assert code in tried.stderr
    assert "Traceback" not in tried.stderr


def test_a_taken_port_is_told(agent: RunningAgent, tmp_path: Path) -> None:
    """A port in use is an error in plain words, with what to do."""
    port = agent.url.rpartition(":")[2]
    tried = spawned(tmp_path, "serve", "--port", port, "--domain", "other")
    assert tried.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in tried.stderr


def test_keys_or_consent_open_the_world(tmp_path: Path) -> None:
    """With keys for both doors, or on explicit wish, every address may be served."""
    with running_agent(tmp_path, "--host", "0.0.0.0", ingest_keys="i" * 16, mesh_keys="m" * 16) as agent:
        assert agent.post(make.run_event(), authorization=f"Bearer {'i' * 16}").status_code == 201
    with running_agent(tmp_path, "--host", "0.0.0.0", "--insecure-no-auth") as agent:
        assert agent.post(make.run_event()).status_code == 201


def test_events_are_taken_while_rebuilding(tmp_path: Path) -> None:
    """Another window means another projection: the mesh waits for it, producers do not."""
    events = make.ndjson(
        make.run_event(f"job {n % 50}", run=str(n), at=n, inputs=["a"], outputs=["b"]) for n in range(3_000)
    )
    lineage_agent(tmp_path, "ingest", "-", "--db", "shop.db", "--domain", "shop", stdin=events)
    with running_agent(tmp_path, windows=f"{make.JOBS}=2") as agent, agent.client() as client:
        assert client.get("/health/ready").json() == {"status": "REBUILDING"}
        about = client.get("/mesh/v1/about")
        assert (about.status_code, about.json()["code"]) == (503, "REBUILDING")
        assert about.headers["retry-after"]
        assert agent.post(make.run_event("meanwhile", outputs=["c"])).status_code == 201
        deadline = time.monotonic() + 60
        while client.get("/mesh/v1/about").status_code == 503 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert client.get("/health/ready").json() == {"status": "READY"}
        assert "meanwhile" in {record.name for record in read_snapshot(client).records}


def test_another_domain_is_refused(tmp_path: Path) -> None:
    """A file belongs to one domain, and remembers it."""
    with running_agent(tmp_path):
        pass
    tried = spawned(tmp_path, "serve", "--port", "0", "--db", "shop.db", "--domain", "other")
    assert tried.returncode == 2
    assert "'shop'" in tried.stderr
