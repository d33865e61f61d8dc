"""graphql-transport-ws: one connection, many operations. The older `graphql-ws` is not offered.

A `Session` reads messages one by one and runs every operation as a task of its own. A task that cannot send, because
the client does not read, waits; what it is told of meanwhile is summed up (`hub`). Signs of life are WebSocket's own
pings, which the server sends every `keep_alive_s`.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from lineage_gateway.graphql.subscriptions import messages
from lineage_gateway.graphql.subscriptions.door import authorization_in, caller_of, origin_allowed
from lineage_gateway.graphql.subscriptions.messages import Close, Closing
from lineage_gateway.graphql.subscriptions.streams import (
    Answer,
    Errors,
    Refused,
    Stream,
    StreamFailed,
    Streams,
    failure,
)
from lineage_shared.bearer import Keyring
from lineage_shared.errors import LineageError, Unauthorized, Unavailable

_log = logging.getLogger(__name__)


class WebSockets:
    """The WebSocket route of one gateway."""

    def __init__(self, streams: Streams, keyring: Keyring) -> None:
        self._streams = streams
        self._keyring = keyring

    async def __call__(self, websocket: WebSocket) -> None:
        """Serve one connection."""
        refusal = self._refusal(websocket)
        if refusal is not None:
            await websocket.send_denial_response(refusal)
            return
        if messages.PROTOCOL not in websocket.scope["subprotocols"]:
            await websocket.accept()
            await websocket.close(*Close.SUBPROTOCOL.value)
            return
        with self._streams.connected():
            await websocket.accept(messages.PROTOCOL)
            await Session(websocket, self._streams, self._keyring).run()

    def _refusal(self, websocket: WebSocket) -> JSONResponse | None:
        """Return why the handshake is refused, before there is a WebSocket."""
        limits = self._streams.limits
        if not origin_allowed(websocket, limits.websocket_origins):
            shown = {"code": "ORIGIN_NOT_ALLOWED", "message": "pages of this origin may not connect"}
            return JSONResponse({**shown, "hint": "add the origin to the gateway's setting `websocket_origins`"}, 403)
        authorization = websocket.headers.get("authorization")
        if authorization is not None:
            try:
                self._keyring.check(authorization)
            except Unauthorized as error:
                return JSONResponse(
                    error.as_json(), error.status, {"WWW-Authenticate": 'Bearer realm="lineage-gateway"'}
                )
        busy = self._streams.busy()
        if busy is not None:
            return JSONResponse(busy.as_json(), busy.status, {"Retry-After": str(busy.retry_after_s)})
        return None


class Session:
    """One connection, from its acceptance to its end."""

    def __init__(self, websocket: WebSocket, streams: Streams, keyring: Keyring) -> None:
        self._websocket = websocket
        self._streams = streams
        self._keyring = keyring
        self._acknowledged = False
        self._caller = ""
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Serve until either side closes; end every operation then."""
        reading = asyncio.create_task(self._read())
        stopping = asyncio.create_task(self._streams.draining.wait())
        try:
            await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
            await self._close(_why(reading))
        finally:
            tasks = (reading, stopping, *self._operations.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self, why: Closing | None) -> None:
        if why is not None:
            # The client may have gone at the same moment.
            with suppress(WebSocketDisconnect, RuntimeError):
                await self._websocket.close(why.code, why.reason)

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(self._streams.limits.websocket_init_s) as initialising:
                while not self._acknowledged:
                    await self._handle(await self._receive())
                initialising.reschedule(None)
                while True:
                    await self._handle(await self._receive())
        except TimeoutError:
            raise Closing(Close.INIT_TIMEOUT) from None

    async def _receive(self) -> messages.Message:
        event = await self._websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        return messages.read(event.get("text"))

    async def _handle(self, message: messages.Message) -> None:
        match message:
            case messages.ConnectionInit():
                await self._initialise(message)
            case messages.Ping(payload=payload):
                await self._websocket.send_text(messages.pong(payload))
            case messages.Subscribe():
                await self._subscribe(message)
            case messages.Complete(id=operation_id):
                operation = self._operations.pop(operation_id, None)
                if operation is not None:
                    operation.cancel()

    async def _initialise(self, message: messages.ConnectionInit) -> None:
        if self._acknowledged:
            raise Closing(Close.INIT_TWICE)
        authorization = self._websocket.headers.get("authorization") or authorization_in(message.payload)
        try:
            self._keyring.check(authorization)
        except Unauthorized as error:
            raise Closing(Close.FORBIDDEN, f"Forbidden: {error.message}") from None
        self._caller = caller_of(self._websocket, self._keyring, authorization)
        self._acknowledged = True
        await self._websocket.send_text(messages.ACK)

    async def _subscribe(self, message: messages.Subscribe) -> None:
        if not self._acknowledged:
            raise Closing(Close.UNAUTHORIZED)
        if message.id in self._operations:
            raise Closing(Close.ID_TAKEN, f"Subscriber for {message.id} already exists")
        most = self._streams.limits.subscriptions_per_connection_max
        if len(self._operations) >= most:
            shown = failure(
                Unavailable(
                    f"this connection has {most} operations already",
                    hint="complete some of them, or open another connection",
                    code="TOO_MANY_SUBSCRIPTIONS",
                )
            )
            await self._websocket.send_text(messages.error(message.id, shown))
            return
        self._operations[message.id] = asyncio.create_task(self._operate(message))

    async def _operate(self, message: messages.Subscribe) -> None:
        """Run one operation; a message of its end goes out unless the client ended it."""
        stream: Stream | None = None
        try:
            outcome = await self._streams.open(message.payload, self._caller)
            if isinstance(outcome, Stream):
                stream = outcome
                async for payload in stream:
                    await self._websocket.send_text(messages.next_(message.id, payload))
            elif isinstance(outcome, Answer):
                await self._websocket.send_text(messages.next_(message.id, outcome.payload))
            await self._end(message.id, outcome.errors if isinstance(outcome, Refused) else None)
        except StreamFailed as failed:
            await self._end(message.id, failed.errors)
        except LineageError as error:
            await self._end(message.id, failure(error))
        except WebSocketDisconnect:
            # Reading learns of it as well, and ends the session.
            return
        except Exception:  # noqa: BLE001 - logged, and told to the client
            _log.exception("an operation over WebSocket failed")
            await self._end(message.id, failure(LineageError("internal error; the gateway's log says more")))
        finally:
            if stream is not None:
                await stream.aclose()

    async def _end(self, operation_id: str, errors: Errors | None) -> None:
        # The id is free before the client learns so, since it may use it again at once.
        self._operations.pop(operation_id, None)
        told = messages.complete(operation_id) if errors is None else messages.error(operation_id, errors)
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.send_text(told)


def _why(reading: asyncio.Task[None]) -> Closing | None:
    """Return how to close: as reading found, or because the process stops; None when the client is gone."""
    if not reading.done():
        return Closing(Close.STOPPING)
    error = reading.exception()
    if isinstance(error, Closing):
        return error
    if isinstance(error, WebSocketDisconnect):
        return None
    _log.error("a WebSocket session failed", exc_info=error)
    return Closing(Close.INTERNAL)
