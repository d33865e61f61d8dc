"""A small agent for tests: a real server on a free port that speaks the mesh protocol, and misbehaves on request.

    async with FakeAgent("sales", nodes=[...]) as agent:
        agent.commit(nodes=[...])                      # one sequence more, sent to every open feed
        agent.faults["/snapshot"] = [cut(1000)]        # for the next snapshot only; a bare fault stays until removed

A fault takes the bytes that the agent would have answered, and answers otherwise. `stop` and `start` keep port and
state, so that a test may take an agent down and bring it back.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from lineage_shared import wire
from lineage_shared.blocks import pack
from lineage_shared.model import NodeRecord
from lineage_shared.snapshot import snapshot_stream
from lineage_shared.wire import About, Commit, Position, SnapshotHeader, Touch

Body = AsyncIterator[bytes]


@dataclass(frozen=True)
class Answer:
    """What goes over the wire: status, content type, further headers, and the body piece by piece."""

    body: Body
    status: int = 200
    media_type: str = wire.MSGPACK
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer for Starlette, which adds no charset to a content type that is given as a header."""
        return StreamingResponse(self.body, self.status, {"content-type": self.media_type, **self.headers})


Fault = Callable[[Answer], Answer]

ACCEPTING_TURNS = 5
"""Turns of the event loop between a socket's acceptance and its connection being known to the server."""


class Died(Exception):
    """Raised in the middle of a body, so that the server breaks the connection off."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopping = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell when requests may come."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Wait for the end itself, instead of looking ten times a second whether it has come."""
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop at once: every connection is broken off, and nothing is waited for."""
        await self._accept_no_more(sockets or [])
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        await self._break_off()
        for task in list(self.server_state.tasks):
            task.cancel()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)

    async def _accept_no_more(self, sockets: list[socket.socket]) -> None:
        """Let what was accepted become connections: asyncio leaks a socket that it accepted for a closed server."""
        for listening in sockets:
            asyncio.get_running_loop().remove_reader(listening)
        for _ in range(ACCEPTING_TURNS):
            await asyncio.sleep(0)

    async def _break_off(self) -> None:
        """Abort all connections; an aborted one closes some turns later."""
        while connections := list(self.server_state.connections):
            for connection in connections:
                transport = getattr(connection, "transport", None)
                if transport is not None:
                    transport.abort()
            await asyncio.sleep(0)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the test process's signals alone."""
        yield


