"""Work on a file outside of a server: status and backup beside one, rebuild only without one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from lineage_agent import __version__
from lineage_agent.store import driver, migrate
from lineage_agent.store import status as counting
from lineage_agent.store.driver import Connection
from lineage_agent.store.engine import Engine
from lineage_agent.store.lock import owner_lock
from lineage_agent.store.status import Status
from lineage_shared.errors import InvalidSetting, NotFound, Unavailable

_REBUILD_CHUNK = 256


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, written beside it as FILE.json."""

    file: str
    sha256: str
    bytes: int
    agent: str
    status: Status


def status(path: Path) -> Status:
    """Return what a file holds, whether or not it is served. Reads only."""
    with _opened(path) as connection:
        connection.execute("BEGIN")
        return counting.read(connection)


def backup(path: Path, target: Path) -> Manifest:
    """Copy a file as of one moment, whether or not it is served; check the copy, and write its manifest beside it.

    Raises `InvalidSetting` when the target exists.
    """
    target = target.expanduser().resolve()
    if target.exists():
        raise InvalidSetting(f"{target} exists", hint="name a new file")
    if not target.parent.is_dir():
        raise InvalidSetting(f"the folder {target.parent} does not exist", hint="make it first")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with _opened(path) as connection, driver.translated_errors(f"{path} cannot be copied"):
            connection.execute("PRAGMA query_only = OFF")  # It also forbids writing another file.
            connection.execute("VACUUM INTO ?", (str(partial),))
        manifest = _checked(partial, target.name)
        _sync(partial)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    text = json.dumps(msgspec.to_builtins(manifest), indent=2)
    target.with_name(target.name + ".json").write_text(text + "\n", encoding="utf-8")
    return manifest


def rebuild(
    path: Path, *, windows: dict[str, int] | None = None, progress: Callable[[int, int], None] | None = None
) -> Status:
    """Make the projection again from the events, in a new epoch. Raises `Conflict` while the file is served.

    `windows` None keeps those that the file was projected with. `progress` is told (events done, events in all).
    """
    resolved = _existing(path)
    with owner_lock(resolved), driver.translated_errors(f"{resolved} cannot be rebuilt"):
        engine = Engine.open(resolved, domain="", windows=windows)
        try:
            engine.rebuild()
            while engine.project(_REBUILD_CHUNK):
                if progress is not None:
                    progress(engine.state.projected_through, engine.last_id)
            engine.checkpoint()
            return counting.read(engine.connection)
        finally:
            engine.disconnect()


def _existing(path: Path) -> Path:
    resolved = path.expanduser().resolve()
    if not resolved.exists():
        raise NotFound(f"there is no file {resolved}", hint="`lineage-agent serve` makes one", code="NO_STORE")
    migrate.check_path(resolved)
    return resolved


def _checked(path: Path, name: str) -> Manifest:
    with driver.open_beside(path) as connection:
        verdict: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise Unavailable(f"the copy is damaged: {verdict}", code="BACKUP_DAMAGED", hint="check the disk")
        held = counting.read(connection)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Manifest(file=name, sha256=sha256, bytes=path.stat().st_size, agent=__version__, status=held)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    resolved = _existing(path)
    with driver.translated_errors(f"{resolved} cannot be read"), driver.open_beside(resolved) as connection:
        known = migrate.shipped()
        applied = migrate.check_form(connection, resolved, known)
        if applied < known[-1].number:
            raise InvalidSetting(
                f"{resolved} is of an older form ({applied})", hint="`lineage-agent serve` upgrades it"
            )
        yield connection
