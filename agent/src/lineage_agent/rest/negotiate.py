"""Content negotiation of the mesh protocol: msgpack unless JSON is asked for; gzip where the client takes it."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from lineage_shared import wire

GZIP_BYTES_MIN: Final = 1024
GZIP_LEVEL: Final = 1
GZIP_BITS: Final = 31

_MSGPACK_TYPES = frozenset({wire.MSGPACK, "application/x-msgpack", "application/vnd.msgpack"})
REQUEST_TYPES = _MSGPACK_TYPES | {wire.JSON}


def answer_type(request: Request) -> str:
    """Return the media type of the answer: the one of ours that comes first in Accept; msgpack for `*/*`."""
    for each in request.headers.get("accept", "").split(","):
        kind = each.partition(";")[0].strip().lower()
        if kind in _MSGPACK_TYPES:
            return wire.MSGPACK
        if kind in {wire.JSON, "application/*", "application/x-ndjson", "text/html"}:
            return wire.JSON
    return wire.MSGPACK


def request_type(headers: Mapping[str, str]) -> str:
    """Return the media type of the request's body; JSON when nothing is said."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return wire.MSGPACK if kind in _MSGPACK_TYPES else wire.JSON


def takes_gzip(request: Request) -> bool:
    """Tell whether Accept-Encoding names gzip, and not with a weight of zero."""
    for each in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = each.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


async def reply(request: Request, message: Any) -> Response:
    """Return a message as the client takes it."""
    media_type = answer_type(request)
    return await packed(request, wire.encode(message, media_type), media_type, vary="Accept, Accept-Encoding")


async def packed(request: Request, body: bytes, media_type: str, *, vary: str) -> Response:
    """Return a body, compressed where it pays and the client takes it."""
    headers = {"Vary": vary}
    if len(body) >= GZIP_BYTES_MIN and takes_gzip(request):
        headers["Content-Encoding"] = "gzip"
        body = await asyncio.to_thread(_gzip, body)
    return Response(body, 200, headers, media_type)


def _gzip(body: bytes) -> bytes:
    return zlib.compress(body, GZIP_LEVEL, GZIP_BITS)
