"""The real servers of a measurement: one `lineage-agent serve` a domain, and one `lineage-gateway serve`."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

BIN = Path(sys.executable).parent


@contextlib.contextmanager
def serving(*command: object, log: Path) -> Iterator[tuple[str, int]]:
    """Run a server until the block ends; give the URL that it prints and its process id."""
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        yield _url(process, log), process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _url(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
    for line in process.stdout:
        if found := re.search(r"http://[^\s/]+", line):
            return found[0]
    raise SystemExit(f"a server did not start: {log.read_text(encoding='utf-8')[-2000:]}")


def agent(domain: str, folder: Path) -> contextlib.AbstractContextManager[tuple[str, int]]:
    """Serve one domain's file."""
    db, log = folder / f"{domain}.db", folder / f"{domain}.log"
    return serving(BIN / "lineage-agent", "serve", "--domain", domain, "--db", db, "--port", 0, log=log)


def gateway(agents: dict[str, str], folder: Path) -> contextlib.AbstractContextManager[tuple[str, int]]:
    """Serve the mesh of these agents, given by domain and URL."""
    followed = [part for domain, url in agents.items() for part in ("--agent", f"{domain}={url}")]
    return serving(BIN / "lineage-gateway", "serve", "--port", 0, *followed, log=folder / "gateway.log")


def until_ready(url: str, within_s: float = 120.0) -> float:
    """Wait for `/health/ready` and return the seconds that it took."""
    started = time.perf_counter()
    while time.perf_counter() - started < within_s:
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(  # noqa: S310
                f"{url}/health/ready", timeout=10
            ),
        ):
            return time.perf_counter() - started
        time.sleep(0.02)
    raise SystemExit(f"{url} was not ready within {within_s} s")


def resident_mb(pid: int | str = "self") -> float:
    """Return the memory that a process holds, in MB (Linux)."""
    match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(match[1]) / 1024 if match else float("nan")
