"""The file of declarations made over the API: the only thing that a gateway owns, and the only module with SQL in it.

One small SQLite file, which several gateways may share: every write raises `revision`, and whoever polls it sees that
something changed. It is made when the first declaration is. Nothing is ever deleted: a retracted declaration is marked,
and comes back when it is declared again; what was decided about suggestions is a list that only grows. The journal is
a rollback journal, flushed at every commit: writes are few, and the race that older SQLite builds have is one of the
write-ahead log. Calls block; callers use a thread.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from lineage_shared.errors import InvalidSetting, LineageError, Unavailable
from lineage_shared.naming import Declaration, as_json, read_declaration

BUSY_TIMEOUT_S = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS revision (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL);
INSERT OR IGNORE INTO revision VALUES (1, 0);
CREATE TABLE IF NOT EXISTS declaration (
  id TEXT PRIMARY KEY, body TEXT NOT NULL, asserted_by TEXT NOT NULL, declared_us INTEGER NOT NULL,
  retracted_us INTEGER, retracted_by TEXT
);
CREATE TABLE IF NOT EXISTS suggestion_decision (
  number INTEGER PRIMARY KEY AUTOINCREMENT, suggestion TEXT NOT NULL, body TEXT NOT NULL,
  declaration TEXT NOT NULL REFERENCES declaration (id)
);
CREATE INDEX IF NOT EXISTS decision_of_suggestion ON suggestion_decision (suggestion);
"""

_TABLES = {"revision", "declaration", "suggestion_decision"}

_DECISIONS = (
    "SELECT suggestion_decision.body, suggestion_decision.declaration, declaration.retracted_us IS NULL"
    " FROM suggestion_decision JOIN declaration ON declaration.id = suggestion_decision.declaration"
)


class Stored(msgspec.Struct, frozen=True):
    """One declaration of the file; times are microseconds since 1970."""

    id: str
    declaration: Declaration
    asserted_by: str
    declared_us: int


