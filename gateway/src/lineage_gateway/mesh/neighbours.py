"""Direct neighbours, vectorised: the jobs around a dataset, the datasets around a job, or along a jobless step."""

from __future__ import annotations

import numpy as np

from lineage_gateway.mesh.graph import JOB, Graph
from lineage_gateway.mesh.rows import Ints
from lineage_gateway.mesh.traversal import Direction


def neighbours(graph: Graph, node: int, direction: Direction) -> Ints:
    """Return the distinct direct neighbours of one node, in no particular order."""
    nodes = np.array([node], np.int32)
    sides = (False, True) if direction is Direction.BOTH else (direction is Direction.DOWNSTREAM,)
    found = np.concatenate([_pairs(graph, nodes, downstream=side)[1] for side in sides])
    return np.unique(found)


def degrees(graph: Graph, nodes: Ints, *, downstream: bool) -> Ints:
    """Return the number of distinct direct neighbours of each of these nodes."""
    places, others = _pairs(graph, nodes, downstream=downstream)
    pairs = np.unique(places.astype(np.int64) * max(graph.nodes, 1) + others)
    return np.bincount(pairs // max(graph.nodes, 1), minlength=len(nodes)).astype(np.int32)


def _pairs(graph: Graph, nodes: Ints, *, downstream: bool) -> tuple[Ints, Ints]:
    """Return (place in `nodes`, neighbour) pairs, with duplicates."""
    is_job = graph.kinds.values[nodes] == JOB
    places = np.arange(len(nodes), dtype=np.int32)
    jobs, datasets = places[is_job], places[~is_job]
    job_places, job_steps = _steps(graph.owned.gather(nodes[jobs]), jobs)
    job_pairs = _far(graph, job_places, job_steps, downstream=downstream)
    places, steps = _steps((graph.reads if downstream else graph.writes).gather(nodes[datasets]), datasets)
    jobless = graph.jobless.values[steps]
    # Beyond a jobless step lies its owner when going down, and lie its inputs when going up.
    near = np.ones(len(steps), np.bool_) if downstream else ~jobless
    job_less_pairs = _far(graph, places[~near], steps[~near], downstream=downstream)
    return (
        np.concatenate((job_pairs[0], places[near], job_less_pairs[0])),
        np.concatenate((job_pairs[1], graph.owner.values[steps[near]], job_less_pairs[1])),
    )


def _steps(gathered: tuple[Ints, Ints], places: Ints) -> tuple[Ints, Ints]:
    counts, steps = gathered
    return np.repeat(places, counts), steps


def _far(graph: Graph, places: Ints, steps: Ints, *, downstream: bool) -> tuple[Ints, Ints]:
    counts, nodes = (graph.outputs if downstream else graph.inputs).gather(steps)
    return np.repeat(places, counts), nodes
