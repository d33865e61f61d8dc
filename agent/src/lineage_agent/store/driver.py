"""Which SQLite is used, and how connections are opened.

SQLite builds through 3.51.2 can lose committed pages when one connection writes while another resets the write-ahead
log (fixed in 3.51.3, and in 3.50.7 and 3.44.6). pysqlite3 carries a current SQLite; Python's own sqlite3 is used where
its build is free of the race; otherwise nothing is opened.
"""

from __future__ import annotations

import importlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from lineage_shared.errors import InvalidSetting, Unavailable

# pysqlite3 is a fork of the standard module with the same interface, and no types of its own.
Connection = sqlite3.Connection

BUSY_TIMEOUT_MS: Final = 5_000
# A chunk of the projection touches pages all over the file. With SQLite's own 2 MiB of cache they spill into the log in
# the middle of a transaction, and with a checkpoint every 4 MiB nearly every commit waits for one.
WRITER_CACHE_KIB_MAX: Final = 16_384
CHECKPOINT_PAGES: Final = 4_000
_WRITER_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    f"cache_size = -{WRITER_CACHE_KIB_MAX}",
    f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
)
_FIXED: Final = (3, 51, 3)
_BACKPORTS: Final = {(3, 50): 7, (3, 44): 6}
_DRIVERS: Final = ("pysqlite3", "sqlite3")
# SQLite's result codes for which disk, file, lock or memory are to blame, and neither the statement nor the event.
_TROUBLES: Final = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOTADB,
    }
)


def is_safe(version: tuple[int, ...]) -> bool:
    """Tell whether a SQLite version is free of the WAL-reset race."""
    major, minor, patch = version[:3]
    return version >= _FIXED or patch >= _BACKPORTS.get((major, minor), patch + 1)


@cache
def module() -> Any:
    """Return the first driver whose SQLite is safe; raise `InvalidSetting` (SQLITE_UNSAFE) if there is none."""
    found = [driver for driver in map(_imported, _DRIVERS) if driver is not None]
    for driver in found:
        if is_safe(driver.sqlite_version_info):
            return driver
    versions = ", ".join(f"{_name(driver)} has {driver.sqlite_version}" for driver in found)
    raise InvalidSetting(
        f"no SQLite without the WAL-reset race is installed: {versions}",
        hint="install pysqlite3, or a Python with SQLite 3.51.3 or newer",
        code="SQLITE_UNSAFE",
    )


def version() -> str:
    """Return driver and SQLite version, e.g. `3.53.4 (pysqlite3)`."""
    return f"{module().sqlite_version} ({_name(module())})"


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """Open a connection without implicit transactions; the caller closes it."""
    if read_only:
        connection = _open(f"{_uri(path)}?mode=ro")
        connection.execute("PRAGMA query_only = ON")
    else:
        connection = _open(_uri(path))
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return connection


def connect_writer(path: Path) -> Connection:
    """Open the writing connection: durable at every commit, and the only one that checkpoints."""
    connection = connect(path)
    for pragma in _WRITER_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


@contextmanager
def open_beside(path: Path) -> Iterator[Connection]:
    """Open a file read-only, whether or not a server runs on it, and whether or not its folder may be written.

    A write-ahead log needs a shared index beside it. Where that is missing and cannot be made, the file alone is read
    if its log is empty, else a copy of both.
    """
    with tempfile.TemporaryDirectory(prefix="lineage-") as scratch:
        connection = _connect_beside(path, Path(scratch))
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """A write transaction: committed at the end of the block, rolled back when that or the block fails."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_trouble(error: BaseException) -> bool:
    """Tell whether SQLite failed for its disk, file, lock or memory: the same statement may succeed later."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in _TROUBLES  # The low byte is the code without its extension.


@contextmanager
def translated_errors(what: str) -> Iterator[None]:
    """Turn SQLite's troubles into `Unavailable`, e.g. `the store cannot be read: disk I/O error`.

    A statement that is wrong, or a row that does not fit, is a defect of ours and stays what it is.
    """
    try:
        yield
    except module().Error as error:
        if not is_trouble(error):
            raise
        raise Unavailable(f"{what}: {error}", code="STORE_UNAVAILABLE", hint="see the disk of the store") from error


def _connect_beside(path: Path, scratch: Path) -> Connection:
    with suppress(module().OperationalError):
        return _readable(connect(path, read_only=True))
    log = path.with_name(path.name + "-wal")
    if not log.exists() or log.stat().st_size == 0:
        return _readable(_open(f"{_uri(path)}?mode=ro&immutable=1"))
    for part in (path, log):
        shutil.copyfile(part, scratch / part.name)
    return _readable(connect(scratch / path.name))


def _readable(connection: Connection) -> Connection:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _open(uri: str) -> Connection:
    connection: Connection = module().connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    return connection


def _uri(path: Path) -> str:
    return "file:" + quote(str(path))


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(f"{name}.dbapi2" if name == "pysqlite3" else name)
    except ImportError:
        return None


def _name(driver: Any) -> str:
    return str(driver.__name__).partition(".")[0]
