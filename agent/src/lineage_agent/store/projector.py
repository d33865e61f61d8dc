"""One chunk of events from the log into the projection, as one commit with one sequence.

    facts_of (pure) -> facts.write -> derive for the owners touched -> publish for the nodes touched

An event whose facts cannot be read becomes a dead letter and the rest go on. When writing fails for another reason than
the disk, the chunk is tried again event by event, so that only the guilty one is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from lineage_agent.projection import PROJECTION_VERSION, Facts, Names, facts_of
from lineage_agent.store import driver, facts, log, meta
from lineage_agent.store.derive import Deriver, Lineage, NodeRow, read_node
from lineage_agent.store.driver import Connection
from lineage_agent.store.facts import Chunk, Touched
from lineage_agent.store.ids import Ids
from lineage_agent.store.log import StoredEvent
from lineage_agent.store.meta import Meta
from lineage_agent.store.publish import publish
from lineage_agent.store.readings import Attributes, Readings
from lineage_shared.openlineage import parse, read_event

# The projection's tables, children before parents.
_TABLES: Final = (
    "publication",
    "column_source",
    "column_edge",
    "dataset_column",
    "edge",
    "dependency",
    "lifecycle",
    "claim",
    "schema_version",
    "io_facet",
    "run_facet",
    "node_facet",
    "contribution_io",
    "contribution",
    "facet_body",
    "spelling",
    "node",
    "namespace",
    "dead_letter",
)

_FORGET_EVERY: Final = 500


def is_outdated(state: Meta, windows: Mapping[str, int]) -> bool:
    """Tell whether the projection was made by other rules than the present ones."""
    return state.projection_version != PROJECTION_VERSION or dict(state.windows) != dict(windows)


def clear(connection: Connection, domain: str, windows: Mapping[str, int]) -> None:
    """Drop the projection and begin a new epoch; all events are to be projected again."""
    connection.execute("PRAGMA foreign_keys = OFF")  # A table is emptied at once only while nothing refers to it.
    try:
        with driver.transaction(connection):
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - made of constants
            meta.begin_epoch(connection, domain, windows)
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


class Projector:
    """Projects events on one writing connection."""

    def __init__(self, connection: Connection, windows: Mapping[str, int], names: Names) -> None:
        self._connection = connection
        self._commits = 0
        self._ids = Ids(connection, names)
        self._readings = Readings(connection)
        self._deriver = Deriver(connection, self._ids, self._readings, windows)

    def project(self, events: Sequence[StoredEvent], sequence: int, *, through: int) -> str:
        """Project events as one commit, and note that all up to `through` are done; return the commit's nonce.

        Raises what SQLite raises when the disk refuses; then nothing has changed.
        """
        read, dead = _read_all(events)
        try:
            return self._commit(read, dead, sequence, through)
        except Exception as error:  # whatever is wrong with an event must not stop the others
            if driver.is_trouble(error):
                raise
            dead += [(event, reason) for event, one in read if (reason := self._refusal(one))]
            buried = {event for event, _ in dead}
            return self._commit([pair for pair in read if pair[0] not in buried], dead, sequence, through)

    def _commit(
        self, read: Sequence[tuple[int, Facts]], dead: Sequence[tuple[int, str]], sequence: int, through: int
    ) -> str:
        with self._undoing():
            self._apply([one for _, one in read], sequence)
            self._connection.executemany("DELETE FROM dead_letter WHERE event = ?", [(event,) for event, _ in read])
            for event, reason in dead:
                log.bury(self._connection, event, reason)
            meta.write(self._connection, projected_through=through)
            self._commits += 1
            if self._commits % _FORGET_EVERY == 0:
                meta.forget_commits(self._connection)
            return meta.commit(self._connection, sequence)

    def _refusal(self, one: Facts) -> str:
        """Try one event alone and undo it; return why it cannot be projected, or ''."""
        try:
            with self._undoing():
                self._apply([one], 0)
                raise _Undo  # noqa: TRY301 - a trial is always undone
        except _Undo:
            return ""
        except Exception as error:  # see project
            if driver.is_trouble(error):
                raise
            return f"{type(error).__name__}: {error}"

    def _apply(self, read: Sequence[Facts], sequence: int) -> None:
        chunk = Chunk()
        for one in read:
            chunk.add(one)
        touched = facts.write(self._connection, self._ids, chunk)
        self._settle(touched, sequence)

    def _settle(self, touched: Touched, sequence: int) -> None:
        """Derive and publish what was touched. Deriving may move column edges of further datasets."""
        waiting, done = touched.everything, set[int]()
        found: list[tuple[NodeRow, tuple[Attributes, Lineage]]] = []
        while waiting:
            for number in sorted(waiting):
                node = read_node(self._connection, number)
                attributes = self._readings.attributes(number, node.key.kind)
                lineage = self._deriver.derive(node, attributes, owns=number in touched.owners)
                touched.columns |= lineage.moved
                found.append((node, (attributes, lineage)))
            done |= waiting
            waiting = touched.everything - done
        for node, now in found:
            publish(self._connection, node, now, touched, sequence)

    @contextmanager
    def _undoing(self) -> Iterator[None]:
        """A transaction after whose failure nothing is remembered of rows that it made."""
        try:
            with driver.transaction(self._connection):
                yield
        except BaseException:
            self._ids.forget()
            self._readings.forget()
            raise


class _Undo(Exception):
    """Rolls a trial back."""


def _read_all(events: Sequence[StoredEvent]) -> tuple[list[tuple[int, Facts]], list[tuple[int, str]]]:
    read: list[tuple[int, Facts]] = []
    dead: list[tuple[int, str]] = []
    for event in events:
        try:
            read.append((event.id, facts_of(read_event(parse(event.body)))))
        except Exception as error:  # noqa: BLE001 - a dead letter tells; the rest go on
            dead.append((event.id, f"{type(error).__name__}: {error}"))
    return read, dead
