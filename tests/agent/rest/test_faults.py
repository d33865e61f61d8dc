"""A disk that is full or cannot be written: 503, nothing acknowledged, and recovery without a restart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests import factories as make
from tests.agent.running import RunningAgent, lineage_agent, running_agent, spawned

if sys.platform == "linux":
    import resource

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's prlimit")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, which is soon full."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root on Linux may mount a small disk")
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def exported(agent: RunningAgent) -> str:
    """All that the record holds."""
    return lineage_agent(agent.db.parent.parent, "export", "--db", str(agent.db)).stdout


def fill(agent: RunningAgent) -> tuple[list[str], httpx2.Response]:
    """Post events until one is refused; return the names of those acknowledged, and the refusal."""
    acknowledged: list[str] = []
    with agent.client() as client:
        for number in range(2_000):
            name = f"job-{number}-"
            noise = {"noise": {"text": os.urandom(15_000).hex()}}
            response = client.post("/api/v1/lineage", json=make.run_event(name, run=name, run_facets=noise))
            if response.status_code != 201:
                return acknowledged, response
            acknowledged.append(name)
    raise AssertionError("the disk was never full")


def is_busy(response: httpx2.Response) -> bool:
    """Tell whether a response asks to send again later."""
    return response.status_code == 503 and bool(response.headers["retry-after"]) and bool(response.json()["message"])


def test_a_full_disk(tmp_path: Path) -> None:
    """A full disk refuses with 503; reading goes on; with space again events are stored, and none was lost."""
    with small_disk(tmp_path / "disk", "6m") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(2 * 2**20))
        with running_agent(disk) as agent:
            acknowledged, refused = fill(agent)
            assert is_busy(refused)
            with agent.client() as client:
                assert client.get("/health/live").status_code == 200
            ballast.unlink()
            assert agent.post(make.run_event("after", run="after")).status_code == 201
            text = exported(agent)
            assert all(f'"{name}"' in text for name in [*acknowledged, "after"])


@linux
def test_an_unwritable_file(tmp_path: Path) -> None:
    """When the file can no longer grow, nothing is acknowledged; when it can, the agent goes on by itself."""
    with running_agent(tmp_path / "..", domain=tmp_path.name) as agent:
        agent.settle(agent.post(make.run_event("before")))
        before = resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
        for _ in range(3):
            assert is_busy(agent.post(make.run_event("during")))
        assert "during" not in exported(agent)
        resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, before)
        agent.settle(agent.post(make.run_event("after")))
        text = exported(agent)
        assert all(f'"{name}"' in text for name in ("before", "after"))
        assert '"during"' not in text


def test_a_read_only_disk_at_start(tmp_path: Path) -> None:
    """A store on a disk that cannot be written is not served, and the message says so."""
    with small_disk(tmp_path / "disk", "6m") as disk:
        with running_agent(disk) as agent:
            agent.post(make.run_event("kept"))
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        tried = spawned(tmp_path, "serve", "--port", "0", "--domain", "shop", "--db", str(disk / "shop.db"))
        assert tried.returncode in {1, 2}
        assert "Traceback" not in tried.stderr
        assert "shop.db" in tried.stderr
        assert '"kept"' in lineage_agent(tmp_path, "export", "--db", str(disk / "shop.db")).stdout


def test_a_full_queue(tmp_path: Path) -> None:
    """Who finds the queue full is asked to come back; the others are served meanwhile."""
    full, stop = threading.Event(), time.monotonic() + 60
    strange: list[int] = []
    with running_agent(tmp_path, queue_events_max=1) as agent:

        def post(poster: int) -> None:
            with agent.client() as client:
                number = 0
                while not full.is_set() and time.monotonic() < stop:
                    number += 1
                    response = client.post("/api/v1/lineage", json=make.run_event(f"p{poster}", run=str(number)))
                    if is_busy(response) and response.json()["code"] == "QUEUE_FULL":
                        full.set()
                    elif response.status_code != 201:
                        strange.append(response.status_code)

        posters = [threading.Thread(target=post, args=(number,)) for number in range(8)]
        for each in posters:
            each.start()
        for each in posters:
            each.join()
    assert full.is_set()
    assert strange in ([], [503] * len(strange))


@contextmanager
def failing_sync(folder: Path, process: int) -> Iterator[None]:
    """Every fsync of a process fails with EIO until the block ends."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    inject = ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"]
    log = folder / "strace.log"
    with log.open("w") as told:
        tracer = subprocess.Popen([strace, "-f", "-p", str(process), *inject], stderr=told)
    try:
        deadline = time.monotonic() + 10
        while "attached" not in log.read_text() and tracer.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if "attached" not in log.read_text():
            pytest.skip("this machine does not let a process be traced")
        yield
    finally:
        tracer.terminate()
        tracer.wait(10)


def test_a_disk_that_does_not_sync(tmp_path: Path) -> None:
    """While fsync fails nothing is acknowledged; then all goes on without a restart, and no event is there twice."""
    with running_agent(tmp_path) as agent:
        assert agent.post(make.run_event("before", run="0")).status_code == 201
        with failing_sync(tmp_path, agent.process.pid):
            assert all(is_busy(agent.post(make.run_event(f"during {at}", run=str(at)))) for at in range(1, 4))
        for at in range(1, 4):
            assert agent.post(make.run_event(f"during {at}", run=str(at))).status_code == 201
    text = lineage_agent(tmp_path, "export", "--db", "shop.db").stdout
    assert [text.count(f'"during {at}"') for at in range(1, 4)] == [1, 1, 1]
