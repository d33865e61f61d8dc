"""An agent's change feed as messages: commits, heartbeats, and the word that the position is unknown.

`events` splits the stream; here each event becomes a value. Events of unknown name are a sign of life and nothing
else, so that a newer agent may send more. `lineage_gateway.sync` applies the messages in order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from lineage_gateway.agents.events import EventParser, ServerEvent
from lineage_shared import wire
from lineage_shared.wire import Commit


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The agent is there, and no node changed since the last message. `lag_s` is how far its projection is behind."""

    lag_s: float = 0.0
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Reset:
    """The agent does not know the position, or no longer: only a fresh snapshot helps."""


FeedMessage = Commit | Heartbeat | Reset


class Feed:
    """An open change feed: an asynchronous iterator over its messages.

    Waiting longer than `silence_s_max` for a whole message raises `TimeoutError`, however many bytes drip in.
    """

    def __init__(self, chunks: AsyncIterator[bytes], *, message_bytes_max: int, silence_s_max: float) -> None:
        self._chunks = chunks
        self._parser = EventParser(message_bytes_max)
        self._events: deque[ServerEvent] = deque()
        self._silence_s_max = silence_s_max

    def __aiter__(self) -> Feed:
        """Return itself."""
        return self

    async def __anext__(self) -> FeedMessage:
        """Return the next message; the end of the stream ends the iteration."""
        if not self._events:
            async with asyncio.timeout(self._silence_s_max):
                while not self._events:
                    self._events.extend(self._parser.feed(await anext(self._chunks)))
        return _message(self._events.popleft())


def _message(event: ServerEvent) -> FeedMessage:
    if event.name == "commit":
        return wire.decode(event.data, Commit, wire.JSON)
    if event.name == "heartbeat" and event.data:
        beat = wire.decode(event.data, _Beat, wire.JSON)
        return Heartbeat(beat.lag_s, beat.dead_letters)
    return Reset() if event.name == "reset" else Heartbeat()


class _Beat(msgspec.Struct):
    """What is read of a heartbeat's data, which is a commit without nodes."""

    lag_s: float = 0.0
    dead_letters: int = 0
