"""Suggestions as a use case: what one version of the mesh holds, and what agents told, as candidates to be weighed.

A survey reads an immutable version and nothing that changes, so that it may run in a thread: it gives the other threads
their turn all the time, and ends early once `stop` is set. Its cost is that of the pairs that meet in blocks.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Event
from typing import TypeVar

import numpy as np

from lineage_gateway.identity import is_raw
from lineage_gateway.identity.likeness import (
    Candidate,
    CandidatePair,
    Column,
    Named,
    NodePair,
    Pairs,
    Stem,
    Suggestion,
    grouped,
    named,
    pair,
    stem,
    suggested,
)
from lineage_gateway.lineage.evidence import Evidence, Wish
from lineage_gateway.mesh import Mesh
from lineage_shared.model import Kind, Part

WISHES_MAX = 2000
"""Details asked for after one survey."""

NAMES_MAX = 5
"""Names of one class that are compared."""

MEMBERS_MAX = 3
"""Records of one dataset whose details are asked for."""

STEPS_MAX = 50
"""Steps of one side of a dataset that are looked at; beyond, it is a hub, and what it has in common says little."""

COLUMNS_MIN = 3
"""Columns from which on equal ones are a reason to look at two datasets; fewer are in every second table."""

HOPS_MAX = 4
FLOW_NODES_MAX = 100
"""How far, and over how many datasets, it is looked whether one flows into the other."""

_TURN = 64

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)


class Stopped(Exception):
    """The survey was told to end."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The best suggestions of one version, best first; the details that would tell more; how many pairs it left out."""

    version: int
    found: tuple[Suggestion, ...] = ()
    wishes: tuple[Wish, ...] = ()
    left_out: int = 0


def survey(mesh: Mesh, evidence: Evidence, epochs: Mapping[str, str], *, most: int, stop: Event) -> Survey:
    """Return the best suggestions of one version of the mesh; raise `Stopped` once told to."""
    surveyed = _Surveying(mesh, evidence, epochs, stop)
    pairs = surveyed.pairs()
    # Whether one flows into the other is costly to know, and only lowers a score: it is asked of the best.
    best = suggested(surveyed.weighable(pairs.found), most=2 * most)
    flowing = (replace(each, flows=surveyed.flows(each.one.node, each.other.node)) for _, each in surveyed.polite(best))
    found = suggested(flowing, most=most)
    nodes = dict.fromkeys(node for _, each in found for node in (each.one.node, each.other.node))
    return Survey(mesh.version, tuple(each for each, _ in found), tuple(surveyed.wishes(nodes)), pairs.left_out)


