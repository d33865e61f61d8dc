"""A gateway on a real port, and the `lineage` command as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import uvicorn

from lineage_gateway.app import build
from lineage_gateway.config import load
from lineage_gateway.registry import Registry
from lineage_shared.bearer import Keyring
from tests.gateway.graphql.telling_agent import TellingAgent

_RUN = "from lineage_gateway.cli.lineage import main; main()"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the test process's signals alone."""
        yield


@asynccontextmanager
async def live_gateway(*agents: TellingAgent, key: str = "") -> AsyncIterator[str]:
    """Serve a gateway over running agents until the context is left; yields its URL once it is ready."""
    flags = {"agents": tuple(f"{agent.domain}={agent.url}" for agent in agents), "ready_after_s": 0.5}
    app, _ = build(Registry(lambda: load(flags, {})), Keyring.of([key] if key else []))
    listening = socket.create_server(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        await _ready(url)
        yield url
    finally:
        server.should_exit = True
        await serving


async def _ready(url: str) -> None:
    async with asyncio.timeout(10), httpx2.AsyncClient(trust_env=False) as http:
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                if (await http.get(f"{url}/health/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.02)


async def start(*words: str, url: str, **environment: str) -> asyncio.subprocess.Process:
    """Start the command."""
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("LINEAGE", "FORCE_COLOR"))}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", _RUN, *words,
        env={**quiet, "LINEAGE_URL": url, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def lineage(*words: str, url: str, **environment: str) -> Done:
    """Run the command to its end."""
    process = await start(*words, url=url, **environment)
    out, err = await process.communicate()
    return Done(process.returncode or 0, out.decode(), err.decode())
