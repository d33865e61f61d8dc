"""The hybrid breadth-first traversal: plain Python while a level is small, numpy beyond (PERFORMANCE.md section 1).

Most closures are tiny, and numpy costs tens of microseconds before it does anything; large levels are its strength.
Both ways work on the same arrays, so the choice is made anew for each level. A level goes from datasets at a distance
over the steps that read (upstream: write) them to the far datasets; the step's job has the distance of what lies
beyond it (ARCHITECTURE rule 12). A dataset at the depth bound is not expanded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lineage_gateway.mesh.graph import JOB, Graph
from lineage_gateway.mesh.rows import Ints

PYTHON_FRONTIER_MAX = 48


class Direction(StrEnum):
    """Which way a walk goes; BOTH is the union of the two directed walks."""

    UPSTREAM = "UPSTREAM"
    DOWNSTREAM = "DOWNSTREAM"
    BOTH = "BOTH"


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What one directed walk visited.

    `reached` holds distance + 1 of every node number of the graph, 0 for those not visited; `nodes` are those visited,
    in the order of their distance, and `steps` the steps. `expanded` are the datasets whose steps were followed.
    """

    graph: Graph
    downstream: bool
    nodes: Ints
    steps: Ints
    expanded: Ints
    reached: Ints

    def entering(self) -> tuple[Ints, Ints]:
        """Return the followed (dataset, step) pairs in which the step reads the dataset."""
        return self._near() if self.downstream else self._far()

    def leaving(self) -> tuple[Ints, Ints]:
        """Return the followed (dataset, step) pairs in which the step writes the dataset."""
        return self._far() if self.downstream else self._near()

    def _near(self) -> tuple[Ints, Ints]:
        rows = self.graph.reads if self.downstream else self.graph.writes
        counts, steps = rows.gather(self.expanded)
        return np.repeat(self.expanded, counts), steps

    def _far(self) -> tuple[Ints, Ints]:
        lists = self.graph.outputs if self.downstream else self.graph.inputs
        counts, nodes = lists.gather(self.steps)
        return nodes, np.repeat(self.steps, counts)


def trace(graph: Graph, root: int, depth: int | None, *, downstream: bool) -> Trace:
    """Walk from `root` in one direction, at most `depth` datasets far (None: without a bound)."""
    return _Walker(graph, downstream=downstream).run(root, graph.nodes if depth is None else depth)


class _Walker:
    """One traversal under way. Visited nodes and steps are collected level by level, in lists or arrays."""

    def __init__(self, graph: Graph, *, downstream: bool) -> None:
        self.graph = graph
        self.downstream = downstream
        self.near = graph.reads if downstream else graph.writes
        self.far = graph.outputs if downstream else graph.inputs
        # Memory from the system comes zeroed and is not touched before it is used, so size costs nothing here.
        self.reached: Ints = np.zeros(graph.nodes, np.int32)
        self.seen: NDArray[np.uint8] = np.zeros(graph.steps, np.uint8)
        self.first: Ints | None = None
        self.nodes: list[Ints] = []
        self.steps: list[Ints] = []
        self.expanded: list[Ints] = []

    def run(self, root: int, depth: int) -> Trace:
        self.reached[root] = 1
        self.nodes.append(np.array([root], np.int32))
        frontier = self.nodes[0]
        if depth > 0 and self.graph.kinds.values[root] == JOB:
            frontier = self._beyond(self._unseen(self.graph.owned.of(root)), 2)
            reached_from = 1
        else:
            reached_from = 0
        for distance in range(reached_from, depth):
            if not len(frontier):
                break
            self.expanded.append(frontier)
            frontier = self._level(frontier, distance + 2)
        return Trace(
            self.graph, self.downstream, _joined(self.nodes), _joined(self.steps), _joined(self.expanded), self.reached
        )

    def _level(self, frontier: Ints, mark: int) -> Ints:
        if len(frontier) < PYTHON_FRONTIER_MAX:
            return self._small_level(frontier.tolist(), mark)
        return self._beyond(self._unseen(self.near.gather(frontier)[1]), mark)

    def _small_level(self, frontier: list[int], mark: int) -> Ints:
        # An element of a memoryview is a Python int at a third of what one of an array costs.
        start, count, entries = self.near.start.data, self.near.count.data, self.near.entries.values.data
        far_start, far_count = self.far.start.values.data, self.far.count.values.data
        far_entries, owners = self.far.entries.values.data, self.graph.owner.values.data
        reached, seen = self.reached.data, self.seen.data
        steps: list[int] = []
        found: list[int] = []
        for node in frontier:
            begin = start[node]
            for step in entries[begin : begin + count[node]]:
                if not seen[step]:
                    seen[step] = 1
                    steps.append(step)
        for step in steps:
            begin = far_start[step]
            for node in far_entries[begin : begin + far_count[step]]:
                if not reached[node]:
                    reached[node] = mark
                    found.append(node)
        jobs: list[int] = []
        for step in steps:
            owner = owners[step]
            if not reached[owner]:
                reached[owner] = mark
                jobs.append(owner)
        self.steps.append(np.array(steps, np.int32))
        self.nodes.append(np.array(found + jobs, np.int32))
        return np.array(found, np.int32)

    def _unseen(self, steps: Ints) -> Ints:
        """Return the steps not seen yet, each once, and mark them."""
        fresh = self._once(steps[self.seen[steps] == 0])
        self.seen[fresh] = 1
        return fresh

    def _beyond(self, steps: Ints, mark: int) -> Ints:
        """Visit what lies beyond these steps and their jobs; return the datasets, the next frontier."""
        self.steps.append(steps)
        found = self._visit(self.far.gather(steps)[1], mark)
        # A step without a job is owned by its output, which has just been visited or is where the walk came from.
        jobs = self._visit(self.graph.owner.values[steps], mark)
        self.nodes += (found, jobs)
        return found

    def _visit(self, nodes: Ints, mark: int) -> Ints:
        fresh = self._once(nodes[self.reached[nodes] == 0])
        self.reached[fresh] = mark
        return fresh

    def _once(self, values: Ints) -> Ints:
        """Drop duplicates without sorting: of equal values the one stays that was written last."""
        if self.first is None:
            self.first = np.empty(max(self.graph.nodes, self.graph.steps), np.int32)
        places = np.arange(len(values), dtype=np.int32)
        self.first[values] = places
        once: Ints = values[self.first[values] == places]
        return once


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.empty(0, np.int32)
