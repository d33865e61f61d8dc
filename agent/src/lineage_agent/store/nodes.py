"""Rows of nodes and their facets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lineage_agent.store.driver import Connection
from lineage_agent.store.ids import Ids


@dataclass(slots=True)
class NodeDraft:
    """What a chunk says about a node; times in ns, the rest are stamps."""

    updated_ns: int | None = None
    produced: bytes = b""
    dropped: bytes = b""
    retired: bytes = b""

    def name(self, at_ns: int) -> None:
        """Note that an event named the node."""
        self.updated_ns = at_ns if self.updated_ns is None else max(self.updated_ns, at_ns)

    def mark(self, what: str, stamp: bytes) -> None:
        """Note that the node was produced, dropped or retired."""
        setattr(self, what, max(getattr(self, what), stamp))


def write(connection: Connection, number: int, draft: NodeDraft) -> bool:
    """Merge a draft into its row; tell whether the node came into or went out of use."""
    row = connection.execute(
        "SELECT updated_ns, coalesce(output_stamp, x''), coalesce(drop_stamp, x''), coalesce(retire_stamp, x'')"
        " FROM node WHERE id = ?",
        (number,),
    ).fetchone()
    times = [at for at in (row[0], draft.updated_ns) if at is not None]
    old = (row[0], *row[1:])
    stamps = (draft.produced, draft.dropped, draft.retired)
    new = (max(times, default=None), *map(max, row[1:], stamps))
    if new != old:
        connection.execute(
            "UPDATE node SET named = ?, updated_ns = ?, output_stamp = nullif(?, x''), drop_stamp = nullif(?, x''),"
            " retire_stamp = nullif(?, x'') WHERE id = ?",
            (int(new[0] is not None), *new, number),
        )
    return _is_gone(old) != _is_gone(new) or old[3] != new[3]


def _is_gone(row: tuple[Any, ...]) -> bool:
    return bool(row[2] > row[1])


def owners_of_edges(connection: Connection, dataset: int) -> list[int]:
    """Return all jobs and datasets that ever asserted an edge of a dataset."""
    return [row[0] for row in connection.execute("SELECT DISTINCT owner FROM edge WHERE dataset = ?", (dataset,))]


def datasets_fed_by_columns(connection: Connection, dataset: int) -> list[int]:
    """Return the datasets of which some column ever came from a column of this one."""
    rows = connection.execute(
        "SELECT DISTINCT fed.dataset FROM dataset_column AS mine JOIN column_edge ON column_edge.input = mine.id"
        " JOIN dataset_column AS fed ON fed.id = column_edge.output WHERE mine.dataset = ?",
        (dataset,),
    )
    return [row[0] for row in rows]


def write_facets(connection: Connection, ids: Ids, number: int, stated: Iterable[tuple[str, bytes, Any]]) -> set[str]:
    """Fold (name, stamp, facet) into a node's facets; return the names whose content changed."""
    rows = connection.execute("SELECT name, stamp, body FROM node_facet WHERE node = ?", (number,))
    known = {name: (stamp, body) for name, stamp, body in rows}
    newer = [
        (number, name, stamp, ids.body(facet))
        for name, stamp, facet in stated
        if name not in known or stamp > known[name][0]
    ]
    connection.executemany(
        "INSERT INTO node_facet (node, name, stamp, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET stamp = excluded.stamp, body = excluded.body",
        newer,
    )
    return {name for _, name, _, body in newer if known.get(name, (b"", None))[1] != body}
