"""The benchmark measures what it says: every declaration joins two datasets, and every retraction parts them."""

from __future__ import annotations

from lineage_gateway.identity import declared_of
from tests.benchmarks.identity import aliases, large


def test_each_alias_joins_two_datasets() -> None:
    """A hundred aliases make a hundred datasets fewer; none are left when all are taken back."""
    keeper = large(600)
    before, declared = keeper.mesh.alive, aliases(keeper)
    keeper.declare(declared_of([], declared))
    assert before - keeper.mesh.alive == sum(len(each) - 1 for each in set(keeper.identities.classes.all.values()))
    assert before - keeper.mesh.alive >= len(declared) * 0.9
    keeper.declare(declared_of([], []))
    assert keeper.mesh.alive == before
