"""The messages and close codes of graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from lineage_gateway.graphql.requests import GraphQLRequest
from lineage_gateway.graphql.subscriptions.streams import Errors

PROTOCOL = "graphql-transport-ws"
REASON_BYTES_MAX = 123
"""What a close frame has room for."""


class Close(Enum):
    """Why a connection is closed: (code, reason)."""

    STOPPING = 1001, "the gateway is stopping: connect again"
    INVALID = 4400, "Invalid message"
    UNAUTHORIZED = 4401, "Unauthorized"
    FORBIDDEN = 4403, "Forbidden"
    SUBPROTOCOL = 4406, "Subprotocol not acceptable"
    INIT_TIMEOUT = 4408, "Connection initialisation timeout"
    ID_TAKEN = 4409, "Subscriber already exists"
    INIT_TWICE = 4429, "Too many initialisation requests"
    INTERNAL = 4500, "Internal server error"


class Closing(Exception):
    """The connection is to be closed."""

    def __init__(self, why: Close, reason: str = "") -> None:
        super().__init__(why, reason)
        self.code: int = why.value[0]
        self.reason = (reason or why.value[1]).encode()[:REASON_BYTES_MAX].decode(errors="ignore")


class ConnectionInit(msgspec.Struct, tag_field="type", tag="connection_init"):
    """Opens the connection; `payload` may carry the key."""

    payload: dict[str, Any] | None = None


class Ping(msgspec.Struct, tag_field="type", tag="ping"):
    """Asks for a pong."""

    payload: dict[str, Any] | None = None


class Pong(msgspec.Struct, tag_field="type", tag="pong"):
    """A sign of life."""

    payload: dict[str, Any] | None = None


class Subscribe(msgspec.Struct, tag_field="type", tag="subscribe"):
    """Begins an operation, a query as well as a subscription."""

    id: str
    payload: GraphQLRequest


class Complete(msgspec.Struct, tag_field="type", tag="complete"):
    """Ends an operation."""

    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete
_decoder = msgspec.json.Decoder(Message)

ACK = '{"type":"connection_ack"}'


def read(text: str | None) -> Message:
    """Read a message; raise `Closing` for anything else."""
    if text is None:
        raise Closing(Close.INVALID, "Invalid message: binary, not text")
    try:
        message: Message = _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Closing(Close.INVALID, f"Invalid message: {error}") from None
    if isinstance(message, Subscribe):
        _check(message)
    return message


def _check(message: Subscribe) -> None:
    if not message.id:
        raise Closing(Close.INVALID, "Invalid message: the id is empty")
    asked = message.payload
    if asked.query is None and not asked.document_id and asked.extensions is None:
        raise Closing(Close.INVALID, "Invalid message: the payload has no query")


def pong(payload: dict[str, Any] | None) -> str:
    """Write the answer to a ping."""
    return _text({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def next_(operation_id: str, payload: str) -> str:
    """Write one result of an operation; `payload` is JSON text."""
    return f'{{"id":{_text(operation_id)},"type":"next","payload":{payload}}}'


def error(operation_id: str, errors: Errors) -> str:
    """Write why an operation ended."""
    return _text({"id": operation_id, "type": "error", "payload": errors})


def complete(operation_id: str) -> str:
    """Write that an operation has ended."""
    return _text({"id": operation_id, "type": "complete"})


def _text(body: Any) -> str:
    return msgspec.json.encode(body).decode()
