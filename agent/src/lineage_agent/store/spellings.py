"""The index from canonical keys to the nodes that are spelled so, and what it was made by.

A node's row is written with the node, in the same transaction. Rules and declarations decide about keys, so all rows
are made anew at the next opening of a file after either has changed; `meta` remembers by which they were made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

import msgspec

from lineage_agent import __version__
from lineage_agent.projection import Names, NodeKey, NodeKind
from lineage_agent.store import driver, meta
from lineage_agent.store.driver import Connection
from lineage_shared.model import Kind
from lineage_shared.naming import Reference, read_declaration

KEY_BYTES: Final = 16

_BATCH_NODES: Final = 50_000
_KINDS: Final = {NodeKind.DATASET: Kind.DATASET, NodeKind.JOB: Kind.JOB}

_Node = tuple[int, int, str, str]

logger = logging.getLogger(__name__)


def recorded(connection: Connection, domain: str) -> Names:
    """Return the names by which the rows were made; those without declarations for a file that has none."""
    written = meta.value(connection, "declarations")
    tables: list[object] = msgspec.json.decode(written) if written else []
    return Names(domain, [read_declaration(each) for each in tables])


def refresh(connection: Connection, names: Names) -> None:
    """Make the rows anew unless they were made by these rules and declarations. About 1 s per 100,000 nodes."""
    fingerprint = names.fingerprint(__version__)
    if meta.value(connection, "spellings") == fingerprint:
        return
    with driver.transaction(connection):
        connection.execute("DELETE FROM spelling")
        made = 0
        for nodes in _batches(connection):
            # In the order of the table, which is then written page by page.
            _insert(connection, sorted(_rows(names, nodes)))
            made += len(nodes)
        meta.write(connection, spellings=fingerprint, declarations=names.spelled_out)
    if made:
        logger.info("the names of %d datasets and jobs were read anew", made)


def write(connection: Connection, names: Names, key: NodeKey, number: int) -> None:
    """Write the row of a new node."""
    _insert(connection, _rows(names, [(number, *key)]))


def numbers(connection: Connection, key: str) -> list[int]:
    """Return the nodes that are spelled so that they have this key."""
    return [row[0] for row in connection.execute("SELECT node FROM spelling WHERE key = ?", (_digest(key),))]


def reference_of(kind: int, namespace: str, name: str) -> Reference:
    """Return a node as a reference."""
    return Reference(namespace=namespace, name=name, kind=_KINDS[NodeKind(kind)])


def _batches(connection: Connection) -> Iterator[list[_Node]]:
    cursor = connection.execute(
        "SELECT node.id, kind, namespace.name, node.name FROM node JOIN namespace ON namespace.id = namespace"
    )
    while nodes := cursor.fetchmany(_BATCH_NODES):
        yield nodes


def _rows(names: Names, nodes: Iterable[_Node]) -> list[tuple[bytes, int]]:
    keys = ((names.key(reference_of(kind, space, name)), number) for number, kind, space, name in nodes)
    return [(_digest(key.text), number) for key, number in keys if key is not None]


def _insert(connection: Connection, rows: Iterable[tuple[bytes, int]]) -> None:
    connection.executemany("INSERT INTO spelling (key, node) VALUES (?, ?)", rows)


def _digest(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
