"""The writing side of one file without its thread: open, append, project, retry, rebuild, reopen after a fault.

Everything here runs in one thread at a time and raises what SQLite raises. `writer` runs it beside an event loop,
`maintenance` without one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from lineage_agent.projection import Names
from lineage_agent.store import driver, log, meta, migrate, projector, spellings
from lineage_agent.store.driver import Connection
from lineage_agent.store.log import Receipt, StoredEvent
from lineage_agent.store.meta import Meta
from lineage_agent.store.projector import Projector
from lineage_shared.errors import InvalidSetting, NotFound
from lineage_shared.naming import DOMAIN_NAME_RULE, Declaration, is_domain_name

_CHUNK: Final = 256


class Engine:
    """The writing connection of a file, and what is known of the file's state."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._windows: dict[str, int] = {}
        self._connection: Connection | None = None
        self._projector: Projector | None = None
        self.state: Meta
        self.names: Names
        self.next_id = 1
        self.last_id = 0
        self.oldest_pending_us: int | None = None

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        domain: str,
        windows: Mapping[str, int] | None,
        declared: Iterable[Declaration] | None = None,
    ) -> Engine:
        """Open or make a file; bring form and projection up to date. Raises `InvalidSetting` if it is no store.

        `windows` None keeps those that the file was projected with; other ones begin a new epoch. `declared` None keeps
        the declarations by which the file's names were read; with other ones they are read anew.
        """
        migrate.check_path(path)
        engine = cls(path)
        try:
            with driver.translated_errors(f"{path} cannot be opened"):
                _check_before(path, domain)
                engine._connect()
                migrate.migrate(engine.connection, path, migrate.shipped())
                engine._adopt(domain, windows)
                engine._read_names(declared)
                engine._load()
        except BaseException:
            engine.disconnect()
            raise
        return engine

    @property
    def connection(self) -> Connection:
        """The writing connection."""
        if self._connection is None:
            self.reconnect()
        assert self._connection is not None  # noqa: S101 - reconnect raises or connects
        return self._connection

    def append(self, requests: Sequence[Sequence[tuple[bytes, bytes]]]) -> list[list[Receipt]]:
        """Store the events of several requests in one transaction; durable on return."""
        connection = self.connection  # First: opening the file again after a fault reads the ids anew.
        next_id = self.next_id
        answers: list[list[Receipt]] = []
        with driver.transaction(connection):
            for events in requests:
                receipts = log.append(connection, events, next_id)
                next_id = max([next_id, *(receipt.event_id + 1 for receipt in receipts if not receipt.duplicate)])
                answers.append(receipts)
        self.last_id = max([self.last_id, *(one.event_id for receipts in answers for one in receipts)])
        self.next_id = next_id
        return answers

    @property
    def pending(self) -> int:
        """How many ids lie between the last event projected and the last one stored; 0 when all is projected."""
        return max(0, self.last_id - self.state.projected_through)

    def project(self, events_max: int) -> int:
        """Project the next chunk of the log as one commit; return how many events it held, 0 when all is done."""
        events = log.read(self.connection, self.state.projected_through, events_max)
        if events:
            self.oldest_pending_us = events[0].received_us
            through = events[-1].id
            self._project(events, max(through, self.state.sequence + 1), through)
        if not self.pending:
            self.oldest_pending_us = None
        return len(events)

    def retry(self, event_ids: Sequence[int] | None) -> tuple[int, int]:
        """Project dead letters once more, after all that is pending; return (tried, still dead)."""
        while self.project(_CHUNK):
            pass
        dead = [row[0] for row in self.connection.execute("SELECT event FROM dead_letter ORDER BY event")]
        chosen = dead if event_ids is None else sorted(set(event_ids))
        if missing := set(chosen).difference(dead):
            raise NotFound(f"not a dead letter: event {min(missing)}", hint="`dead-letters list` shows them")
        events = [event for number in chosen if (event := log.find(self.connection, number))]
        if events:
            through = self.state.projected_through
            sequence = max(self.next_id, self.state.sequence + 1)
            self._project(events, sequence, through)
        still = {row[0] for row in self.connection.execute("SELECT event FROM dead_letter")}
        return len(chosen), len(still.intersection(chosen))

    def rebuild(self) -> None:
        """Drop the projection and begin a new epoch."""
        projector.clear(self.connection, self.state.domain, self._windows)
        self._projector = None  # It remembers rows that are gone.
        self._load()

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def dead_letters(self) -> int:
        """Count the dead letters."""
        count: int = self.connection.execute("SELECT count(*) FROM dead_letter").fetchone()[0]
        return count

    def disconnect(self) -> None:
        """Close the connection; the next use opens another, since after a fault nothing in memory can be trusted."""
        connection, self._connection, self._projector = self._connection, None, None
        if connection is not None:
            with suppress(driver.module().Error):
                connection.close()

    def reconnect(self) -> None:
        """Open the file again, and read its state."""
        self.disconnect()
        try:
            self._connect()
            self._load()
        except BaseException:
            self.disconnect()
            raise

    def _connect(self) -> None:
        """Connect, and make durable what the write-ahead log holds.

        A process that was killed, or a sync that failed, leaves commits there that may never have reached the disk.
        They show all the same: an event sent again would be known, and acknowledged without a write of its own.
        """
        self._connection = driver.connect_writer(self._path)
        self.checkpoint()

    def _adopt(self, domain: str, windows: Mapping[str, int] | None) -> None:
        state = meta.read(self.connection)
        recorded = state.windows if state is not None else {}
        self._windows = dict(recorded if windows is None else windows)
        if state is None and not domain:
            raise _no_domain(self._path)
        if state is None:
            with driver.transaction(self.connection):
                meta.begin_epoch(self.connection, domain, self._windows)
        elif domain and domain != state.domain:
            raise InvalidSetting(
                f"{self._path} records the domain {state.domain!r}, not {domain!r}", hint="one file holds one domain"
            )
        elif projector.is_outdated(state, self._windows):
            projector.clear(self.connection, state.domain, self._windows)

    def _read_names(self, declared: Iterable[Declaration] | None) -> None:
        state = meta.read(self.connection)
        domain = state.domain if state is not None else ""
        recorded = spellings.recorded(self.connection, domain)
        self.names = recorded if declared is None else Names(domain, declared)
        spellings.refresh(self.connection, self.names)

    def _load(self) -> None:
        state = meta.read(self.connection)
        if state is None:
            raise InvalidSetting(f"{self._path} holds no domain")
        self.state = state
        self.last_id = self.connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0]
        self.next_id = max(self.last_id, state.sequence) + 1

    def _project(self, events: Sequence[StoredEvent], sequence: int, through: int) -> None:
        if self._projector is None:
            self._projector = Projector(self.connection, self._windows, self.names)
        nonce = self._projector.project(events, sequence, through=through)
        state = meta.read(self.connection)
        if state is None or state.nonce != nonce or state.projected_through != through:
            raise RuntimeError("the store's state is not what was just committed")
        self.state = state
        self.next_id = max(self.next_id, state.sequence + 1)


def _check_before(path: Path, domain: str) -> None:
    """Refuse what must be refused before anything in the file is changed."""
    if path.exists() and path.stat().st_size:
        with driver.open_beside(path) as connection:
            migrate.check_form(connection, path, migrate.shipped())
    elif not domain:
        raise _no_domain(path)
    elif not is_domain_name(domain):
        raise InvalidSetting(f"{domain[:80]!r} is no domain name", hint=DOMAIN_NAME_RULE)


def _no_domain(path: Path) -> InvalidSetting:
    return InvalidSetting(f"{path} is new, and no domain was named", hint="--domain NAME")


def age_s(received_us: int | None) -> float:
    """Return how long ago something was received."""
    return 0.0 if received_us is None else max(0.0, time.time() - received_us / 1_000_000)
