"""A gateway on a real port in this process, over agents of the tests, and a client of graphql-transport-ws."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from lineage_gateway.app import build
from lineage_gateway.app.health import Health
from lineage_gateway.app.server import _Server, _uvicorn_config, listen
from lineage_gateway.config import keyring, load
from lineage_gateway.registry import Registry
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.waiting import until

PROTOCOL = "graphql-transport-ws"
WAIT_S = 10.0


class _Quiet(_Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the test process's signals alone."""
        yield


@dataclass
class Served:
    """A running gateway; `http` is a client of it."""

    port: int
    http: httpx2.AsyncClient
    health: Health
    server: _Server

    @property
    def ws_url(self) -> str:
        """Where WebSockets connect to."""
        return f"ws://127.0.0.1:{self.port}/graphql"

    def stop(self) -> None:
        """Begin to stop, as SIGTERM does."""
        self.server.should_exit = True

    async def metric(self, name: str) -> float:
        """Return the value of a metric without labels."""
        text = (await self.http.get("/metrics")).text
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))

    async def until_unsubscribed(self) -> None:
        """Wait until nobody is subscribed."""

        async def none() -> bool:
            return await self.metric("lineage_gateway_subscriptions") == 0

        await until(none)

    async def version(self) -> str:
        """Return the version of the mesh."""
        body = (await self.http.post("/graphql", json={"query": "{ mesh { version } }"})).json()
        return str(body["data"]["mesh"]["version"])


@asynccontextmanager
async def served(*agents: FakeAgent, ready: bool = True, **settings: Any) -> AsyncIterator[Served]:
    """A gateway that has synced with its agents."""
    named = tuple(f"{agent.domain}={agent.url}" for agent in agents)
    flags = {"agents": named, "backoff_s_min": 0.02, "drain_s": 3.0, **settings}
    registry = Registry(lambda: load(flags, {}))
    app, health = build(registry, keyring(registry.settings))
    listener = listen("127.0.0.1", 0)
    started = asyncio.Event()
    server = _Quiet(_uvicorn_config(app, registry.settings), health, started.set)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await started.wait()
    port = listener.getsockname()[1] if listener.fileno() >= 0 else server.servers[0].sockets[0].getsockname()[1]
    key = registry.settings.keys[0] if registry.settings.keys else None
    headers = {"authorization": f"Bearer {key}"} if key else {}
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=WAIT_S
    ) as http:
        if ready:

            async def is_ready() -> bool:
                return bool((await http.get("/health/ready")).status_code == 200)

            await until(is_ready)
        try:
            yield Served(port, http, health, server)
        finally:
            server.should_exit = True
            await running
            listener.close()


class Client:
    """One WebSocket, message by message."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: Any) -> None:
        """Send a message, or text as it is."""
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """Wait for the next message."""
        async with asyncio.timeout(WAIT_S):
            message: dict[str, Any] = json.loads(await self.connection.recv())
        return message

    async def quiet(self, for_s: float = 0.3) -> bool:
        """Tell whether nothing comes for a while."""
        try:
            async with asyncio.timeout(for_s):
                await self.connection.recv()
        except TimeoutError:
            return True
        return False

    async def init(self, payload: dict[str, Any] | None = None) -> Self:
        """Initialise the connection."""
        await self.send({"type": "connection_init", **({"payload": payload} if payload else {})})
        assert await self.receive() == {"type": "connection_ack"}
        return self

    async def subscribe(self, query: str, *, operation: str = "1", **variables: Any) -> None:
        """Begin an operation."""
        await self.send({"id": operation, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def data(self, operation: str = "1") -> dict[str, Any]:
        """Wait for the next result of an operation; return its data."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert message["id"] == operation
        assert "errors" not in message["payload"], message
        data: dict[str, Any] = message["payload"]["data"]
        return data

    async def closed(self) -> tuple[int, str]:
        """Wait until the server closes; return code and reason."""
        async with asyncio.timeout(WAIT_S):
            await self.connection.wait_closed()
        return self.connection.close_code or 0, self.connection.close_reason or ""


@asynccontextmanager
async def client(gateway: Served, **more: Any) -> AsyncIterator[Client]:
    """A WebSocket that is not initialised yet."""
    more.setdefault("subprotocols", [PROTOCOL])
    async with connect(gateway.ws_url, proxy=None, **more) as connection:
        yield Client(connection)
