"""The owner of suggestions: it surveys the mesh after it changed, and holds what was found.

A survey runs in a thread over a version that never changes, at most every `suggestion_interval_s` and for at most a
tenth of the time. What it would like to know of the best pairs is asked of the agents in one parallel round, and then
it looks once more. Queries read the last survey, with the version that it rests on; only the first one waits.

What nobody reads is not worked out: surveys begin with the first question, or with a policy that accepts, and rest once
nobody has asked for an hour.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from lineage_gateway.declarations import Decision
from lineage_gateway.declaring import Declaring
from lineage_gateway.details import Deadline, DetailKey, Details, Failure, Outcome
from lineage_gateway.lineage import Evidence, Stopped, Survey, Wish, survey
from lineage_gateway.mesh import Mesh, MeshKeeper
from lineage_gateway.policies import SuggestionPolicy
from lineage_gateway.registry import Registry
from lineage_gateway.suggesting.deciding import Deciding
from lineage_gateway.suggesting.proposals import Proposals, SuggestionState
from lineage_gateway.sync import DomainState
from lineage_shared.errors import LineageError
from lineage_shared.settings import Resolved
from lineage_shared.wire import DatasetColumns, SchemaDetail

_log = logging.getLogger(__name__)

BUSY_SHARE = 0.1
"""Most of the time that surveys take."""

ASKED_FOR_S = 3600.0
"""How long a question keeps the suggestions up to date."""

TOLD_AT_ONCE = 100
"""Details that are taken in before others get their turn."""


@dataclass(frozen=True, slots=True)
class SuggestionLimits:
    """The settings `suggestions_max`, `suggestion_interval_s`, `suggestion_expiry_days`, `suggestion_details_max`."""

    most: int = 1000
    interval_s: float = 10.0
    expiry_days: float = 30.0
    details_max: int = 100_000
    deadline_s: float = 5.0

    @classmethod
    def of(cls, settings: Resolved) -> SuggestionLimits:
        """Take the limits from the settings."""
        return cls(
            settings.suggestions_max,
            settings.suggestion_interval_s,
            settings.suggestion_expiry_days,
            settings.suggestion_details_max,
            settings.deadline_s,
        )


class Suggesting:
    """Owns surveys and proposals, from entering to leaving the context."""

    def __init__(
        self,
        keeper: MeshKeeper,
        declaring: Declaring,
        registry: Registry,
        details: Details,
        states: Callable[[], Mapping[str, DomainState]],
        *,
        limits: SuggestionLimits,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        """`details` is for suggestions alone, so that what they ask for drives nothing out of the queries' cache."""
        self._keeper = keeper
        self._registry = registry
        self._details = details
        self._states = states
        self._limits = limits
        self._evidence = Evidence(limits.details_max)
        self.proposals = Proposals(declaring, most=limits.most, expiry_days=limits.expiry_days, wall_us=wall_us)
        self._deciding = Deciding(keeper, declaring, self.proposals)
        self._survey = Survey(version=0)
        self._is_surveyed = asyncio.Event()
        self._asked = asyncio.Event()
        self._asked_s = -ASKED_FOR_S
        self._stop = threading.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow(), name="survey the mesh for suggestions")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def current(self) -> Survey:
        """Return the last survey, waiting for the first one; an empty one (version 0) when that failed."""
        self._asked_s = time.monotonic()
        self._asked.set()
        if not self._is_surveyed.is_set() and self._task is not None:
            surveyed = asyncio.create_task(self._is_surveyed.wait())
            try:
                await asyncio.wait([surveyed, self._task], return_when=asyncio.FIRST_COMPLETED)
            finally:
                surveyed.cancel()
        return self._survey

    async def accept(self, wanted: str, by: str) -> Decision:
        """Declare the two to be one thing, durably; return the decision with the id of its declaration.

        `NotFound` (SUGGESTION_NOT_FOUND); `Conflict`: SUGGESTION_DECIDED, SUGGESTION_CONTRADICTED, SUGGESTION_EXPIRED;
        and what declaring raises.
        """
        await self.current()
        return await self._deciding.decide(wanted, SuggestionState.ACCEPTED, by)

    async def reject(self, wanted: str, by: str) -> Decision:
        """Declare the two to be different, durably; return the decision. Raises what `accept` does."""
        await self.current()
        return await self._deciding.decide(wanted, SuggestionState.REJECTED, by)

    async def _follow(self) -> None:
        """Survey whenever there is something new, until cancelled."""
        while True:
            await self._until_wanted()
            version, began_s = self._keeper.mesh.version, time.monotonic()
            policies = self._registry.policies
            try:
                goes_on = await self._look()
                await self._deciding.accept_by_policy(policies)
            except LineageError as error:
                _log.warning("suggestions: %s", error.message)
                goes_on = False
            except Exception:  # noqa: BLE001 - one round must not end the others
                _log.exception("suggestions: a survey failed and is tried again")
                goes_on = True
            # After a failure too: whoever waits for the first survey is answered with the last one, be it empty.
            self._is_surveyed.set()
            took_s = time.monotonic() - began_s
            await asyncio.sleep(max(self._limits.interval_s, took_s / BUSY_SHARE - took_s))
            if not goes_on:
                await self._something_new(version, policies)

    async def _until_wanted(self) -> None:
        """Wait until somebody asks for suggestions, or a policy would accept them."""
        while not self._registry.policies and time.monotonic() - self._asked_s >= ASKED_FOR_S:
            self._is_surveyed.clear()
            self._asked.clear()
            await _first(self._asked.wait(), self._registry.policies_changed(()))

    async def _something_new(self, version: int, policies: tuple[SuggestionPolicy, ...]) -> None:
        await _first(self._keeper.changed(version), self._registry.policies_changed(policies))

    async def _look(self) -> bool:
        """Survey the present version, ask for what is missing, and survey again; tell whether anything was learned."""
        mesh = self._keeper.mesh
        epochs = {name: state.position.epoch for name, state in self._states().items() if state.position}
        found = await self._surveyed(mesh, epochs)
        learned = await self._ask(found.wishes, epochs)
        if learned:
            found = await self._surveyed(mesh, epochs)
        self.proposals.take(found.found)
        self._survey = found
        return learned

    async def _surveyed(self, mesh: Mesh, epochs: Mapping[str, str]) -> Survey:
        def in_thread() -> Survey:
            self._evidence.retain(mesh.numbers, epochs)
            return survey(mesh, self._evidence, epochs, most=self._limits.most, stop=self._stop)

        try:
            return await asyncio.to_thread(in_thread)
        except Stopped:
            raise asyncio.CancelledError from None

    async def _ask(self, wishes: Iterable[Wish], epochs: Mapping[str, str]) -> bool:
        """Ask the agents in one parallel round; what fails is asked for after the next survey."""
        keys = [
            DetailKey(member.domain, epochs[member.domain], member.number, part, getattr(member.record.revisions, part))
            for member, part in wishes
        ]
        if not keys:
            return False
        outcomes = await self._details.load(keys, Deadline(self._limits.deadline_s))
        learned = False
        for place, key in enumerate(keys):
            learned |= self._told(key, outcomes[key])
            if not place % TOLD_AT_ONCE:
                await asyncio.sleep(0)
        return learned

    def _told(self, key: DetailKey, outcome: Outcome) -> bool:
        place = (key.domain, key.number)
        if isinstance(outcome, SchemaDetail):
            self._evidence.put_schema(place, key.epoch, key.revision, outcome)
        elif isinstance(outcome, DatasetColumns):
            self._evidence.put_columns(place, key.epoch, key.revision, outcome)
        return not isinstance(outcome, Failure)


async def _first(*changes: Coroutine[None, None, object]) -> None:
    """Wait until one of them is over."""
    waiting = [asyncio.ensure_future(each) for each in changes]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
