"""A long immutable list that a new version shares with the old one, but for the chunks that changed.

With a hundred thousand entries a copy per change would cost more than the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")

CHUNK_BITS = 9
CHUNK = 1 << CHUNK_BITS
_MASK = CHUNK - 1


class Chunks(Generic[T]):
    """Values by position, None where there is none (any more)."""

    __slots__ = ("_length", "chunks")

    def __init__(self, chunks: tuple[tuple[T | None, ...], ...] = (), length: int = 0) -> None:
        self.chunks = chunks
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, position: int) -> T | None:
        """Return the value at a position that is not negative; raise IndexError beyond the end."""
        return self.chunks[position >> CHUNK_BITS][position & _MASK]

    def get(self, position: int) -> T | None:
        """Return the value at a position that is not negative, None beyond the end."""
        return self[position] if position < self._length else None

    def __iter__(self) -> Iterator[T | None]:
        return (value for chunk in self.chunks for value in chunk)

    def updated(self, changes: Mapping[int, T | None], length: int) -> Chunks[T]:
        """Return the list with changed values, grown to `length`."""
        chunks = list(self.chunks)
        chunks += [(None,) * CHUNK] * (-(-length // CHUNK) - len(chunks))
        drafts: dict[int, list[T | None]] = {}
        for position, value in changes.items():
            at = position >> CHUNK_BITS
            draft = drafts.get(at)
            if draft is None:
                draft = drafts[at] = list(chunks[at])
            draft[position & _MASK] = value
        for at, draft in drafts.items():
            chunks[at] = tuple(draft)
        return Chunks(tuple(chunks), length)
