"""The change feed: what each subscriber has not seen yet, whenever the store's position advances.

There is no queue per subscriber. Each one knows the position it has sent, waits until the store is beyond it, and reads
all that lies between as one `Commit`; a slow subscriber thus gets fewer and larger messages, each node at most once. A
message with lineage in it goes out at once. One that moves only volatile fields and revisions waits until the last such
is `volatile_interval_s` old, so that a busy domain does not repeat itself; the next message with lineage takes it
along. A position that this file never had, or a backlog too long to send, becomes a `reset`: take a new snapshot.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from lineage_agent.store import Store, publication
from lineage_shared import wire
from lineage_shared.errors import Unavailable
from lineage_shared.wire import Commit, Position


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One server-sent event: `commit`, `heartbeat` or `reset`. Only a commit moves the position to resume from."""

    name: str
    data: Commit

    def encode(self) -> bytes:
        """Return the lines of the event."""
        data = wire.encode(self.data, wire.JSON)
        mark = f"id: {self.data.position}\n" if self.name == "commit" else ""
        return f"event: {self.name}\n{mark}data: ".encode() + data + b"\n\n"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a feed speaks."""

    heartbeat_s: float
    volatile_interval_s: float


class Feed:
    """Serves the change feed to any number of subscribers, up to a limit."""

    def __init__(
        self, store: Store, *, pace: Pace, draining: asyncio.Event, subscribers_max: int, backlog_nodes_max: int
    ) -> None:
        self._store = store
        self._pace = pace
        self._draining = draining
        self._subscribers_max = subscribers_max
        self._backlog_nodes_max = backlog_nodes_max
        self.subscribers = 0

    def check_room(self) -> None:
        """Raise `Unavailable` when there are `subscribers_max` subscribers already."""
        if self.subscribers >= self._subscribers_max:
            message = f"subscribers_max = {self._subscribers_max} is reached"
            raise Unavailable(message, code="SUBSCRIBERS_LIMIT", retry_after_s=5)

    async def subscribe(self, position: Position) -> AsyncIterator[ServerEvent]:
        """Yield what happens after `position`, until the subscriber leaves, is reset, or the server drains."""
        draining = asyncio.create_task(self._draining.wait())
        self.subscribers += 1
        try:
            subscription = _Subscription(self._store, position, self._pace, draining, self._backlog_nodes_max)
            async for event in subscription.events():
                yield event
        finally:
            self.subscribers -= 1
            draining.cancel()


class _Subscription:
    """One subscriber: the position that it has been sent, and when."""

    def __init__(
        self, store: Store, position: Position, pace: Pace, draining: asyncio.Task[Any], backlog_nodes_max: int
    ) -> None:
        self._store = store
        self._position = position
        self._pace = pace
        self._draining = draining
        self._backlog_nodes_max = backlog_nodes_max
        self._spoke_at = _now()
        self._sent_volatile_at = -math.inf

    async def events(self) -> AsyncIterator[ServerEvent]:
        while not self._draining.done():
            commit = await self._store.query(publication.changes, self._position, nodes_max=self._backlog_nodes_max)
            if commit is None:
                yield ServerEvent("reset", Commit(position=str(self._store.position)))
                return
            reached = Position.parse(commit.position)
            if (patience_s := self._patience_s(commit, reached)) > 0:
                await self._moved(reached.sequence, patience_s)
                continue
            name = "heartbeat" if reached == self._position else "commit"
            self._note(reached)
            yield ServerEvent(name, commit)

    def _patience_s(self, commit: Commit, reached: Position) -> float:
        """How long to wait before speaking, unless something happens."""
        if commit.nodes or commit.gone:
            return 0.0
        if reached != self._position:
            return self._sent_volatile_at + self._pace.volatile_interval_s - _now()
        return self._spoke_at + self._pace.heartbeat_s - _now()

    def _note(self, reached: Position) -> None:
        self._spoke_at = _now()
        if reached != self._position:
            self._sent_volatile_at = self._spoke_at
        self._position = reached

    async def _moved(self, sequence: int, patience_s: float) -> None:
        """Wait for a position beyond `sequence`, for draining, or for the patience to end."""
        advanced = asyncio.ensure_future(self._store.advanced(sequence))
        try:
            await asyncio.wait({advanced, self._draining}, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            advanced.cancel()
        await asyncio.wait({advanced})
        if not advanced.cancelled():
            advanced.result()  # Raises when the store is closing.


def _now() -> float:
    return asyncio.get_running_loop().time()
