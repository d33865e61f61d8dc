"""The store as the rest of the agent holds it: append, wait, read.

Appending goes through the queue of the one writer thread (`writer`) and returns once the events are durable. Reading
functions run on a small pool of read-only connections (`readers`), each call in one read transaction. Positions are
the bridge: the sequence of a projection commit is the id of the last event in it, so whoever knows an event's id can
wait until it shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from lineage_agent.projection import Names
from lineage_agent.store.driver import Connection
from lineage_agent.store.lock import owner_lock
from lineage_agent.store.readers import Readers
from lineage_agent.store.writer import Gauges, Receipt, Writer
from lineage_shared.naming import Declaration
from lineage_shared.wire import Position

__all__ = ["Gauges", "Receipt", "Store"]

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """One domain's record. Open it with `async with Store.open(...)`."""

    def __init__(self, path: Path, domain: str, writer: Writer, readers: Readers) -> None:
        self.path = path
        self.domain = domain
        self._writer = writer
        self._readers = readers

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: str | Path,
        *,
        domain: str = "",
        windows: Mapping[str, int] | None = None,
        declared: Iterable[Declaration] | None = None,
        queue_events_max: int = 10_000,
        readers_max: int = 4,
        drain_s: float = 10.0,
    ) -> AsyncIterator[Store]:
        """Open the file, or make it; own it until the block ends.

        `domain` names a new file; an existing one keeps its own, and must be the same where both are given. `windows`
        is rule 1's window by job namespace, `declared` what the domain declares about names, in declarations that name
        it; None keeps what the file was last opened with. Raises `Conflict` (FILE_SERVED) when another process owns
        the file, and `InvalidSetting` when it cannot be a store. On the way out what is queued is still written;
        projection stops after the chunk at hand.
        """
        async with AsyncExitStack() as stack:
            resolved = await asyncio.to_thread(lambda: Path(path).expanduser().resolve())
            stack.enter_context(owner_lock(resolved))
            writer = await asyncio.to_thread(
                Writer.open,
                resolved,
                domain=domain,
                windows=windows,
                declared=declared,
                queue_events_max=queue_events_max,
            )
            stack.push_async_callback(writer.aclose, drain_s)
            readers = await stack.enter_async_context(Readers.open(resolved, readers_max))
            writer.start()
            yield cls(resolved, writer.domain, writer, readers)

    async def append(self, events: Sequence[tuple[bytes, bytes]]) -> list[Receipt]:
        """Store events, given as (hash, JSON), and return their receipts in the same order, once they are durable.

        An event that the store already holds gets its first receipt again, marked as duplicate. All or nothing.
        Raises `Unavailable` when the queue is full or the disk refuses; then nothing was acknowledged.
        """
        return await self._writer.append(events)

    async def projected(self, event_id: int) -> Position:
        """Wait until the event shows in what is read, or is a dead letter; return the position reached."""
        return await self._writer.reached(event_id)

    async def advanced(self, sequence: int) -> Position:
        """Wait for a position beyond `sequence`, or for another epoch than the present one."""
        return await self._writer.advanced(sequence)

    @property
    def names(self) -> Names:
        """How the domain's names are read."""
        return self._writer.names

    @property
    def position(self) -> Position:
        """The last commit that readers can see."""
        return self._writer.position

    @property
    def rebuilding(self) -> tuple[int, int] | None:
        """(events done, events in all) while the projection is being made anew, else None."""
        return self._writer.rebuilding

    @property
    def ready(self) -> bool:
        """Tell whether the projection may be read: it is not being rebuilt, and the writer lives."""
        return self._writer.ready

    @property
    def gauges(self) -> Gauges:
        """How the writer is doing, for metrics and health."""
        return self._writer.gauges

    async def query(self, read: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a reading function in one read transaction on a pooled connection, in that connection's thread.

        Raises `Unavailable` when the disk refuses.
        """
        return await self._readers.run(read, *args, **kwargs)

    async def retry_dead_letters(self, event_ids: Sequence[int] | None = None) -> tuple[int, int]:
        """Project dead letters once more, all or those named; return (tried, still dead)."""
        return await self._writer.retry(event_ids)
