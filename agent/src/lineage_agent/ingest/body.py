"""Reading a request body: content type, coding, size, time. Nothing here knows what an event is.

A body comes in chunks from the network, is inflated at once by zlib with a bound on what it may become, and is
refused the moment it passes the limit, so that a bomb costs no more memory than an honest body of the largest size.
All bodies in memory share one budget of bytes; who finds it spent is asked to come back. `accept` takes over next.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.types import Receive

from lineage_shared.errors import InvalidInput, TimedOut, TooLarge, Unavailable, UnsupportedMedia

JSON_TYPES = frozenset({"application/json"})

_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_PIECE_BYTES_MAX = 1024 * 1024
_MEMBERS_MAX = 1000
_GZIP_BITS, _ZLIB_BITS, _RAW_BITS = 31, 15, -15


class ClientGone(Exception):
    """The client hung up before its body was complete; nothing was stored."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits of request bodies, all of them after inflating."""

    body_bytes_max: int
    bodies_bytes_max: int
    body_timeout_s: float


class BodyReader:
    """Reads bodies within the limits; owns the budget that they share."""

    def __init__(self, limits: BodyLimits) -> None:
        self._limits = limits
        self._held_bytes = 0

    @asynccontextmanager
    async def read(
        self, headers: Mapping[str, str], receive: Receive, types: frozenset[str] = JSON_TYPES
    ) -> AsyncIterator[bytes]:
        """Yield the inflated body of one of the content types; it counts against the budget until the block is left.

        Raises UnsupportedMedia, TooLarge, InvalidInput (a broken coding), TimedOut, Unavailable or ClientGone.
        """
        coding = headers.get("content-encoding", "identity").strip().lower() or "identity"
        check_content_type(headers.get("content-type", ""), types)
        self._check_length(headers.get("content-length", ""))
        inflater = inflater_for(coding, self._limits.body_bytes_max)
        held = _Held(self)
        try:
            yield await self._in_time(inflater, receive, held)
        finally:
            held.release()

    async def _in_time(self, inflater: Inflater, receive: Receive, held: _Held) -> bytes:
        try:
            async with asyncio.timeout(self._limits.body_timeout_s):
                return await self._collect(inflater, receive, held)
        except TimeoutError:
            raise TimedOut(
                f"the body did not arrive within {self._limits.body_timeout_s:g} s", code="BODY_TIMEOUT"
            ) from None

    async def _collect(self, inflater: Inflater, receive: Receive, held: _Held) -> bytes:
        pieces: list[bytes] = []
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            more = message.get("more_body", False)
            for piece in inflater.feed(message.get("body", b"")):
                held.take(len(piece))
                pieces.append(piece)
        inflater.finish()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _check_length(self, length: str) -> None:
        if length.isdecimal() and int(length) > self._limits.body_bytes_max:
            raise too_large(self._limits.body_bytes_max)

    def take(self, count: int) -> None:
        """Take bytes of the shared budget; raise `Unavailable` when it is spent."""
        if self._held_bytes + count > self._limits.bodies_bytes_max:
            raise Unavailable(
                "too many large bodies at once",
                hint=f"bodies_bytes_max = {self._limits.bodies_bytes_max}",
                code="BODIES_LIMIT",
                retry_after_s=1,
            )
        self._held_bytes += count

    def give_back(self, count: int) -> None:
        """Return bytes to the shared budget."""
        self._held_bytes -= count


class _Held:
    """What one body holds of the shared budget."""

    def __init__(self, reader: BodyReader) -> None:
        self._reader = reader
        self._count = 0

    def take(self, count: int) -> None:
        self._reader.take(count)
        self._count += count

    def release(self) -> None:
        self._reader.give_back(self._count)
        self._count = 0


class Inflater(Protocol):
    """Turns the chunks of the wire into the chunks of the body."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return what the chunk inflates to; raise `TooLarge` as soon as the body passes its limit."""

    def finish(self) -> None:
        """Raise `InvalidInput` when the body ended too early."""


class _Plain:
    def __init__(self, bytes_max: int) -> None:
        self._left, self._bytes_max = bytes_max, bytes_max

    def feed(self, chunk: bytes) -> list[bytes]:
        self._left -= len(chunk)
        if self._left < 0:
            raise too_large(self._bytes_max)
        return [chunk] if chunk else []

    def finish(self) -> None:
        return


