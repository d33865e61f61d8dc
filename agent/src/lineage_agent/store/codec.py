"""How values lie in the file: JSON and records, compressed where that pays."""

from __future__ import annotations

import sys
from typing import Any, Final

import msgspec

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL: Final = 3


def squeeze(body: bytes) -> bytes:
    """Compress with zstd."""
    return zstd.compress(body, _LEVEL)


def expand(body: bytes) -> bytes:
    """Undo `squeeze`."""
    return zstd.decompress(body)


def read_json(body: bytes) -> Any:
    """Undo `squeeze` and read the JSON inside."""
    return msgspec.json.decode(zstd.decompress(body))
