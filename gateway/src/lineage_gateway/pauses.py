"""Long work in small pieces: a generator that yields wherever somebody else may have a turn.

The mesh is made in one thread. Taking in a large domain costs seconds of it, so that such work is written as a
generator that yields after every `SLICE` values; `whole` runs it in one go, and `MeshWriter` between the other turns of
the event loop. Work into which `Dropped` is thrown puts back what it has done, piece by piece as well, and then raises
it again; work that is closed does so in one go.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

Work = Generator[None, None, T]
"""Work that returns a `T` and pauses at each yield."""

SLICE = 250
"""Values looked at between two pauses: a few milliseconds at most."""


class Dropped(Exception):
    """Nobody wants the result of the work any more."""


def slices(values: Iterable[T], size: int = SLICE) -> Iterator[list[T]]:
    """Give the values in lists of at most `size`."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def whole(work: Work[T]) -> T:
    """Do the work without a pause."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
