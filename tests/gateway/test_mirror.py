"""A mirror holds what one domain published, and takes a message whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.mirror import DomainMirror, MirrorDraft
from lineage_shared.blocks import pack
from lineage_shared.errors import ProtocolViolation
from lineage_shared.model import Kind, NodeRecord, Revisions, RunState, Step, Volatile
from lineage_shared.wire import Commit, Touch

POSITION = "0a.1.0b"


def dataset(number: int, **more: Any) -> NodeRecord:
    """A dataset."""
    return NodeRecord(number, Kind.DATASET, "s3://lake", f"d{number}", **more)


def job(number: int, *steps: Step) -> NodeRecord:
    """A job."""
    return NodeRecord(number, Kind.JOB, "airflow", f"j{number}", steps=steps)


@pytest.fixture
def mirror() -> DomainMirror:
    """1 -> 3 -> 2."""
    return DomainMirror("sales", [dataset(1), dataset(2), job(3, Step((1,), (2,)))])


def test_blocks_become_a_mirror_whole() -> None:
    """A draft collects blocks in any cut, and a step may point into a later one."""
    given = [job(3, Step((1,), (2,))), dataset(1), dataset(2)]
    draft = MirrorDraft("sales")
    for record in given:
        draft.add(pack([record]))
    assert len(draft) == 3
    assert draft.finish().records == {record.number: record for record in given}


@pytest.mark.parametrize(
    "given",
    [
        [dataset(1), dataset(1)],
        [dataset(-1)],
        [dataset(1 << 63)],
        [job(3, Step((1,), ()))],
        [job(3, Step((), (1,)))],
        [job(3), job(4, Step((3,), ()))],
        [dataset(1), dataset(2, steps=(Step((1,), (1,)),))],
        [dataset(1), dataset(2, steps=(Step((1,), ()),))],
    ],
    ids=[
        "twice",
        "negative",
        "too large",
        "unknown input",
        "unknown output",
        "a job as input",
        "jobless elsewhere",
        "jobless to nowhere",
    ],
)
def test_records_that_do_not_fit_together_are_refused(given: list[NodeRecord]) -> None:
    """A snapshot that is not consistent never becomes a mirror."""
    with pytest.raises(ProtocolViolation):
        DomainMirror("sales", given)


def test_a_commit_changes_and_tells_what_it_changed(mirror: DomainMirror) -> None:
    """New states, tombstones and touches are applied together; what stays equal is no change."""
    commit = Commit(
        position=POSITION,
        nodes=(dataset(1), dataset(4), job(3, Step((1,), (4,)))),
        gone=(2, 77),
        touched=(Touch(number=4, volatile=Volatile(RunState.COMPLETE, 5)), Touch(number=77, volatile=Volatile())),
    )
    change = mirror.apply(commit)
    assert change.keys() == {2, 3, 4}
    assert change[2] == (dataset(2), None)
    assert mirror.records[4].volatile == Volatile(RunState.COMPLETE, 5)
    assert mirror.records.keys() == {1, 3, 4}


def test_a_touch_moves_revisions_forward_only(mirror: DomainMirror) -> None:
    """Detail revisions never go back, 0 leaves one as it is, and the topology's revision is not a touch's to move."""
    start = dataset(1, revisions=Revisions(7, 6, 5, 4, 3))
    mirror.apply(Commit(position=POSITION, nodes=(start,)))
    touch = Touch(number=1, volatile=Volatile(None, 9), schema=8, columns=2, facets=11)
    mirror.apply(Commit(position=POSITION, touched=(touch,)))
    assert mirror.records[1].revisions == Revisions(7, 8, 5, 4, 11)


@pytest.mark.parametrize(
    "commit",
    [
        Commit(position=POSITION, nodes=(dataset(5), job(6, Step((9,), (5,))))),
        Commit(position=POSITION, nodes=(dataset(5),), gone=(2,)),
        Commit(position=POSITION, nodes=(dataset(5), dataset(2)), gone=(2,)),
        Commit(position=POSITION, nodes=(dataset(5), dataset(5))),
        Commit(position=POSITION, nodes=(dataset(5), job(2))),
        Commit(position=POSITION, nodes=(job(3, Step((1,), (2,))),), gone=(2,)),
    ],
    ids=["unknown", "gone but named", "record and tombstone", "twice", "no dataset any more", "gone and named anew"],
)
def test_a_commit_that_does_not_fit_leaves_no_trace(mirror: DomainMirror, commit: Commit) -> None:
    """A violation is raised before anything is applied."""
    before = dict(mirror.records)
    with pytest.raises(ProtocolViolation):
        mirror.apply(commit)
    assert mirror.records == before


def test_a_dataset_may_go_together_with_what_names_it(mirror: DomainMirror) -> None:
    """A tombstone is fine when the commit also changes or ends all records that named the dataset."""
    mirror.apply(Commit(position=POSITION, gone=(2, 3)))
    assert mirror.records.keys() == {1}


_named = st.frozensets(st.integers(1, 5), max_size=3).map(sorted)
_commits = st.lists(
    st.tuples(
        st.dictionaries(st.integers(1, 8), st.tuples(_named, _named), max_size=3),
        st.frozensets(st.integers(1, 8), max_size=3),
    ),
    max_size=8,
)


@given(commits=_commits)
def test_a_mirror_takes_what_fits_together_and_nothing_else(commits: list[Any]) -> None:
    """Commit after commit, it accepts exactly those whose outcome a mirror could be made of."""
    mirror = DomainMirror("sales", [dataset(number) for number in range(1, 6)])
    for given_, gone in commits:
        nodes = [
            dataset(number) if number < 6 else job(number, Step(tuple(ins), tuple(outs)))
            for number, (ins, outs) in given_.items()
        ]
        lost = tuple(gone - given_.keys())
        after = {**mirror.records, **{record.number: record for record in nodes}}
        left = [record for number, record in after.items() if number not in lost]
        try:
            DomainMirror("sales", left)
        except ProtocolViolation:
            with pytest.raises(ProtocolViolation):
                mirror.apply(Commit(position="0a.1.0b", nodes=tuple(nodes), gone=lost))
        else:
            mirror.apply(Commit(position="0a.1.0b", nodes=tuple(nodes), gone=lost))
            assert mirror.records == {record.number: record for record in left}
