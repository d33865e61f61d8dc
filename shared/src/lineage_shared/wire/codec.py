"""Messages to bytes and back: msgpack, or JSON that a person can read with curl."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from lineage_shared.errors import ProtocolViolation

MSGPACK: Final = "application/msgpack"
JSON: Final = "application/json"

T = TypeVar("T")

_pack = msgspec.msgpack.Encoder()
_json = msgspec.json.Encoder()


def encode(message: Any, media_type: str = MSGPACK) -> bytes:
    """Encode one message. Whole numbers beyond 64 bits (in facets) travel as text in msgpack, which has none."""
    if media_type == JSON:
        return _json.encode(message)
    try:
        return _pack.encode(message)
    except OverflowError:
        return _pack.encode(_without_big_numbers(msgspec.to_builtins(message)))


def decode(body: bytes, as_type: type[T], media_type: str = MSGPACK) -> T:
    """Decode one message; raise `ProtocolViolation` when it is malformed or of another shape."""
    decoder = msgspec.json.decode if media_type == JSON else msgspec.msgpack.decode
    try:
        return decoder(body, type=as_type)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        name = getattr(as_type, "__name__", "message of the mesh protocol")
        raise ProtocolViolation(f"not a {name}: {error}") from error


def frame(body: bytes) -> bytes:
    """Prefix one message of a msgpack stream with its length in bytes (4 bytes, big endian)."""
    return len(body).to_bytes(4, "big") + body


def _without_big_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_big_numbers(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_big_numbers(each) for each in value]
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**64 else value
