"""Streams over HTTP: which form a client gets, and sending it until the stream, the client or the process ends.

A stream is sent only to a client that names its media type. For a query, `text/event-stream` must be preferred to JSON:
many clients list it behind JSON with every request. A subscription cannot be answered as JSON, so there any named
stream will do. While nothing happens, a sign of life goes out every `keep_alive_s`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from typing import Any, Protocol

from graphql import GraphQLError, OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lineage_gateway.graphql.documents import Prepared
from lineage_gateway.graphql.errors import presented
from lineage_gateway.graphql.incremental import uses_incremental_delivery
from lineage_gateway.graphql.negotiation import JSON_TYPES, Accept
from lineage_gateway.graphql.requests import GraphQLRequest
from lineage_gateway.graphql.subscriptions.door import caller_of
from lineage_gateway.graphql.subscriptions.multipart import MULTIPART, Incremental, Subscribed
from lineage_gateway.graphql.subscriptions.sse import EVENT_STREAM, ServerSentEvents
from lineage_gateway.graphql.subscriptions.streams import (
    Answer,
    Errors,
    Refused,
    Stream,
    StreamFailed,
    Streams,
)
from lineage_shared.bearer import Keyring
from lineage_shared.errors import NotAcceptable


class Form(Protocol):
    """How one transport writes a stream."""

    @property
    def media_type(self) -> str:
        """The content type."""

    @property
    def begin(self) -> bytes:
        """What comes first."""

    @property
    def alive(self) -> bytes:
        """A sign of life; empty where the transport has none."""

    @property
    def end(self) -> bytes:
        """The end of a stream that has sent everything."""

    @property
    def stopped(self) -> bytes:
        """The end of the connection, where the client ought to connect again."""

    def payload(self, text: str) -> bytes:
        """Write one payload."""

    def failed(self, errors: Errors) -> bytes:
        """Write why the stream ends."""


class HttpStreams:
    """What the view asks when a stream may be the answer (`http.Streams`)."""

    def __init__(self, streams: Streams, keyring: Keyring) -> None:
        self._streams = streams
        self._keyring = keyring

    def media_for(self, prepared: Prepared, accept: Accept) -> str | None:
        """Return the media type of the stream that answers a prepared operation; None: JSON does, if anything."""
        if prepared.kind is not OperationType.SUBSCRIPTION and not _is_incremental(prepared):
            # Behind JSON, or beside it, event streams are listed by clients that would rather have JSON.
            preferred = accept.names(EVENT_STREAM) and accept.best((*JSON_TYPES, EVENT_STREAM)) == EVENT_STREAM
            return EVENT_STREAM if preferred else None
        offered = [each for each in (EVENT_STREAM, MULTIPART) if _is_named(accept, each, prepared)]
        if not offered and prepared.kind is not OperationType.SUBSCRIPTION:
            raise NotAcceptable(
                "an answer with @defer or @stream comes in parts, which this request does not accept",
                hint="accept multipart/mixed or text/event-stream, or use WebSocket",
                code="INCREMENTAL_NEEDS_STREAM",
            )
        return accept.best(offered) if offered else None

    def refused(self, errors: Iterable[GraphQLError], media: str) -> Response | None:
        """Return the response for an operation that may not run; None: as JSON."""
        if media != EVENT_STREAM:
            return None
        return StreamResponse(Refused(presented(errors)), ServerSentEvents(), self._streams)

    async def respond(self, request: Request, asked: GraphQLRequest, prepared: Prepared, media: str) -> Response:
        """Answer with a stream of this media type."""
        busy = self._streams.busy()
        if busy is not None:
            raise busy
        caller = caller_of(request, self._keyring, request.headers.get("authorization"))
        outcome = await self._streams.begin(asked, prepared, caller)
        return StreamResponse(outcome, _form(media, Accept.of(request.headers.get("accept")), prepared), self._streams)


def _is_named(accept: Accept, media: str, prepared: Prepared) -> bool:
    named = accept.names(media)
    if named is None:
        return False
    # The earlier format of incremental delivery is another one than graphql-core's.
    return prepared.kind is OperationType.SUBSCRIPTION or "deferspec=20220824" not in named.parameters


def _form(media: str, accept: Accept, prepared: Prepared) -> Form:
    if media == EVENT_STREAM:
        return ServerSentEvents()
    named = accept.names(MULTIPART)
    apollo = named is not None and "subscriptionspec" in named.parameters
    return Subscribed() if apollo and prepared.kind is OperationType.SUBSCRIPTION else Incremental()


def _is_incremental(prepared: Prepared) -> bool:
    """Whether the document uses `@defer` or `@stream`, which only a schema that offers them lets through."""
    return prepared.document is not None and uses_incremental_delivery(prepared.document)


class StreamResponse(Response):
    """Sends an outcome in a form. It owns the stream, and closes it whatever happens."""

    def __init__(self, outcome: Refused | Answer | Stream, form: Form, streams: Streams) -> None:
        super().__init__(
            media_type=None,
            headers={
                "Content-Type": form.media_type,
                "Cache-Control": "no-store",
                "Vary": "Accept",
                "X-Accel-Buffering": "no",
                "X-Content-Type-Options": "nosniff",
            },
        )
        del self.headers["content-length"]
        self._outcome = outcome
        self._form = form
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send everything, until the end or until the client is gone."""
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            with self._streams.connected():
                await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _ended(sending, leaving)
            if isinstance(self._outcome, Stream):
                await self._outcome.aclose()
        if not sending.cancelled():
            sending.result()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with aclosing(self._chunks()) as chunks:
            async for chunk in chunks:
                if chunk:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _chunks(self) -> AsyncGenerator[bytes]:
        form, outcome = self._form, self._outcome
        yield form.begin
        if isinstance(outcome, Stream):
            async with aclosing(self._streamed(outcome)) as chunks:
                async for chunk in chunks:
                    yield chunk
        elif isinstance(outcome, Answer):
            yield form.payload(outcome.payload) + form.end
        else:
            yield form.failed(outcome.errors)

    async def _streamed(self, stream: Stream) -> AsyncGenerator[bytes]:
        form, stopping = self._form, asyncio.create_task(self._streams.draining.wait())
        coming = asyncio.ensure_future(anext(stream))
        try:
            while not stopping.done():
                await asyncio.wait(
                    (coming, stopping), timeout=self._streams.limits.keep_alive_s, return_when=asyncio.FIRST_COMPLETED
                )
                if not coming.done():
                    yield form.alive
                    continue
                try:
                    yield form.payload(coming.result())
                except StopAsyncIteration:
                    yield form.end
                    return
                except StreamFailed as failed:
                    yield form.failed(failed.errors)
                    return
                coming = asyncio.ensure_future(anext(stream))
            yield form.stopped
        finally:
            await _ended(coming, stopping)


async def _left(receive: Receive) -> None:
    """Wait until the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ended(*tasks: asyncio.Future[Any]) -> None:
    """Cancel what is not done, and wait for it."""
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
