"""Rows of contributions: runs, designs, datasets' own words and renames, with what they read and wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from lineage_agent.projection import ContributionFact, ContributionKey, Direction, NodeKey, Scope, Source, State
from lineage_agent.store.driver import Connection
from lineage_agent.store.ids import Ids

_COLUMNS = "first_ns, last_ns, start_ns, state, state_stamp, terminal, terminal_stamp, last_stamp, io_stamp, reported"
_EPOCH = 2**63


def time_of(stamp: bytes) -> int:
    """Return the event time of a stamp, in ns."""
    return int.from_bytes(stamp[:8], "big") - _EPOCH


@dataclass(slots=True)
class Mention:
    """A dataset in a contribution."""

    first_ns: int
    stamp: bytes
    listed: bool


@dataclass(slots=True)
class ContributionDraft:
    """What a chunk says about one contribution."""

    first_ns: int
    last_ns: int = 0
    start_ns: int | None = None
    state: int | None = None
    state_stamp: bytes = b""
    terminal: int | None = None
    terminal_stamp: bytes = b""
    last_stamp: bytes = b""
    io_stamp: bytes = b""
    reported: bool = False
    io: dict[tuple[Direction, NodeKey], Mention] = field(default_factory=dict)
    run_facets: dict[tuple[Scope, str], tuple[bytes, Any]] = field(default_factory=dict)
    io_facets: dict[tuple[Direction, NodeKey, str], tuple[bytes, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.last_ns = self.first_ns

    def add(self, spoken: ContributionFact, time_ns: int, stamp: bytes) -> None:
        """Merge what one event says."""
        self.first_ns = min(self.first_ns, time_ns)
        self.last_ns = max(self.last_ns, time_ns)
        self.last_stamp = max(self.last_stamp, stamp)
        self.reported |= spoken.reports
        if spoken.restates:
            self.io_stamp = max(self.io_stamp, stamp)
        self._add_state(spoken.state, time_ns, stamp)
        for place, listed in spoken.io.items():
            mention = self.io.setdefault(place, Mention(time_ns, stamp, listed))
            mention.first_ns = min(mention.first_ns, time_ns)
            mention.stamp = max(mention.stamp, stamp)
            mention.listed |= listed
        _fold(self.run_facets, spoken.run_facets, stamp)
        _fold(self.io_facets, spoken.io_facets, stamp)

    def _add_state(self, state: State | None, time_ns: int, stamp: bytes) -> None:
        if state is None:
            return
        if state is State.START:
            self.start_ns = time_ns if self.start_ns is None else min(self.start_ns, time_ns)
        if state.is_terminal and stamp > self.terminal_stamp:
            self.terminal, self.terminal_stamp = state, stamp
        elif not state.is_terminal and stamp > self.state_stamp:
            self.state, self.state_stamp = state, stamp

    def merge(self, row: tuple[Any, ...]) -> None:
        """Merge what the table holds, in the order of its columns."""
        first, last, start, state, state_stamp, terminal, terminal_stamp, last_stamp, io_stamp, reported = row
        self.first_ns, self.last_ns = min(self.first_ns, first), max(self.last_ns, last)
        self.start_ns = min((at for at in (self.start_ns, start) if at is not None), default=None)
        if (state_stamp or b"") > self.state_stamp:
            self.state, self.state_stamp = state, state_stamp
        if (terminal_stamp or b"") > self.terminal_stamp:
            self.terminal, self.terminal_stamp = terminal, terminal_stamp
        self.last_stamp = max(self.last_stamp, last_stamp)
        self.io_stamp = max(self.io_stamp, io_stamp or b"")
        self.reported = self.reported or bool(reported)

    @property
    def row(self) -> tuple[Any, ...]:
        """The values of the table's columns, and of began_ns and ended_ns."""
        return (
            self.first_ns,
            self.last_ns,
            self.start_ns,
            self.state,
            self.state_stamp or None,
            self.terminal,
            self.terminal_stamp or None,
            self.last_stamp,
            self.io_stamp or None,
            int(self.reported),
            self.first_ns if self.start_ns is None else self.start_ns,
            time_of(self.terminal_stamp) if self.terminal_stamp else self.last_ns,
        )


