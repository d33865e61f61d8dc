"""What surveys found and what was decided, as one list of suggestions with their states."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from lineage_gateway.declarations import Decision
from lineage_gateway.declaring import Declaring
from lineage_gateway.identity import Identities
from lineage_gateway.identity.likeness import Feature, Suggestion
from lineage_gateway.mesh import Mesh
from lineage_gateway.suggesting.nodes import node_of

_DAY_US = 86_400_000_000


class SuggestionState(StrEnum):
    """Where a suggestion stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion with its state; times are microseconds since 1970. `decision` is what made it accepted, rejected."""

    suggestion: Suggestion
    state: SuggestionState
    first_proposed_us: int
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A suggestion that a survey found: when first, and when it was found to be gone, if it is."""

    suggestion: Suggestion
    first_us: int
    gone_us: int | None = None


class Proposals:
    """Remembers what surveys found: the last ones' suggestions, and as many that are gone, the latest of them."""

    def __init__(
        self,
        declaring: Declaring,
        *,
        most: int,
        expiry_days: float,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._declaring = declaring
        self._most = most
        self._expiry_us = expiry_days * _DAY_US
        self._seen: dict[str, Seen] = {}
        self.wall_us = wall_us

    def take(self, found: Iterable[Suggestion]) -> None:
        """Keep up with what a survey found, and what it did not find any more."""
        now_us = self.wall_us()
        present = {each.id: self._renewed(each, now_us) for each in found}
        gone = [
            each if each.gone_us is not None else replace(each, gone_us=now_us)
            for name, each in self._seen.items()
            if name not in present
        ]
        recent = sorted(gone, key=lambda each: (-(each.gone_us or 0), each.suggestion.id))[: self._most]
        self._seen = {each.suggestion.id: each for each in recent} | present

    def _renewed(self, found: Suggestion, now_us: int) -> Seen:
        before = self._seen.get(found.id)
        return Seen(found, before.first_us if before is not None and before.gone_us is None else now_us)

    def get(self, wanted: str) -> Seen | None:
        """Return what is remembered of a suggestion."""
        return self._seen.get(wanted)

    def is_expired(self, seen: Seen) -> bool:
        """Tell whether it was not found any more, or nobody has decided about it in time."""
        return seen.gone_us is not None or self.wall_us() - seen.first_us > self._expiry_us

    def standing(self, wanted: str) -> Decision | None:
        """Return the decision that holds about a suggestion."""
        decision = self._declaring.decisions.get(wanted)
        return decision if decision is not None and decision.standing else None

    def in_states(self, states: Iterable[SuggestionState], mesh: Mesh, identities: Identities) -> list[Proposal]:
        """Return the suggestions in these states: those proposed, best first; then the others, latest first."""
        wanted = set(states)
        found = [each for each in self.open(mesh, identities) if each.state in wanted]
        found += [each for each in self._decided() if each.state in wanted]
        return sorted(found, key=_rank)

    def open(self, mesh: Mesh, identities: Identities) -> Iterator[Proposal]:
        """Give what nobody has decided about, and nothing that was declared has settled since the survey."""
        for each in self._seen.values():
            if self.standing(each.suggestion.id) is None and not _is_settled(each.suggestion, mesh, identities):
                state = SuggestionState.EXPIRED if self.is_expired(each) else SuggestionState.PROPOSED
                yield Proposal(each.suggestion, state, each.first_us)

    def _decided(self) -> Iterator[Proposal]:
        for decision in self._declaring.decisions.values():
            if decision.standing:
                features = tuple(Feature(each.name, each.value, each.points, each.note) for each in decision.features)
                found = Suggestion(decision.suggestion, decision.a, decision.b, decision.score, features)
                yield Proposal(found, SuggestionState(decision.state), decision.first_proposed_us, decision)


def _is_settled(found: Suggestion, mesh: Mesh, identities: Identities) -> bool:
    one, other = (node_of(mesh, key) for key in (found.a, found.b))
    return (one is not None and one == other) or bool(identities.classes.differences(found.a, found.b))


def _rank(each: Proposal) -> tuple[bool, float, str]:
    if each.state is SuggestionState.PROPOSED:
        return False, -each.suggestion.score, each.suggestion.id
    at_us = each.decision.decided_us if each.decision is not None else each.first_proposed_us
    return True, -at_us, each.suggestion.id
