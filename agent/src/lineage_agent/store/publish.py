"""The publication of touched nodes: written only where what readers see has changed.

A record (the topology of a node) gets the commit's sequence when it differs from the record published last; volatile
fields and detail revisions move `touched` alone.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from lineage_agent.projection import NodeKind, State
from lineage_agent.store import claims
from lineage_agent.store.derive import CurrentEdge, Lineage, NodeRow
from lineage_agent.store.driver import Connection
from lineage_agent.store.facts import Touched
from lineage_agent.store.readings import Attributes
from lineage_shared.model import Claim, Kind, NodeRecord, RunState, Volatile

KINDS: Final = {NodeKind.DATASET: Kind.DATASET, NodeKind.JOB: Kind.JOB}

_pack: Final = msgspec.msgpack.Encoder()


class Published(NamedTuple):
    """A row of the publication."""

    sequence: int
    touched: int
    record: bytes | None
    volatile: bytes
    rev_schema: int
    rev_columns: int
    rev_runs: int
    rev_facets: int


_NOTHING: Final = Published(0, 0, None, b"", 0, 0, 0, 0)


def publish(
    connection: Connection, node: NodeRow, now: tuple[Attributes, Lineage], touched: Touched, sequence: int
) -> None:
    """Write the node's row if anything in it changed. `now` are the node's attributes and lineage as they stand."""
    attributes, lineage = now
    row = connection.execute(
        "SELECT sequence, touched, record, volatile, rev_schema, rev_columns, rev_runs, rev_facets"
        " FROM publication WHERE node = ?",
        (node.number,),
    ).fetchone()
    old = Published(*row) if row else _NOTHING
    record = _pack.encode(_record(connection, node, attributes, lineage))
    volatile = _pack.encode(_volatile(connection, node, lineage))
    new = Published(
        sequence if record != old.record else old.sequence,
        sequence,
        record,
        volatile,
        *(
            sequence if node.number in moved else before
            for moved, before in (
                (touched.schema, old.rev_schema),
                (touched.columns, old.rev_columns),
                (touched.runs, old.rev_runs),
                (touched.facets, old.rev_facets),
            )
        ),
    )
    if new._replace(touched=old.touched) != old:
        connection.execute(
            "INSERT OR REPLACE INTO publication"
            " (node, sequence, touched, record, volatile, rev_schema, rev_columns, rev_runs, rev_facets)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (node.number, *new),
        )


def _record(connection: Connection, node: NodeRow, attributes: Attributes, lineage: Lineage) -> NodeRecord:
    inputs, outputs = _sides(lineage.edges)
    return NodeRecord(
        number=node.number,
        kind=KINDS[NodeKind(node.key.kind)],
        namespace=node.key.namespace,
        name=node.key.name,
        mentioned=not node.named,
        type=attributes.type,
        integration=attributes.integration,
        tags=attributes.tags,
        owners=attributes.owners,
        steps=lineage.steps,
        inputs=tuple(edge.dataset for edge in inputs),
        outputs=tuple(edge.dataset for edge in outputs),
        inputs_first_seen_us=tuple(edge.first_ns // 1000 for edge in inputs),
        outputs_first_seen_us=tuple(edge.first_ns // 1000 for edge in outputs),
        claims=_claims(connection, node.number) if node.key.kind == NodeKind.DATASET else (),
    )


def _claims(connection: Connection, dataset: int) -> tuple[Claim, ...]:
    return tuple(Claim(each.target, each.type) for each in claims.current(connection, dataset))


def _volatile(connection: Connection, node: NodeRow, lineage: Lineage) -> Volatile:
    inputs, outputs = _sides(lineage.edges)
    return Volatile(
        state=_state(connection, node.number) if node.key.kind == NodeKind.JOB else None,
        updated_us=None if node.updated_ns is None else node.updated_ns // 1000,
        inputs_last_seen_us=tuple(edge.last_ns // 1000 for edge in inputs),
        outputs_last_seen_us=tuple(edge.last_ns // 1000 for edge in outputs),
    )


def _sides(edges: tuple[CurrentEdge, ...]) -> tuple[list[CurrentEdge], list[CurrentEdge]]:
    return [edge for edge in edges if not edge.direction], [edge for edge in edges if edge.direction]


def _state(connection: Connection, job: int) -> RunState | None:
    """Return the state of the job's newest run, whether or not it reported inputs or outputs."""
    newest = [
        row
        for reported in (0, 1)
        if (
            row := connection.execute(
                "SELECT ended_ns, began_ns, run_id, coalesce(terminal, state) FROM contribution"
                " WHERE owner = ? AND source = 0 AND reported = ?"
                " ORDER BY ended_ns DESC, began_ns DESC, run_id DESC LIMIT 1",
                (job, reported),
            ).fetchone()
        )
    ]
    if not newest:
        return None
    state = max(newest, key=lambda row: row[:3])[3]
    return None if state is None else State(state).word
