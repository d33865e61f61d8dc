"""The file's form: numbered .sql files, each applied once, in one transaction, with its hash recorded.

PRAGMA user_version holds the number of the last one. Forward only: an older agent refuses a newer file, and a file that
already holds events is copied before it is changed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from lineage_agent import __version__
from lineage_agent.store import driver
from lineage_agent.store.driver import Connection
from lineage_shared.errors import InvalidSetting

APPLICATION_ID: Final = int.from_bytes(b"LMag", "big")

_MAGIC: Final = b"SQLite format 3\x00"
_LEDGER: Final = """
CREATE TABLE IF NOT EXISTS migration (
  number  INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  hash    TEXT NOT NULL,
  agent   TEXT NOT NULL,
  at_us   INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered .sql file."""

    number: int
    name: str
    sql: str

    @property
    def hash(self) -> str:
        """The SHA-256 of the script."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> tuple[Migration, ...]:
    """Return the migrations that this agent knows, in order."""
    folder = resources.files("lineage_agent.store") / "migrations"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return tuple(Migration(int(entry.name[:4]), entry.name, entry.read_text(encoding="utf-8")) for entry in files)


def check_path(path: Path) -> None:
    """Raise `InvalidSetting` for a path that can hold no store: a folder, no parent, or a file of another kind."""
    if path.is_dir():
        raise InvalidSetting(f"{path} is a folder", hint="name a file, e.g. --db lineage.db")
    if not path.parent.is_dir():
        raise InvalidSetting(f"the folder {path.parent} does not exist", hint="make it first")
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        return
    except OSError as error:
        raise InvalidSetting(f"{path} cannot be read: {error.strerror}") from None
    if head and head != _MAGIC:
        raise InvalidSetting(f"{path} is not an SQLite file", hint="name another file; nothing was changed")


def check_form(connection: Connection, path: Path, known: Sequence[Migration]) -> int:
    """Return the number of the file's last migration; raise `InvalidSetting` unless this agent can work with it."""
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (application or tables):
        raise InvalidSetting(f"{path} belongs to another application", hint="name another file; nothing was changed")
    applied: int = connection.execute("PRAGMA user_version").fetchone()[0]
    newest = known[-1].number
    if applied > newest:
        agent = connection.execute("SELECT agent FROM migration ORDER BY number DESC LIMIT 1").fetchone()[0]
        raise InvalidSetting(
            f"{path} has store version {applied}, made by lineage-agent {agent}; "
            f"this is lineage-agent {__version__}, which knows versions up to {newest}",
            hint="run the newer lineage-agent, or restore a backup from before the upgrade",
            code="FILE_TOO_NEW",
        )
    if tables:
        _check_hashes(connection, path, known)
    return applied


def migrate(connection: Connection, path: Path, known: Sequence[Migration]) -> None:
    """Bring the file to the newest form; a file with events is first copied to FILE.before-NNNN."""
    applied = check_form(connection, path, known)
    pending = [migration for migration in known if migration.number > applied]
    if applied and pending and connection.execute("SELECT EXISTS (SELECT 1 FROM event)").fetchone()[0]:
        _copy_before(connection, path, pending[0])
    for migration in pending:
        _apply(connection, migration)


def _check_hashes(connection: Connection, path: Path, known: Sequence[Migration]) -> None:
    recorded = dict(connection.execute("SELECT number, hash FROM migration"))
    for migration in known:
        if recorded.get(migration.number, migration.hash) != migration.hash:
            raise InvalidSetting(f"{path} was made with another {migration.name}", hint="by a development build?")


def _copy_before(connection: Connection, path: Path, migration: Migration) -> None:
    target = path.with_name(f"{path.name}.before-{migration.number:04}")
    target.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(target),))


def _apply(connection: Connection, migration: Migration) -> None:
    row = (migration.number, migration.name, migration.hash, __version__, time.time_ns() // 1000)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in (_LEDGER, *_statements(migration.sql)):
            connection.execute(statement)
        connection.execute("INSERT INTO migration VALUES (?, ?, ?, ?, ?)", row)
        connection.execute(f"PRAGMA user_version = {migration.number}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except driver.module().Error:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if driver.module().complete_statement(current):
            statements.append(current)
            current = ""
    return statements
