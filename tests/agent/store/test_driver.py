"""Which SQLite is used, and how files are read beside their server."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from lineage_agent.store import driver, status
from lineage_shared.errors import InvalidSetting, Unavailable
from tests import factories as make
from tests.agent.store.files import fill, opened


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 40, 1), False),
    ],
)
def test_versions_with_the_race_are_known(version: tuple[int, int, int], safe: bool) -> None:
    """Safe are 3.51.3 and newer, and the two branches that got the fix."""
    assert driver.is_safe(version) is safe


def test_the_first_safe_driver_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """pysqlite3 comes first, Python's own module second; with neither safe nothing is opened."""
    drivers = {
        "pysqlite3": SimpleNamespace(
            __name__="pysqlite3.dbapi2", sqlite_version="3.50.0", sqlite_version_info=(3, 50, 0)
        ),
        "sqlite3": SimpleNamespace(__name__="sqlite3", sqlite_version="3.53.0", sqlite_version_info=(3, 53, 0)),
    }
    driver.module.cache_clear()
    monkeypatch.setattr(driver, "_imported", drivers.get)
    try:
        assert driver.version() == "3.53.0 (sqlite3)"
        drivers["sqlite3"].sqlite_version_info = (3, 51, 0)
        driver.module.cache_clear()
        with pytest.raises(InvalidSetting, match=r"pysqlite3 has 3\.50\.0, sqlite3 has"):
            driver.module()
    finally:
        driver.module.cache_clear()


def test_a_file_is_read_beside_its_writer(tmp_path: Path) -> None:
    """What is committed shows at once to a reader that has no part in the lock."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        fill(engine, [make.run_event(outputs=["a"])])
        with driver.open_beside(path) as connection:
            assert status.read(connection).events == 1


def test_a_copy_with_its_log_is_read_without_a_server(tmp_path: Path) -> None:
    """A file that was left with a write-ahead log, as after a crash, is read with what the log holds."""
    path, copy = tmp_path / "shop.db", tmp_path / "copy.db"
    with opened(path) as engine:
        fill(engine, [make.run_event(outputs=["a"])])
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
    with driver.open_beside(copy) as connection:
        assert status.read(connection).events == 1


@pytest.mark.parametrize("with_log", [True, False])
def test_a_file_is_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_log: bool
) -> None:
    """Where the shared index cannot be made, the file is read alone, or as a copy together with its log."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        fill(engine, [make.run_event(outputs=["a"])])
        if not with_log:
            engine.checkpoint()
        real = driver.connect
        monkeypatch.setattr(driver, "connect", lambda where, **how: _refusing(real, path, where, **how))
        with driver.open_beside(path) as connection:
            assert status.read(connection).events == 1


def _refusing(real: object, path: Path, where: Path, **how: bool) -> object:
    if where == path and how.get("read_only"):
        raise driver.module().OperationalError("unable to open database file")
    return real(where, **how)  # type: ignore[operator]


def test_a_trouble_of_the_disk_is_translated(tmp_path: Path) -> None:
    """What a disk, a file or a lock is to blame for leaves the package as `Unavailable`, with the cause in words."""
    with pytest.raises(Unavailable, match="it failed: unable to open"), driver.translated_errors("it failed"):
        driver.connect(tmp_path / "missing" / "shop.db")


@pytest.mark.parametrize("statement", ["SELECT nothing", "SELECT id FROM one, two", "INSERT INTO one VALUES (1)"])
def test_a_defect_is_not_taken_for_a_trouble(tmp_path: Path, statement: str) -> None:
    """A wrong statement or an unfit row is no reason to ask the client to come back: it stays what it is."""
    connection = driver.connect(tmp_path / "shop.db")
    connection.executescript("CREATE TABLE one (id PRIMARY KEY); CREATE TABLE two (id); INSERT INTO one VALUES (1)")
    with pytest.raises(driver.module().Error), driver.translated_errors("it failed"):
        connection.execute(statement)
    connection.close()
