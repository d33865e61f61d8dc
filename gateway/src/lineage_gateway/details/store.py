"""The process's details: cached by exact revision, fetched at most once at a time, one POST per domain and round.

A *flight* is one POST under way. It is a task of its own, owned here: a caller that goes away, or runs out of time,
leaves it be, and others that want the same keys join it. A caller who joined a flight that then timed out, and has time
left, asks once itself, so that nobody pays for time that another caller had already used up.
`lineage_gateway.details.operation` collects what one GraphQL level wants.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from typing import Any, Self, TypeVar

from lineage_gateway.details.cache import DetailCache
from lineage_gateway.details.calls import Call, DetailAgent, answer, claims, grouped
from lineage_gateway.details.keys import DetailKey, Failure, Outcome
from lineage_shared.errors import LineageError
from lineage_shared.wire import ClaimsDetail, RunDetail, RunsRequest

TIMED_OUT = "AGENT_TIMEOUT"

Flight = asyncio.Task[dict[DetailKey, Outcome]]
FoundRuns = tuple[RunDetail, ...] | Failure
FoundClaims = Mapping[int, ClaimsDetail] | Failure

T = TypeVar("T")


class Deadline:
    """The end of the time that one operation may take, shared by all its rounds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def remaining_s(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self._at - time.monotonic())


class Details:
    """Owns cache and flights; `agents` gives the client of a domain, or None for a domain that is no longer there."""

    def __init__(self, agents: Callable[[str], DetailAgent | None], *, entries_max: int, bytes_max: int) -> None:
        self._agents = agents
        self.cache = DetailCache(entries_max=entries_max, bytes_max=bytes_max)
        self._flights: dict[DetailKey, Flight] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def load(self, keys: Collection[DetailKey], deadline: Deadline) -> dict[DetailKey, Outcome]:
        """Return an outcome for every key, in one parallel round; never later than the deadline."""
        outcomes: dict[DetailKey, Outcome] = {}
        missing = []
        for key in keys:
            held = self.cache.get(key)
            if held is None:
                missing.append(key)
            else:
                outcomes[key] = held
        joined = {key: self._flights[key] for key in missing if key in self._flights}
        started = self._start([key for key in missing if key not in joined])
        outcomes |= await _land(joined | started, deadline)
        again = [key for key in joined if _timed_out(outcomes[key])]
        if again and deadline.remaining_s() > 0:
            outcomes |= await _land(self._start(again), deadline)
        return outcomes

    async def runs_by_id(self, domain: str, epoch: str, run_ids: tuple[str, ...], deadline: Deadline) -> FoundRuns:
        """Ask one domain for runs by their runIds; they have no revision, so that nothing of it is kept."""

        async def ask(agent: DetailAgent) -> tuple[RunDetail, ...]:
            return (await agent.runs(RunsRequest(epoch=epoch, run_ids=run_ids))).runs

        return await self._unkept(domain, ask, deadline)

    async def claims(self, domain: str, epoch: str, numbers: Collection[int], deadline: Deadline) -> FoundClaims:
        """Ask one domain what its nodes claim, and by which events; that moves with every run, and is not kept."""

        async def ask(agent: DetailAgent) -> Mapping[int, ClaimsDetail]:
            return await claims(agent, epoch, numbers)

        return await self._unkept(domain, ask, deadline)

    async def _unkept(self, domain: str, ask: Callable[[DetailAgent], Awaitable[T]], deadline: Deadline) -> T | Failure:
        """Ask once, for one caller; a failure says why there is no answer."""
        asking = self._spawn(self._asked(domain, ask))
        await asyncio.wait([asking], timeout=deadline.remaining_s())
        return asking.result() if asking.done() and not asking.cancelled() else _late(domain, deadline)

    async def _asked(self, domain: str, ask: Callable[[DetailAgent], Awaitable[T]]) -> T | Failure:
        agent = self._agents(domain)
        if agent is None:
            return _unknown(domain)
        try:
            return await ask(agent)
        except LineageError as error:
            return Failure.of(domain, error)

    def _start(self, keys: Iterable[DetailKey]) -> dict[DetailKey, Flight]:
        started: dict[DetailKey, Flight] = {}
        for call, group in grouped(keys).items():
            flight = self._spawn(self._fly(call, group))
            started |= dict.fromkeys(group, flight)
        self._flights |= started
        return started

    async def _fly(self, call: Call, keys: list[DetailKey]) -> dict[DetailKey, Outcome]:
        flight = asyncio.current_task()
        try:
            agent = self._agents(call.domain)
            if agent is None:
                return dict.fromkeys(keys, _unknown(call.domain))
            outcomes = await answer(agent, call, keys)
            for key, outcome in outcomes.items():
                self._keep(key, outcome)
            return outcomes
        finally:
            for key in keys:
                if self._flights.get(key) is flight:
                    del self._flights[key]

    def _keep(self, key: DetailKey, outcome: Outcome) -> None:
        if not isinstance(outcome, Failure):
            self.cache.put(key, outcome)

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _land(flights: Mapping[DetailKey, Flight], deadline: Deadline) -> dict[DetailKey, Outcome]:
    """Wait for flights, never cancelling them; what has not landed in time is a failure of its domain."""
    if flights:
        await asyncio.wait(set(flights.values()), timeout=deadline.remaining_s())
    landed = {flight for flight in flights.values() if flight.done() and not flight.cancelled()}
    return {
        key: flight.result()[key] if flight in landed else _late(key.domain, deadline)
        for key, flight in flights.items()
    }


def _late(domain: str, deadline: Deadline) -> Failure:
    return Failure(domain, TIMED_OUT, f"domain {domain!r} did not answer within {deadline.seconds:g} s")


def _unknown(domain: str) -> Failure:
    return Failure(domain, "DOMAIN_NOT_FOUND", f"domain {domain!r} is no longer a part of this mesh")


def _timed_out(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure) and outcome.code == TIMED_OUT
