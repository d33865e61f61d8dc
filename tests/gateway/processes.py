"""Servers as processes of their own, for tests: started on a free port, known by the URL that they print."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, Self

import httpx2

START_S_MAX = 30.0


class Process:
    """A server process of ours: `url` once it answers, everything on stderr kept."""

    def __init__(self, arguments: list[str], folder: Path, environ: dict[str, str] | None = None) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("LINEAGE_")}
        self.popen = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**own, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._stderr: list[str] = []
        self._reading = threading.Thread(target=self._drain, args=(self.popen.stderr,), daemon=True)
        self._reading.start()
        self.url = self._announced()

    def _drain(self, stream: IO[str] | None) -> None:
        if stream is not None:
            self._stderr.extend(stream)

    def _announced(self) -> str:
        timer = threading.Timer(START_S_MAX, self.popen.kill)
        timer.start()
        try:
            line = self.popen.stdout.readline().strip() if self.popen.stdout is not None else ""
        finally:
            timer.cancel()
        if not line.startswith("http"):
            self.stop(signal.SIGKILL)
            raise AssertionError(f"no url, but {line!r}\n{self.stderr}")
        return line

    @property
    def stderr(self) -> str:
        """What the process has logged so far; all of it once it has ended."""
        return "".join(self._stderr)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        try:
            self.popen.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        self._reading.join(5)
        for stream in (self.popen.stdout, self.popen.stderr):
            if stream is not None:
                stream.close()
        return self.popen.returncode

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """GET a path of the server."""
        with httpx2.Client(trust_env=False, timeout=20) as client:
            return client.get(self.url + path, headers=headers)

    def graphql(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask the GraphQL route; return the whole answer."""
        with httpx2.Client(trust_env=False, timeout=20) as client:
            answer: dict[str, Any] = client.post(
                self.url + "/graphql", json={"query": query, "variables": variables}
            ).json()
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class GatewayProcess(Process):
    """`lineage-gateway serve` with these arguments, on a free port."""

    def __init__(self, folder: Path, *arguments: str, environ: dict[str, str] | None = None) -> None:
        super().__init__(["-m", "lineage_gateway", "serve", "--port", "0", *arguments], folder, environ)
