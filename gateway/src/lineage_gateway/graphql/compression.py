"""Making long responses short: zstd where the client takes it, else gzip, in a thread when it would take a while."""

from __future__ import annotations

import asyncio
import gzip
import sys
from collections.abc import Callable, Mapping

from lineage_gateway.graphql.negotiation import Accept

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

THREAD_BYTES_MIN = 64 * 1024
"""From this length on the event loop is not held up."""

_ZSTD_LEVEL, _GZIP_LEVEL = 3, 4


def _zstd(body: bytes) -> bytes:
    return zstd.compress(body, _ZSTD_LEVEL)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


CODINGS: Mapping[str, Callable[[bytes], bytes]] = {"zstd": _zstd, "gzip": _gzip}
"""What is offered, the better one first."""


async def compressed(body: bytes, accept_encoding: str | None) -> tuple[bytes, str | None]:
    """Return the body in the best coding that the client names, with the coding; as it is when it names none."""
    coding = _chosen(accept_encoding) if accept_encoding else None
    if coding is None:
        return body, None
    compress = CODINGS[coding]
    if len(body) < THREAD_BYTES_MIN:
        return compress(body), coding
    return await asyncio.to_thread(compress, body), coding


def _chosen(accept_encoding: str) -> str | None:
    """The coding named with the greatest q; ours first among equals, since browsers list all that they know."""
    accept = Accept.of(accept_encoding)
    named = [(found.quality, -at, coding) for at, coding in enumerate(CODINGS) if (found := accept.names(coding))]
    return max(named)[2] if named else None
