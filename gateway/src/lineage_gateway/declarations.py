"""The file of declarations made over the API: the only thing that a gateway owns, and the only module with SQL in it.

One small SQLite file, which several gateways may share: every write raises `revision`, and whoever polls it sees that
something changed. It is made when the first declaration is. Nothing is ever deleted: a retracted declaration is marked,
and comes back when it is declared again. The journal is a rollback journal, flushed at every commit: writes are few,
and the race that older SQLite builds have is one of the write-ahead log. Calls block; callers use a thread.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from lineage_shared.errors import LineageError, Unavailable
from lineage_shared.naming import Declaration, as_json, read_declaration

BUSY_TIMEOUT_S = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS revision (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL);
INSERT OR IGNORE INTO revision VALUES (1, 0);
CREATE TABLE IF NOT EXISTS declaration (
  id TEXT PRIMARY KEY, body TEXT NOT NULL, asserted_by TEXT NOT NULL, declared_us INTEGER NOT NULL,
  retracted_us INTEGER, retracted_by TEXT
);
CREATE TABLE IF NOT EXISTS decision (
  suggestion TEXT PRIMARY KEY, state TEXT NOT NULL, decided_by TEXT NOT NULL, decided_us INTEGER NOT NULL
);
"""


class Stored(msgspec.Struct, frozen=True):
    """One declaration of the file; times are microseconds since 1970."""

    id: str
    declaration: Declaration
    asserted_by: str
    declared_us: int


class Decision(msgspec.Struct, frozen=True):
    """What a person decided about a suggestion: `accepted` or `rejected`."""

    suggestion: str
    state: str
    decided_by: str
    decided_us: int


def declaration_id(declaration: Declaration) -> str:
    """Return the id of a declaration: that of its text, so that declaring it twice is declaring it once."""
    text = msgspec.json.encode(as_json(declaration), order="sorted")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


class DeclarationFile:
    """The file at `path`, which need not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def revision(self) -> int:
        """Return a number that grows with every write; 0 when nothing was ever written."""
        if not self.path.exists():
            return 0
        with self._opened() as connection:
            row = connection.execute("SELECT number FROM revision").fetchone()
        return int(row[0])

    def active(self) -> tuple[Stored, ...]:
        """Return what is declared and not retracted."""
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT id, body, asserted_by, declared_us FROM declaration WHERE retracted_us IS NULL ORDER BY id"
            ).fetchall()
        return tuple(Stored(row[0], read_declaration(msgspec.json.decode(row[1])), row[2], row[3]) for row in rows)

    def decisions(self) -> dict[str, Decision]:
        """Return what was decided about suggestions, by suggestion."""
        if not self.path.exists():
            return {}
        with self._opened() as connection:
            rows = connection.execute("SELECT suggestion, state, decided_by, decided_us FROM decision").fetchall()
        return {row[0]: Decision(*row) for row in rows}

    def add(self, declaration: Declaration, by: str, now_us: int) -> Stored:
        """Declare; what was retracted holds again."""
        stored = Stored(declaration_id(declaration), declaration, by, now_us)
        body = msgspec.json.encode(as_json(declaration)).decode()
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO declaration (id, body, asserted_by, declared_us) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO"
                " UPDATE SET asserted_by = excluded.asserted_by, declared_us = excluded.declared_us,"
                " retracted_us = NULL, retracted_by = NULL WHERE retracted_us IS NOT NULL",
                (stored.id, body, by, now_us),
            )
        return stored

    def retract(self, declared: str, by: str, now_us: int) -> bool:
        """Take a declaration back; return whether there was one."""
        with self._writing() as connection:
            done = connection.execute(
                "UPDATE declaration SET retracted_us = ?, retracted_by = ? WHERE id = ? AND retracted_us IS NULL",
                (now_us, by, declared),
            )
        return done.rowcount > 0

    def decide(self, decision: Decision) -> None:
        """Keep what was decided about a suggestion."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO decision VALUES (?, ?, ?, ?)", msgspec.structs.astuple(decision))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("UPDATE revision SET number = number + 1")
            connection.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(_SCHEMA)
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            raise self._unusable(str(error)) from None

    def _unusable(self, why: str) -> LineageError:
        return Unavailable(
            f"the file of declarations, {self.path}, cannot be used: {why}",
            hint="see the setting declarations_db",
            code="DECLARATIONS_UNAVAILABLE",
        )
