"""Store files filled with events, without a thread or an event loop: for tests of what the projection makes of them."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lineage_agent.store import status
from lineage_agent.store.engine import Engine
from lineage_agent.store.status import Status
from lineage_shared.naming import Declaration
from lineage_shared.openlineage import canonical_json, content_hash, parse
from tests.factories import DATASETS, JOBS, Json, body

Entry = tuple[bytes, bytes]


def entry(event: Json | bytes) -> Entry:
    """An event as the store takes it."""
    raw = event if isinstance(event, bytes) else body(event)
    return content_hash(canonical_json(parse(raw))), raw


@contextmanager
def opened(
    path: Path,
    *,
    domain: str = "shop",
    windows: Mapping[str, int] | None = None,
    declared: Iterable[Declaration] | None = None,
) -> Iterator[Engine]:
    """Open a file for writing."""
    engine = Engine.open(path, domain=domain, windows=windows or {}, declared=declared)
    try:
        yield engine
    finally:
        engine.disconnect()


@contextmanager
def fresh(
    *, windows: Mapping[str, int] | None = None, declared: Iterable[Declaration] | None = None
) -> Iterator[Engine]:
    """An empty store in a folder of its own; usable inside a hypothesis example."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder) / "shop.db", windows=windows, declared=declared) as engine,
    ):
        yield engine


def fill(engine: Engine, events: Iterable[Json | bytes], *, batch: int = 100) -> None:
    """Append events in batches, projecting after each."""
    entries = [entry(event) for event in events]
    for start in range(0, len(entries), batch):
        engine.append([entries[start : start + batch]])
        while engine.project(batch):
            pass


def status_of(events: Sequence[Json | bytes], *, batch: int = 100, windows: Mapping[str, int] | None = None) -> Status:
    """The status of a store that got these events."""
    with fresh(windows=windows) as engine:
        fill(engine, events, batch=batch)
        return status.read(engine.connection)


def number(connection: sqlite3.Connection, name: str, *, kind: int = 0, namespace: str | None = None) -> int:
    """The number of a dataset (kind 0) or a job (kind 1) by name."""
    where = namespace or (JOBS if kind else DATASETS)
    row = connection.execute(
        "SELECT node.id FROM node JOIN namespace ON namespace.id = namespace"
        " WHERE kind = ? AND namespace.name = ? AND node.name = ?",
        (kind, where, name),
    ).fetchone()
    assert row is not None, name
    found: int = row[0]
    return found


def name_of(connection: sqlite3.Connection, node: int) -> str:
    """The name of a node."""
    found: str = connection.execute("SELECT name FROM node WHERE id = ?", (node,)).fetchone()[0]
    return found
