"""The shortest ways along which data flows from one node to another, across as many steps as it takes.

A path leads over datasets and the jobs between them; along a jobless step one dataset follows another. It leaves a job
only by what the steps write by which it came in. It passes no dataset twice, and its ends only once; a job between them
may be passed again, as where two of its steps follow each other. `between` tells how far each place is from the target;
with that the search takes one length after the other, each in the order of ids, and puts off what must get longer. It
enters no dead end but in cycles, where the rest of a path may be blocked by its beginning: there it looks again how far
it is. The work is bounded by `MeshLimits.paths_visits_max`; beyond it the answer is truncated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lineage_gateway.mesh.between import Between
from lineage_gateway.mesh.edges import EdgeTable
from lineage_gateway.mesh.graph import JOB
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.rows import Ints
from lineage_gateway.mesh.traversal import trace
from lineage_gateway.mesh.walk import domains_of, ordered
from lineage_shared.errors import InvalidInput

NODES_PER_VISIT = 4
"""So many nodes of a path are written down in the time of one look at a place."""


@dataclass(frozen=True, slots=True)
class PathRequest:
    """Where paths lead from and to, along the flow of data, and how many are wanted."""

    source: int
    target: int
    limit: int = 10


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Paths as nodes from source to target, in the order of (number of nodes, their ids).

    `nodes` are those of all paths with their `distances` from the source, in the order of (distance, id); `edges` are
    those that the paths take. `truncated`: there are more, or there may be, because the search met its bound.
    `domains` assert or own something that the source flows into or the target is made of: what the answer rests on.
    """

    mesh: Mesh
    paths: tuple[tuple[int, ...], ...]
    nodes: Ints
    distances: Ints
    edges: EdgeTable
    truncated: bool
    domains: tuple[str, ...]


def find_paths(mesh: Mesh, request: PathRequest) -> Paths:
    """Return the shortest paths; from a node to itself there is one, of that node.

    Raises `InvalidInput` for a limit below one, `NotFound` for an end that is not in this version.
    """
    if request.limit < 1:
        raise InvalidInput(f"limit = {request.limit} is less than one", code="LIMIT_INVALID")
    source, target = request.source, request.target
    for node in (source, target):
        mesh.entry(node)
    depth = 0 if source == target else None
    down = trace(mesh.graph, source, depth, downstream=True)
    up = trace(mesh.graph, target, depth, downstream=False)
    search = _Search(mesh, request, Between.of(down, up, source, target))
    search.run()
    passed = np.array(sorted({node for path in search.found for node in path}), np.int32)
    distances = down.reached[passed] - 1
    order = ordered(mesh, passed, distances)
    return Paths(
        mesh=mesh,
        paths=tuple(search.found),
        nodes=passed[order],
        distances=distances[order],
        edges=_table(mesh, passed[order].tolist(), search.edges),
        truncated=search.truncated,
        domains=domains_of(mesh, np.concatenate((down.nodes, up.nodes)), [down, up]),
    )


class _Begun(NamedTuple):
    """The beginning of a path: its last node, at a job the steps it came in by, and the beginning without it.

    `length` counts the nodes before the last. `known`: how far it is to the target was looked up.
    """

    node: int
    steps: tuple[int, ...]
    before: _Begun | None
    length: int
    known: bool = False

    def backwards(self) -> Iterator[_Begun]:
        """Return it, and all shorter beginnings."""
        begun: _Begun | None = self
        while begun is not None:
            yield begun
            begun = begun.before


