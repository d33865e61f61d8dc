"""Pages of conflicts: those that are there first, then the resolved ones, each once, and only what a page shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lineage_gateway.graphql.reconciler.conflicts import IdentityConflictState, conflicts
from lineage_gateway.lineage import Limits
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import InvalidInput
from lineage_shared.model import Claim, Kind, NodeRecord

BOTH = (IdentityConflictState.OPEN, IdentityConflictState.RESOLVED)


def crowds(*tables: int) -> DomainMirror:
    """Tables that two paths each claim to be."""
    records = []
    for table in tables:
        first = 10 * table
        records.append(NodeRecord(first, Kind.DATASET, "hive://ms", f"d.t{table}", mentioned=True))
        records += [
            NodeRecord(first + at, Kind.DATASET, f"s3://b{at}", f"t{table}", claims=(Claim(first),)) for at in (1, 2)
        ]
    return DomainMirror("east", records)


@pytest.fixture
def operation() -> Any:
    """An operation over seven conflicts, of which four are resolved."""
    keeper = MeshKeeper()
    keeper.replace("east", crowds(*range(1, 8)))
    keeper.replace("east", crowds(1, 2, 3))
    return SimpleNamespace(sources=SimpleNamespace(identities=keeper.identities), limits=Limits())


@pytest.mark.parametrize("first", [1, 2, 3, 100])
@pytest.mark.parametrize(("states", "count"), [(BOTH, 7), (BOTH[:1], 3), (BOTH[1:], 4)])
def test_pages_give_every_conflict_once(
    operation: Any, first: int, states: tuple[IdentityConflictState, ...], count: int
) -> None:
    """Cursor after cursor, to the end; the total is that of the states asked for."""
    found, after, more = [], None, True
    while more:
        page = conflicts(operation, first, after, states)
        assert page.total_count == count
        assert len(page.edges) <= first
        found += [edge.node for edge in page.edges]
        after, more = page.page_info.end_cursor, page.page_info.has_next_page
    assert len({each.id for each in found}) == len(found) == count
    assert [each.state for each in found] == sorted((each.state for each in found), key=BOTH.index)
    assert all((each.resolved_at is None) is (each.state is IdentityConflictState.OPEN) for each in found)
    assert {each.claims for each in found} == {2}


@pytest.mark.parametrize(
    "cursor", ["", "nonsense", "WyJjb25mbGljdHMiLDk5XQ", "WyJjb25mbGljdHMiLC0xXQ", "WyJvdGhlciIsMV0"]
)
def test_a_cursor_of_something_else_is_refused(operation: Any, cursor: str) -> None:
    """Whatever does not come from here, or is beyond the end."""
    with pytest.raises(InvalidInput):
        conflicts(operation, 1, cursor, BOTH)
