"""States of suggestions over time, in memory that is bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lineage_gateway.config import Configuration, load
from lineage_gateway.declaring import Declaring
from lineage_gateway.identity.likeness import Feature, Suggestion, suggestion_id
from lineage_gateway.mesh import MeshKeeper, MeshWriter
from lineage_gateway.registry import Registry
from lineage_gateway.suggesting.proposals import Proposals, SuggestionState

PROPOSED, EXPIRED = SuggestionState.PROPOSED, SuggestionState.EXPIRED
DAY_US = 86_400_000_000


def suggestion(name: str, score: float = 0.9) -> Suggestion:
    """A suggestion about keys that no mesh has."""
    a, b = f"ds1:s3:{name}:a", f"ds1:s3:{name}:b"
    return Suggestion(suggestion_id(a, b), a, b, score, (Feature("name", 1.0, 2.0),))


class World:
    """Proposals with a clock of their own, and nothing declared."""

    def __init__(self, declaring: Declaring, keeper: MeshKeeper, **limits: Any) -> None:
        self.now_us = 0
        self._keeper = keeper
        self.proposals = Proposals(declaring, wall_us=lambda: self.now_us, **{"most": 10, "expiry_days": 1.0, **limits})

    def states(self) -> list[tuple[str, SuggestionState, int]]:
        """(id, state, first proposed) of all, in their order."""
        found = self.proposals.in_states(SuggestionState, self._keeper.mesh, self._keeper.identities)
        return [(each.suggestion.id, each.state, each.first_proposed_us) for each in found]


@asynccontextmanager
async def world(**limits: Any) -> AsyncIterator[World]:
    """Proposals over an empty mesh."""
    keeper = MeshKeeper()
    settings = load({"agents": ()}, {"LINEAGE_GATEWAY_AGENTS": ""}).settings
    registry = Registry(lambda: Configuration(settings, ()))
    async with Declaring(registry, MeshWriter(keeper), None, poll_s=60, declarations_max=10) as declaring:
        yield World(declaring, keeper, **limits)


async def test_a_suggestion_expires_when_nobody_decides() -> None:
    """It stays expired for as long as the same speaks for it, however often it is found."""
    one = suggestion("one")
    async with world() as made:
        made.proposals.take([one])
        assert made.states() == [(one.id, PROPOSED, 0)]
        made.now_us = DAY_US
        assert made.states() == [(one.id, PROPOSED, 0)]
        made.now_us += 1
        made.proposals.take([one])
        assert made.states() == [(one.id, EXPIRED, 0)]


async def test_a_suggestion_expires_with_its_evidence_and_comes_back_with_it() -> None:
    """Found again, it is proposed anew, from then on."""
    one, two = suggestion("one", 0.5), suggestion("two")
    async with world() as made:
        made.proposals.take([one, two])
        made.now_us = 5
        made.proposals.take([two])
        assert made.states() == [(two.id, PROPOSED, 0), (one.id, EXPIRED, 0)]
        made.now_us = 2 * DAY_US
        made.proposals.take([one])
        assert made.states() == [(one.id, PROPOSED, 2 * DAY_US), (two.id, EXPIRED, 0)]


async def test_what_is_gone_is_forgotten_beyond_a_number() -> None:
    """The latest to go are remembered."""
    many = [suggestion(str(number)) for number in range(5)]
    async with world(most=2) as made:
        for number, each in enumerate(many):
            made.now_us = number
            made.proposals.take([each])
        assert {name for name, _, _ in made.states()} == {each.id for each in many[2:]}


@pytest.mark.parametrize("state", list(SuggestionState))
async def test_only_the_wanted_states_are_given(state: SuggestionState) -> None:
    """A proposed one is in none of the others."""
    async with world() as made:
        made.proposals.take([suggestion("one")])
        found = made.proposals.in_states([state], MeshKeeper().mesh, MeshKeeper().identities)
        assert len(found) == (state is PROPOSED)
