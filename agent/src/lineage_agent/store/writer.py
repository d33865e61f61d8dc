"""The writer thread: the one owner of the writing connection.

    loop: take all waiting appends (group commit) -> one transaction -> resolve their futures
          project one chunk of what is pending    -> one transaction, one sequence -> signal the position

An append resolves only after its COMMIT returned. When the disk refuses, the appends at hand fail with `Unavailable`,
the connection is closed and opened anew for the next ones, and projection waits a while longer each time; nothing has
to be restarted once the disk is well again. Chunks are kept short while appends are waiting, so that an
acknowledgement never waits long behind a projection.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from lineage_agent.projection import Names
from lineage_agent.store import driver
from lineage_agent.store.engine import Engine, age_s
from lineage_agent.store.log import Receipt
from lineage_shared.errors import LineageError, Unavailable
from lineage_shared.naming import Declaration
from lineage_shared.wire import Position

__all__ = ["Gauges", "Receipt", "Writer"]

GROUP_EVENTS_MAX: Final = 256
CHUNK_EVENTS_MAX: Final = 256
CHUNK_EVENTS_MIN: Final = 8
CHUNK_S_WHILE_APPENDING: Final = 0.02
APPENDING_S: Final = 0.25
BACK_OFF_S: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

logger = logging.getLogger(__name__)


class Gauges(msgspec.Struct, frozen=True, kw_only=True):
    """How the writer is doing. `pending` counts ids not yet projected, `lag_s` is the age of the oldest of them."""

    queued_events: int
    pending: int
    dead_letters: int
    lag_s: float
    fault: str
    appended: int
    duplicates: int
    projected: int


@dataclass(slots=True)
class _Append:
    events: Sequence[tuple[bytes, bytes]]
    future: asyncio.Future[list[Receipt]]


@dataclass(slots=True)
class _Command:
    """Anything else that the writing connection is wanted for."""

    call: Callable[[Engine], Any]
    future: asyncio.Future[Any]


@dataclass(slots=True)
class _Counts:
    appended: int = 0
    duplicates: int = 0
    projected: int = 0
    dead_letters: int = 0


@dataclass(slots=True)
class _Waiters:
    """Futures waiting for the position to advance; used on the event loop only."""

    futures: set[asyncio.Future[None]] = field(default_factory=set)

    def wake(self) -> None:
        for future in self.futures:
            if not future.done():
                future.set_result(None)
        self.futures.clear()


class Writer:
    """The writer of one file. Made by `open`, run by `start`, ended by `aclose`."""

    def __init__(self, engine: Engine, queue_events_max: int) -> None:
        self._engine = engine
        self._queue_events_max = queue_events_max
        self._queue: deque[_Append | _Command] = deque()
        self._queued_events = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._waiters = _Waiters()
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, name="lineage-writer")
        self._state = engine.state
        self._counts = _Counts(dead_letters=engine.dead_letters())
        self._failures = 0
        self._projecting_after = 0.0
        self._fault = ""
        self._appended_at = 0.0
        self._event_cost_s = 0.001

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        domain: str,
        windows: Mapping[str, int] | None,
        declared: Iterable[Declaration] | None,
        queue_events_max: int,
    ) -> Writer:
        """Open the file; raises as `Engine.open` does."""
        return cls(Engine.open(path, domain=domain, windows=windows, declared=declared), queue_events_max)

    def start(self) -> None:
        """Start the thread; call it on the event loop that will wait for it."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def aclose(self, drain_s: float) -> None:
        """Write what is queued, end the thread and close the file; what is not written in time fails."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.ident is None:
            self._engine.disconnect()
            return
        await asyncio.to_thread(self._thread.join, drain_s)
        self._waiters.wake()
        if self._thread.is_alive():
            logger.error("the writer did not finish within %s s", drain_s)

    # ---- on the event loop

    @property
    def domain(self) -> str:
        """The domain of the file."""
        return self._state.domain

    @property
    def names(self) -> Names:
        """How the domain's names are read."""
        return self._engine.names

    @property
    def position(self) -> Position:
        """The last projection commit."""
        return self._state.position

    @property
    def ready(self) -> bool:
        """Tell whether the projection is whole and the thread lives."""
        return self._thread.is_alive() and not self._state.is_rebuilding

    @property
    def rebuilding(self) -> tuple[int, int] | None:
        """(events done, events in all) during a rebuild."""
        state = self._state
        return (state.projected_through, state.rebuild_through) if state.is_rebuilding else None

    @property
    def gauges(self) -> Gauges:
        """How the writer is doing."""
        return Gauges(
            queued_events=self._queued_events,
            pending=self._engine.pending,
            dead_letters=self._counts.dead_letters,
            lag_s=age_s(self._engine.oldest_pending_us),
            fault=self._fault,
            appended=self._counts.appended,
            duplicates=self._counts.duplicates,
            projected=self._counts.projected,
        )

    async def append(self, events: Sequence[tuple[bytes, bytes]]) -> list[Receipt]:
        """Queue events and wait until they are durable."""
        if not events:
            return []
        if self._queued_events and self._queued_events + len(events) > self._queue_events_max:
            raise Unavailable("too many events are waiting to be stored", code="QUEUE_FULL", hint="send again later")
        future: asyncio.Future[list[Receipt]] = self._loop.create_future()
        self._put(_Append(events, future), len(events))
        return await future

    async def retry(self, event_ids: Sequence[int] | None) -> tuple[int, int]:
        """Retry dead letters in the writer's thread."""
        future: asyncio.Future[tuple[int, int]] = self._loop.create_future()
        self._put(_Command(lambda engine: engine.retry(event_ids), future), 0)
        return await future

    async def reached(self, event_id: int) -> Position:
        """Wait until an event is projected or dead."""
        while self._state.projected_through < event_id:
            await self._change()
        return self.position

    async def advanced(self, sequence: int) -> Position:
        """Wait for a position beyond a sequence."""
        epoch = self._state.epoch
        while self._state.sequence <= sequence and self._state.epoch == epoch:
            await self._change()
        return self.position

    async def _change(self) -> None:
        if not self._thread.is_alive() or self._stopping:
            raise Unavailable("the store is closing", code="STORE_CLOSING")
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiters.futures.add(future)
        try:
            await future
        finally:
            self._waiters.futures.discard(future)

    def _put(self, item: _Append | _Command, events: int) -> None:
        with self._wake:
            if self._stopping:
                raise Unavailable("the store is closing", code="STORE_CLOSING")
            self._queued_events += events
            self._queue.append(item)
            self._wake.notify()

    # ---- in the writer's thread

    def _run(self) -> None:
        try:
            while (taken := self._take()) is not None:
                appends = [item for item in taken if isinstance(item, _Append)]
                if appends:
                    self._append(appends)
                for item in taken:
                    if isinstance(item, _Command):
                        self._command(item)
                self._project()
            self._finish()
        except BaseException:
            logger.exception("the writer died")
            raise
        finally:
            self._stopping = True
            self._engine.disconnect()
            self._give_up()

    def _take(self) -> list[_Append | _Command] | None:
        """Wait for something to do; return what is queued, None at the end."""
        with self._wake:
            while not self._queue:
                if self._stopping:
                    return None
                wait_s = self._wait_s()
                if wait_s == 0:
                    return []
                self._wake.wait(wait_s)
            taken: list[_Append | _Command] = []
            events = 0
            while self._queue and events < GROUP_EVENTS_MAX:
                item = self._queue.popleft()
                taken.append(item)
                events += len(item.events) if isinstance(item, _Append) else 1
            self._queued_events -= sum(len(item.events) for item in taken if isinstance(item, _Append))
            return taken

    def _wait_s(self) -> float | None:
        """Return how long to sleep: 0 when there is something to project, None for ever."""
        if not self._engine.pending:
            return None
        return max(0.0, self._projecting_after - time.monotonic())

    def _append(self, appends: list[_Append]) -> None:
        self._appended_at = time.monotonic()
        try:
            with driver.translated_errors("the event could not be stored"):
                answers = self._engine.append([item.events for item in appends])
        except BaseException as error:  # noqa: BLE001 - whoever waits must learn of it
            self._failed(error)
            self._resolve([(item.future, None, _for_waiter(error)) for item in appends])
            return
        self._fault = ""
        for receipts in answers:
            known = sum(receipt.duplicate for receipt in receipts)
            self._counts.duplicates += known
            self._counts.appended += len(receipts) - known
        self._resolve([(item.future, answer, None) for item, answer in zip(appends, answers, strict=True)])

    def _command(self, command: _Command) -> None:
        try:
            with driver.translated_errors("the store cannot be written"):
                answer = command.call(self._engine)
                self._publish()
        except BaseException as error:  # noqa: BLE001 - whoever waits must learn of it
            self._failed(error)
            self._resolve([(command.future, None, _for_waiter(error))])
            return
        self._resolve([(command.future, answer, None)])

    def _project(self) -> None:
        if not self._engine.pending or time.monotonic() < self._projecting_after:
            return
        began = time.monotonic()
        try:
            with driver.translated_errors("events could not be projected"):
                done = self._engine.project(self._chunk_events(began))
                self._publish()
        except Exception as error:  # noqa: BLE001 - tried again after a while
            self._failed(error)
            return
        self._failures, self._fault, self._projecting_after = 0, "", 0.0
        if done:
            self._counts.projected += done
            self._event_cost_s = 0.7 * self._event_cost_s + 0.3 * (time.monotonic() - began) / done

    def _chunk_events(self, now: float) -> int:
        if now - self._appended_at > APPENDING_S:
            return CHUNK_EVENTS_MAX
        fitting = int(CHUNK_S_WHILE_APPENDING / self._event_cost_s)
        return max(CHUNK_EVENTS_MIN, min(CHUNK_EVENTS_MAX, fitting))

    def _publish(self) -> None:
        self._counts.dead_letters = self._engine.dead_letters()
        self._state = self._engine.state
        self._call_soon(self._waiters.wake)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, LineageError) and not isinstance(error, Unavailable):
            return  # The caller's mistake, not the disk's.
        delay_s = BACK_OFF_S[min(self._failures, len(BACK_OFF_S) - 1)]
        self._failures += 1
        self._projecting_after = time.monotonic() + delay_s
        if self._fault != str(error):  # Said once, not at every attempt.
            logger.error("%s", error, exc_info=None if isinstance(error, Unavailable) else error)
        self._fault = str(error)
        self._engine.disconnect()

    def _finish(self) -> None:
        try:
            self._engine.checkpoint()
        except driver.module().Error as error:
            logger.warning("the write-ahead log was not moved into the file: %s", error)

    def _give_up(self) -> None:
        with self._wake:
            left = list(self._queue)
            self._queue.clear()
        self._resolve([(item.future, None, Unavailable("the store is closing")) for item in left])
        self._call_soon(self._waiters.wake)

    def _resolve(self, outcomes: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
        self._call_soon(_settle, outcomes)

    def _call_soon(self, call: Callable[..., Any], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)
        except RuntimeError:
            logger.debug("the event loop is gone; nobody waits")


def _settle(outcomes: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
    for future, answer, error in outcomes:
        if future.done():
            continue
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(answer)


def _for_waiter(error: BaseException) -> BaseException:
    if isinstance(error, Exception):
        return error
    return Unavailable(f"the event could not be stored: {type(error).__name__}: {error}", code="STORE_UNAVAILABLE")
