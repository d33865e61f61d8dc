"""Column lineage over column edges that the caller has fetched from the agents (values in, values out).

The same walk as over datasets, with (dataset, column) as the node and each column edge as one hop; a dataset's distance
and a column's are counted alike. Columns are told apart by their names, case included; which of those that were written
are one column is for `lineage_gateway.mesh.column_names` to say. A `dataset[]` entry (an edge whose output is
"") says that an input column influences every column of the output dataset: it is always INDIRECT. Going up, it leads
from every column that was reached to its input; going down, from its input to every column of the output dataset that
some fetched edge names (as its output, or as somebody's input there), because no edge knows of the others.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from lineage_gateway.mesh.traversal import Direction

DIRECT, INDIRECT = "DIRECT", "INDIRECT"

ColumnKey: TypeAlias = tuple[int, str]
"""A column: (node of the mesh version, column name)."""


class FetchedColumns(NamedTuple):
    """One column edge as an agent answered it (`wire.ColumnEdge`), with nodes for numbers. Output "" = every column."""

    source: int
    input: str
    target: int
    output: str
    kind: str
    subtype: str = ""
    description: str = ""
    masking: bool | None = None
    job: int | None = None


class ColumnNode(NamedTuple):
    """A column that was reached."""

    node: int
    column: str
    distance: int


class ColumnWalkEdge(NamedTuple):
    """A column edge that was followed. Several assertions of one (ends, kind, subtype, job) are one edge."""

    source: ColumnKey
    target: ColumnKey
    kind: str
    subtype: str
    masking: bool | None
    description: str
    job: int | None


@dataclass(frozen=True, slots=True)
class ColumnWalk:
    """Columns in the order of (distance, node, name), the roots first; edges in the order in which they were met.

    `upstream` and `downstream` are the distances of the directed walks, each empty where it was not asked for.
    """

    nodes: tuple[ColumnNode, ...]
    edges: tuple[ColumnWalkEdge, ...]
    truncated: bool
    upstream: Mapping[ColumnKey, int] = field(default_factory=dict)
    downstream: Mapping[ColumnKey, int] = field(default_factory=dict)


def column_walk(
    fetched: Iterable[FetchedColumns],
    roots: Collection[ColumnKey],
    direction: Direction,
    *,
    depth: int | None,
    include_indirect: bool = True,
    edges_max: int = 100_000,
) -> ColumnWalk:
    """Walk from columns; BOTH is the union of the two directed walks. Beyond `edges_max` edges it is truncated."""
    index = _Index(fetched, include_indirect=include_indirect)
    distances: dict[ColumnKey, int] = dict.fromkeys(roots, 0)
    edges: dict[tuple[object, ...], ColumnWalkEdge] = {}
    sides = (False, True) if direction is Direction.BOTH else (direction is Direction.DOWNSTREAM,)
    truncated = False
    directed: dict[bool, Mapping[ColumnKey, int]] = {}
    for downstream in sides:
        reached, whole = _directed(index, roots, depth, edges, edges_max, downstream=downstream)
        directed[downstream] = reached
        truncated = truncated or not whole
        for column, distance in reached.items():
            distances[column] = min(distance, distances.get(column, distance))
    nodes = sorted((distance, node, name) for (node, name), distance in distances.items())
    return ColumnWalk(
        tuple(ColumnNode(node, name, distance) for distance, node, name in nodes),
        tuple(edges.values()),
        truncated,
        directed.get(False, {}),
        directed.get(True, {}),
    )


def _directed(
    index: _Index,
    roots: Collection[ColumnKey],
    depth: int | None,
    edges: dict[tuple[object, ...], ColumnWalkEdge],
    edges_max: int,
    *,
    downstream: bool,
) -> tuple[dict[ColumnKey, int], bool]:
    """Return the distances of one directed walk, and whether it came to its end."""
    reached = dict.fromkeys(roots, 0)
    frontier = deque(reached)
    while frontier:
        column = frontier.popleft()
        distance = reached[column]
        if depth is not None and distance >= depth:
            break
        for edge in index.down(column) if downstream else index.up(column):
            if not _merge(edges, edge, edges_max):
                return reached, False
            far = edge.target if downstream else edge.source
            if far not in reached:
                reached[far] = distance + 1
                frontier.append(far)
    return reached, True


def _merge(edges: dict[tuple[object, ...], ColumnWalkEdge], edge: ColumnWalkEdge, edges_max: int) -> bool:
    """Add an edge, or join it with the one that says the same; tell whether there was room."""
    identity = (edge.source, edge.target, edge.kind, edge.subtype, edge.job)
    known = edges.get(identity)
    if known is None:
        if len(edges) >= edges_max:
            return False
        edges[identity] = edge
    elif known != edge:
        masking = known.masking if edge.masking is None else bool(known.masking) or edge.masking
        edges[identity] = known._replace(masking=masking, description=known.description or edge.description)
    return True


class _Index:
    """The fetched edges by either end."""

    def __init__(self, fetched: Iterable[FetchedColumns], *, include_indirect: bool) -> None:
        self._into: defaultdict[ColumnKey, list[FetchedColumns]] = defaultdict(list)
        self._from: defaultdict[ColumnKey, list[FetchedColumns]] = defaultdict(list)
        self._columns: defaultdict[int, dict[str, None]] = defaultdict(dict)
        for edge in fetched:
            self._columns[edge.source][edge.input] = None
            if edge.output:
                self._columns[edge.target][edge.output] = None
            if include_indirect or (edge.kind != INDIRECT and edge.output):
                self._into[edge.target, edge.output].append(edge)
                self._from[edge.source, edge.input].append(edge)

    def up(self, column: ColumnKey) -> Iterator[ColumnWalkEdge]:
        """Give the edges into a column."""
        node, name = column
        for edge in (*self._get(self._into, column), *(self._get(self._into, (node, "")) if name else ())):
            yield _edge(edge, name)

    def down(self, column: ColumnKey) -> Iterator[ColumnWalkEdge]:
        """Give the edges out of a column."""
        for edge in self._get(self._from, column):
            for output in (edge.output,) if edge.output else tuple(self._columns[edge.target]):
                yield _edge(edge, output)

    @staticmethod
    def _get(edges: defaultdict[ColumnKey, list[FetchedColumns]], column: ColumnKey) -> Sequence[FetchedColumns]:
        return edges.get(column, ())


def _edge(edge: FetchedColumns, output: str) -> ColumnWalkEdge:
    kind = edge.kind if edge.output else INDIRECT
    return ColumnWalkEdge(
        (edge.source, edge.input), (edge.target, output), kind, edge.subtype, edge.masking, edge.description, edge.job
    )
