"""The merged topology as numbers: nodes, steps, and who reads and writes what.

Nodes (datasets and jobs) and steps are numbered apart, both densely. A step points at the node that owns it: its job,
or the dataset itself for a step without a job. `patched` makes the next version out of removed and added steps; a
removed step keeps its number, and is in no row any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from lineage_gateway.mesh.rows import Column, Flags, Ints, Lists, Rows, row_index
from lineage_shared.model import Kind, Origin

KINDS = tuple(Kind)
ORIGINS = tuple(Origin)
JOB = KINDS.index(Kind.JOB)


@dataclass(slots=True)
class NewSteps:
    """Steps to be added, field by field: plain lists, because they are collected one by one."""

    owners: list[int] = field(default_factory=list)
    jobless: list[bool] = field(default_factory=list)
    domains: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    input_counts: list[int] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    output_counts: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """One version of the topology.

    Per node: `kinds` (index into `KINDS`), `reads` and `writes` (the steps that read and that write this dataset),
    `owned` (the steps of this job), `asserted` (the domains that assert or own this node, as indices).
    Per step: `inputs`, `outputs` (nodes), `owner` (node), `jobless`, `domain` (index), `number` (of the record that
    asserts it), `index` (its place in that record's steps), `origin` (index into `ORIGINS`).
    """

    kinds: Column
    reads: Rows
    writes: Rows
    owned: Rows
    asserted: Rows
    inputs: Lists
    outputs: Lists
    owner: Column
    jobless: Column
    domain: Column
    number: Column
    index: Column
    origin: Column
    dead_steps: int = 0

    @classmethod
    def empty(cls) -> Graph:
        """Return the graph of nothing."""
        return cls(
            kinds=Column(np.int8),
            reads=Rows.empty(),
            writes=Rows.empty(),
            owned=Rows.empty(),
            asserted=Rows.empty(),
            inputs=Lists.empty(),
            outputs=Lists.empty(),
            owner=Column(np.int32),
            jobless=Column(np.bool_),
            domain=Column(np.int32),
            number=Column(np.int64),
            index=Column(np.int32),
            origin=Column(np.int8),
        )

    @property
    def nodes(self) -> int:
        """The number of node numbers, those of nodes that are gone included."""
        return len(self.kinds)

    @property
    def steps(self) -> int:
        """The number of step numbers, those of steps that are gone included."""
        return len(self.owner)

    def steps_of(self, node: int, domain: int, number: int) -> Ints:
        """Return the steps that the record `number` of a domain asserts as the record of `node`."""
        if self.kinds.values[node] == JOB:
            steps = self.owned.of(node)
        else:
            steps = self.writes.of(node)
            steps = steps[self.jobless.values[steps]]
        ours = (self.domain.values[steps] == domain) & (self.number.values[steps] == number)
        found: Ints = steps[ours]
        return found

    def live_steps(self) -> Ints:
        """Return all steps that are in some row: those of jobs, and those without a job."""
        alive = np.zeros(self.steps, np.bool_)
        alive[self.owned.entries.values[_used(self.owned)]] = True
        writers = self.writes.entries.values[_used(self.writes)]
        alive[writers[self.jobless.values[writers]]] = True
        return np.flatnonzero(alive).astype(np.int32)

    def patched(self, kinds: list[int], removed: Ints, added: NewSteps) -> Graph:
        """Return the graph with more nodes of these kinds, without the removed and with the added steps."""
        kinds_column = self.kinds.appended(kinds) if kinds else self.kinds
        if not len(removed) and not added.owners:
            return _with_rows(self, kinds_column, removed, self.steps) if kinds else self
        grown = replace(
            self,
            inputs=self.inputs.extended(_ints(added.input_counts), _ints(added.inputs)),
            outputs=self.outputs.extended(_ints(added.output_counts), _ints(added.outputs)),
            owner=self.owner.appended(added.owners),
            jobless=self.jobless.appended(added.jobless),
            domain=self.domain.appended(added.domains),
            number=self.number.appended(added.numbers),
            index=self.index.appended(added.indices),
            origin=self.origin.appended(added.origins),
            dead_steps=self.dead_steps + len(removed),
        )
        return _with_rows(grown, kinds_column, removed, self.steps)

    def with_assertions(self, keys: list[int], domains: list[int], changed: list[int]) -> Graph:
        """Return the graph in which the changed nodes are asserted or owned by the domains paired with them."""
        asserted = self.asserted.replaced(self.nodes, _ints(keys), _ints(domains), _ints(changed))
        return replace(self, asserted=asserted)

    def compacted(self, waste_max: int) -> Graph:
        """Return the same graph, with those rows written anew that carry more unused entries than that."""
        wasteful = {
            name: rows.compacted()
            for name in ("reads", "writes", "owned", "asserted")
            if (rows := getattr(self, name)).waste > max(waste_max, rows.live // 4)
        }
        return replace(self, **wasteful) if wasteful else self


def _with_rows(graph: Graph, kinds: Column, removed: Ints, first_new: int) -> Graph:
    """Bring the rows of nodes up to date with the steps."""
    new = np.arange(first_new, graph.steps, dtype=np.int32)
    size = len(kinds)
    return replace(
        graph,
        kinds=kinds,
        reads=graph.reads.patched(size, _listed(graph.inputs, removed), _listed(graph.inputs, new)),
        writes=graph.writes.patched(size, _listed(graph.outputs, removed), _listed(graph.outputs, new)),
        owned=graph.owned.patched(size, _owned(graph, removed), _owned(graph, new)),
    )


def _listed(lists: Lists, steps: Ints) -> tuple[Ints, Ints]:
    counts, nodes = lists.gather(steps)
    return nodes, np.repeat(steps, counts)


def _owned(graph: Graph, steps: Ints) -> tuple[Ints, Ints]:
    of_jobs: Ints = steps[~graph.jobless.values[steps]]
    return graph.owner.values[of_jobs], of_jobs


def edge_pairs(graph: Graph, steps: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (sources, targets, steps) of all edges of these steps: dataset -> job -> dataset, dataset -> dataset."""
    in_nodes, reading = _listed(graph.inputs, steps)
    out_nodes, writing = _listed(graph.outputs, steps[~graph.jobless.values[steps]])
    owner = graph.owner.values
    sources = np.concatenate((in_nodes, owner[writing]))
    targets = np.concatenate((owner[reading], out_nodes))
    return sources, targets, np.concatenate((reading, writing))


def distinct(values: Ints, size: int) -> Ints:
    """Return the values below `size` without duplicates, ascending."""
    present: Flags = np.zeros(size, np.bool_)
    present[values] = True
    return np.flatnonzero(present).astype(np.int32)


def _ints(values: list[int]) -> Ints:
    return np.asarray(values, np.int32)


def _used(rows: Rows) -> Ints:
    return row_index(rows.start, rows.count)
