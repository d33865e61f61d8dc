"""Reading the publication: a snapshot in the order of numbers, and what changed since a position."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from lineage_agent.store import meta
from lineage_agent.store.driver import Connection
from lineage_shared.errors import Unavailable
from lineage_shared.model import NodeRecord, Revisions, Volatile
from lineage_shared.wire import Commit, Position, Touch

_COLUMNS: Final = "node, sequence, record, volatile, rev_schema, rev_columns, rev_runs, rev_facets"

_records: Final = msgspec.msgpack.Decoder(NodeRecord)
_volatiles: Final = msgspec.msgpack.Decoder(Volatile)


def position(connection: Connection) -> Position:
    """Return the position that this connection's transaction sees."""
    state = meta.read(connection)
    if state is None:
        raise Unavailable("the store holds no domain yet")
    return state.position


def knows(connection: Connection, at: Position) -> bool:
    """Tell whether a position lies in this file's history, so that changes since it can be told."""
    row = connection.execute("SELECT nonce FROM commit_log WHERE sequence = ?", (at.sequence,)).fetchone()
    return row is not None and row[0].hex() == at.nonce and position(connection).epoch == at.epoch


def records(connection: Connection) -> Iterator[NodeRecord]:
    """Yield the records of all nodes, by number: the rows of a snapshot, with volatile fields and revisions."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM publication WHERE record IS NOT NULL ORDER BY node")  # noqa: S608 - made of constants
    return (_record(row) for row in rows)


def record(connection: Connection, number: int) -> NodeRecord | None:
    """Return the record of one node, None when it is not published."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM publication WHERE node = ? AND record IS NOT NULL",  # noqa: S608 - made of constants
        (number,),
    ).fetchone()
    return _record(row) if row else None


def count(connection: Connection) -> int:
    """Return how many records a snapshot holds."""
    found: int = connection.execute("SELECT count(*) FROM publication WHERE record IS NOT NULL").fetchone()[0]
    return found


def changes(connection: Connection, since: Position, *, nodes_max: int) -> Commit | None:
    """Return what changed after a position, each node once.

    None when this file's history does not hold the position, or more than `nodes_max` nodes changed: a reader must take
    a snapshot then.
    """
    if not knows(connection, since):
        return None
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM publication WHERE touched > ? LIMIT ?",  # noqa: S608 - made of constants
        (since.sequence, nodes_max + 1),
    ).fetchall()
    if len(rows) > nodes_max:
        return None
    rows.sort()
    moved = [row for row in rows if row[1] > since.sequence]
    return Commit(
        position=str(position(connection)),
        nodes=tuple(_record(row) for row in moved if row[2] is not None),
        gone=tuple(row[0] for row in moved if row[2] is None),
        touched=tuple(_touch(row) for row in rows if row[1] <= since.sequence and row[2] is not None),
        dead_letters=connection.execute("SELECT count(*) FROM dead_letter").fetchone()[0],
        lag_s=_lag_s(connection),
    )


def _lag_s(connection: Connection) -> float:
    """Return the age of the oldest event that is not projected yet."""
    row = connection.execute(
        "SELECT received_us FROM event WHERE id >"
        " (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'projected_through') ORDER BY id LIMIT 1"
    ).fetchone()
    return max(0.0, time.time() - row[0] / 1_000_000) if row else 0.0


def _record(row: tuple[Any, ...]) -> NodeRecord:
    _, topology, record, volatile, schema, columns, runs, facets = row
    return msgspec.structs.replace(
        _records.decode(record),
        revisions=Revisions(topology=topology, schema=schema, columns=columns, runs=runs, facets=facets),
        volatile=_volatiles.decode(volatile),
    )


def _touch(row: tuple[Any, ...]) -> Touch:
    number, _, _, volatile, schema, columns, runs, facets = row
    return Touch(
        number=number, volatile=_volatiles.decode(volatile), schema=schema, columns=columns, runs=runs, facets=facets
    )
