"""What makes two events the same, and which of two events is later (ARCHITECTURE rule 2).

Equal content means equal canonical JSON: keys sorted, no white space. A stamp orders events by event time, then a
terminal state after others, then by content, so that a fold never depends on the order of arrival.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

import msgspec

from lineage_shared.model import RunState

HASH_BYTES: Final = 16
STAMP_BYTES: Final = 8 + 1 + HASH_BYTES

_PRIORITY = {RunState.COMPLETE: 1, RunState.ABORT: 2, RunState.FAIL: 3}
_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(value: Any) -> bytes:
    """Encode what `parse` returned, so that key order and white space make no difference."""
    return _encoder.encode(value)


def content_hash(canonical: bytes) -> bytes:
    """Return the BLAKE2b-128 of canonical JSON."""
    return blake2b(canonical, digest_size=HASH_BYTES).digest()


def stamp_of(time_ns: int, state: RunState | None, event_hash: bytes) -> bytes:
    """Return 25 bytes whose byte order is the order in which events fold.

    They are (time_ns + 2^63) as 8 bytes big-endian, 1 byte of terminal priority (0 none, 1 COMPLETE, 2 ABORT, 3 FAIL),
    and the event's hash.
    """
    priority = _PRIORITY.get(state, 0) if state is not None else 0
    return (time_ns + 2**63).to_bytes(8, "big") + bytes((priority,)) + event_hash
