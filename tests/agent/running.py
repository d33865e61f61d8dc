"""A real `lineage-agent serve`, in a process of its own, for tests that talk HTTP to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx2
from click.testing import CliRunner

from lineage_agent.cli.main import run

STOP_TIMEOUT_S = 20.0


@dataclass
class RunningAgent:
    """A served store: its URL, its file, its process."""

    url: str
    db: Path
    process: subprocess.Popen[str]
    log: Path

    def client(self, **headers: str) -> httpx2.Client:
        """Return an HTTP client of this agent; the caller closes it."""
        return httpx2.Client(base_url=self.url, headers=headers, timeout=30.0)

    def post(self, event: Any, **headers: str) -> httpx2.Response:
        """Post one event."""
        with self.client(**headers) as client:
            return client.post("/api/v1/lineage", json=event)

    def settle(self, response: httpx2.Response, **headers: str) -> None:
        """Wait until the event that was answered so is projected."""
        with self.client(**headers) as client:
            waited = client.get("/mesh/v1/about", params={"wait": response.headers["lineage-position"]})
            assert waited.status_code == 200, waited.text

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_TIMEOUT_S)


def environment(settings: dict[str, Any]) -> dict[str, str]:
    """Return the environment of a child process, with settings as variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LINEAGE_")}
    return clean | {f"LINEAGE_AGENT_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def running_agent(folder: Path, *flags: str, domain: str = "shop", **settings: Any) -> Iterator[RunningAgent]:
    """Serve FOLDER/DOMAIN.db on a free port until the block ends."""
    db = folder / f"{domain}.db"
    log = folder / f"{domain}.{time.monotonic_ns()}.log"
    command = [
        sys.executable,
        "-m",
        "lineage_agent",
        "serve",
        "--port",
        "0",
        "--domain",
        domain,
        "--db",
        str(db),
        *flags,
    ]
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(settings), stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    try:
        yield RunningAgent(_url(process, log), db, process, log)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait(STOP_TIMEOUT_S)
        _close(process.stdout)


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    returncode: int
    stdout: str
    stderr: str


def lineage_agent(folder: Path, *arguments: str, stdin: bytes = b"", **settings: Any) -> Done:
    """Run a `lineage-agent` command to its end, in this process: starting Python each time would take too long."""
    added = environment(settings)
    removed = {name: None for name in os.environ if name not in added}
    with chdir(folder), CliRunner().isolation(input=stdin, env={**added, **removed}) as (stdout, stderr, _):
        code = run(list(arguments))
        sys.stdout.flush()
        return Done(code, stdout.getvalue().decode(), stderr.getvalue().decode())


def spawned(folder: Path, *arguments: str, **settings: Any) -> Done:
    """Run a `lineage-agent` command to its end, in a process of its own."""
    command = [sys.executable, "-m", "lineage_agent", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(settings), capture_output=True, check=False, timeout=60, text=True
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _url(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url.startswith("http://"), f"serve did not start: {log.read_text(encoding='utf-8')}"
    return url


def _close(stream: IO[str] | None) -> None:
    if stream is not None:
        stream.close()
