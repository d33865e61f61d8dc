"""Validity intervals of a node's edges, computed on demand from its contributions (`projection.Past`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lineage_agent.projection import (
    Contribution,
    Direction,
    Interval,
    NodeKind,
    Past,
    Source,
    Spell,
    Word,
    absences_of,
)
from lineage_agent.store import meta
from lineage_agent.store.contributions import time_of
from lineage_agent.store.derive import NodeRow, read_node
from lineage_agent.store.driver import Connection
from lineage_agent.store.readings import Readings
from lineage_shared.wire import EdgeHistory

# The newest contributions that a history looks at. Older ones are in the log, and in `first_seen` of their edges.
CONTRIBUTIONS_MAX: Final = 200


def read(connection: Connection, node: NodeRow) -> Iterator[EdgeHistory]:
    """Yield the intervals of every edge of a node, oldest first within an edge."""
    for (direction, dataset), spans in sorted(past_of(connection, node).intervals().items()):
        word = "INPUT" if direction == Direction.INPUT else "OUTPUT"
        yield EdgeHistory(dataset, word, tuple(_in_us(span) for span in spans))


def past_of(connection: Connection, node: NodeRow) -> Past:
    """Return what is known of a node's past lineage."""
    job_type = Readings(connection).attributes(node.number, node.key.kind).job_type
    state = meta.read(connection)
    words = [_word(connection, node, row, snapshot=job_type.is_snapshot) for row in _contributions(connection, node)]
    datasets = {spell.edge[1] for word in words for spell in word.spells}
    return Past(
        words,
        job_type.is_continuous,
        (state.windows if state else {}).get(node.key.namespace, 1),
        {dataset: gaps for dataset in datasets if (gaps := absences(connection, dataset))},
        absences(connection, node.number) if node.key.kind == NodeKind.DATASET else (),
    )


def absences(connection: Connection, dataset: int) -> list[Interval]:
    """Return when a dataset did not exist."""
    drops = connection.execute(
        "SELECT at_ns FROM lifecycle WHERE (dataset = ? AND change = 'DROP') OR previous = ?", (dataset, dataset)
    ).fetchall()
    if not drops:
        return []
    return absences_of(
        (row[0] for row in drops), _productions(connection, dataset), gone=read_node(connection, dataset).gone
    )


def _productions(connection: Connection, dataset: int) -> set[int]:
    rows = connection.execute(
        "SELECT first_ns, stamp FROM contribution_io WHERE dataset = ? AND direction = ?",
        (dataset, int(Direction.OUTPUT)),
    ).fetchall()
    (last,) = connection.execute("SELECT output_stamp FROM node WHERE id = ?", (dataset,)).fetchone()
    stamps = [stamp for _, stamp in rows] + ([last] if last else [])
    return {first_ns for first_ns, _ in rows} | set(map(time_of, stamps))


def _contributions(connection: Connection, node: NodeRow) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT id, source, run_id, began_ns, ended_ns, terminal, io_stamp, last_stamp FROM contribution"
        " WHERE owner = ? AND reported = 1 ORDER BY ended_ns DESC, began_ns DESC, run_id DESC LIMIT ?",
        (node.number, CONTRIBUTIONS_MAX),
    ).fetchall()


def _word(connection: Connection, node: NodeRow, row: tuple[Any, ...], *, snapshot: bool) -> Word:
    one, io_stamp, last_stamp = Contribution(*row[:6]), row[6], row[7]
    replaces = snapshot or one.source != Source.RUN
    rows = connection.execute(
        "SELECT direction, dataset, first_ns, stamp FROM contribution_io WHERE contribution = ?", (one.id,)
    )
    spells = [
        Spell(
            (direction, dataset),
            first_ns,
            time_of(stamp) + 1 if replaces and stamp != io_stamp else None,
            steadfast=one.source == Source.RENAME,
        )
        for direction, dataset, first_ns, stamp in rows
    ]
    retired = last_stamp < node.retire_stamp
    return Word(one, spells, time_of(node.retire_stamp) if retired else None)


def _in_us(span: Interval) -> tuple[int, int | None]:
    return span[0] // 1000, None if span[1] is None else span[1] // 1000
