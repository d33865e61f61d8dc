"""Following one domain: snapshot, then every change, resumed after a drop, for as long as the domain is configured.

A *session* is: ask who answers (`about`), take a snapshot unless a position is known, open the change feed, apply what
comes. It ends when the feed does. After a session that had been going well the next one begins almost at once;
otherwise tenacity waits between them, exponentially with full jitter. A `reset`, or anything that does not fit the
mirror, means a fresh snapshot; until that is whole, the old mirror is served and the domain is STALE. Nothing that an
agent does ends a follower: only cancelling it does.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from lineage_gateway.agents import AGENT_BAD_RESPONSE, AGENT_UNAVAILABLE, AgentClient, Reset
from lineage_gateway.mesh import MeshWriter
from lineage_gateway.mirror import MirrorDraft
from lineage_gateway.sync.state import Contact
from lineage_shared.errors import AgentFailure, ProtocolViolation
from lineage_shared.settings import Resolved
from lineage_shared.wire import PROTOCOL, Commit, Position

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a follower waits, and by which clocks it measures; tests bring their own."""

    backoff_s_min: float = 0.2
    backoff_s_max: float = 30.0
    monotonic_s: Callable[[], float] = time.monotonic
    wall_us: Callable[[], int] = lambda: time.time_ns() // 1000
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @classmethod
    def of(cls, settings: Resolved) -> Pace:
        """Take the bounds from the settings."""
        return cls(settings.backoff_s_min, settings.backoff_s_max)


class Follower:
    """Keeps one domain's mirror like its agent's state; `contact` tells how that goes.

    `contact` may come from an earlier follower of the domain, whose position is then resumed. `introduced` is called
    whenever the agent has said who it is.
    """

    def __init__(
        self,
        client: AgentClient,
        writer: MeshWriter,
        contact: Contact,
        pace: Pace,
        introduced: Callable[[], Awaitable[object]],
    ) -> None:
        self.client = client
        self.contact = contact
        self._writer = writer
        self._pace = pace
        self._introduced = introduced
        self._resume: Position | None = contact.position
        self._going_well = False

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            await self._sessions()
            # Spread, because all gateways lose an agent that restarts at the same moment.
            await self._pace.sleep(random.uniform(0, self._pace.backoff_s_min))  # noqa: S311

    async def _sessions(self) -> None:
        """Try until a session ends that had been going well."""
        trying = AsyncRetrying(
            wait=wait_random_exponential(multiplier=self._pace.backoff_s_min, max=self._pace.backoff_s_max),
            before_sleep=self._note_failure,
            sleep=self._pace.sleep,
        )
        await trying(self._session)

    def _note_failure(self, state: RetryCallState) -> None:
        self.contact.counts.connects_failed += 1
        self.contact.failed_in_a_row += 1
        wait_s = state.next_action.sleep if state.next_action is not None else 0.0
        _log.warning("%s; next try in %.1f s", self.contact.problem, wait_s)

    async def _session(self) -> None:
        self._going_well = False
        try:
            await self._follow()
        except AgentFailure as error:
            self._lost(error.message)
            if not self._going_well or error.code == AGENT_BAD_RESPONSE:
                raise
            _log.info("%s; reconnecting", error.message)
        except Exception:
            # A fault of ours must not end the following of a domain, nor take the other domains along.
            _log.exception("following %s failed", self.client.domain)
            self._lost(f"following {self.client.domain} failed within this gateway; its log says why")
            self._resume = None
            raise

    def _lost(self, why: str) -> None:
        self.contact.lost(self._pace.monotonic_s(), why)

    async def _follow(self) -> None:
        """Run one session; it never returns, but raises why it ended."""
        await self._introduce()
        filled_at: Position | None = None
        while True:
            position = self._resume
            if position is None:
                position = filled_at = await self._fill()
            if not await self._apply_changes(position):
                raise self._failure("ended its change feed", AGENT_UNAVAILABLE)
            if self._resume == filled_at:
                raise self._failure("does not know the position of its own snapshot", AGENT_BAD_RESPONSE)
            self.contact.counts.resets += 1
            self._lost(f"the agent of {self.client.domain} no longer knows our position: taking a fresh snapshot")
            _log.info("%s", self.contact.problem)
            self._resume = None

    def _failure(self, what: str, code: str) -> AgentFailure:
        return AgentFailure(f"the agent of {self.client.domain} {what}", domain=self.client.domain, code=code)

    async def _introduce(self) -> None:
        about = await self.client.about()
        if about.domain != self.client.domain:
            raise self._failure(f"answers for domain {about.domain[:80]!r}", AGENT_BAD_RESPONSE)
        if about.protocol != PROTOCOL:
            raise self._failure(f"speaks protocol {about.protocol[:20]!r}, not {PROTOCOL!r}", AGENT_BAD_RESPONSE)
        self.contact.about = about
        self.contact.dead_letters = about.dead_letters
        await self._introduced()

    async def _fill(self) -> Position:
        """Take a snapshot and, once it is whole, swap it in. Decoding runs in threads, block by block."""
        draft = MirrorDraft(self.client.domain)
        async with self.client.snapshot() as stream:
            async for block in stream:
                await asyncio.to_thread(draft.add, block)
            mirror = await asyncio.to_thread(draft.finish)
            position = stream.position
        await self._writer.replace(self.client.domain, mirror)
        self._moved_to(position)
        self.contact.counts.snapshots += 1
        _log.info("%s: snapshot at %d with %d nodes", self.client.domain, position.sequence, len(draft))
        await self._writer.tidy()
        return position

    async def _apply_changes(self, position: Position) -> bool:
        """Follow the feed; return True for a reset, False when the agent ends it."""
        try:
            async with self.client.changes(position) as feed:
                self._heard()
                async for message in feed:
                    if isinstance(message, Reset):
                        return True
                    if isinstance(message, Commit):
                        await self._apply(message)
                    self.contact.lag_s, self.contact.dead_letters = message.lag_s, message.dead_letters
                    self._heard()
                    self._going_well = True
        except AgentFailure as error:
            if error.code == AGENT_BAD_RESPONSE:
                # A feed that cannot be understood may have changed anything: only a snapshot tells.
                self._resume = None
            raise
        return False

    async def _apply(self, commit: Commit) -> None:
        """Apply a commit whole; raise `ProtocolViolation` when it does not fit what is there."""
        position, now = Position.parse(commit.position), self._resume
        if now is None or position.epoch != now.epoch or position.sequence < now.sequence:
            raise ProtocolViolation(f"the feed goes from {now} to {position}")
        await self._writer.apply(self.client.domain, commit)
        self._moved_to(position)
        self.contact.counts.commits += 1
        await self._writer.tidy()

    def _moved_to(self, position: Position) -> None:
        self._resume = self.contact.position = position
        self._heard()

    def _heard(self) -> None:
        self.contact.heard(self._pace.monotonic_s(), self._pace.wall_us())
