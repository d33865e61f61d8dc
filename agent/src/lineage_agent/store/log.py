"""The event log: what producers said, in order of arrival, and the events that could not be projected."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from lineage_agent.store import codec
from lineage_agent.store.driver import Connection

PAGE_BYTES_MAX: Final = 16 * 1024 * 1024

_REASON_MAX: Final = 2_000


class Receipt(NamedTuple):
    """What `append` answers: the event's id, and whether the store held the event before."""

    event_id: int
    duplicate: bool


class StoredEvent(NamedTuple):
    """An event as it lies in the log; `body` is its JSON as the producer sent it."""

    id: int
    hash: bytes
    received_us: int
    body: bytes


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An event whose projection failed."""

    event_id: int
    reason: str
    at_us: int
    event_time: str = ""
    job: str = ""


def append(connection: Connection, events: Sequence[tuple[bytes, bytes]], next_id: int) -> list[Receipt]:
    """Add events, given as (hash, JSON), under ids from `next_id` on; those known, or repeated, keep their first id."""
    now_us = time.time_ns() // 1000
    receipts: list[Receipt] = []
    for digest, body in events:
        known = connection.execute("SELECT id FROM event WHERE hash = ?", (digest,)).fetchone()
        if known:
            receipts.append(Receipt(known[0], duplicate=True))
            continue
        row = (next_id, digest, now_us, codec.squeeze(body))
        connection.execute("INSERT INTO event (id, hash, received_us, body) VALUES (?, ?, ?, ?)", row)
        receipts.append(Receipt(next_id, duplicate=False))
        next_id += 1
    return receipts


def read(connection: Connection, after: int, limit: int, bytes_max: int = PAGE_BYTES_MAX) -> list[StoredEvent]:
    """Return up to `limit` events beyond an id, in order of arrival; fewer once they are longer than `bytes_max`."""
    rows = connection.execute(
        "SELECT id, hash, received_us, body FROM event WHERE id > ? ORDER BY id LIMIT ?", (after, limit)
    )
    found: list[StoredEvent] = []
    for row in rows:
        found.append(_stored(row))
        bytes_max -= len(found[-1].body)
        if bytes_max <= 0:
            break
    rows.close()
    return found


def find(connection: Connection, event_id: int) -> StoredEvent | None:
    """Return one event."""
    row = connection.execute("SELECT id, hash, received_us, body FROM event WHERE id = ?", (event_id,)).fetchone()
    return _stored(row) if row else None


def export(connection: Connection, after: int = 0, page: int = 500) -> Iterator[bytes]:
    """Yield the JSON of all events in order of arrival, each without line breaks, so that lines make NDJSON."""
    while events := read(connection, after, page):
        for event in events:
            yield _one_line(event.body)
        after = events[-1].id


def dead_letters(connection: Connection, limit: int = 1_000) -> list[DeadLetter]:
    """Return the dead letters, oldest first."""
    rows = connection.execute(
        "SELECT event, reason, at_us, body FROM dead_letter JOIN event ON event.id = event ORDER BY event LIMIT ?",
        (limit,),
    )
    return [_dead_letter(*row) for row in rows]


def bury(connection: Connection, event_id: int, reason: str) -> None:
    """Make an event a dead letter."""
    connection.execute(
        "INSERT INTO dead_letter (event, reason, at_us) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET reason = excluded.reason, at_us = excluded.at_us",
        (event_id, reason[:_REASON_MAX], time.time_ns() // 1000),
    )


def _stored(row: tuple[int, bytes, int, bytes]) -> StoredEvent:
    return StoredEvent(row[0], row[1], row[2], codec.expand(row[3]))


def _one_line(body: bytes) -> bytes:
    # Line breaks inside JSON can only be white space between tokens.
    return body.replace(b"\r", b" ").replace(b"\n", b" ").strip()


def _dead_letter(event_id: int, reason: str, at_us: int, body: bytes) -> DeadLetter:
    try:
        event = codec.read_json(body)
        job = event.get("job") or {}
        named = f"{job.get('namespace', '')} {job.get('name', '')}".strip()
        return DeadLetter(
            event_id=event_id, reason=reason, at_us=at_us, event_time=str(event.get("eventTime", "")), job=named
        )
    except (ValueError, AttributeError):
        return DeadLetter(event_id=event_id, reason=reason, at_us=at_us)
