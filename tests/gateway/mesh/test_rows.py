"""Rows that versions share: what one version reads, no later one changes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.mesh.chunks import CHUNK, Chunks
from lineage_gateway.mesh.register import UNSORTED_MAX, IdTable
from lineage_gateway.mesh.rows import Column, Ints, Lists, Rows

pairs = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=12)


def columns(given_pairs: set[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Pairs as two arrays."""
    both = np.array(sorted(given_pairs), np.int32).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def read(rows: Rows) -> set[tuple[int, int]]:
    """All pairs of rows."""
    return {(key, value) for key in range(len(rows.start)) for value in rows.of(key).tolist()}


@given(changes=st.lists(st.tuples(pairs, st.sets(st.integers(0, 9), max_size=4)), max_size=5))
def test_patched_rows_hold_what_a_set_would(changes: list[tuple[set[tuple[int, int]], set[int]]]) -> None:
    """Adding pairs and removing values gives the same as with a set; every older version still reads its own."""
    rows, expected = Rows.empty(), set[tuple[int, int]]()
    history = []
    for added, dropped in changes:
        removed = {pair for pair in expected if pair[1] in dropped}
        fresh = {pair for pair in added if pair[1] not in dropped} - expected
        expected = (expected - removed) | fresh
        rows = rows.patched(6, columns(removed), columns(fresh))
        history.append((rows, expected))
        assert rows.live == len(expected)
    for version, pairs_then in history:
        assert read(version) == pairs_then
        assert read(version.compacted()) == pairs_then
        assert version.compacted().waste == 0
        counts, values = version.gather(np.arange(6, dtype=np.int32)[::-1])
        keys = np.repeat(np.arange(6)[::-1], counts)
        assert set(zip(keys.tolist(), values.tolist(), strict=True)) == pairs_then


def test_two_ways_on_from_one_column_do_not_meet() -> None:
    """A version that goes on from the same place as another writes into memory of its own."""
    start = Column(np.int32).appended([1, 2])
    one, other = start.appended([3]), start.appended([4, 5])
    assert one.values.tolist() == [1, 2, 3]
    assert other.values.tolist() == [1, 2, 4, 5]
    assert start.values.tolist() == [1, 2]


def test_lists_only_grow() -> None:
    """New vertices go behind the old ones."""
    one = Lists.empty().extended(np.array([2, 0], np.int32), np.array([7, 8], np.int32))
    two = one.extended(np.array([1], np.int32), np.array([9], np.int32))
    assert [two.of(vertex).tolist() for vertex in range(3)] == [[7, 8], [], [9]]
    assert len(one.start) == 2


def test_chunks_share_what_did_not_change() -> None:
    """A change copies its own chunk only."""
    before: Chunks[int] = Chunks[int]().updated({0: 1, CHUNK: 2}, CHUNK + 5)
    after = before.updated({CHUNK + 1: 3}, CHUNK + 5)
    assert after.chunks[0] is before.chunks[0]
    assert (before[CHUNK + 1], after[CHUNK + 1], after.get(10**6)) == (None, 3, None)


def test_the_id_table_sorts_now_and_then() -> None:
    """Ids are found whether they stand in the sorted or in the unsorted part, equal first halves included."""
    table = IdTable()
    table.add(np.array([5, 3, 5], np.uint64), [0, 1, 2])
    assert sorted(table.candidates(5)) == [0, 2]
    table.add(np.arange(100, 100 + UNSORTED_MAX + 10, dtype=np.uint64), list(range(UNSORTED_MAX + 10)))
    assert table.candidates(100) == [0]
    table.add(np.array([5, 2**64 - 1], np.uint64), [9, 8])
    assert sorted(table.candidates(5)) == [0, 2, 9]
    assert table.candidates(2**64 - 1) == [8]
    assert table.candidates(77) == []
