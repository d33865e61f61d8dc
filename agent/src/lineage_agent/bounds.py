"""A bound in bytes on what one answer gathers, kept while it is gathered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from lineage_shared import wire
from lineage_shared.errors import TooLarge

T = TypeVar("T")


def within_bytes(parts: Iterable[T], bytes_max: int) -> list[T]:
    """Return the parts; raise `TooLarge` as soon as they are longer than the limit, encoded."""
    found: list[T] = []
    left = bytes_max
    for part in parts:
        left -= len(wire.encode(part))
        if left < 0:
            raise TooLarge(
                f"the answer is longer than {bytes_max} bytes",
                hint="ask for fewer at a time",
                code="ANSWER_TOO_LARGE",
            )
        found.append(part)
    return found
