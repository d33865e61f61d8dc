"""Numbers for names: nodes, namespaces, columns and facet bodies, made when first met.

Look-ups are remembered in memory. After a rollback the memory may name rows that are gone: call `forget`.
"""

from __future__ import annotations

from typing import Any, Final

from lineage_agent.projection import Names, NodeKey
from lineage_agent.store import codec, spellings
from lineage_agent.store.driver import Connection
from lineage_agent.store.memo import Memo
from lineage_shared.openlineage import canonical_json, content_hash

ENTRIES_MAX: Final = 20_000


class Ids:
    """Finds or makes the ids of one writing connection."""

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._namespaces: Memo[str, int] = Memo(ENTRIES_MAX)
        self._nodes: Memo[NodeKey, int] = Memo(ENTRIES_MAX)
        self._columns: Memo[tuple[int, str], int] = Memo(ENTRIES_MAX)
        self._bodies: Memo[bytes, int] = Memo(ENTRIES_MAX)

    def forget(self) -> None:
        """Forget all that is remembered."""
        for memo in (self._namespaces, self._nodes, self._columns, self._bodies):
            memo.forget()

    def node(self, key: NodeKey) -> int:
        """Return the number of a node."""
        found = self._nodes.get(key)
        if found is None:
            place = (int(key.kind), self._namespace(key.namespace), key.name)
            row = self._connection.execute(
                "SELECT id FROM node WHERE kind = ? AND namespace = ? AND name = ?", place
            ).fetchone()
            found = row[0] if row else self._make_node(key, place)
            self._nodes.put(key, found)
        return found

    def _make_node(self, key: NodeKey, place: tuple[int, int, str]) -> int:
        made = self._insert("INSERT INTO node (kind, namespace, name) VALUES (?, ?, ?)", place)
        spellings.write(self._connection, self._names, key, made)
        return made

    def column(self, dataset: int, name: str) -> int:
        """Return the id of a column."""
        found = self._columns.get((dataset, name))
        if found is None:
            found = self._found_or_made(
                "SELECT id FROM dataset_column WHERE dataset = ? AND name = ?",
                "INSERT INTO dataset_column (dataset, name) VALUES (?, ?)",
                (dataset, name),
            )
            self._columns.put((dataset, name), found)
        return found

    def body(self, value: Any) -> int | None:
        """Return the id of a facet's JSON; None stays None."""
        if value is None:
            return None
        canonical = canonical_json(value)
        digest = content_hash(canonical)
        found = self._bodies.get(digest)
        if found is None:
            row = self._connection.execute("SELECT id FROM facet_body WHERE hash = ?", (digest,)).fetchone()
            found = row[0] if row else self._make_body(digest, canonical)
            self._bodies.put(digest, found)
        return found

    def _make_body(self, digest: bytes, canonical: bytes) -> int:
        row = (digest, codec.squeeze(canonical))
        return self._insert("INSERT INTO facet_body (hash, body) VALUES (?, ?)", row)

    def _namespace(self, name: str) -> int:
        found = self._namespaces.get(name)
        if found is None:
            found = self._found_or_made(
                "SELECT id FROM namespace WHERE name = ?", "INSERT INTO namespace (name) VALUES (?)", (name,)
            )
            self._namespaces.put(name, found)
        return found

    def _found_or_made(self, select: str, insert: str, row: tuple[Any, ...]) -> int:
        found = self._connection.execute(select, row).fetchone()
        return found[0] if found else self._insert(insert, row)

    def _insert(self, insert: str, row: tuple[Any, ...]) -> int:
        made = self._connection.execute(insert, row).lastrowid
        if made is None:
            raise RuntimeError("an insert gave no row id")
        return made
