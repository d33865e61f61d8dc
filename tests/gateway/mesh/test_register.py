"""The table of ids: every id is found with its nodes, however they came, in few runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.mesh import register
from lineage_gateway.mesh.register import IdTable


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=30), max_size=20))
def test_every_id_is_found_with_its_nodes(batches: list[list[tuple[int, int]]]) -> None:
    """Equal halves of several nodes are all found, sorted and unsorted, and nothing else is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register, "UNSORTED_MAX", 5)
        table, known = IdTable(), dict[int, list[int]]()
        for batch in batches:
            table.add(np.array([half for half, _ in batch], np.uint64), [node for _, node in batch])
            for half, node in batch:
                known.setdefault(half, []).append(node)
            assert all(sorted(table.candidates(half)) == sorted(known.get(half, [])) for half in range(42))
        total = sum(map(len, batches))
        assert len(table._runs) <= max(1, total.bit_length())
