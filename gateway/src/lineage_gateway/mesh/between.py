"""What lies between two nodes: all that data from the one may pass on its way to the other, and how far each is.

Two traces, down from the source and up from the target, are cut against each other. A place is a dataset, a job at one
of the ends, or a step of any other job: what comes in by a step leaves by what this step writes. Nothing returns to the
source, and nothing goes on from the target. `lineage_gateway.mesh.paths` searches in this.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lineage_gateway.mesh.graph import JOB
from lineage_gateway.mesh.rows import Ints, Lists
from lineage_gateway.mesh.traversal import Trace


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """The places between two nodes; a step's place is `first_step` + its number, any other's is the node.

    `into`: dataset -> the node that follows (a job; along a jobless step a dataset) -> the steps by which.
    `out`: step -> the datasets that it writes. `following`: both, as places. `remaining`: how many nodes away the
    target is, for each place that leads to it. `cyclic`: the places that lie in a cycle, or behind one.
    """

    first_step: int
    into: Mapping[int, Mapping[int, list[int]]]
    out: Mapping[int, list[int]]
    following: Mapping[int, list[int]]
    remaining: Mapping[int, int]
    cyclic: frozenset[int]

    @classmethod
    def of(cls, down: Trace, up: Trace, source: int, target: int) -> Between:
        """Cut the traces down from the source and up from the target."""
        into, out = _into(down, up, source, target), _out(down, up, source, target)
        following = dict(_following(down, into, out, target))
        remaining = _remaining(following, target)
        return cls(down.graph.nodes, into, out, following, remaining, _cyclic(following, remaining))


def _into(down: Trace, up: Trace, source: int, target: int) -> dict[int, dict[int, list[int]]]:
    graph = down.graph
    into: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for dataset, step, owner in _pairs(down, up, graph.inputs, _steps(down, up)):
        if dataset != target and owner not in (source, dataset):
            into[dataset][owner].append(step)
    return {dataset: dict(nodes) for dataset, nodes in into.items()}


def _out(down: Trace, up: Trace, source: int, target: int) -> dict[int, list[int]]:
    graph, steps = down.graph, _steps(down, up)
    out: defaultdict[int, list[int]] = defaultdict(list)
    for dataset, step, owner in _pairs(down, up, graph.outputs, steps[~graph.jobless.values[steps]]):
        if dataset != source and owner != target:
            out[step].append(dataset)
    return dict(out)


def _steps(down: Trace, up: Trace) -> Ints:
    both: Ints = np.intersect1d(down.steps, up.steps)
    return both


def _pairs(down: Trace, up: Trace, lists: Lists, steps: Ints) -> Iterator[tuple[int, int, int]]:
    """Return (dataset, step, owner of the step) for the datasets on both traces that these steps read, or write."""
    counts, datasets = lists.gather(steps)
    inside = (down.reached[datasets] > 0) & (up.reached[datasets] > 0)
    of_steps = np.repeat(steps, counts)[inside]
    columns = (datasets[inside], of_steps, down.graph.owner.values[of_steps])
    return zip(*(column.tolist() for column in columns), strict=True)


def _following(
    down: Trace, into: Mapping[int, Mapping[int, list[int]]], out: Mapping[int, list[int]], target: int
) -> Iterator[tuple[int, list[int]]]:
    """Return each place with those that follow it."""
    graph = down.graph
    kinds = graph.kinds.values.data
    for dataset, nodes in into.items():
        places: list[int] = []
        for node, steps in nodes.items():
            at_step = kinds[node] == JOB and node != target
            places += [graph.nodes + step for step in steps] if at_step else [node]
        yield dataset, places
    for step, datasets in out.items():
        yield graph.nodes + step, datasets


def _remaining(following: Mapping[int, list[int]], target: int) -> dict[int, int]:
    """Search back from the target."""
    before: defaultdict[int, list[int]] = defaultdict(list)
    for place, places in following.items():
        for after in places:
            before[after].append(place)
    remaining, frontier, length = {target: 0}, [target], 0
    while frontier:
        length += 1
        reached = {place for each in frontier for place in before.get(each, ()) if place not in remaining}
        remaining.update(dict.fromkeys(reached, length))
        frontier = list(reached)
    return remaining


def _cyclic(following: Mapping[int, list[int]], remaining: Mapping[int, int]) -> frozenset[int]:
    """Take away what nothing enters, again and again; what is left lies in a cycle or behind one."""
    waiting = Counter(after for place in remaining for after in following.get(place, ()))
    free, left = [place for place in remaining if not waiting[place]], set(remaining)
    while free:
        place = free.pop()
        left.discard(place)
        for after in following.get(place, ()):
            waiting[after] -= 1
            if not waiting[after]:
                free.append(after)
    return frozenset(left)
