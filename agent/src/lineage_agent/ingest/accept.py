"""Accepting events: a body -> JSON -> events -> one durable append, and only then an answer (ARCHITECTURE rule 5).

The text of an event is kept as it was sent, without its white space, so that numbers and key order survive. Equal
events have equal hashes, whatever their key order, and are stored once. Long bodies are read in a thread, so that
other requests go on meanwhile. The store takes over: its projection follows in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from lineage_agent.store import Receipt, Store
from lineage_shared.errors import InvalidInput, LineageError, TooLarge
from lineage_shared.openlineage import parse, read_event

READ_INLINE_BYTES_MAX = 1024 * 1024

T = TypeVar("T")


class Rejected(msgspec.Struct, frozen=True):
    """One event of a batch that was not stored. `retriable` is false: the same event would be refused again."""

    index: int
    reason: str
    retriable: bool = False
    code: str = ""


class Summary(msgspec.Struct, frozen=True):
    """How many events of a batch came, and what became of them. Duplicates count as successful."""

    received: int
    successful: int
    failed: int
    retriable: int
    non_retriable: int


class BatchResult(msgspec.Struct, frozen=True):
    """The answer to a batch, as OpenLineage's OpenAPI file has it. `receipts` run parallel to the accepted events."""

    receipts: tuple[Receipt, ...]
    failed_events: tuple[Rejected, ...]

    def as_json(self) -> dict[str, Any]:
        """Return `{status, summary, failed_events}`."""
        failed, successful = len(self.failed_events), len(self.receipts)
        return {
            "status": "partial_success" if failed else "success",
            "summary": Summary(failed + successful, successful, failed, 0, failed),
            "failed_events": self.failed_events,
        }


class Ingest:
    """Turns bodies into stored events."""

    def __init__(self, store: Store, *, batch_events_max: int) -> None:
        self._store = store
        self._batch_events_max = batch_events_max

        self._long_bodies = asyncio.Semaphore(1)

    async def event(self, body: bytes) -> Receipt:
        """Store one event; raise `InvalidInput` for what is not one, `Unavailable` when it cannot be stored now."""
        entry = await self._read(body, read_one)
        return (await self._store.append([entry]))[0]

    async def batch(self, body: bytes) -> BatchResult:
        """Store the events of a JSON array that can be read; the others are told apart by their index."""
        entries, rejected = await self._read(body, lambda each: read_batch(each, self._batch_events_max))
        receipts = await self._store.append(entries) if entries else ()
        return BatchResult(tuple(receipts), tuple(rejected))

    async def _read(self, body: bytes, read: Callable[[bytes], T]) -> T:
        if len(body) <= READ_INLINE_BYTES_MAX:
            return read(body)
        # One at a time: as Python objects a body takes some ten times its length.
        async with self._long_bodies:
            return await asyncio.to_thread(read, body)


def read_one(body: bytes) -> tuple[bytes, bytes]:
    """Return (hash, compact text) of one event."""
    event = read_event(parse(body))
    return event.hash, msgspec.json.format(body, indent=-1)


def read_batch(body: bytes, events_max: int) -> tuple[list[tuple[bytes, bytes]], list[Rejected]]:
    """Return (hash, compact text) of each event that can be read, and why the others cannot."""
    entries: list[tuple[bytes, bytes]] = []
    rejected: list[Rejected] = []
    items = items_of(body)
    if len(items) > events_max:
        raise TooLarge(f"the batch has {len(items)} events; batch_events_max = {events_max}", code="BATCH_TOO_LONG")
    for index, item in enumerate(items):
        try:
            entries.append(read_one(item))
        except LineageError as error:
            rejected.append(Rejected(index, error.message, code=error.code))
    return entries, rejected


def items_of(body: bytes) -> list[bytes]:
    """Return the text of each item of a JSON array."""
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        raise InvalidInput("the batch is not a JSON array of events", code="BATCH_NOT_AN_ARRAY") from None
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise InvalidInput(f"not JSON: {error}", code="JSON_INVALID") from None
    return [bytes(item) for item in items]
