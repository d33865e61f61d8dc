"""The closure of some nodes inside this domain, frontier by frontier, now or as of an event time.

Distance counts as in ARCHITECTURE rule 12: from a dataset at d, the jobs that read it and their outputs are at d + 1;
from a job at 0 its outputs are at 1. Inside a job only outputs of steps that read the input are reached. For a time in
the past the edges come from the contributions (`history`); their steps are then all inputs with all outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import msgspec

from lineage_agent.projection import Direction, NodeKind
from lineage_agent.store import history
from lineage_agent.store.derive import read_node
from lineage_agent.store.driver import Connection
from lineage_shared.errors import InvalidInput
from lineage_shared.model import NodeRecord
from lineage_shared.wire import ExpandAnswer

DIRECTIONS: Final = ("DOWNSTREAM", "UPSTREAM")

_decoder: Final = msgspec.msgpack.Decoder(NodeRecord)


class Passage(NamedTuple):
    """One step of an owner, seen in the direction of the walk: whoever stands at `near` reaches `far`."""

    near: frozenset[int]
    far: frozenset[int]


Passages = Callable[[int], list[Passage]]


def expand(
    connection: Connection,
    nodes: Iterable[int],
    *,
    direction: str,
    depth: int | None,
    nodes_max: int,
    as_of_us: int | None,
    position: str,
) -> ExpandAnswer:
    """Return what can be reached from `nodes` (included, at distance 0); numbers that are no nodes are passed over."""
    if direction not in DIRECTIONS:
        raise InvalidInput(f"direction must be {' or '.join(DIRECTIONS)}", code="DIRECTION_INVALID")
    downstream = direction == "DOWNSTREAM"
    view: _Present | _Past = _Present(connection, downstream=downstream)
    if as_of_us is not None:
        view = _Past(connection, as_of_us, downstream=downstream)
    walk = _Walk(connection, view.passages, downstream=downstream, nodes_max=nodes_max)
    walk.run(nodes, depth)
    return ExpandAnswer(
        position=position,
        nodes=tuple(sorted(walk.distances.items(), key=lambda item: (item[1], item[0]))),
        edges=tuple(sorted(walk.edges)),
        truncated=walk.truncated,
    )


class _Walk:
    def __init__(self, connection: Connection, passages: Passages, *, downstream: bool, nodes_max: int) -> None:
        self._connection = connection
        self._passages = passages
        self._downstream = downstream
        self._nodes_max = nodes_max
        self.distances: dict[int, int] = {}
        self.edges: set[tuple[int, int]] = set()
        self.truncated = False

    def run(self, nodes: Iterable[int], depth: int | None) -> None:
        kinds = {number: kind for number in nodes if (kind := self._kind(number)) is not None}
        self.distances = dict.fromkeys(sorted(kinds), 0)
        frontier = [number for number in self.distances if kinds[number] == NodeKind.DATASET]
        if depth is None or depth > 0:
            jobs = [number for number, kind in kinds.items() if kind == NodeKind.JOB]
            frontier += [far for job in jobs for step in self._passages(job) for far in self._leave(job, step, 1)]
        distance = 0
        while frontier and (depth is None or distance < depth):
            here = [dataset for dataset in frontier if self.distances[dataset] == distance]
            frontier = [dataset for dataset in frontier if self.distances[dataset] > distance]
            distance += 1
            frontier += [far for dataset in here for far in self._from(dataset, distance)]

    def _from(self, dataset: int, distance: int) -> list[int]:
        found: list[int] = []
        for owner in self._owners(dataset):
            for step in self._passages(owner):
                if dataset in step.near:
                    found += self._cross(dataset, owner, step, distance)
        return found

    def _cross(self, dataset: int, owner: int, step: Passage, distance: int) -> list[int]:
        if self._kind(owner) == NodeKind.DATASET:
            return [far for far in sorted(step.far) if self._follow(dataset, far, distance)]
        self._follow(dataset, owner, distance)
        return self._leave(owner, step, distance) if owner in self.distances else []

    def _leave(self, job: int, step: Passage, distance: int) -> list[int]:
        return [far for far in sorted(step.far) if self._follow(job, far, distance)]

    def _follow(self, near: int, far: int, distance: int) -> bool:
        """Note an edge; tell whether its end was new."""
        new = far not in self.distances
        if new and len(self.distances) >= self._nodes_max:
            self.truncated = True
            return False
        self.distances.setdefault(far, distance)
        self.edges.add((near, far) if self._downstream else (far, near))
        return new

    def _owners(self, dataset: int) -> list[int]:
        """Return the nodes that ever had a step with this dataset on the near side."""
        near = Direction.INPUT if self._downstream else Direction.OUTPUT
        rows = self._connection.execute(
            "SELECT owner FROM edge WHERE dataset = ? AND direction = ? ORDER BY owner", (dataset, int(near))
        )
        owners = [row[0] for row in rows]
        return owners if self._downstream else [*owners, dataset]

    def _kind(self, number: int) -> int | None:
        row = self._connection.execute("SELECT kind FROM node WHERE id = ?", (number,)).fetchone()
        return row[0] if row else None


class _Present:
    """Steps as published."""

    def __init__(self, connection: Connection, *, downstream: bool) -> None:
        self._connection = connection
        self._downstream = downstream

    def passages(self, owner: int) -> list[Passage]:
        row = self._connection.execute("SELECT record FROM publication WHERE node = ?", (owner,)).fetchone()
        if row is None or row[0] is None:
            return []
        sides = ((frozenset(step.inputs), frozenset(step.outputs)) for step in _decoder.decode(row[0]).steps)
        return [Passage(*(side if self._downstream else side[::-1])) for side in sides]


class _Past:
    """What was current at an event time."""

    def __init__(self, connection: Connection, as_of_us: int, *, downstream: bool) -> None:
        self._connection = connection
        self._moment_ns = as_of_us * 1000
        self._downstream = downstream
        self._known: dict[int, list[Passage]] = {}

    def passages(self, owner: int) -> list[Passage]:
        if owner not in self._known:
            self._known[owner] = self._read(owner)
        return self._known[owner]

    def _read(self, owner: int) -> list[Passage]:
        node = read_node(self._connection, owner)
        edges = history.past_of(self._connection, node).edges_at(self._moment_ns)
        inputs = frozenset(dataset for direction, dataset in edges if direction == Direction.INPUT)
        outputs = frozenset(dataset for direction, dataset in edges if direction == Direction.OUTPUT)
        if node.key.kind == NodeKind.DATASET and inputs:
            outputs = frozenset({owner})
        return [Passage(inputs, outputs) if self._downstream else Passage(outputs, inputs)] if edges else []