class _Zlib:
    """gzip (several members too) or deflate (with and without the zlib header).

    Inflates in pieces, so that the limits are looked at before a bomb has gone off. Streams that turn into nothing are
    bounded too, by the bytes that come in and by the number of members.
    """

    def __init__(self, bits: Callable[[bytes], int], bytes_max: int) -> None:
        self._bits, self._bytes_max = bits, bytes_max
        self._left, self._wire_left, self._members_left = bytes_max, bytes_max, _MEMBERS_MAX
        self._stream: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> list[bytes]:
        pieces: list[bytes] = []
        self._wire_left -= len(chunk)
        if self._wire_left < 0:
            raise too_large(self._bytes_max)
        while chunk:
            self._stream = stream = self._stream or self._open(chunk)
            chunk = self._drain(stream, chunk, pieces)
        return pieces

    def finish(self) -> None:
        if self._stream is not None:
            raise InvalidInput("the compressed body ends too early", code="CODING_TRUNCATED")

    def _open(self, chunk: bytes) -> zlib._Decompress:
        self._members_left -= 1
        if self._members_left < 0:
            raise InvalidInput(f"the compressed body has more than {_MEMBERS_MAX} members", code="CODING_INVALID")
        return zlib.decompressobj(self._bits(chunk))

    def _drain(self, stream: zlib._Decompress, chunk: bytes, pieces: list[bytes]) -> bytes:
        """Inflate the chunk to its end, or to the end of the member; return what follows the member."""
        full = True
        while (chunk or full) and not stream.eof:
            piece = _inflate(stream, chunk)
            self._left -= len(piece)
            if self._left < 0:
                raise too_large(self._bytes_max)
            pieces.append(piece)
            # A full piece may leave output inside the stream, with no input left to ask for it.
            chunk, full = stream.unconsumed_tail, len(piece) == _PIECE_BYTES_MAX
        if not stream.eof:
            return b""
        self._stream = None
        return stream.unused_data


def _inflate(stream: zlib._Decompress, chunk: bytes) -> bytes:
    try:
        return stream.decompress(chunk, _PIECE_BYTES_MAX)
    except zlib.error as error:
        raise InvalidInput(f"the compressed body is broken: {error}", code="CODING_INVALID") from None


def inflater_for(coding: str, bytes_max: int) -> Inflater:
    """Choose by Content-Encoding; raise `UnsupportedMedia` for one that is not understood."""
    if coding == "identity":
        return _Plain(bytes_max)
    if coding in {"gzip", "x-gzip"}:
        return _Zlib(lambda _: _GZIP_BITS, bytes_max)
    if coding == "deflate":
        return _Zlib(_deflate_bits, bytes_max)
    raise UnsupportedMedia(
        f"Content-Encoding {coding[:40]!r} is not understood",
        hint="send gzip, deflate or no coding",
        code="CODING_UNSUPPORTED",
    )


def _deflate_bits(chunk: bytes) -> int:
    """Tell the zlib form, whose first byte says method 8, from the raw one that some clients send."""
    return _ZLIB_BITS if chunk[0] & 0x0F == zlib.DEFLATED else _RAW_BITS


def check_content_type(content_type: str, types: frozenset[str] = JSON_TYPES) -> None:
    """Raise `UnsupportedMedia` unless the type is one of these, another +json, or absent, and in UTF-8."""
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    if kind and kind not in types and not kind.endswith("+json"):
        raise UnsupportedMedia(
            f"content type {kind[:60]!r} is not understood", hint="send the header: Content-Type: application/json"
        )
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in _CHARSETS:
            raise UnsupportedMedia(
                f"charset {value.strip()[:40]!r} is not understood", hint="send UTF-8", code="CHARSET_UNSUPPORTED"
            )


def too_large(bytes_max: int) -> TooLarge:
    """Make the error for a body that is too long."""
    return TooLarge(
        f"the body is longer than {bytes_max} bytes",
        hint="raise body_bytes_max on the agent, or drop large facets (spark.logicalPlan) at the producer",
        code="BODY_TOO_LARGE",
    )