class _Search:
    """One search. `found` are the paths, `edges` the steps of each edge on them."""

    def __init__(self, mesh: Mesh, request: PathRequest, between: Between) -> None:
        self._mesh = mesh
        self._request = request
        self._between = between
        self._visits = 0
        self._waiting: defaultdict[int, list[_Begun]] = defaultdict(list)
        self.found: list[tuple[int, ...]] = []
        self.edges: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self.truncated = False

    def run(self) -> None:
        """Find the paths, one length after the other; what must get longer waits for its turn."""
        begun = self._start()
        shortest = self._remaining(begun)
        if shortest is not None:
            self._waiting[shortest].append(begun)
        while self._waiting:
            length = min(self._waiting)
            for each in sorted(self._waiting.pop(length), key=self._ids):
                self._finish(each, length, detour=length != shortest)
                if self.truncated:
                    return

    def _start(self) -> _Begun:
        source, graph = self._request.source, self._mesh.graph
        is_job = source != self._request.target and graph.kinds.values[source] == JOB
        own = (step for step in graph.owned.of(source).tolist() if step in self._between.out) if is_job else ()
        return _Begun(source, tuple(own), None, 0, known=True)

    def _remaining(self, begun: _Begun) -> int | None:
        """Return how many nodes away the target is, wherever the path came from; None for one that never comes."""
        places = self._places(begun)
        remaining = self._between.remaining
        return min((remaining[place] for place in places if place in remaining), default=None)

    def _places(self, begun: _Begun) -> list[int]:
        return [self._between.first_step + step for step in begun.steps] or [begun.node]

    def _finish(self, begun: _Begun, length: int, *, detour: bool) -> None:
        """Take all paths of this length with this beginning, by their ids."""
        stack = [begun]
        while stack and not self.truncated:
            begun = stack.pop()
            if begun.node == self._request.target:
                self._take(begun)
            # A shortest path only ever comes nearer, and what lies in no cycle and behind none meets nothing again.
            elif detour and not begun.known and not self._between.cyclic.isdisjoint(self._places(begun)):
                self._look_again(begun, length, stack)
            else:
                for each in sorted(self._extended(begun), key=lambda each: self._id(each.node), reverse=True):
                    self._put(each, self._remaining(each), length, stack)

    def _look_again(self, begun: _Begun, length: int, stack: list[_Begun]) -> None:
        self._put(begun._replace(known=True), self._remaining_beside(begun), length, stack)

    def _put(self, begun: _Begun, remaining: int | None, length: int, stack: list[_Begun]) -> None:
        """Go on with a beginning now, or later when its paths are longer than this length."""
        self._visit(1)
        if remaining is not None:
            whole = begun.length + remaining
            (stack if whole <= length else self._waiting[whole]).append(begun)

    def _extended(self, begun: _Begun) -> list[_Begun]:
        """Return the beginnings that are one node longer."""
        between, length = self._between, begun.length + 1
        passed = self._passed(begun)
        if begun.steps:
            written = dict.fromkeys(dataset for step in begun.steps for dataset in between.out.get(step, ()))
            return [_Begun(node, (), begun, length) for node in written if node not in passed]
        return [
            _Begun(node, tuple(steps) if self._is_passed(node) else (), begun, length)
            for node, steps in between.into.get(begun.node, {}).items()
            if node not in passed
        ]

    def _is_passed(self, node: int) -> bool:
        """Tell whether the node is a job that paths pass, not one where they end."""
        return self._mesh.graph.kinds.values[node] == JOB and node != self._request.target

    def _passed(self, begun: _Begun) -> frozenset[int]:
        """Return the datasets that may not be passed again: only in a cycle one could be."""
        if self._between.cyclic.isdisjoint(self._places(begun)):
            return frozenset()
        self._visit(begun.length // NODES_PER_VISIT)
        return frozenset(each.node for each in begun.backwards() if not each.steps)

    def _remaining_beside(self, begun: _Begun) -> int | None:
        """Return how many nodes away the target is, without passing again what the beginning has passed."""
        seen = set(self._passed(begun))
        frontier, length = self._places(begun), 0
        while frontier and not self.truncated:
            length += 1
            reached = {after for place in frontier for after in self._between.following.get(place, ())} - seen
            if self._request.target in reached:
                return length
            self._visit(len(reached))
            seen |= reached
            frontier = list(reached)
        return None

    def _take(self, begun: _Begun) -> None:
        """Take a path, unless it is one too many."""
        if len(self.found) == self._request.limit:
            self.truncated = True
            return
        way = list(begun.backwards())[::-1]
        self._visit(len(way) // NODES_PER_VISIT)
        self.found.append(tuple(each.node for each in way))
        for one, other in pairwise(way):
            self.edges[one.node, other.node].update(self._steps_between(one, other))
        for one, job, other in zip(way, way[1:], way[2:], strict=False):
            if job.steps:
                self.edges[one.node, job.node].update(self._steps_between(job, other))

    def _steps_between(self, one: _Begun, other: _Begun) -> list[int]:
        """Return the steps of one edge."""
        if one.steps:
            return [step for step in one.steps if other.node in self._between.out.get(step, ())]
        return [] if other.steps else self._between.into[one.node][other.node]

    def _visit(self, count: int) -> None:
        self._visits += count
        self.truncated |= self._visits > self._mesh.limits.paths_visits_max

    def _id(self, node: int) -> tuple[int, int]:
        return int(self._mesh.high[node]), int(self._mesh.low[node])

    def _ids(self, begun: _Begun) -> list[tuple[int, int]]:
        self._visit(begun.length // NODES_PER_VISIT)
        return [self._id(each.node) for each in begun.backwards()][::-1]


def _table(mesh: Mesh, nodes: list[int], edges: Mapping[tuple[int, int], set[int]]) -> EdgeTable:
    """Return the edges in the order of their ends in `nodes`."""
    place = {node: at for at, node in enumerate(nodes)}
    ends = sorted(edges, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return EdgeTable(
        graph=mesh.graph,
        nodes=mesh,
        domain_names=mesh.register.domain_names,
        sources=np.array([source for source, _ in ends], np.int32),
        targets=np.array([target for _, target in ends], np.int32),
        starts=np.cumsum([0, *(len(edges[pair]) for pair in ends)], dtype=np.int32),
        steps=np.array([step for pair in ends for step in sorted(edges[pair])], np.int32),
    )
