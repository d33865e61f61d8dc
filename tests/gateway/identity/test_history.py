"""Conflicts with a state: since when they are there, when they were resolved, and that they are the same ones."""

from __future__ import annotations

import pytest

from lineage_gateway.graphql.reconciler.claims import WHY
from lineage_gateway.identity import ConflictRecord, ConflictState, Identities, declared_of
from lineage_gateway.identity import history as module
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.pauses import SLICE, whole
from lineage_shared.claims import Reason
from lineage_shared.model import Claim, Kind, NodeRecord
from lineage_shared.naming import read_declaration


class Clock:
    """Microseconds that a test sets."""

    now_us = 1_000

    def __call__(self) -> int:
        """The time."""
        return self.now_us


def crowd(*sources: str, target: str = "default.t") -> DomainMirror:
    """Datasets that all claim the same other name."""
    table = NodeRecord(1, Kind.DATASET, "hive://ms:9083", target, mentioned=True)
    named = (
        NodeRecord(number, Kind.DATASET, f"s3://{each}", "t", claims=(Claim(1),))
        for number, each in enumerate(sources, start=2)
    )
    return DomainMirror("east", [table, *named])


def records(keeper: MeshKeeper) -> list[ConflictRecord]:
    """The conflicts that are there."""
    return [record for each in keeper.identities.conflicts if (record := keeper.identities.conflict(each)) is not None]


def test_a_conflict_opens_is_resolved_and_opens_again() -> None:
    """Its id stays; a resolved one keeps what was last known of it, and is none any more when it comes back."""
    clock = Clock()
    keeper = MeshKeeper(wall_us=clock)
    keeper.replace("east", crowd("a", "b"))
    (opened,) = records(keeper)
    assert (opened.reason, opened.claims, opened.opened_us, opened.state) == ("fan-in", 2, 1_000, ConflictState.OPEN)
    clock.now_us = 2_000
    keeper.replace("east", crowd("a", "b", "c"))
    assert [(each.claims, each.opened_us) for each in records(keeper)] == [(3, 1_000)]
    clock.now_us = 3_000
    keeper.replace("east", crowd("a"))
    assert records(keeper) == []
    (resolved,) = keeper.identities.history.resolved
    assert (resolved.id, resolved.claims, resolved.opened_us, resolved.resolved_us) == (opened.id, 3, 1_000, 3_000)
    clock.now_us = 4_000
    keeper.replace("east", crowd("a", "d"))
    assert [(each.id, each.opened_us) for each in records(keeper)] == [(opened.id, 4_000)]
    assert keeper.identities.history.resolved == []
    fresh = MeshKeeper()
    fresh.replace("east", crowd("d", "a"))
    assert [each.id for each in records(fresh)] == [opened.id]


def test_a_change_that_is_dropped_opens_and_resolves_nothing() -> None:
    """What was claimed for a moment and put back is no history."""
    keeper = MeshKeeper()
    keeper.replace("east", crowd("a"))
    work = keeper.replacing("east", crowd("a", "b"))
    for _ in range(3):
        next(work)
    work.close()
    keeper.replace("east", crowd("a", target="default.u"))
    assert (records(keeper), keeper.identities.history.resolved) == ([], [])


def test_what_is_not_told_yet_is_told_the_next_time() -> None:
    """Telling that is dropped between two slices goes on where it was, so that every conflict gets its end."""
    identities = Identities()
    crowds = [
        read_declaration(
            {
                "type": "symlink",
                "of": {"namespace": of, "name": name},
                "symlink": {"namespace": "hive://ms", "name": f"d.t{name}"},
            }
        )
        for name in map(str, range(SLICE + 1))
        for of in ("s3://a", "s3://b")
    ]
    identities.declare(declared_of((), crowds))
    identities.settle()
    whole(identities.telling())
    opened = identities.conflicts
    identities.declare(declared_of((), ()))
    identities.settle()
    assert identities.conflicts == []
    work = identities.telling()
    while not identities.history.resolved:
        next(work)
    work.close()
    assert identities.is_untold
    assert len(identities.history.resolved) < len(opened)
    whole(identities.telling())
    assert {each.id for each in identities.history.resolved} == {*opened}
    assert not identities.is_untold


def test_the_history_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the resolved conflicts the last ones are kept, newest first."""
    monkeypatch.setattr(module, "RESOLVED_MAX", 3)
    clock = Clock()
    keeper = MeshKeeper(wall_us=clock)
    for number in range(5):
        clock.now_us = number
        keeper.replace("east", crowd("a", "b", target=f"default.t{number}"))
        keeper.replace("east", crowd("a"))
    assert [each.resolved_us for each in keeper.identities.history.resolved] == [4, 3, 2]
    assert keeper.identities.history.resolved[0].about.endswith("t4")


def test_declarations_that_disagree_are_a_conflict_with_a_state() -> None:
    """It tells what was said, and is resolved when one of them is taken back."""
    one, other = (
        read_declaration({"type": "case_policy", "namespace": "mysql://db", "case": case})
        for case in ("sensitive", "insensitive")
    )
    keeper = MeshKeeper()
    keeper.declare(declared_of((), (one, other)))
    (found,) = records(keeper)
    assert (found.reason, found.state) == ("disagreement-case_policy", ConflictState.OPEN)
    assert len(found.said) == found.claims == 2
    keeper.declare(declared_of((), (one,)))
    assert records(keeper) == []
    assert [each.id for each in keeper.identities.history.resolved] == [found.id]


def test_every_reason_of_a_claim_has_plain_words() -> None:
    """Whatever holds a claim back can be told to a person."""
    assert set(WHY) == set(Reason) - {Reason.NONE}