class Reason(msgspec.Struct, frozen=True):
    """A feature of a suggestion as it was when somebody decided."""

    name: str
    value: float
    points: float
    note: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about a suggestion, by whom and on what grounds: an entry of the audit.

    `state` is `accepted` or `rejected`; `a` and `b` are the keys as they were; `policy` names the policy that decided,
    empty for a person. It holds for as long as the declaration that it made does: `standing`.
    """

    suggestion: str
    state: str
    decided_by: str
    decided_us: int
    a: str
    b: str
    score: float
    features: tuple[Reason, ...] = ()
    first_proposed_us: int = 0
    policy: str = ""
    declaration: str = ""
    standing: bool = True


def declaration_id(declaration: Declaration, domain: str | None = None) -> str:
    """Return the id of a declaration: that of its text, so that declaring it twice is declaring it once.

    `domain` is the one whose agent's configuration declares it; None for what is declared at the gateway.
    """
    text = msgspec.json.encode(as_json(declaration), order="sorted")
    whose = f"{domain}\0".encode() if domain is not None else b""
    return hashlib.blake2b(whose + text, digest_size=16).hexdigest()


class DeclarationFile:
    """The file at `path`, which need not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def revision(self) -> int:
        """Return a number that grows with every write; 0 when nothing was ever written."""
        if not self.path.exists():
            return 0
        with self._reading() as connection:
            row = connection.execute("SELECT number FROM revision").fetchone()
            return int(row[0])

    def active(self) -> tuple[Stored, ...]:
        """Return what is declared and not retracted."""
        if not self.path.exists():
            return ()
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT id, body, asserted_by, declared_us FROM declaration WHERE retracted_us IS NULL ORDER BY id"
            ).fetchall()
            return tuple(Stored(row[0], read_declaration(msgspec.json.decode(row[1])), row[2], row[3]) for row in rows)

    def decisions(self) -> dict[str, Decision]:
        """Return the newest decision about each suggestion, by suggestion."""
        if not self.path.exists():
            return {}
        with self._reading() as connection:
            rows = connection.execute(f"{_DECISIONS} ORDER BY number").fetchall()
            return {each.suggestion: each for each in map(_decision, rows)}

    def audit(self, suggestion: str) -> tuple[Decision, ...]:
        """Return every decision about a suggestion, in the order in which they were made."""
        if not self.path.exists():
            return ()
        with self._reading() as connection:
            return _decided(connection, suggestion)

    def add(self, declaration: Declaration, by: str, now_us: int) -> Stored:
        """Declare; what was retracted holds again."""
        (stored,) = self.add_all([declaration], by, now_us)
        return stored

    def add_all(self, declarations: Iterable[Declaration], by: str, now_us: int) -> list[Stored]:
        """Declare all of them, or none where that fails."""
        stored = [Stored(declaration_id(each), each, by, now_us) for each in declarations]
        with self._writing() as connection:
            for each in stored:
                _declare(connection, each)
        return stored

    def retract(self, declared: str, by: str, now_us: int) -> bool:
        """Take a declaration back; return whether there was one."""
        with self._writing() as connection:
            done = connection.execute(
                "UPDATE declaration SET retracted_us = ?, retracted_by = ? WHERE id = ? AND retracted_us IS NULL",
                (now_us, by, declared),
            )
        return done.rowcount > 0

    def decide(self, decisions: Iterable[tuple[Decision, Declaration]]) -> list[Decision]:
        """Keep decisions, each with the declaration that it makes: both or neither. Return those that were taken.

        Another gateway may have been first: what holds is not decided again, and a policy never decides what anybody
        ever decided, so that taking back its decision lasts.
        """
        taken: list[Decision] = []
        with self._writing() as connection:
            for decision, declaration in decisions:
                before = _decided(connection, decision.suggestion)
                if before and (decision.policy or before[-1].standing):
                    continue
                stored = Stored(declaration_id(declaration), declaration, decision.decided_by, decision.decided_us)
                _declare(connection, stored)
                connection.execute(
                    "INSERT INTO suggestion_decision (suggestion, body, declaration) VALUES (?, ?, ?)",
                    (decision.suggestion, msgspec.json.encode(decision).decode(), stored.id),
                )
                taken.append(msgspec.structs.replace(decision, declaration=stored.id))
        return taken

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._opened() as connection:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("UPDATE revision SET number = number + 1")
            connection.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Open for reading, without a writer's lock; a file of an older version may lack tables, which are made."""
        with self._opened() as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables >= _TABLES:
                connection.executescript(_SCHEMA)
            yield connection

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            raise self._unusable(str(error)) from None

    def _unusable(self, why: str) -> LineageError:
        return Unavailable(
            f"the file of declarations, {self.path}, cannot be used: {why}",
            hint="put a copy of it in its place; see the setting declarations_db",
            code="DECLARATIONS_UNAVAILABLE",
        )


def check_file(path: Path | None) -> None:
    """Raise `InvalidSetting` for a file that cannot be read: without it names would be joined that people parted."""
    try:
        if path is not None:
            DeclarationFile(path).active()
    except LineageError as error:
        raise InvalidSetting(error.message, hint=error.hint, code=error.code) from None


def _declare(connection: sqlite3.Connection, stored: Stored) -> None:
    connection.execute(
        "INSERT INTO declaration (id, body, asserted_by, declared_us) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO"
        " UPDATE SET asserted_by = excluded.asserted_by, declared_us = excluded.declared_us,"
        " retracted_us = NULL, retracted_by = NULL WHERE retracted_us IS NOT NULL",
        (
            stored.id,
            msgspec.json.encode(as_json(stored.declaration)).decode(),
            stored.asserted_by,
            stored.declared_us,
        ),
    )


def _decided(connection: sqlite3.Connection, suggestion: str) -> tuple[Decision, ...]:
    rows = connection.execute(f"{_DECISIONS} WHERE suggestion = ? ORDER BY number", (suggestion,)).fetchall()
    return tuple(map(_decision, rows))


def _decision(row: tuple[str, str, int]) -> Decision:
    body, declaration, standing = row
    decision = msgspec.json.decode(body, type=Decision)
    return msgspec.structs.replace(decision, declaration=declaration, standing=bool(standing))