class _Surveying:
    """One survey under way."""

    def __init__(self, mesh: Mesh, evidence: Evidence, epochs: Mapping[str, str], stop: Event) -> None:
        self._mesh = mesh
        self._evidence = evidence
        self._epochs = epochs
        self._stop = stop
        self._candidates: dict[int, Candidate] = {}

    def polite(self, items: Iterable[T]) -> Iterator[T]:
        """Give each item, and now and then a turn to the other threads."""
        for place, item in enumerate(items):
            if not place % _TURN:
                if self._stop.is_set():
                    raise Stopped
                time.sleep(0)
            yield item

    @cached_property
    def names(self) -> dict[int, tuple[Named, ...]]:
        """The names of every dataset that is somewhere and denotes something, its own first."""
        keys = self._mesh.register.keys
        found: dict[int, tuple[Named, ...]] = {}
        for node, entry in enumerate(self.polite(self._mesh.entries)):
            if entry is not None and entry.kind is Kind.DATASET and not is_raw(keys[node]):
                found[node] = (named(keys[node]),)
        for number, node in self.polite(sorted(self._mesh.redirects.items())):
            if node in found and len(found[node]) < NAMES_MAX and not is_raw(keys[number]):
                found[node] += (named(keys[number]),)
        return found

    @cached_property
    def columns(self) -> dict[int, tuple[str, ...]]:
        """The names of the columns of every dataset of which enough are known, in order."""
        found: dict[int, tuple[str, ...]] = {}
        for node in self.polite(self.names):
            known = self._columns(node)
            if known is not None and len(known) >= COLUMNS_MIN:
                found[node] = tuple(each.name for each in known)
        return found

    @cached_property
    def mentions(self) -> dict[NodePair, float]:
        """How surely one dataset stands for the other in the column lineage of a job that lists only the other."""
        found: dict[NodePair, float] = {}
        for job, sources in self.polite(self._sources().items()):
            listed = {node for step in self._mesh.graph.owned.of(job) for node in self._inputs(step)}
            unnamed, unlisted = listed - sources, sources - listed
            if unnamed and len(unnamed) * len(unlisted) <= STEPS_MAX:
                for one, other in ((one, other) for one in unlisted for other in unnamed):
                    found[pair(one, other)] = max(found.get(pair(one, other), 0.0), 1 / len(unnamed))
        return found

    def _sources(self) -> dict[int, set[int]]:
        """Return the datasets that the column lineage of each job names."""
        found: dict[int, set[int]] = {}
        for node in self.polite(self.names):
            for member in self._mesh.entry(node).members[:MEMBERS_MAX]:
                for job, source in self._evidence.sources(member, self._epochs):
                    places = self._mesh.node_of(member.domain, job), self._mesh.node_of(member.domain, source)
                    if places[0] is not None and places[1] in self.names:
                        found.setdefault(places[0], set()).add(places[1])
        return found

    def pairs(self) -> Pairs:
        """Return the pairs that meet in a block: by mention, by name, by columns, by neighbour; the likeliest first."""
        found = Pairs(self._may_be_one)
        for one, other in self.mentions:
            found.add(one, other)
        found.add_named(self._stems(), self._suit_by_name)
        for equal in self.polite(grouped((columns, node) for node, columns in self.columns.items())):
            found.add_block(equal, lambda _one, _other: True)
        for beside in self._beside():
            found.add_block(beside, self._suit_as_neighbours)
        return found

    def _stems(self) -> Iterator[tuple[Stem, int]]:
        return ((stem(name), node) for node, names in self.polite(self.names.items()) for name in names)

    def _may_be_one(self, one: int, other: int) -> bool:
        """Names that mean something in different domains only are never one thing."""
        scopes = {name.domain for node in (one, other) for name in self.names[node]} - {""}
        return len(scopes) <= 1

    def _suit_by_name(self, one: int, other: int) -> bool:
        """One server has one name for a thing, but for what a tool is known to lose."""
        mine, theirs = self.names[one], self.names[other]
        return any(
            name.slot != their.slot or (name.is_path and stem(name)[:2] == stem(their)[:2])
            for name in mine
            for their in theirs
        )

    def _suit_as_neighbours(self, one: int, other: int) -> bool:
        """Beside one dataset lie many that have nothing else in common."""
        mine, theirs = self.columns.get(one), self.columns.get(other)
        if mine and theirs and 2 * len(set(mine).intersection(theirs)) >= len(set(mine).union(theirs)):
            return True
        return self._suit_by_name(one, other) and stem(self.names[one][0])[:1] == stem(self.names[other][0])[:1]

    def _beside(self) -> Iterator[set[int]]:
        """Give, for each dataset that several steps read or write, the datasets beyond these steps."""
        graph = self._mesh.graph
        for rows, far in ((graph.reads, self._outputs), (graph.writes, self._inputs)):
            for node in self.polite(np.flatnonzero((rows.count > 1) & (rows.count <= STEPS_MAX)).tolist()):
                yield {other for step in rows.of(node) for other in far(step) if other in self.names}

    def _inputs(self, step: int) -> list[int]:
        found: list[int] = self._mesh.graph.inputs.of(step)[:STEPS_MAX].tolist()
        return found

    def _outputs(self, step: int) -> list[int]:
        found: list[int] = self._mesh.graph.outputs.of(step)[:STEPS_MAX].tolist()
        return found

    def weighable(self, pairs: Iterable[NodePair]) -> Iterator[CandidatePair]:
        """Give the pairs with all that is known of their datasets."""
        for one, other in self.polite(pairs):
            yield CandidatePair(self._candidate(one), self._candidate(other), self.mentions.get((one, other), 0.0))

    def _candidate(self, node: int) -> Candidate:
        known = self._candidates.get(node)
        if known is None:
            reads, writes = self._steps(node)
            self._candidates[node] = known = Candidate(
                node=node,
                key=self._mesh.register.keys[node],
                names=self.names[node],
                reads=tuple(reads),
                writes=tuple(writes),
                above=_distinct(other for step in writes for other in self._inputs(step) if other != node),
                below=_distinct(other for step in reads for other in self._outputs(step) if other != node),
                readers=_distinct(self._jobs(reads)),
                writers=_distinct(self._jobs(writes)),
                columns=self._columns(node),
            )
        return known

    def _steps(self, node: int) -> tuple[list[int], list[int]]:
        graph = self._mesh.graph
        return graph.reads.of(node)[:STEPS_MAX].tolist(), graph.writes.of(node)[:STEPS_MAX].tolist()

    def _jobs(self, steps: Iterable[int]) -> Iterator[str]:
        graph = self._mesh.graph
        for step in steps:
            if not graph.jobless.values[step]:
                yield self._mesh.entry(int(graph.owner.values[step])).name

    def _columns(self, node: int) -> tuple[Column, ...] | None:
        members = self._mesh.entry(node).members[:MEMBERS_MAX]
        told = (self._evidence.columns(member, self._epochs) for member in members)
        return next((columns for columns in told if columns is not None), None)

    def flows(self, one: int, other: int) -> bool:
        """Tell whether one dataset flows into the other, within a few jobs."""
        return self._reaches(one, other) or self._reaches(other, one)

    def _reaches(self, start: int, end: int) -> bool:
        seen, frontier = {start}, [start]
        for _ in range(HOPS_MAX):
            reached = {far for node in frontier for step in self._steps(node)[0] for far in self._outputs(step)} - seen
            if end in reached:
                return True
            seen |= reached
            frontier = sorted(reached)
            if not frontier or len(seen) > FLOW_NODES_MAX:
                return False
        return False

    def wishes(self, nodes: Iterable[int]) -> Iterator[Wish]:
        """Give what should be asked for: the columns of what is suggested, column lineage, then all other columns."""
        given: set[tuple[str, int, Part]] = set()
        for wish in self._lacking(nodes):
            place = (wish.member.domain, wish.member.number, wish.part)
            if place not in given:
                given.add(place)
                yield wish
            if len(given) >= WISHES_MAX:
                return

    def _lacking(self, nodes: Iterable[int]) -> Iterator[Wish]:
        yield from self._lacking_of(nodes, Part.SCHEMA)
        for part in (Part.COLUMNS, Part.SCHEMA):
            yield from self._lacking_of(self.polite(self.names), part)

    def _lacking_of(self, nodes: Iterable[int], part: Part) -> Iterator[Wish]:
        for node in nodes:
            for member in self._mesh.entry(node).members[:MEMBERS_MAX]:
                if self._evidence.lacks(member, part, self._epochs):
                    yield Wish(member, part)


def _distinct(values: Iterable[H]) -> tuple[H, ...]:
    return tuple(dict.fromkeys(values))
