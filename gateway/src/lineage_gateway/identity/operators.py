"""The pairs that the gateway's operators declare, and the claims that they make: several pairs may make one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lineage_gateway.identity.declared import Pair
from lineage_shared.claims import Claim
from lineage_shared.claims.model import ClaimId


class Change(NamedTuple):
    """A pair makes another claim than before; None where it makes none."""

    pair: Pair
    before: Claim | None
    after: Claim | None


class Operators:
    """Declared pairs with their claims, both ways."""

    def __init__(self) -> None:
        self._claims: dict[Pair, Claim] = {}
        self._makers: dict[ClaimId, tuple[Pair, ...]] = {}

    @property
    def pairs(self) -> list[Pair]:
        """All pairs that make claims; a new list."""
        return list(self._claims)

    def claim_of(self, pair: Pair) -> Claim | None:
        """Return the claim that a pair makes."""
        return self._claims.get(pair)

    def makers(self, claim_id: ClaimId) -> tuple[Pair, ...]:
        """Return the pairs that make a claim."""
        return self._makers.get(claim_id, ())

    def make(self, changes: Iterable[Change]) -> tuple[list[Claim], list[Claim]]:
        """Make changes; return the claims that came and those that went."""
        came: list[Claim] = []
        went: list[Claim] = []
        for pair, before, after in changes:
            if before is not None:
                del self._claims[pair]
                left = tuple(each for each in self._makers.pop(before.id) if each != pair)
                if left:
                    self._makers[before.id] = left
                else:
                    went.append(before)
            if after is not None:
                self._claims[pair] = after
                known = self._makers.get(after.id, ())
                self._makers[after.id] = (*known, pair)
                if not known:
                    came.append(after)
        return came, went
