"""The lineage of columns inside this domain, hop by hop: edges into a dataset are read when a column leads to it.

An edge to every column of a dataset (its output is "") leads, going up, from each column that was reached; going down,
to the columns of that dataset that some edge names.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from lineage_agent.store import columns
from lineage_agent.store.driver import Connection
from lineage_agent.store.nodes import datasets_fed_by_columns
from lineage_shared.wire import ColumnEdge

EDGES_MAX: Final = 100_000

Column = tuple[int, str]
"""A column: (number of its dataset, name)."""


class Followed(NamedTuple):
    """One edge that was followed."""

    source: Column
    target: Column
    edge: ColumnEdge


class ColumnWalk:
    """A walk over one connection; `followed` are its edges, `truncated` tells that there were too many."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._into: dict[int, tuple[ColumnEdge, ...]] = {}
        self.followed: dict[Followed, None] = {}
        self.truncated = False

    def into(self, dataset: int) -> tuple[ColumnEdge, ...]:
        """Return the edges into a dataset."""
        if dataset not in self._into:
            found = next(columns.read(self._connection, [dataset]), None)
            self._into[dataset] = found.edges if found else ()
        return self._into[dataset]

    def run(self, roots: Collection[Column], depth: int, *, downstream: bool) -> None:
        """Follow the edges from the roots, at most `depth` of them in a row."""
        reached = set(roots)
        frontier = list(dict.fromkeys(roots))
        for _ in range(depth):
            beyond: list[Column] = []
            for column in frontier:
                for each in self._down(column) if downstream else self._up(column):
                    if len(self.followed) >= EDGES_MAX:
                        self.truncated = True
                        return
                    self.followed[each] = None
                    far = each.target if downstream else each.source
                    if far not in reached:
                        reached.add(far)
                        beyond.append(far)
            if not beyond:
                return
            frontier = beyond

    def _up(self, column: Column) -> list[Followed]:
        dataset, name = column
        return [
            Followed((edge.source, edge.input), column, edge)
            for edge in self.into(dataset)
            if edge.output in {name, ""}
        ]

    def _down(self, column: Column) -> list[Followed]:
        found: list[Followed] = []
        for dataset in sorted(datasets_fed_by_columns(self._connection, column[0])):
            edges = self.into(dataset)
            named = dict.fromkeys(edge.output for edge in edges if edge.output)
            for edge in edges:
                if (edge.source, edge.input) == column:
                    outputs = (edge.output,) if edge.output else tuple(named)
                    found += [Followed(column, (dataset, output), edge) for output in outputs]
        return found
