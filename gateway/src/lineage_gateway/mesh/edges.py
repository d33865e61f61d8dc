"""The edges of an answer: arrays until somebody asks for values.

An `EdgeTable` has one row per distinct (source, target); a row rests on steps, in which the edge was followed, and,
where a filter left something out, on a contraction. `views` makes values of it, and only then looks into the records
for the times at which an edge was first and last seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import numpy as np

from lineage_gateway.mesh.graph import ORIGINS, Graph
from lineage_gateway.mesh.nodes import Entry, Member
from lineage_gateway.mesh.rows import Ints
from lineage_shared.model import Origin


@dataclass(slots=True)
class Contraction:
    """What an edge across left-out nodes rests on: step numbers at the one end that is a job, domains, origins."""

    steps: set[int] = field(default_factory=set)
    domains: int = 0
    """A bit for each domain that asserts a part of some contracted path."""
    origins: int = 0


class EdgeView(msgspec.Struct, frozen=True):
    """One edge of an answer, between nodes of the version that was walked.

    `steps` are numbers of the steps of the job at one of its ends (none: jobless, or contracted between two of a kind);
    `origin` is the strongest of the assertions, of a contracted path the weakest. Times are microseconds since 1970,
    None for a contracted edge and where nobody says.
    """

    source: int
    target: int
    steps: tuple[int, ...]
    origin: Origin
    domains: tuple[str, ...]
    first_seen_us: int | None = None
    last_seen_us: int | None = None


class Entries(Protocol):
    """Where entries are read from: a mesh."""

    def entry(self, node: int) -> Entry:
        """Return the entry of a node."""


@dataclass(frozen=True, slots=True, eq=False)
class EdgeTable:
    """Edges by (source, target), in the order of their ends in the answer.

    Row i has the steps `steps[starts[i]:starts[i + 1]]` (step numbers of the graph, not of a job).
    """

    graph: Graph
    nodes: Entries
    domain_names: list[str]
    sources: Ints
    targets: Ints
    starts: Ints
    steps: Ints
    contracted: Mapping[tuple[int, int], Contraction] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sources)

    def rows(self) -> Iterator[tuple[int, int, list[int]]]:
        """Give (source, target, step numbers of the graph) of every edge."""
        bounds, steps = self.starts.tolist(), self.steps.tolist()
        ends = zip(self.sources.tolist(), self.targets.tolist(), strict=True)
        for row, (source, target) in enumerate(ends):
            yield source, target, steps[bounds[row] : bounds[row + 1]]

    def views(self) -> list[EdgeView]:
        """Return all edges as values."""
        reader = _Reader(self)
        return [reader.view(*row) for row in self.rows()]

    def view(self, source: int, target: int, steps: list[int]) -> EdgeView:
        """Return one of the `rows` as a value."""
        return _Reader(self).view(source, target, steps)


class _Reader:
    """Reads rows of a table as values.

    An element of a memoryview is a Python int at a third of what one of an array costs, and most edges have one step.
    """

    def __init__(self, table: EdgeTable) -> None:
        graph = table.graph
        self._contracted = table.contracted
        self._entry = table.nodes.entry
        self._domain_names = table.domain_names
        self._jobless = graph.jobless.values.data
        self._index = graph.index.values.data
        self._domain = graph.domain.values.data
        self._origin = graph.origin.values.data
        self._owner = graph.owner.values.data
        self._number = graph.number.values.data

    def view(self, source: int, target: int, steps: list[int]) -> EdgeView:
        across = self._contracted.get((source, target)) if self._contracted else None
        if across is not None:
            return self._view_across(source, target, steps, across)
        first_us, last_us = self._times(source, target, steps)
        if len(steps) == 1:
            step = steps[0]
            only = () if self._jobless[step] else (self._index[step],)
            domains = (self._domain_names[self._domain[step]],)
            return EdgeView(source, target, only, ORIGINS[self._origin[step]], domains, first_us, last_us)
        numbers = tuple(sorted(self._numbers(steps)))
        return EdgeView(source, target, numbers, self._strongest(steps), self._names(steps), first_us, last_us)

    def _view_across(self, source: int, target: int, steps: list[int], across: Contraction) -> EdgeView:
        numbers = tuple(sorted(self._numbers(steps) | across.steps))
        origin = self._strongest(steps) if steps else ORIGINS[across.origins.bit_length() - 1]
        first_us, last_us = self._times(source, target, steps)
        return EdgeView(
            source, target, numbers, origin, self._names(steps, _bits(across.domains)), first_us, last_us
        )  # fmt: skip

    def _numbers(self, steps: list[int]) -> set[int]:
        return {self._index[step] for step in steps if not self._jobless[step]}

    def _strongest(self, steps: list[int]) -> Origin:
        return ORIGINS[min(self._origin[step] for step in steps)]

    def _names(self, steps: list[int], more: Iterable[int] = ()) -> tuple[str, ...]:
        domains = {*(self._domain[step] for step in steps), *more}
        return tuple(sorted(self._domain_names[domain] for domain in domains))

    def _times(self, source: int, target: int, steps: list[int]) -> tuple[int | None, int | None]:
        firsts: list[int] = []
        lasts: list[int] = []
        for step in steps:
            owner, domain = self._owner[step], self._domain_names[self._domain[step]]
            asserting = _member(self._entry(owner), domain, self._number[step])
            dataset, is_input = (source, True) if owner == target else (target, False)
            for member in self._entry(dataset).members:
                if member.domain == domain:
                    _collect_times(asserting, member.number, firsts, lasts, is_input=is_input)
        if len(firsts) == len(lasts) == 1:
            return firsts[0], lasts[0]
        return min(firsts, default=None), max(lasts, default=None)


def _member(entry: Entry, domain: str, number: int) -> Member:
    if len(entry.members) == 1:
        return entry.members[0]
    return next(each for each in entry.members if each.number == number and each.domain == domain)


def _collect_times(member: Member, number: int, firsts: list[int], lasts: list[int], *, is_input: bool) -> None:
    record = member.record
    if is_input:
        numbers, first_us, last_us = record.inputs, record.inputs_first_seen_us, record.volatile.inputs_last_seen_us
    else:
        numbers, first_us, last_us = record.outputs, record.outputs_first_seen_us, record.volatile.outputs_last_seen_us
    place = bisect_left(numbers, number)
    if place < len(numbers) and numbers[place] == number:
        firsts += first_us[place : place + 1]
        lasts += last_us[place : place + 1]


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def grouped(keys: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Ints, Ints]:
    """Return (order that sorts the keys, where each distinct key begins in it)."""
    order = np.argsort(keys).astype(np.int32)
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1)).astype(np.int32)
    return order, starts