class FakeAgent:
    """One agent with a file of its own: `epoch`, `sequence` and the commits since."""

    def __init__(
        self, domain: str, nodes: Iterable[NodeRecord] = (), *, key: str = "", heartbeat_s: float = 0.2
    ) -> None:
        self.domain = domain
        self.key = key
        self.heartbeat_s = heartbeat_s
        self.faults: dict[str, Fault | list[Fault]] = {}
        self.requests: list[tuple[str, str]] = []
        self.port = 0
        self.answers: dict[str, Any] = {}
        self.position = self._base = Position("e1", 0, "a0")
        self.nodes: dict[int, NodeRecord] = {}
        self.log: list[Commit] = []
        self._files = 0
        self._moved = asyncio.Event()
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        if nodes:
            self.commit(nodes=nodes)

    @property
    def url(self) -> str:
        """The base URL, the same after a restart."""
        return f"http://127.0.0.1:{self.port}"

    def commit(
        self, nodes: Iterable[NodeRecord] = (), gone: Iterable[int] = (), touched: Iterable[Touch] = ()
    ) -> Position:
        """Change the state by one sequence and tell every feed."""
        sequence = self.position.sequence + 1
        # A nonce is never used twice, also where another file comes to a sequence that was there before.
        nonce = f"a{sequence:x}" if self._files == 0 else f"{self._files:x}a{sequence:x}"
        position = Position(self.position.epoch, sequence, nonce)
        commit = Commit(position=str(position), nodes=tuple(nodes), gone=tuple(gone), touched=tuple(touched))
        self.nodes = {number: node for number, node in self.nodes.items() if number not in commit.gone}
        self.nodes |= {node.number: node for node in commit.nodes}
        self.send(commit)
        self.position = position
        return position

    def send(self, commit: Commit) -> None:
        """Put a commit on every feed, fitting or not."""
        self.log.append(commit)
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    def replace_file(self, nodes: Iterable[NodeRecord], position: Position) -> None:
        """Go on with another file: nodes and position are new, no earlier commit is known."""
        self.nodes = {node.number: node for node in nodes}
        self.position = self._base = position
        self.log = []
        self._files += 1
        self._wake()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Serve, on the port of the last time if there was one."""
        # With its protocol named, asyncio turns Nagle's algorithm off; else every answer waits 40 ms for an ACK.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app(), ws="none", log_config=None, lifespan="off", timeout_graceful_shutdown=0, access_log=False
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))
        await self._server.listening.wait()

    async def stop(self) -> None:
        """Break every connection off and stop listening."""
        if self._server is not None and self._task is not None:
            self._server.stopping.set()
            await self._task
            self._server = self._task = None

    def _app(self) -> Starlette:
        paths = ("/about", "/snapshot", "/changes", "/details", "/columns", "/runs", "/expand")
        return Starlette(routes=[Route(wire.PREFIX + path, self._respond, methods=["GET", "POST"]) for path in paths])

    async def _respond(self, request: Request) -> Response:
        path = request.url.path.removeprefix(wire.PREFIX)
        self.requests.append((path, request.headers.get("last-event-id", "")))
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return refused(401, "UNAUTHORIZED")(Answer(_pieces(b""))).response()
        answer = self._answer(path, request.headers.get("last-event-id", ""))
        fault = self.faults.get(path)
        if isinstance(fault, list):
            fault = fault.pop(0) if fault else None
        return (fault(answer) if fault else answer).response()

    def _answer(self, path: str, after: str) -> Answer:
        if path == "/snapshot":
            return Answer(self._snapshot())
        if path == "/changes":
            return Answer(self._changes(after), media_type=wire.EVENT_STREAM)
        if path == "/about":
            return Answer(_pieces(wire.encode(self.about())))
        return Answer(_pieces(wire.encode(self.answers.get(path, {"position": str(self.position)}))))

    def about(self) -> dict[str, Any]:
        """What the agent says of itself."""
        return msgspec.structs.asdict(About(domain=self.domain, version="0", position=str(self.position)))

    async def _snapshot(self) -> Body:
        header = SnapshotHeader(domain=self.domain, position=str(self.position))
        nodes = list(self.nodes.values())
        blocks = [pack(nodes[start : start + 100]) for start in range(0, len(nodes), 100)]
        for piece in snapshot_stream(header, blocks):
            yield piece

    async def _changes(self, after: str) -> Body:
        sent = self._known(after)
        if sent is None:
            yield b"event: reset\ndata: {}\n\n"
            return
        while True:
            moved = self._moved
            for commit in self.log[sent:]:
                yield b"id: %s\nevent: commit\ndata: %s\n\n" % (
                    commit.position.encode(),
                    wire.encode(commit, wire.JSON),
                )
            sent = len(self.log)
            try:
                await asyncio.wait_for(moved.wait(), self.heartbeat_s)
            except TimeoutError:
                yield b"event: heartbeat\ndata: {}\n\n"

    def _known(self, after: str) -> int | None:
        """How many commits the subscriber has seen; None when it must take a snapshot."""
        if after == str(self._base):
            return 0
        return next((index + 1 for index, commit in enumerate(self.log) if commit.position == after), None)


async def _pieces(*pieces: bytes) -> Body:
    for piece in pieces:
        yield piece


def refused(status: int, code: str = "", headers: dict[str, str] | None = None) -> Fault:
    """An error in our shape."""
    body = wire.encode({"code": code, "message": "no"}, wire.JSON)
    return lambda _: Answer(_pieces(body), status, wire.JSON, headers or {})


def garbage(body: bytes = b"\x00\xff<html>", media_type: str = wire.MSGPACK) -> Fault:
    """Bytes that are no message."""
    return lambda _: Answer(_pieces(body), media_type=media_type)


def of_type(media_type: str) -> Fault:
    """The right body under another content type."""
    return lambda answer: Answer(answer.body, media_type=media_type)


def cut(after_bytes: int) -> Fault:
    """The right body, until the agent dies after so many bytes."""

    async def body(whole: Body) -> Body:
        left = after_bytes
        async for piece in whole:
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                await asyncio.sleep(0.02)
                raise Died
        raise Died

    return lambda answer: Answer(body(answer.body), media_type=answer.media_type)


def hanging(after_bytes: int = 0) -> Fault:
    """The first bytes of the right body, then nothing for ever; with 0 not even a status."""

    async def body(whole: Body) -> Body:
        if after_bytes:
            yield (await anext(whole))[:after_bytes]
        await asyncio.Event().wait()

    return lambda answer: Answer(body(answer.body), media_type=answer.media_type)


def dripping(every_s: float = 0.02) -> Fault:
    """The right body, byte by byte."""

    async def body(whole: Body) -> Body:
        async for piece in whole:
            for byte in piece:
                yield bytes([byte])
                await asyncio.sleep(every_s)

    return lambda answer: Answer(body(answer.body), media_type=answer.media_type)


def endless(piece: bytes = b"\x00" * 65536) -> Fault:
    """A body that never ends."""

    async def body() -> Body:
        while True:
            yield piece
            await asyncio.sleep(0)

    return lambda answer: Answer(body(), media_type=answer.media_type)


def bomb(inflated_bytes: int) -> Fault:
    """A small gzip body that inflates to zeros."""
    packed = gzip.compress(b"\x00" * inflated_bytes)
    return lambda answer: Answer(_pieces(packed), media_type=answer.media_type, headers={"content-encoding": "gzip"})


def edited(edit: Callable[[list[bytes]], list[bytes]]) -> Fault:
    """The right body with its pieces edited: for a snapshot these are its framed messages."""

    async def body(whole: Body) -> Body:
        for piece in edit([each async for each in whole]):
            yield piece

    return lambda answer: Answer(body(answer.body), media_type=answer.media_type)
