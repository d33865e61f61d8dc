"""What there is, by name: namespaces, the nodes of one, a node by its name, and search.

Listed are nodes that are published and were named by an event; one that only facets mention is found by its name alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from lineage_agent.projection import NodeKind
from lineage_agent.store.driver import Connection
from lineage_shared.model import Kind

_LISTED: Final = "EXISTS (SELECT 1 FROM publication WHERE node = node.id AND record IS NOT NULL) AND named = 1"
_KINDS: Final = {Kind.DATASET: NodeKind.DATASET, Kind.JOB: NodeKind.JOB}
_CHUNK: Final = 500


class NamespaceRow(NamedTuple):
    """A namespace, and the event times between which anything in it was seen."""

    name: str
    first_us: int
    last_us: int


class NodeName(NamedTuple):
    """A node by its name."""

    kind: Kind
    namespace: str
    name: str


def namespaces(connection: Connection, limit: int, offset: int) -> tuple[list[NamespaceRow], int]:
    """Return a page of the namespaces in use, by name, and how many there are."""
    rows = connection.execute(
        "SELECT namespace.id, namespace.name, min(updated_ns), max(updated_ns), count(*) OVER () FROM node"  # noqa: S608 - made of constants
        f" JOIN namespace ON namespace.id = node.namespace WHERE {_LISTED}"
        " GROUP BY namespace.id ORDER BY namespace.name LIMIT ? OFFSET ?",
        (limit, offset),
    ).fetchall()
    total = rows[0][4] if rows else _count_namespaces(connection)
    return [_namespace(connection, row) for row in rows], total


def namespace(connection: Connection, name: str) -> NamespaceRow | None:
    """Return a namespace in use, None for another."""
    row = connection.execute(
        "SELECT namespace.id, namespace.name, min(updated_ns), max(updated_ns) FROM namespace"  # noqa: S608 - made of constants
        f" JOIN node ON node.kind IN (0, 1) AND node.namespace = namespace.id WHERE namespace.name = ? AND {_LISTED}"
        " GROUP BY namespace.id",
        (name,),
    ).fetchone()
    return _namespace(connection, row) if row else None


def members(connection: Connection, kind: Kind, name: str, limit: int, offset: int) -> tuple[list[int], int]:
    """Return a page of the numbers of a namespace's datasets or jobs, by name, and how many there are."""
    where = f"node.kind = ? AND node.namespace = (SELECT id FROM namespace WHERE name = ?) AND {_LISTED}"  # noqa: S608 - made of constants
    bound = (int(_KINDS[kind]), name)
    rows = connection.execute(
        f"SELECT id FROM node WHERE {where} ORDER BY node.name LIMIT ? OFFSET ?",  # noqa: S608 - made of constants
        (*bound, limit, offset),
    ).fetchall()
    (total,) = connection.execute(f"SELECT count(*) FROM node WHERE {where}", bound).fetchone()  # noqa: S608 - made of constants
    return [row[0] for row in rows], total


def find(connection: Connection, kind: Kind, namespace_name: str, name: str) -> int | None:
    """Return the number of a published node by its name, None when there is none."""
    row = connection.execute(
        "SELECT node.id FROM node JOIN publication ON publication.node = node.id"
        " WHERE kind = ? AND namespace = (SELECT id FROM namespace WHERE name = ?) AND name = ? AND record IS NOT NULL",
        (int(_KINDS[kind]), namespace_name, name),
    ).fetchone()
    return row[0] if row else None


def search(connection: Connection, text: str, kind: Kind | None, limit: int) -> tuple[list[int], int]:
    """Return the numbers of the nodes whose name or namespace holds the text, and how many there are.

    Names that are the text come first, then by name. Case does not matter in ASCII.
    """
    kinds = tuple(_KINDS) if kind is None else (kind,)
    marks = ", ".join("?" * len(kinds))
    where = f"node.kind IN ({marks}) AND (instr(lower(node.name), ?) OR instr(lower(namespace.name), ?)) AND {_LISTED}"
    source = f"FROM node JOIN namespace ON namespace.id = node.namespace WHERE {where}"
    bound: tuple[Any, ...] = (*(int(_KINDS[each]) for each in kinds), text.lower(), text.lower())
    rows = connection.execute(
        f"SELECT node.id {source} ORDER BY lower(node.name) <> ?, node.name, namespace.name, node.kind LIMIT ?",
        (*bound, text.lower(), limit),
    ).fetchall()
    (total,) = connection.execute(f"SELECT count(*) {source}", bound).fetchone()
    return [row[0] for row in rows], total


def names(connection: Connection, numbers: Iterable[int]) -> dict[int, NodeName]:
    """Return the names of nodes by number; numbers that are no nodes are passed over."""
    found: dict[int, NodeName] = {}
    wanted = list(dict.fromkeys(numbers))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        for number, kind, namespace_name, name in connection.execute(
            "SELECT node.id, kind, namespace.name, node.name FROM node"  # noqa: S608 - only question marks
            f" JOIN namespace ON namespace.id = namespace WHERE node.id IN ({marks})",
            chunk,
        ):
            found[number] = NodeName(Kind.DATASET if kind == NodeKind.DATASET else Kind.JOB, namespace_name, name)
    return found


def _count_namespaces(connection: Connection) -> int:
    found: int = connection.execute(f"SELECT count(DISTINCT namespace) FROM node WHERE {_LISTED}").fetchone()[0]  # noqa: S608 - made of constants
    return found


def _namespace(connection: Connection, row: tuple[Any, ...]) -> NamespaceRow:
    number, name, first_ns, last_ns = row[:4]
    (asserted_ns,) = connection.execute(
        "SELECT min(first_ns) FROM node JOIN edge ON owner = node.id WHERE node.kind = 1 AND node.namespace = ?",
        (number,),
    ).fetchone()
    first = first_ns if asserted_ns is None else min(first_ns, asserted_ns)
    return NamespaceRow(name, first // 1000, last_ns // 1000)
