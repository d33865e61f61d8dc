"""The mesh protocol, version 1 (`docs/protocol.md`): what a gateway follows and asks.

While the projection is being rebuilt every route here answers 503 with Retry-After: there is nothing consistent to see.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lineage_agent.details import Details
from lineage_agent.feed import Feed, SnapshotForm, take_snapshot
from lineage_agent.ingest import BodyReader
from lineage_agent.rest.negotiate import REQUEST_TYPES, answer_type, reply, request_type, takes_gzip
from lineage_agent.store import Store
from lineage_shared import wire
from lineage_shared.errors import Conflict, InvalidInput, LineageError, ProtocolViolation, TimedOut, Unavailable
from lineage_shared.wire import ColumnsRequest, DetailsRequest, ExpandRequest, Position, RunsRequest

log = logging.getLogger(__name__)

RETRY_MS = 1_000

_WAIT = re.compile(r"(?P<epoch>[0-9a-f]{1,64})\.(?P<sequence>\d{1,18})(\.[0-9a-f]{1,64})?")

T = TypeVar("T")


class MeshRoutes:
    """The routes for gateways."""

    def __init__(
        self,
        store: Store,
        about: Callable[[], Awaitable[wire.About]],
        feed: Feed,
        details: Details,
        requests: BodyReader,
        *,
        wait_s_max: float,
    ) -> None:
        self._store = store
        self._about = about
        self._feed = feed
        self._details = details
        self._requests = requests
        self._wait_s_max = wait_s_max

    async def about(self, request: Request) -> Response:
        """Answer who this agent is; with `?wait=EPOCH.SEQUENCE` only once that event is projected."""
        check_ready(self._store)
        wait_s = self._wait_s(request.query_params.get("wait_s", ""))
        if wait := request.query_params.get("wait"):
            await self._wait(wait, wait_s)
        return await reply(request, await self._about())

    async def snapshot(self, request: Request) -> Response:
        """Answer all nodes at one position."""
        check_ready(self._store)
        form = SnapshotForm(answer_type(request), takes_gzip(request))
        snapshot = await take_snapshot(self._store, form)
        headers = {
            "Content-Length": str(snapshot.size_bytes),
            "Lineage-Position": str(snapshot.position),
            "Vary": "Accept, Accept-Encoding",
        }
        if form.gzip:
            headers["Content-Encoding"] = "gzip"
        media_type = "application/x-ndjson" if form.media_type == wire.JSON else wire.MSGPACK
        return StreamingResponse(snapshot.pieces(), 200, headers, media_type)

    async def changes(self, request: Request) -> Response:
        """Answer the changes after `Last-Event-ID` (or `?position=`), for as long as the client listens."""
        check_ready(self._store)
        text = request.headers.get("last-event-id") or request.query_params.get("position")
        if not text:
            raise InvalidInput(
                "no position to begin after",
                hint="send the position of a snapshot as Last-Event-ID, or as ?position=",
                code="POSITION_MISSING",
            )
        position = Position.parse(text)
        self._feed.check_room()
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(None, 200, headers, wire.EVENT_STREAM)
        return StreamingResponse(self._events(position), 200, headers, wire.EVENT_STREAM)

    async def details(self, request: Request) -> Response:
        """Answer the detail parts asked for."""
        return await self._answer(request, DetailsRequest, self._details.details)

    async def columns(self, request: Request) -> Response:
        """Answer the column edges into datasets."""
        return await self._answer(request, ColumnsRequest, self._details.columns)

    async def runs(self, request: Request) -> Response:
        """Answer runs of jobs, or runs by runId."""
        return await self._answer(request, RunsRequest, self._details.runs)

    async def expand(self, request: Request) -> Response:
        """Answer a closure inside the domain."""
        return await self._answer(request, ExpandRequest, self._details.expand)

    async def _answer(self, request: Request, kind: type[T], answer: Callable[[T], Awaitable[Any]]) -> Response:
        check_ready(self._store)
        async with self._requests.read(request.headers, request.receive, REQUEST_TYPES) as body:
            try:
                asked = wire.decode(body, kind, request_type(request.headers))
            except ProtocolViolation as error:
                raise InvalidInput(error.message, hint="see docs/protocol.md", code="REQUEST_INVALID") from None
        return await reply(request, await answer(asked))

    async def _events(self, position: Position) -> AsyncIterator[bytes]:
        yield f"retry: {RETRY_MS}\n\n".encode()
        try:
            async for event in self._feed.subscribe(position):
                yield event.encode()
        except LineageError as error:
            # The answer has begun, so there is no status to tell it by: the stream ends, and the reader comes back.
            log.warning("a change feed ended: %s", error.message)

    async def _wait(self, token: str, wait_s: float) -> None:
        match = _WAIT.fullmatch(token)
        if match is None:
            raise InvalidInput(
                f"not a position to wait for: {token[:80]!r}",
                hint="use the Lineage-Position header of an answer to POST /api/v1/lineage",
                code="POSITION_INVALID",
            )
        if match["epoch"] != self._store.position.epoch:
            raise Conflict("that position is of another epoch", code="EPOCH_CHANGED")
        try:
            async with asyncio.timeout(wait_s):
                await self._store.projected(int(match["sequence"]))
        except TimeoutError:
            raise TimedOut("the event is not projected yet", hint="ask again", code="WAIT_TIMEOUT") from None

    def _wait_s(self, text: str) -> float:
        if not re.fullmatch(r"(\d{1,6}(\.\d{1,6})?)?", text):
            raise InvalidInput(f"wait_s is not a number of seconds: {text[:40]!r}", code="WAIT_INVALID")
        return min(float(text or self._wait_s_max), self._wait_s_max)


def check_ready(store: Store) -> None:
    """Raise `Unavailable` (REBUILDING) while there is nothing consistent to see."""
    rebuilding = store.rebuilding
    if rebuilding is not None:
        done, total = rebuilding
        raise Unavailable(
            f"the projection is being rebuilt: {done} of {total} events done", code="REBUILDING", retry_after_s=2
        )
