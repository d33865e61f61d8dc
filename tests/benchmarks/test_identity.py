"""The benchmark measures what it says: every declaration joins two datasets, and every retraction parts them."""

from __future__ import annotations

import pytest

from lineage_gateway.identity import declared_of
from tests.benchmarks.identity import CLAIMS, aliases, flood, large, renaming, single


def test_each_alias_joins_two_datasets() -> None:
    """A hundred aliases make a hundred datasets fewer; none are left when all are taken back."""
    keeper = large(600)
    before, declared = keeper.mesh.alive, aliases(keeper)
    keeper.declare(declared_of([], declared))
    assert before - keeper.mesh.alive == sum(len(each) - 1 for each in set(keeper.identities.classes.all.values()))
    assert before - keeper.mesh.alive >= len(declared) * 0.9
    keeper.declare(declared_of([], []))
    assert keeper.mesh.alive == before


def test_a_tenth_of_the_datasets_are_renamed_and_back() -> None:
    """The work has many pieces, and there are as many for the way back."""
    pieces = renaming(300)
    assert list(pieces) == ["rename", "rename back"]
    assert all(len(each) > 10 for each in pieces.values())


@pytest.mark.parametrize("domains", [1, 3])
def test_the_flood_is_one_conflict_and_single_claims_come_and_go(domains: int) -> None:
    """Every claim is held back, and the commits that are timed change their number by one each."""
    keeper, pieces = flood(300, domains)
    assert [each.claims for each in keeper.identities.classes.conflicts()] == [300]
    assert len(pieces) > 10
    took_ms = single(keeper)
    assert [len(each) for each in took_ms.values()] == [CLAIMS, CLAIMS]
    assert [each.claims for each in keeper.identities.classes.conflicts()] == [300]
    assert flood(300, domains, claiming=False)[0].identities.classes.conflicts() == ()
