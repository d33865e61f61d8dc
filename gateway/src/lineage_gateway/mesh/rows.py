"""Adjacency as numpy rows that versions share: the compressed sparse rows under the mesh.

`Column` is an array that only grows: a new version appends behind what older versions see, in the same buffer. `Rows`
maps a vertex to its values by start and count into such a column. Changing a row writes it anew at the end, and copies
only start and count, so an old version still reads its old row: the end of the column is the delta, and `compacted`
merges it. `gather` reads many rows at once; it is the one inner loop of every traversal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]

CAPACITY_MIN = 1024


class Column:
    """A growing array. `values` is what this version sees; it is never written again."""

    __slots__ = ("_buffer", "_used", "values")

    def __init__(self, dtype: Any, buffer: NDArray[Any] | None = None, used: list[int] | None = None) -> None:
        self._buffer = np.empty(0, dtype) if buffer is None else buffer
        # How far any version has written into the buffer, shared between all that use it.
        self._used = [0] if used is None else used
        self.values: NDArray[Any] = self._buffer[: self._used[0]]

    def __len__(self) -> int:
        return len(self.values)

    def appended(self, values: Any) -> Column:
        """Return the column with values behind those that this one sees."""
        seen, size = len(self.values), len(self.values) + len(values)
        if self._used[0] != seen or size > len(self._buffer):
            # Out of room, or another version has already gone on from here: go on in a buffer of our own.
            buffer = np.empty(max(CAPACITY_MIN, size, seen * 2), self._buffer.dtype)
            buffer[:seen] = self.values
            used = [size]
        else:
            buffer, used = self._buffer, self._used
            used[0] = size
        buffer[seen:size] = values
        return Column(buffer.dtype, buffer, used)


def row_index(start: Ints, count: Ints) -> Ints:
    """Return the positions of all values of the rows given by start and count, row after row."""
    ends = np.cumsum(count, dtype=np.int32)
    total = int(ends[-1]) if len(ends) else 0
    index = np.arange(total, dtype=np.int32)
    index += np.repeat(start - (ends - count), count)
    return index


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Vertex -> values, where rows change. `live` is the number of values in use."""

    start: Ints
    count: Ints
    entries: Column
    live: int = 0

    @classmethod
    def empty(cls) -> Rows:
        """Return rows for no vertex at all."""
        return cls(np.empty(0, np.int32), np.empty(0, np.int32), Column(np.int32))

    def of(self, vertex: int) -> Ints:
        """Return the values of one vertex."""
        start = self.start[vertex]
        row: Ints = self.entries.values[start : start + self.count[vertex]]
        return row

    def gather(self, vertices: Ints) -> tuple[Ints, Ints]:
        """Return (count per vertex, all their values, vertex after vertex)."""
        counts = self.count[vertices]
        values: Ints = self.entries.values[row_index(self.start[vertices], counts)]
        return counts, values

    def replaced(self, size: int, keys: Ints, values: Ints, changed: Ints) -> Rows:
        """Return rows for `size` vertices in which those `changed` hold the values paired with them in `keys`, only.

        `changed` holds no vertex twice; `keys` and `values` run parallel and name changed vertices only.
        """
        start, count = _grown(self.start, size), _grown(self.count, size)
        order = np.argsort(keys, kind="stable")
        live = self.live - int(count[changed].sum()) + len(keys)
        count[changed] = 0
        ordered = keys[order]
        first = np.flatnonzero(np.diff(ordered, prepend=-1))
        start[ordered[first]] = first + len(self.entries)
        count[ordered[first]] = np.diff(first, append=len(ordered))
        return Rows(start, count, self.entries.appended(values[order]), live)

    def patched(self, size: int, removed: tuple[Ints, Ints], added: tuple[Ints, Ints]) -> Rows:
        """Return rows for `size` vertices without the removed and with the added (vertices, values) pairs.

        Removed values are gone from every row in which they stand; the pair's vertices say which rows these are.
        """
        changed = np.unique(np.concatenate((removed[0], added[0])))
        if not len(changed):
            return Rows(_grown(self.start, size), _grown(self.count, size), self.entries, self.live)
        old = changed[changed < len(self.count)]
        counts, values = self.gather(old)
        kept = ~np.isin(values, removed[1])
        keys = np.concatenate((np.repeat(old, counts)[kept], added[0]))
        return self.replaced(size, keys, np.concatenate((values[kept], added[1])), changed)

    @property
    def waste(self) -> int:
        """The number of entries that no row uses any more."""
        return len(self.entries) - self.live

    def compacted(self) -> Rows:
        """Return the same rows, written anew in the order of their vertices."""
        values = self.entries.values[row_index(self.start, self.count)]
        start = np.cumsum(self.count, dtype=np.int32) - self.count
        return Rows(start, self.count, Column(np.int32).appended(values), self.live)


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Vertex -> values, where vertices are only added, with rows that never change."""

    start: Column
    count: Column
    entries: Column

    @classmethod
    def empty(cls) -> Lists:
        """Return lists for no vertex at all."""
        return cls(Column(np.int32), Column(np.int32), Column(np.int32))

    def of(self, vertex: int) -> Ints:
        """Return the values of one vertex."""
        start = self.start.values[vertex]
        row: Ints = self.entries.values[start : start + self.count.values[vertex]]
        return row

    def gather(self, vertices: Ints) -> tuple[Ints, Ints]:
        """Return (count per vertex, all their values, vertex after vertex)."""
        counts = self.count.values[vertices]
        values: Ints = self.entries.values[row_index(self.start.values[vertices], counts)]
        return counts, values

    def extended(self, counts: Ints, values: Ints) -> Lists:
        """Return the lists with one more vertex for each count."""
        start = np.cumsum(counts, dtype=np.int32) - counts + len(self.entries)
        return Lists(self.start.appended(start), self.count.appended(counts), self.entries.appended(values))


def _grown(values: Ints, size: int) -> Ints:
    """Return a copy with zeros up to `size`."""
    grown = np.zeros(size, np.int32)
    grown[: len(values)] = values
    return grown
