"""Column edges into datasets: read on demand from the facet bodies that speak for them now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lineage_agent.projection import NodeKey, NodeKind
from lineage_agent.store import readings
from lineage_agent.store.derive import read_node
from lineage_agent.store.driver import Connection
from lineage_shared.wire import ColumnEdge, DatasetColumns


def read(connection: Connection, datasets: Iterable[int]) -> Iterator[DatasetColumns]:
    """Yield the current column edges into each of these datasets; a number that is no dataset here is passed over.

    Edges from a dataset that was dropped are not current. `job` is 0 where the dataset spoke for itself.
    """
    for number in datasets:
        row = connection.execute(
            "SELECT rev_columns FROM publication JOIN node ON node.id = node WHERE node = ? AND kind = ?",
            (number, int(NodeKind.DATASET)),
        ).fetchone()
        if row is not None:
            edges = sorted(_edges(connection, number), key=_order)
            yield DatasetColumns(number=number, revision=row[0], edges=tuple(edges))


def _edges(connection: Connection, number: int) -> set[ColumnEdge]:
    target = read_node(connection, number)
    sources = connection.execute("SELECT owner, body, form FROM column_source WHERE dataset = ?", (number,)).fetchall()
    living: dict[tuple[str, str], int | None] = {}
    found: set[ColumnEdge] = set()
    for owner, body, form in sources:
        job = 0 if owner == number else owner
        for edge in readings.column_inputs(readings.raw(connection, body), form, target.key):
            place = (edge.source.namespace, edge.source.name)
            if place not in living:
                living[place] = _living(connection, NodeKey(NodeKind.DATASET, *place))
            source = living[place]
            if source is not None:
                how = (edge.kind, edge.subtype, edge.description, edge.masking)
                found.add(ColumnEdge(source, edge.input, edge.output, *how, job))
    return found


def _living(connection: Connection, key: NodeKey) -> int | None:
    row = connection.execute(
        "SELECT node.id FROM node JOIN namespace ON namespace.id = namespace"
        " WHERE kind = ? AND namespace.name = ? AND node.name = ?"
        " AND (drop_stamp IS NULL OR drop_stamp <= coalesce(output_stamp, x''))",
        tuple(key),
    ).fetchone()
    return row[0] if row else None


def _order(edge: ColumnEdge) -> tuple[object, ...]:
    place = (edge.output, edge.source, edge.input)
    return (*place, edge.kind, edge.subtype, edge.description, str(edge.masking), edge.job)
