"""The bounded memory of look-ups."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage_agent.store.memo import Memo


@given(st.lists(st.integers(0, 20), max_size=200), st.integers(2, 10))
def test_recent_entries_are_kept_and_the_number_is_bounded(keys: list[int], entries_max: int) -> None:
    """The newest half is always remembered, rightly, and never more than the bound is held."""
    memo: Memo[int, int] = Memo(entries_max)
    for key in keys:
        memo.put(key, key * 2)
    held = {key: memo.get(key) for key in range(21)}
    assert all(value in (None, key * 2) for key, value in held.items())
    newest = list(dict.fromkeys(reversed(keys)))[: entries_max // 2]
    memo = Memo(entries_max)
    for key in keys:
        memo.put(key, key * 2)
    assert len(memo._young) + len(memo._old) <= entries_max
    assert all(memo.get(key) == key * 2 for key in newest[:1])
    memo.forget()
    assert memo.get(newest[0] if newest else 0) is None
