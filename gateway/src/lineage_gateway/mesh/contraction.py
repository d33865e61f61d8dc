"""Edges across what a filter left out (ARCHITECTURE rule 13): source and target are kept, everything between is not.

From each kept node the paths over left-out nodes are followed until they meet a kept one. A left-out job is passed
within one step: in by what the step reads, out by what it writes, so that inputs of one step never join outputs of
another. What a path rests on (domains, origins) is gathered on the way as bits, and a left-out dataset is looked at
again whenever more bits arrive: the result is the union over all paths, however many there are. Self-edges are left
out.
"""

from __future__ import annotations

from collections.abc import Iterable

from lineage_gateway.mesh.edges import Contraction
from lineage_gateway.mesh.graph import JOB
from lineage_gateway.mesh.limits import MeshLimits
from lineage_gateway.mesh.rows import Flags, Ints
from lineage_gateway.mesh.traversal import Trace
from lineage_shared.errors import TooLarge

Contracted = dict[tuple[int, int], Contraction]

_ORIGIN_BITS = 8


def contract(trace: Trace, kept: Flags, limits: MeshLimits, into: Contracted) -> None:
    """Add the contracted edges of one directed walk to `into`; raise `TooLarge` beyond the limits.

    `kept` tells for every node of the graph whether the filter kept it.
    """
    contractor = _Contractor(trace, kept, limits, into)
    for node in trace.nodes[kept[trace.nodes]].tolist():
        contractor.start(node)


class _Contractor:
    """One directed walk as dictionaries of what it followed."""

    def __init__(self, trace: Trace, kept: Flags, limits: MeshLimits, into: Contracted) -> None:
        graph = trace.graph
        self._limits = limits
        self._into = into
        self._visits = 0
        self._kept = kept.data
        self._is_job = graph.kinds.values == JOB
        self._index = graph.index.values.data
        self._reading = _by_first(*trace.entering())
        datasets, steps = trace.leaving()
        self._written = _by_first(steps, datasets)
        self._owner = dict(zip(trace.steps.tolist(), graph.owner.values[trace.steps].tolist(), strict=True))
        jobless = graph.jobless.values[trace.steps]
        self._jobless = set(trace.steps[jobless].tolist())
        self._owned = _by_first(graph.owner.values[trace.steps[~jobless]], trace.steps[~jobless])
        bits = 1 << (graph.domain.values[trace.steps].astype(object) + _ORIGIN_BITS)
        bits |= 1 << graph.origin.values[trace.steps].astype(object)
        self._bits = dict(zip(trace.steps.tolist(), bits.tolist(), strict=True))

    def start(self, source: int) -> None:
        """Follow all paths from one kept node."""
        if self._is_job[source]:
            for step in self._owned.get(source, ()):
                near = [(node, self._bits[step]) for node in self._written.get(step, ()) if not self._kept[node]]
                self._spread(source, near, self._index[step])
            return
        near = []
        for step in self._reading.get(source, ()):
            if not self._stops(source, step, 0, plain=True):
                across = step not in self._jobless
                near += self._beyond(source, step, self._bits[step], across=across)
        self._spread(source, near, None)

    def _spread(self, source: int, near: Iterable[tuple[int, int]], number: int | None) -> None:
        """Go on from left-out datasets, each with the bits of the paths to it."""
        bits_at: dict[int, int] = {}
        pending = list(near)
        while pending:
            node, bits = pending.pop()
            gathered = bits_at.get(node, 0) | bits
            if gathered == bits_at.get(node):
                continue
            bits_at[node] = gathered
            self._visit()
            for step in self._reading.get(node, ()):
                if not self._stops(source, step, gathered, plain=False):
                    pending += self._beyond(source, step, gathered | self._bits[step], across=True, number=number)

    def _stops(self, source: int, step: int, bits: int, *, plain: bool) -> bool:
        """Tell whether the step's job is kept, so that the path ends there; note the edge unless it is a plain one."""
        job = self._owner[step]
        if step in self._jobless or not self._kept[job]:
            return False
        if not plain:
            number = None if self._is_job[source] else self._index[step]
            self._note(source, job, bits | self._bits[step], number)
        return True

    def _beyond(
        self, source: int, step: int, bits: int, *, across: bool, number: int | None = None
    ) -> list[tuple[int, int]]:
        """Return the left-out datasets that the step writes; note edges to those kept, if something lies between."""
        self._visit()
        left_out = []
        for node in self._written.get(step, ()):
            if not self._kept[node]:
                left_out.append((node, bits))
            elif across:
                self._note(source, node, bits, number)
        return left_out

    def _note(self, source: int, target: int, bits: int, number: int | None) -> None:
        if source == target:
            return
        edge = self._into.get((source, target))
        if edge is None:
            if len(self._into) >= self._limits.contracted_edges_max:
                raise _too_large("edges", "contracted_edges_max", self._limits.contracted_edges_max)
            edge = self._into[source, target] = Contraction()
        edge.domains |= bits >> _ORIGIN_BITS
        edge.origins |= bits & ((1 << _ORIGIN_BITS) - 1)
        if number is not None:
            edge.steps.add(number)

    def _visit(self) -> None:
        self._visits += 1
        if self._visits > self._limits.contraction_visits_max:
            raise _too_large("visits", "contraction_visits_max", self._limits.contraction_visits_max)


def _too_large(what: str, limit: str, most: int) -> TooLarge:
    return TooLarge(
        f"the filter leaves out so much that contracting takes more than {most} {what} ({limit})",
        hint="walk less deep, or filter less",
        code="CONTRACTION_TOO_LARGE",
    )


def _by_first(firsts: Ints, seconds: Ints) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True):
        if first in found:
            found[first].append(second)
        else:
            found[first] = [second]
    return found