def write(
    connection: Connection, ids: Ids, key: ContributionKey, draft: ContributionDraft, numbers: Mapping[NodeKey, int]
) -> None:
    """Merge a draft into the tables."""
    owner = numbers[key.owner]
    contribution = _write_row(connection, owner, key, draft)
    _write_io(connection, contribution, owner, draft, numbers)
    _write_facets(connection, ids, contribution, draft, numbers)
    if key.source == Source.RUN and draft.terminal != State.COMPLETE:
        _sign(connection, contribution)


def _write_io(
    connection: Connection, contribution: int, owner: int, draft: ContributionDraft, numbers: Mapping[NodeKey, int]
) -> None:
    mentions = [(*place, mention) for place, mention in draft.io.items()]
    connection.executemany(
        "INSERT INTO contribution_io (contribution, direction, dataset, first_ns, stamp, listed)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET first_ns = min(first_ns, excluded.first_ns), stamp = max(stamp, excluded.stamp),"
        " listed = max(listed, excluded.listed)",
        [
            (contribution, int(direction), numbers[dataset], mention.first_ns, mention.stamp, int(mention.listed))
            for direction, dataset, mention in mentions
        ],
    )
    connection.executemany(
        "INSERT INTO edge (owner, direction, dataset, first_ns, last_ns) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET first_ns = min(first_ns, excluded.first_ns), last_ns = max(last_ns, excluded.last_ns)",
        [
            (owner, int(direction), numbers[dataset], mention.first_ns, time_of(mention.stamp))
            for direction, dataset, mention in mentions
        ],
    )


def _write_facets(
    connection: Connection, ids: Ids, contribution: int, draft: ContributionDraft, numbers: Mapping[NodeKey, int]
) -> None:
    connection.executemany(
        "INSERT INTO run_facet (contribution, scope, name, stamp, body) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET stamp = excluded.stamp, body = excluded.body WHERE excluded.stamp > stamp",
        [
            (contribution, int(scope), name, stamp, ids.body(facet))
            for (scope, name), (stamp, facet) in draft.run_facets.items()
        ],
    )
    connection.executemany(
        "INSERT INTO io_facet (contribution, direction, dataset, name, stamp, body) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET stamp = excluded.stamp, body = excluded.body WHERE excluded.stamp > stamp",
        [
            (contribution, int(direction), numbers[dataset], name, stamp, ids.body(facet))
            for (direction, dataset, name), (stamp, facet) in draft.io_facets.items()
        ],
    )


def _sign(connection: Connection, contribution: int) -> None:
    """Note what an uncompleted run says, so that of many that say the same one is enough to derive from."""
    said = [
        connection.execute(sql, (contribution,)).fetchall()
        for sql in (
            (
                "SELECT direction, dataset, listed, stamp = io_stamp FROM contribution_io JOIN contribution AS one"
                " ON one.id = contribution WHERE contribution = ? ORDER BY direction, dataset"
            ),
            (
                "SELECT direction, dataset, name, body FROM io_facet"
                " WHERE contribution = ? AND name IN ('lineage', 'columnLineage') ORDER BY direction, dataset, name"
            ),
            "SELECT body FROM run_facet WHERE contribution = ? AND scope = 1 AND name = 'lineage'",
        )
    ]
    signature = blake2b(msgspec.msgpack.encode(said), digest_size=16).digest()
    connection.execute("UPDATE contribution SET signature = ? WHERE id = ?", (signature, contribution))


def _write_row(connection: Connection, owner: int, key: ContributionKey, draft: ContributionDraft) -> int:
    place = (owner, int(key.source), key.run_id)
    known = connection.execute(
        f"SELECT id, {_COLUMNS} FROM contribution WHERE owner = ? AND source = ? AND run_id = ?",  # noqa: S608 - made of constants
        place,
    ).fetchone()
    if known is None:
        marks = ", ".join("?" * 15)
        cursor = connection.execute(
            f"INSERT INTO contribution (owner, source, run_id, {_COLUMNS}, began_ns, ended_ns) VALUES ({marks})",  # noqa: S608 - made of constants
            (*place, *draft.row),
        )
        return int(cursor.lastrowid or 0)
    draft.merge(known[1:])
    connection.execute(
        f"UPDATE contribution SET ({_COLUMNS}, began_ns, ended_ns) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?",  # noqa: S608 - made of constants
        (*draft.row, known[0]),
    )
    return int(known[0])


def _fold(into: dict[Any, tuple[bytes, Any]], stated: Mapping[Any, Any], stamp: bytes) -> None:
    for place, facet in stated.items():
        if place not in into or stamp > into[place][0]:
            into[place] = (stamp, facet)
