"""What one operation wants of the details, collected level by level: everything wanted at once goes out as one round.

The fields of one GraphQL level start in the same turn of the event loop. The first wish starts the collecting; a turn
of the loop without a new wish ends it. All rounds of an operation share one deadline. Within a round each domain stands
for itself: what a healthy domain answered goes on at once, whatever another one makes of the time that is left.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from lineage_gateway.details.calls import gone
from lineage_gateway.details.keys import DetailKey, Failure, Outcome
from lineage_gateway.details.store import Deadline, Details, FoundClaims, FoundRuns
from lineage_shared.wire import ClaimsDetail


class RunWish(NamedTuple):
    """What a domain knows under a runId."""

    domain: str
    run_id: str


class ClaimsWish(NamedTuple):
    """What a node of a domain claims."""

    domain: str
    number: int


Wish = DetailKey | RunWish | ClaimsWish


class OperationDetails:
    """The details of one GraphQL operation. A wish is a detail's key, a runId to look up, or a node's claims."""

    def __init__(self, details: Details, epochs: Mapping[str, str], deadline: Deadline) -> None:
        """`epochs` are the domains that can be asked, with the epoch of each one's mirror."""
        self._details = details
        self.epochs = epochs
        self.deadline = deadline
        self._collected: list[Wish] = []
        self._promises: dict[Wish, asyncio.Future[object]] = {}
        self._rounds: set[asyncio.Task[None]] = set()

    async def get(self, key: DetailKey) -> Outcome:
        """Return one detail, or why it cannot be had."""
        outcome: Outcome = await self._wish(key)  # type: ignore[assignment]  # a round keeps to the kind of its wish
        return outcome

    async def runs(self, domain: str, run_id: str) -> FoundRuns:
        """Return the runs that a domain of `epochs` has under this runId: producers may use one for many jobs."""
        found: FoundRuns = await self._wish(RunWish(domain, run_id))  # type: ignore[assignment]
        return found

    async def claims(self, domain: str, number: int) -> ClaimsDetail | Failure:
        """Return what a node of a domain of `epochs` claims, or why that cannot be had."""
        found: ClaimsDetail | Failure = await self._wish(ClaimsWish(domain, number))  # type: ignore[assignment]
        return found

    async def _wish(self, wish: Wish) -> object:
        promise = self._promises.get(wish)
        if promise is None:
            loop = asyncio.get_running_loop()
            promise = self._promises[wish] = loop.create_future()
            self._collected.append(wish)
            if len(self._collected) == 1:
                loop.call_soon(self._settle, 0)
        return await asyncio.shield(promise)

    def _settle(self, seen: int) -> None:
        loop = asyncio.get_running_loop()
        if len(self._collected) > seen:
            loop.call_soon(self._settle, len(self._collected))
            return
        by_domain: defaultdict[str, list[Wish]] = defaultdict(list)
        for wish in self._collected:
            by_domain[wish.domain].append(wish)
        self._collected = []
        for domain, wishes in by_domain.items():
            task = loop.create_task(self._round(domain, wishes))
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)

    async def _round(self, domain: str, wishes: list[Wish]) -> None:
        keys = [wish for wish in wishes if isinstance(wish, DetailKey)]
        run_wishes = [wish for wish in wishes if isinstance(wish, RunWish)]
        claims_wishes = [wish for wish in wishes if isinstance(wish, ClaimsWish)]
        try:
            async with asyncio.TaskGroup() as group:
                loading = group.create_task(self._details.load(keys, self.deadline))
                finding = group.create_task(self._find(domain, tuple(wish.run_id for wish in run_wishes)))
                weighing = group.create_task(self._claims(domain, [wish.number for wish in claims_wishes]))
        except ExceptionGroup as failed:
            for wish in wishes:
                self._promises[wish].set_exception(failed.exceptions[0])
            return
        for key, outcome in loading.result().items():
            self._promises[key].set_result(outcome)
        found, claimed = finding.result(), weighing.result()
        for run_wish in run_wishes:
            self._promises[run_wish].set_result(_of(found, run_wish.run_id))
        for claims_wish in claims_wishes:
            each = claimed if isinstance(claimed, Failure) else claimed.get(claims_wish.number, gone(domain))
            self._promises[claims_wish].set_result(each)

    async def _find(self, domain: str, run_ids: tuple[str, ...]) -> FoundRuns:
        if not run_ids:
            return ()
        return await self._details.runs_by_id(domain, self.epochs[domain], run_ids, self.deadline)

    async def _claims(self, domain: str, numbers: list[int]) -> FoundClaims:
        if not numbers:
            return {}
        return await self._details.claims(domain, self.epochs[domain], numbers, self.deadline)


def _of(found: FoundRuns, run_id: str) -> FoundRuns:
    return tuple(run for run in found if run.run_id == run_id) if isinstance(found, tuple) else found
