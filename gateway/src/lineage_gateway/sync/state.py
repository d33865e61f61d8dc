"""What the gateway knows of a domain's connection, and the status that follows from it (ARCHITECTURE rule 14).

A `Contact` is kept by one follower, which notes what happens; `state_of` is the pure rule that turns it into the
`DomainState` that answers carry. All ages are measured by the gateway's own monotonic clock, never by an agent's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from lineage_shared.settings import Resolved
from lineage_shared.wire import About, Position


class DomainStatus(StrEnum):
    """How far a domain's part of the mesh can be trusted to be current."""

    LIVE = "LIVE"
    STALE = "STALE"
    UNREACHABLE = "UNREACHABLE"
    NEVER_SYNCED = "NEVER_SYNCED"


@dataclass(frozen=True, slots=True)
class StatusRules:
    """The settings of the same names."""

    live_within_s: float = 25.0
    unreachable_after_connects: int = 3

    @classmethod
    def of(cls, settings: Resolved) -> StatusRules:
        """Take the rules from the settings."""
        return cls(settings.live_within_s, settings.unreachable_after_connects)


@dataclass(slots=True)
class Counts:
    """What following a domain has taken so far; for metrics."""

    connects_failed: int = 0
    snapshots: int = 0
    resets: int = 0
    commits: int = 0


@dataclass(slots=True)
class Contact:
    """What happened between a follower and its agent so far. `*_at_s` are of the monotonic clock."""

    started_at_s: float
    position: Position | None = None
    about: About | None = None
    connected: bool = False
    message_at_s: float | None = None
    message_at_us: int | None = None
    lost_at_s: float | None = None
    failed_in_a_row: int = 0
    problem: str = "connecting"
    lag_s: float = 0.0
    dead_letters: int = 0
    counts: Counts = field(default_factory=Counts)

    @property
    def synced(self) -> bool:
        """Tell whether the mirror has ever been filled."""
        return self.position is not None

    def heard(self, now_s: float, now_us: int) -> None:
        """Note a message of the agent, the opening of its stream included."""
        self.connected = True
        self.message_at_s, self.message_at_us = now_s, now_us
        self.failed_in_a_row = 0
        self.problem = ""

    def lost(self, now_s: float, problem: str) -> None:
        """Note that there is no stream any more, and why."""
        if self.connected:
            self.connected = False
            self.lost_at_s = now_s
        self.problem = problem


@dataclass(frozen=True, slots=True)
class DomainState:
    """One domain at one moment, as answers report it.

    `staleness_s` is the age of the last message, `not_live_s` how long the domain has not been LIVE (infinite when it
    never was); `message` says why it is not LIVE and is empty when it is. `synced_at_us` is the wall-clock time up to
    which the mirror is known to be complete.
    """

    name: str
    status: DomainStatus
    message: str = ""
    position: Position | None = None
    synced_at_us: int | None = None
    staleness_s: float | None = None
    not_live_s: float = math.inf
    about: About | None = None
    lag_s: float | None = None
    dead_letters: int | None = None


def state_of(name: str, contact: Contact, now_s: float, rules: StatusRules) -> DomainState:
    """Apply rule 14. A domain that never synced stays NEVER_SYNCED however often connecting fails."""
    if not contact.synced or contact.message_at_s is None:
        return DomainState(name, DomainStatus.NEVER_SYNCED, contact.problem, about=contact.about)
    staleness_s = max(0.0, now_s - contact.message_at_s)
    status = _status(contact, staleness_s, rules)
    return DomainState(
        name,
        status,
        message=_message(contact, status, staleness_s),
        position=contact.position,
        synced_at_us=contact.message_at_us,
        staleness_s=staleness_s,
        not_live_s=0.0 if status is DomainStatus.LIVE else _not_live_s(contact, now_s, rules),
        about=contact.about,
        lag_s=contact.lag_s,
        dead_letters=contact.dead_letters,
    )


def _status(contact: Contact, staleness_s: float, rules: StatusRules) -> DomainStatus:
    if contact.connected:
        return DomainStatus.LIVE if staleness_s <= rules.live_within_s else DomainStatus.STALE
    gone = contact.failed_in_a_row >= rules.unreachable_after_connects
    return DomainStatus.UNREACHABLE if gone else DomainStatus.STALE


def _message(contact: Contact, status: DomainStatus, staleness_s: float) -> str:
    if status is DomainStatus.LIVE:
        return ""
    return contact.problem or f"connected, but no message for {staleness_s:.0f} s"


def _not_live_s(contact: Contact, now_s: float, rules: StatusRules) -> float:
    """A domain stops being LIVE when its stream is lost, or when its last message is too old, whichever is first."""
    ended_s = (contact.message_at_s or 0.0) + rules.live_within_s
    if not contact.connected and contact.lost_at_s is not None:
        ended_s = min(ended_s, contact.lost_at_s)
    return max(0.0, now_s - ended_s)
