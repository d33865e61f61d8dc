"""The pool of read-only connections.

A reading function runs whole in its connection's own thread (aiosqlite's), inside one read transaction: it sees one
commit, and one hop between threads pays for all of its queries. Connections are opened when first needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from lineage_agent.store import driver
from lineage_agent.store.driver import Connection

P = ParamSpec("P")
T = TypeVar("T")


class Reader(aiosqlite.Connection):
    """A read-only connection that can run a whole function in its thread."""

    def __init__(self, path: Path) -> None:
        super().__init__(lambda: driver.connect(path, read_only=True), iter_chunk_size=256)

    async def run(self, read: Callable[[Connection], T]) -> T:
        """Run `read` inside one read transaction."""
        answer: T = await self._execute(_in_transaction, self._conn, read)  # type: ignore[no-untyped-call]
        return answer


class Readers:
    """Up to `readers_max` connections; a call beyond them waits."""

    def __init__(self, path: Path, readers_max: int) -> None:
        self._path = path
        self._slots = asyncio.Semaphore(readers_max)
        self._idle: list[Reader] = []
        self._busy: dict[asyncio.Task[Any], Reader | None] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, readers_max: int) -> AsyncIterator[Readers]:
        """Own the pool until the block ends; what still runs then is interrupted."""
        pool = cls(path, readers_max)
        try:
            yield pool
        finally:
            for task in list(pool._busy):
                await pool._give_up(task)
            await asyncio.gather(*pool._busy, return_exceptions=True)
            for reader in pool._idle:
                await reader.close()

    async def run(self, read: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a reading function on a free connection; disk errors become `Unavailable`.

        A cancelled call is interrupted; its connection serves others once it has really ended.
        """
        task = asyncio.create_task(self._work(lambda connection: read(connection, *args, **kwargs)))
        self._busy[task] = None
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await self._give_up(task)
            raise

    async def _work(self, read: Callable[[Connection], T]) -> T:
        async with self._slots:
            with driver.translated_errors("the store cannot be read"):
                reader = self._idle.pop() if self._idle else await self._opened()
                self._busy[asyncio.current_task()] = reader  # type: ignore[index]
                try:
                    return await reader.run(read)
                finally:
                    self._idle.append(reader)

    async def _opened(self) -> Reader:
        reader = Reader(self._path)
        await reader
        return reader

    async def _give_up(self, task: asyncio.Task[Any]) -> None:
        if reader := self._busy.get(task):
            await reader.interrupt()
        else:
            task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        del self._busy[task]
        if not task.cancelled():
            task.exception()  # Whoever asked may be gone; the error was then nobody's.


def _in_transaction(connection: Any, read: Callable[[Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return read(connection)
    finally:
        connection.execute("ROLLBACK")
