"""What an answer rests on, and whether something is missing from it (ARCHITECTURE rule 14).

An answer names every domain that asserts or owns something it visited, and every configured domain that nothing is
known of: such a domain might have had something to say. An empty answer never means "could not look".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class DomainAnswer:
    """One domain's part in an answer. `message` says what is wrong with it, and is None when nothing is."""

    domain: str
    status: DomainStatus
    position: str | None
    synced_at_us: int | None
    staleness_s: float | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Rests:
    """What an answer rests on; `complete` is false when some domain's part may be missing or outdated."""

    complete: bool
    domains: tuple[DomainAnswer, ...]


def rests_on(
    states: Mapping[str, DomainState],
    visited: Collection[str],
    staleness_bound_s: float,
    failures: Mapping[str, str] | None = None,
) -> Rests:
    """Apply rule 14; `failures` (domain -> why) are domains that had to be asked for this answer and could not be."""
    failed = failures or {}
    named = {*visited, *failed, *never_synced(states)}
    answers = tuple(_answer(states[name], failed.get(name)) for name in sorted(named) if name in states)
    complete = not failed and all(_current(states[answer.domain], staleness_bound_s) for answer in answers)
    return Rests(complete, answers)


def never_synced(states: Mapping[str, DomainState]) -> list[str]:
    """Return the configured domains of which nothing is known."""
    return sorted(name for name, state in states.items() if state.status is DomainStatus.NEVER_SYNCED)


def not_found(states: Mapping[str, DomainState], what: str) -> NotFound:
    """The error for an asset that is not known, which says so when it may only be unknown so far."""
    unheard = never_synced(states)
    if not unheard:
        return NotFound(f"{what} is not known to this mesh", hint="`search` finds names", code="ASSET_NOT_FOUND")
    return NotFound(
        f"{what} is not known to this mesh so far; it may be one of {', '.join(unheard)}, never synced yet",
        hint="ask again when `domains` shows no NEVER_SYNCED",
        code="ASSET_NOT_FOUND",
    )


def _current(state: DomainState, staleness_bound_s: float) -> bool:
    return state.status is not DomainStatus.NEVER_SYNCED and state.not_live_s <= staleness_bound_s


def _answer(state: DomainState, failure: str | None) -> DomainAnswer:
    return DomainAnswer(
        domain=state.name,
        status=state.status,
        position=str(state.position) if state.position is not None else None,
        synced_at_us=state.synced_at_us,
        staleness_s=state.staleness_s,
        message=failure or state.message or None,
    )
