"""Which pairs are looked at, however many datasets there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.identity.likeness import Pairs
from lineage_gateway.identity.likeness.blocks import BLOCK_MAX

stems = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map(tuple)


def every(_one: int, _other: int) -> bool:
    """All pairs are suited."""
    return True


@given(st.lists(st.tuples(stems, st.integers(0, 9)), max_size=12))
def test_datasets_with_one_last_name_meet_once_in_any_order(members: list[tuple[tuple[str, ...], int]]) -> None:
    """Each pair is found once, whatever comes first; a dataset never meets itself."""
    one, other = Pairs(every), Pairs(every)
    one.add_named(members, every)
    other.add_named(reversed(members), every)
    assert one.found == other.found
    assert all(first < second for first, second in one.found)
    met = {(a, b) for stem, a in members for last, b in members if stem[0] == last[0] and a < b}
    assert one.found == met


def test_a_large_block_is_parted_by_further_parts_of_the_names() -> None:
    """Of many datasets named `orders`, those of one schema meet; with nothing further in common they are left out."""
    members = [(("orders", f"schema{node // 2}"), node) for node in range(2 * BLOCK_MAX)]
    found = Pairs(every)
    found.add_named(members, every)
    assert found.found == {(node, node + 1) for node in range(0, 2 * BLOCK_MAX, 2)}
    assert found.left_out == 0
    found.add_named([(("data",), node) for node in range(BLOCK_MAX + 1)], every)
    found.add_block(range(BLOCK_MAX + 1), every)
    assert len(found.found) == BLOCK_MAX
    assert found.left_out == 2 * (BLOCK_MAX + 1) * BLOCK_MAX // 2


def test_what_may_not_be_one_never_meets() -> None:
    """Whatever the blocks say."""
    found = Pairs(lambda one, other: one + other != 3)
    found.add_block([1, 2, 3], every)
    found.add(2, 1)
    assert found.found == {(1, 3), (2, 3)}
