"""Which files are accepted, and how older ones are brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lineage_agent import __version__
from lineage_agent.store import driver, migrate
from lineage_agent.store.engine import Engine
from lineage_agent.store.migrate import Migration, shipped
from lineage_shared.errors import InvalidSetting
from tests import factories as make
from tests.agent.store.files import fill, opened

LATER = Migration(len(shipped()) + 1, "9999_later.sql", "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;\n")


def refused(path: Path) -> InvalidSetting:
    """The error with which a file is refused; it must not have changed."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(InvalidSetting) as caught:
        Engine.open(path, domain="shop", windows={})
    assert (path.read_bytes() if path.is_file() else None) == before
    return caught.value


def test_migrations_are_numbered_without_gaps() -> None:
    """The shipped scripts are 1, 2, 3, ... and named so."""
    assert [one.number for one in shipped()] == list(range(1, len(shipped()) + 1))


def test_a_new_file_is_marked_as_ours(tmp_path: Path) -> None:
    """The application id and the version are in the file's header, and every script is recorded with its hash."""
    with opened(tmp_path / "shop.db") as engine:
        pragma = {name: engine.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _HEADER}
        recorded = engine.connection.execute("SELECT number, hash, agent FROM migration").fetchall()
    assert pragma == {**_HEADER, "user_version": len(shipped())}
    assert recorded == [(one.number, one.hash, __version__) for one in shipped()]


_HEADER = {
    "application_id": migrate.APPLICATION_ID,
    "user_version": 0,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
}


def test_other_files_are_refused(tmp_path: Path) -> None:
    """A text file, another application's database, a folder and a missing folder are refused, each in plain words."""
    text = tmp_path / "notes.db"
    text.write_text("not a database, but long enough to hold a header of one")
    assert "not an SQLite file" in refused(text).message
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    assert "another application" in refused(other).message
    assert "is a folder" in refused(tmp_path).message
    assert "does not exist" in refused(tmp_path / "none" / "shop.db").message


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """A file of no bytes, as `touch` makes it, is a new store."""
    path = tmp_path / "shop.db"
    path.touch()
    with opened(path) as engine:
        assert engine.state.domain == "shop"


@pytest.mark.parametrize("name", ["two words", "näme", "a/b", "-a", "x" * 65])
def test_a_new_file_needs_a_name_that_a_gateway_can_follow(tmp_path: Path, name: str) -> None:
    """A file keeps its domain's name for good, so that one which no gateway takes is refused before there is a file."""
    path = tmp_path / "shop.db"
    with pytest.raises(InvalidSetting, match="is no domain name"):
        Engine.open(path, domain=name, windows={})
    assert not path.exists()


def test_a_start_that_was_killed_half_way_is_finished(tmp_path: Path) -> None:
    """A file that got only its first script is completed by the next start, which has to name the domain as well."""
    path = tmp_path / "shop.db"
    connection = driver.connect_writer(path)
    migrate.migrate(connection, path, shipped()[:1])
    connection.close()
    with pytest.raises(InvalidSetting, match="no domain was named"):
        Engine.open(path, domain="", windows={})
    with opened(path) as engine:
        assert (engine.state.domain, engine.state.sequence) == ("shop", 0)


def test_a_newer_file_is_refused_naming_both_versions(tmp_path: Path) -> None:
    """An older agent leaves a newer file alone, and says which version made it and which it knows itself."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        engine.connection.execute(
            "INSERT INTO migration VALUES (?, ?, ?, '9.9.9', 0)", (LATER.number, LATER.name, LATER.hash)
        )
        engine.connection.execute(f"PRAGMA user_version = {LATER.number}")
        engine.checkpoint()
    error = refused(path)
    assert error.code == "FILE_TOO_NEW"
    for part in ("9.9.9", f"version {LATER.number}", __version__, f"up to {len(shipped())}"):
        assert part in error.message


def test_a_changed_script_is_noticed(tmp_path: Path) -> None:
    """A file made with another text of a script is refused."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        engine.connection.execute("UPDATE migration SET hash = 'other' WHERE number = 1")
        engine.checkpoint()
    assert "was made with another 0001" in refused(path).message


def test_an_upgrade_copies_the_file_first(tmp_path: Path) -> None:
    """Before a file with events is changed it is copied; an empty one is not."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        migrate.migrate(engine.connection, path, [*shipped()])
        assert [entry.name for entry in tmp_path.glob("*.before-*")] == []
        fill(engine, [make.run_event(outputs=["a"])])
        migrate.migrate(engine.connection, path, [*shipped(), LATER])
        assert engine.connection.execute("SELECT count(*) FROM later").fetchone()[0] == 0
    copy = tmp_path / f"shop.db.before-{LATER.number:04}"
    with opened(copy) as engine:
        assert engine.connection.execute("SELECT count(*) FROM event").fetchone()[0] == 1


def test_a_failing_script_changes_nothing(tmp_path: Path) -> None:
    """A script that fails half way leaves the file as it was."""
    path = tmp_path / "shop.db"
    broken = Migration(LATER.number, LATER.name, LATER.sql + "CREATE TABLE later (id INTEGER);\n")
    with opened(path) as engine:
        with pytest.raises(driver.module().OperationalError, match="already exists"):
            migrate.migrate(engine.connection, path, [*shipped(), broken])
        assert engine.connection.execute("PRAGMA user_version").fetchone()[0] == len(shipped())
        tables = {row[0] for row in engine.connection.execute("SELECT name FROM sqlite_master")}
    assert "later" not in tables
