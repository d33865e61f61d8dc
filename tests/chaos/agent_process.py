"""A real `lineage-agent serve` that is killed and started again on the same port and file."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

AGENT = Path(sys.executable).with_name("lineage-agent")


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class AgentProcess:
    """One agent on a fixed port; at most one process of it lives at a time."""

    def __init__(self, db: Path, port: int) -> None:
        """Nothing runs before `start`."""
        self.db = db
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process without waiting for it: a kill may hit the start-up."""
        command = [str(AGENT), "serve", "--domain", "chaos", "--db", str(self.db), "--port", str(self.port)]
        log = self.db.with_suffix(".log").open("ab")
        with log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self) -> None:
        """Kill the process with SIGKILL and wait until the system has taken it away."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """Ask the process to drain and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(timeout=30)
        self._process = None
        return code

    def died(self) -> int | None:
        """Return the exit code of a process that ended without being asked to."""
        return None if self._process is None else self._process.poll()
