"""How much is there: nodes and current edges, in the whole mesh and by domain.

An edge is a distinct (dataset, job, direction); jobless steps are not counted, as in an agent's own status. A node that
is only mentioned by facets is not counted either. An edge crosses domains when its dataset belongs to another domain
than its job; where nobody has authority over the dataset, it crosses nothing.

Almost every answer names a domain with its counts, and every commit makes a version, so counting must cost nothing that
grows with the mesh but a few array operations: the `Census` of nodes goes along from version to version, and `Counted`
remembers the edges, which most changes leave alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lineage_gateway.mesh.graph import JOB, Graph, edge_pairs
from lineage_gateway.mesh.nodes import Entry
from lineage_gateway.mesh.rows import Ints
from lineage_gateway.pauses import Work, slices
from lineage_shared.model import Kind


@dataclass(frozen=True, slots=True)
class DomainCounts:
    """What one domain reports: datasets and jobs, and the edges of its jobs."""

    datasets: int = 0
    jobs: int = 0
    edges: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What the mesh holds. `domains` has every synced domain."""

    datasets: int
    jobs: int
    edges: int
    cross_domain_edges: int
    domains: Mapping[str, DomainCounts]


@dataclass(frozen=True, slots=True, eq=False)
class Census:
    """The nodes of one version: `authority` is the index of the domain that speaks for each, -1 where nobody does.

    `reported` is how many nodes of a kind each domain reports, and, under None, how many anybody does.
    """

    authority: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    reported: Mapping[tuple[str | None, Kind], int] = field(default_factory=dict)

    def updated(
        self, changed: Mapping[int, tuple[Entry | None, Entry | None]], size: int, index: Mapping[str, int]
    ) -> Work[Census]:
        """Return the census after these entries changed; the same one when they are reported and owned as before."""
        moved: dict[int, int] = {}
        reported = Counter(self.reported)
        for part in slices(changed.items()):
            for node, (before, after) in part:
                if _standing(before) != _standing(after):
                    moved[node] = -1 if after is None or after.domain is None else index[after.domain]
                    reported.subtract(_reports(before))
                    reported.update(_reports(after))
            yield
        if not moved and size == len(self.authority):
            return self
        authority = np.full(size, -1, np.int32)
        authority[: len(self.authority)] = self.authority
        authority[list(moved)] = list(moved.values())
        return Census(authority, reported)


@dataclass(slots=True)
class Counted:
    """What was counted last; shared by all versions."""

    _graph: Graph | None = None
    _edges: tuple[Ints, Ints] = field(default_factory=lambda: (np.empty(0, np.int32), np.empty(0, np.int32)))
    _of: tuple[Census, Sequence[str]] | None = None
    _counts: Counts = field(default_factory=lambda: Counts(0, 0, 0, 0, {}))

    def of(self, graph: Graph, census: Census, domain_names: Sequence[str], synced: Sequence[str]) -> Counts:
        """Count one version."""
        if graph is not self._graph:
            self._graph, self._edges, self._of = graph, _job_edges(graph), None
        if self._of is None or self._of[0] is not census or self._of[1] != synced:
            self._of, self._counts = (census, synced), _count(self._edges, census, domain_names, synced)
        return self._counts


def _standing(entry: Entry | None) -> tuple[str | None, Kind, list[tuple[str, bool]]] | None:
    """Return what of an entry matters to the census."""
    if entry is None:
        return None
    return entry.domain, entry.kind, [(member.domain, member.record.mentioned) for member in entry.members]


def _reports(entry: Entry | None) -> list[tuple[str | None, Kind]]:
    domains = {member.domain for member in entry.members if not member.record.mentioned} if entry is not None else set()
    return [(domain, entry.kind) for domain in (None, *domains)] if entry is not None and domains else []


def _count(edges: tuple[Ints, Ints], census: Census, domain_names: Sequence[str], synced: Sequence[str]) -> Counts:
    datasets, jobs = edges
    of_dataset, of_job = census.authority[datasets], census.authority[jobs]
    by_domain = dict(zip(domain_names, np.bincount(of_job, minlength=len(domain_names)).tolist(), strict=True))
    reported = census.reported
    return Counts(
        datasets=reported.get((None, Kind.DATASET), 0),
        jobs=reported.get((None, Kind.JOB), 0),
        edges=len(jobs),
        cross_domain_edges=int(np.count_nonzero((of_dataset != of_job) & (of_dataset >= 0))),
        domains={
            name: DomainCounts(
                reported.get((name, Kind.DATASET), 0), reported.get((name, Kind.JOB), 0), by_domain[name]
            )
            for name in synced
        },
    )


def _job_edges(graph: Graph) -> tuple[Ints, Ints]:
    """Return (datasets, jobs) of every distinct edge of a job."""
    steps = graph.live_steps()
    sources, targets, _ = edge_pairs(graph, steps[~graph.jobless.values[steps]])
    keys = sources.astype(np.int64) * max(graph.nodes, 1) + targets
    # Sorted, because numpy's own `unique` takes longer.
    keys.sort()
    pairs = keys[np.flatnonzero(np.diff(keys, prepend=-1))]
    ends = np.column_stack(np.divmod(pairs, max(graph.nodes, 1))).astype(np.int32)
    is_job = graph.kinds.values[ends] == JOB
    return ends[~is_job], ends[is_job]
