"""How much is there: nodes and current edges, in the whole mesh and by domain.

An edge is a distinct (dataset, job, direction); jobless steps are not counted, as in an agent's own status. A node that
is only mentioned by facets is not counted either. An edge crosses domains when its dataset belongs to another domain
than its job; where nobody has authority over the dataset, it crosses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lineage_gateway.mesh.graph import Graph, edge_pairs
from lineage_gateway.mesh.nodes import Entry
from lineage_gateway.mesh.rows import Ints
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


def count(graph: Graph, entries: Iterable[Entry | None], domain_names: Sequence[str], synced: Sequence[str]) -> Counts:
    """Count everything in one version."""
    index = {name: at for at, name in enumerate(domain_names)}
    authority = np.full(graph.nodes, -1, np.int32)
    whole: Counter[Kind] = Counter()
    reported: Counter[tuple[str, Kind]] = Counter()
    for node, entry in enumerate(entries):
        if entry is None:
            continue
        if entry.domain is not None:
            authority[node] = index[entry.domain]
        domains = {member.domain for member in entry.members if not member.record.mentioned}
        whole[entry.kind] += bool(domains)
        reported.update((domain, entry.kind) for domain in domains)
    datasets, jobs = _job_edges(graph)
    of_job = authority[jobs]
    crossing = (authority[datasets] != of_job) & (authority[datasets] >= 0)
    by_domain = np.bincount(of_job, minlength=len(domain_names))
    return Counts(
        datasets=whole[Kind.DATASET],
        jobs=whole[Kind.JOB],
        edges=len(jobs),
        cross_domain_edges=int(crossing.sum()),
        domains={
            name: DomainCounts(reported[name, Kind.DATASET], reported[name, Kind.JOB], int(by_domain[index[name]]))
            for name in synced
        },
    )


def _job_edges(graph: Graph) -> tuple[Ints, Ints]:
    """Return (datasets, jobs) of every distinct edge of a job."""
    steps = graph.live_steps()
    sources, targets, _ = edge_pairs(graph, steps[~graph.jobless.values[steps]])
    pairs = np.unique(sources.astype(np.int64) * max(graph.nodes, 1) + targets)
    ends = np.column_stack(np.divmod(pairs, max(graph.nodes, 1))).astype(np.int32)
    is_job = graph.kinds.values[ends] == 1
    return ends[~is_job], ends[is_job]
