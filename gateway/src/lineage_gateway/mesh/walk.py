"""The answer to a traversal: one directed walk or the union of two, filtered, ordered, cut into a page.

Walking is `traversal`'s. Here the visited nodes are ordered by (distance, id), the page behind the cursor is cut out,
and the followed edges are merged by their ends; totals are counted before the cut and after the filters (ARCHITECTURE
rules 12 and 13). All of it works on arrays; what becomes a Python value is the page, when it is read.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lineage_gateway.mesh.contraction import Contracted, contract
from lineage_gateway.mesh.edges import EdgeTable, grouped
from lineage_gateway.mesh.graph import distinct
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.rows import Flags, Ints
from lineage_gateway.mesh.selection import Selection
from lineage_gateway.mesh.traversal import Direction, Trace, trace
from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind

_CURSOR = re.compile(r"(?P<distance>\d{1,9}):(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_CURSOR_CHARS_MAX = 128
# Up to here a distance fits beside 48 bits of an id into one number to sort by.
_PACKED_DISTANCE_MAX = 1 << 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last node of a page: the next page begins strictly behind it, even when that node is gone."""

    distance: int
    id: str

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read the opaque text form; raise `InvalidInput` (CURSOR_INVALID) for anything else."""
        try:
            padded = text[:_CURSOR_CHARS_MAX].encode("ascii") + b"=" * (-len(text) % 4)
            raw = base64.urlsafe_b64decode(padded).decode("ascii")
        except (ValueError, binascii.Error):
            raw = ""
        match = _CURSOR.fullmatch(raw)
        if match is None:
            raise InvalidInput("the cursor is not one of a lineage answer", code="CURSOR_INVALID")
        return cls(int(match["distance"]), match["id"])

    def __str__(self) -> str:
        """Return the opaque text form."""
        return base64.urlsafe_b64encode(f"{self.distance}:{self.id}".encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """What to walk: from `root`, at most `depth` datasets far (None: to the end), at most `limit` nodes behind `after`.

    `kinds`, `domains` and `tags` choose what is returned (None: all); the root is always returned.
    """

    root: int
    direction: Direction = Direction.BOTH
    depth: int | None = None
    limit: int = 1000
    after: str | None = None
    kinds: frozenset[Kind] | None = None
    domains: frozenset[str] | None = None
    tags: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """One page of an answer. `nodes` and `distances` run parallel, in the order of (distance, id).

    `edges` are those between nodes of this page; `total_nodes` and `total_edges` are of all pages, after filters.
    `truncated`: nodes remain behind this page. `visited` are all nodes walked, filters or not, and `domains` the names
    of all domains that assert or own any of them, or assert a step between them: what the answer rests on.
    """

    mesh: Mesh
    nodes: Ints
    distances: Ints
    edges: EdgeTable
    total_nodes: int
    total_edges: int
    truncated: bool
    end_cursor: str | None
    visited: Ints
    domains: tuple[str, ...]


def walk(mesh: Mesh, request: WalkRequest) -> Walk:
    """Answer a traversal.

    Raises `InvalidInput` for a negative depth or limit or a foreign cursor, `NotFound` for a root that is not in this
    version, `TooLarge` when filters leave out more than can be contracted.
    """
    _check(request)
    mesh.entry(request.root)
    after = None if request.after is None else Cursor.parse(request.after)
    sides = (True, False) if request.direction is Direction.BOTH else (request.direction is Direction.DOWNSTREAM,)
    traces = [trace(mesh.graph, request.root, request.depth, downstream=side) for side in sides]
    visited, distances = _visited(traces)
    selection = Selection(request.kinds, request.domains, request.tags)
    kept = None if selection.everything else _kept(mesh, visited, request.root, selection)
    nodes, reached = (visited, distances) if kept is None else (visited[kept[visited]], distances[kept[visited]])
    order = ordered(mesh, nodes, reached)
    nodes, reached = nodes[order], reached[order]
    begin = 0 if after is None else _behind(mesh, nodes, reached, after)
    page = slice(begin, begin + request.limit)
    edges, total_edges = _edges(mesh, traces, kept, nodes[page], whole=len(nodes[page]) == len(nodes))
    return Walk(
        mesh=mesh,
        nodes=nodes[page],
        distances=reached[page],
        edges=edges,
        total_nodes=len(nodes),
        total_edges=total_edges,
        truncated=page.stop < len(nodes),
        end_cursor=_end_cursor(mesh, nodes[page], reached[page]),
        visited=visited,
        domains=domains_of(mesh, visited, traces),
    )


def _check(request: WalkRequest) -> None:
    if request.depth is not None and request.depth < 0:
        raise InvalidInput(f"depth = {request.depth} is negative", code="DEPTH_INVALID")
    if request.limit < 0:
        raise InvalidInput(f"limit = {request.limit} is negative", code="LIMIT_INVALID")


def _visited(traces: list[Trace]) -> tuple[Ints, Ints]:
    """Return the visited nodes, each once, with their smallest distance."""
    first = traces[0]
    if len(traces) == 1:
        return first.nodes, first.reached[first.nodes] - 1
    other = traces[1]
    nodes = np.concatenate((first.nodes, other.nodes[first.reached[other.nodes] == 0]))
    # Not visited is 0; one less, read without a sign, is farther than anything.
    near = np.minimum((first.reached[nodes] - 1).view(np.uint32), (other.reached[nodes] - 1).view(np.uint32))
    return nodes, near.view(np.int32)


def _kept(mesh: Mesh, visited: Ints, root: int, selection: Selection) -> Flags:
    kept: Flags = np.zeros(mesh.graph.nodes, np.bool_)
    kept[visited] = [selection.accepts(mesh.entry(node)) for node in visited.tolist()]
    kept[root] = True
    return kept


def ordered(mesh: Mesh, nodes: Ints, distances: Ints) -> NDArray[np.int64]:
    """Return the order of nodes by (distance, id)."""
    high = mesh.high[nodes]
    if not len(nodes) or int(distances.max()) < _PACKED_DISTANCE_MAX:
        packed = (distances.astype(np.uint64) << np.uint64(48)) | (high >> np.uint64(16))
        order = np.argsort(packed)
        if np.all(np.diff(packed[order]) != 0):
            return order
    return np.lexsort((mesh.low[nodes], high, distances))


def _behind(mesh: Mesh, nodes: Ints, distances: Ints, cursor: Cursor) -> int:
    """Return how many of the ordered nodes are not behind the cursor."""
    begin, end = (int(np.searchsorted(distances, cursor.distance, side)) for side in ("left", "right"))
    wanted = UUID(cursor.id).bytes
    high, low = (np.uint64(int.from_bytes(half, "big")) for half in (wanted[:8], wanted[8:]))
    same = nodes[begin:end]
    passed = (mesh.high[same] < high) | ((mesh.high[same] == high) & (mesh.low[same] <= low))
    return begin + int(np.count_nonzero(passed))


def _end_cursor(mesh: Mesh, nodes: Ints, distances: Ints) -> str | None:
    return str(Cursor(int(distances[-1]), mesh.id(int(nodes[-1])))) if len(nodes) else None


def _edges(mesh: Mesh, traces: list[Trace], kept: Flags | None, page: Ints, *, whole: bool) -> tuple[EdgeTable, int]:
    """Return the edges between nodes of the page, and how many there are in all."""
    sources, targets, steps = _followed(traces)
    contracted: Contracted = {}
    if kept is not None:
        both = kept[sources] & kept[targets]
        sources, targets, steps = sources[both], targets[both], steps[both]
        for each in traces:
            contract(each, kept, mesh.limits, contracted)
    size = mesh.graph.nodes
    across = np.array(list(contracted), np.int64).reshape(-1, 2)
    table = _table(mesh, (sources, targets, steps), across, contracted, page)
    if whole:
        return table, len(table)
    keys = np.concatenate((sources.astype(np.int64) * size + targets, across[:, 0] * size + across[:, 1]))
    # Sorted, because numpy's own `unique` takes three times as long.
    keys.sort()
    return table, int(np.count_nonzero(np.diff(keys, prepend=-1)))


def _table(
    mesh: Mesh, followed: tuple[Ints, Ints, Ints], across: NDArray[np.int64], contracted: Contracted, page: Ints
) -> EdgeTable:
    """Merge the followed edges by their ends; a contracted edge is a row without steps, or adds to one with some."""
    # Place in the page, counted from 1: zeroed memory that is not touched costs nothing.
    place = np.zeros(mesh.graph.nodes, np.int32)
    place[page] = np.arange(1, len(page) + 1)
    # The contraction's rows go behind the plain ones; -1 stands for no step.
    sources, targets = (place[np.concatenate((followed[end], across[:, end]))] for end in (0, 1))
    steps = np.concatenate((followed[2], np.full(len(across), -1, np.int32)))
    inside = (sources > 0) & (targets > 0)
    base = len(page) + 1
    keys = sources[inside].astype(np.int64) * base + targets[inside]
    order, starts = grouped(keys)
    steps = steps[inside][order]
    source_places, target_places = np.divmod(keys[order[starts]], base)
    real = steps >= 0
    counts = np.add.reduceat(real, starts, dtype=np.int32) if len(starts) else np.empty(0, np.int32)
    return EdgeTable(
        graph=mesh.graph,
        nodes=mesh,
        domain_names=mesh.register.domain_names,
        sources=page[source_places - 1],
        targets=page[target_places - 1],
        starts=np.concatenate((np.zeros(1, np.int32), np.cumsum(counts, dtype=np.int32))),
        steps=steps[real],
        contracted=contracted,
    )


def _followed(traces: Iterable[Trace]) -> tuple[Ints, Ints, Ints]:
    """Return (sources, targets, steps) of every edge followed, with duplicates: a step without a job is one edge."""
    parts: list[tuple[Ints, Ints, Ints]] = []
    for each in traces:
        owner, jobless = each.graph.owner.values, each.graph.jobless.values
        datasets, steps = each.entering()
        parts.append((datasets, owner[steps], steps))
        datasets, steps = each.leaving()
        of_job = ~jobless[steps]
        parts.append((owner[steps[of_job]], datasets[of_job], steps[of_job]))
    sources, targets, steps = (np.concatenate(column) for column in zip(*parts, strict=True))
    return sources, targets, steps


def domains_of(mesh: Mesh, visited: Ints, traces: Iterable[Trace]) -> tuple[str, ...]:
    """Return the names of all domains that assert or own any of these nodes, or assert a step that was followed."""
    names = mesh.register.domain_names
    found = [mesh.graph.asserted.gather(visited)[1]]
    found += [mesh.graph.domain.values[each.steps] for each in traces]
    return tuple(sorted(names[domain] for domain in distinct(np.concatenate(found), len(names)).tolist()))
