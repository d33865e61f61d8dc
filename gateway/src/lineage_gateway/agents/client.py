"""The client of one agent: `about`, `snapshot`, `changes`, and the calls for details.

A call has one deadline, which covers waiting for a place, connecting, every try and reading the answer. All calls
only read, so that a try that failed for want of the agent (not for its answer) is repeated while time is left. The
two streams are never repeated here: `lineage_gateway.sync` decides how to go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from lineage_gateway.agents import http
from lineage_gateway.agents.feed import Feed
from lineage_gateway.agents.snapshot import SnapshotStream
from lineage_gateway.registry import DomainConfig
from lineage_shared import wire
from lineage_shared.errors import AgentFailure
from lineage_shared.settings import Resolved
from lineage_shared.wire import About, Position

RETRY_WAIT_S_MAX = 1.0
RETRY_WAIT_S_FIRST = 0.05
THREAD_BYTES_MIN = 256 * 1024
"""An answer at least this long is decoded in a thread, so that it does not hold up the event loop."""

_COMPRESSED = "zstd, gzip"
_PLAIN = "identity"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """What a client may spend on its agent; the settings of the same names say what each is."""

    deadline_s: float = 5.0
    attempts_max: int = 3
    calls_per_agent_max: int = 32
    message_bytes_max: int = wire.MESSAGE_BYTES_MAX
    snapshot_bytes_max: int = 1024 * 1024 * 1024
    snapshot_deadline_s: float = 300.0
    silence_s_max: float = 30.0

    @classmethod
    def of(cls, settings: Resolved) -> AgentLimits:
        """Take the limits from the settings."""
        return cls(**{name: getattr(settings, name) for name in cls.__slots__})


class AgentClient:
    """Speaks to the agent of one domain. Everything raises `AgentFailure` and nothing else."""

    def __init__(self, connections: httpx2.AsyncClient, domain: DomainConfig, limits: AgentLimits) -> None:
        self.domain = domain.name
        self._http = connections
        self._base = domain.url + wire.PREFIX
        self._key = domain.key
        self._encodings = _PLAIN if domain.is_on_this_machine else _COMPRESSED
        self._limits = limits
        self._places = asyncio.Semaphore(limits.calls_per_agent_max)

    async def about(self) -> About:
        """Ask who the agent is."""
        return await self._call("GET", "/about", None, About)

    async def details(self, epoch: str, nodes: Iterable[int], parts: Iterable[str]) -> wire.DetailsAnswer:
        """Ask for parts of nodes, by number; EPOCH_CHANGED when the numbers are of another epoch."""
        request = wire.DetailsRequest(epoch=epoch, nodes=tuple(nodes), parts=tuple(map(str, parts)))
        return await self._call("POST", "/details", request, wire.DetailsAnswer)

    async def columns(self, epoch: str, datasets: Iterable[int]) -> wire.ColumnsAnswer:
        """Ask for the current column edges into datasets."""
        request = wire.ColumnsRequest(epoch=epoch, datasets=tuple(datasets))
        return await self._call("POST", "/columns", request, wire.ColumnsAnswer)

    async def runs(self, request: wire.RunsRequest) -> wire.RunsAnswer:
        """Ask for runs of jobs, or by runId."""
        return await self._call("POST", "/runs", request, wire.RunsAnswer)

    async def expand(self, request: wire.ExpandRequest) -> wire.ExpandAnswer:
        """Ask for the closure inside the domain."""
        return await self._call("POST", "/expand", request, wire.ExpandAnswer)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[SnapshotStream]:
        """Open a snapshot: its header is read and checked, its blocks follow by iteration."""
        limits = self._limits
        with http.translated(self.domain):
            async with (
                asyncio.timeout(limits.snapshot_deadline_s),
                self._stream("/snapshot", wire.MSGPACK, self._encodings) as response,
                aclosing(response.aiter_bytes()) as pieces,
            ):
                chunks = http.counted(pieces, limits.snapshot_bytes_max)
                stream = SnapshotStream(chunks, limits.message_bytes_max, limits.silence_s_max)
                await stream.open(self.domain)
                yield stream

    @asynccontextmanager
    async def changes(self, position: Position) -> AsyncIterator[Feed]:
        """Open the change feed after `position`; the agent answers with a `Reset` when it does not know it."""
        limits = self._limits
        headers = {"Last-Event-ID": str(position), "Cache-Control": "no-store"}
        with http.translated(self.domain):
            async with (
                self._stream("/changes", wire.EVENT_STREAM, _PLAIN, headers) as response,
                aclosing(response.aiter_bytes()) as pieces,
            ):
                yield Feed(pieces, message_bytes_max=limits.message_bytes_max, silence_s_max=limits.silence_s_max)

    @asynccontextmanager
    async def _stream(
        self, path: str, accept: str, encodings: str, more: dict[str, str] | None = None
    ) -> AsyncIterator[httpx2.Response]:
        request = self._http.build_request(
            "GET", self._base + path, headers=http.headers_of(self._key, accept, encodings, more)
        )
        async with asyncio.timeout(self._limits.deadline_s):
            response = await self._http.send(request, stream=True)
            try:
                await http.check_answer(response, self.domain, accept)
            except BaseException:
                await response.aclose()
                raise
        try:
            yield response
        finally:
            await response.aclose()

    async def _call(self, method: str, path: str, message: Any, answer: type[T]) -> T:
        body = wire.encode(message) if message is not None else None

        async def attempt() -> T:
            with http.translated(self.domain):
                return await self._once(method, path, body, answer)

        with http.translated(self.domain):
            async with asyncio.timeout(self._limits.deadline_s), self._places:
                return await _retried(attempt, self._limits.attempts_max)

    async def _once(self, method: str, path: str, body: bytes | None, answer: type[T]) -> T:
        more = {"Content-Type": wire.MSGPACK} if body is not None else None
        headers = http.headers_of(self._key, wire.MSGPACK, self._encodings, more)
        async with self._http.stream(method, self._base + path, content=body, headers=headers) as response:
            await http.check_answer(response, self.domain, wire.MSGPACK)
            received = await http.read_bounded(response.aiter_bytes(), self._limits.message_bytes_max)
        if len(received) < THREAD_BYTES_MIN:
            return wire.decode(received, answer)
        return await asyncio.to_thread(wire.decode, received, answer)


async def _retried(attempt: Callable[[], Awaitable[T]], attempts_max: int) -> T:
    retrying = AsyncRetrying(
        stop=stop_after_attempt(attempts_max),
        wait=wait_random_exponential(multiplier=RETRY_WAIT_S_FIRST, max=RETRY_WAIT_S_MAX),
        retry=retry_if_exception(_may_pass),
        reraise=True,
    )
    return await retrying(attempt)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, AgentFailure) and error.code == http.AGENT_UNAVAILABLE
