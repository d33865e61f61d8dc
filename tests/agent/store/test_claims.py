"""Claims: which other names of a dataset hold, from when to when, and by which event."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_agent.store import details
from lineage_agent.store.engine import Engine
from lineage_shared.openlineage import canonical_json, content_hash, parse
from lineage_shared.wire import CLAIMS_PART, ClaimsDetail
from tests import factories as make
from tests.agent.store.files import fill, fresh, name_of, number
from tests.agent.store.lineage import record

NAMES = ("lake", "topic")


def told(at: float, *names: str, **more: Any) -> make.Json:
    """A run that reads the table, and says which other names it has."""
    return make.run_event(run=str(at), at=at, inputs=[make.dataset("table", symlinks=make.symlinks(*names))], **more)


def claimed(engine: Engine) -> set[str]:
    """The other names of the table, as published."""
    return {name_of(engine.connection, claim.target) for claim in record(engine, "table", kind=0).claims}


def published(events: Sequence[make.Json], *, batch: int = 100) -> set[str]:
    """The other names of the table after these events."""
    with fresh() as engine:
        fill(engine, events, batch=batch)
        return claimed(engine)


def detail(engine: Engine) -> ClaimsDetail:
    """The claims part of the table."""
    (found,) = details.read(engine.connection, [number(engine.connection, "table")], [CLAIMS_PART])
    assert found.claims is not None
    return found.claims


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([told(1, "lake")], {"lake"}),
        ([told(1, "lake"), told(2, "topic")], {"topic"}),
        ([told(1, "lake", "topic"), told(2, "topic")], {"topic"}),
        ([told(1, "lake"), told(2)], set()),
        ([told(1, "lake"), told(2), told(3, "lake")], {"lake"}),
        ([told(1, "lake"), make.run_event(run="2", at=2, inputs=["table"])], {"lake"}),
        ([told(1, "lake"), make.dataset_event(make.dataset("table", symlinks=make.deleted()), at=2)], set()),
        ([told(3, "lake"), make.dataset_event(make.dataset("table", symlinks=make.deleted()), at=2)], {"lake"}),
        ([told(1, "lake"), make.dataset_event(make.dataset("table", symlinks="nonsense"), at=2)], set()),
    ],
)
def test_a_symlink_goes_with_the_facet_that_replaces_it(events: list[make.Json], expected: set[str]) -> None:
    """The newest `symlinks` facet alone holds: one without the name, or deleted, ends the claim, in any order."""
    for order in itertools.permutations(events):
        assert published(order, batch=1) == published(order) == expected


TOLD = st.builds(
    lambda at, names: told(at, *names) if names is not None else told_deleted(at),
    st.integers(0, 5),
    st.none() | st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
)


def told_deleted(at: float) -> make.Json:
    """The end of all other names."""
    return make.dataset_event(make.dataset("table", symlinks=make.deleted()), at=at)


@given(events=st.lists(TOLD, min_size=1, max_size=6), data=st.data())
def test_what_is_claimed_does_not_depend_on_the_order(events: list[make.Json], data: st.DataObject) -> None:
    """Any permutation and batching of the same events publishes the same claims, with the same times and event."""
    shuffled = data.draw(st.permutations(events))
    found = []
    for order, batch in ((events, 100), (shuffled, 1)):
        with fresh() as engine:
            fill(engine, order, batch=batch)
            found.append((claimed(engine), {*detail(engine).symlinks}, detail(engine).event))
    assert found[0] == found[1]


def test_a_claim_says_since_when_and_by_which_event() -> None:
    """First seen is the oldest event that gave the name; the event is the newest, with its job, run and producer."""
    events = [told(1, "lake"), told(9, "lake", "topic"), told(4, "lake")]
    with fresh() as engine:
        fill(engine, events, batch=1)
        found = detail(engine)
    seconds = {each.name: each.first_seen_us // 10**6 % 60 for each in found.symlinks}
    assert seconds == {"lake": 1, "topic": 9}
    assert {(each.namespace, each.type) for each in found.symlinks} == {(make.DATASETS, "TABLE")}
    event = found.event
    assert event is not None
    assert event.at_us // 10**6 % 60 == 9
    assert event.id == content_hash(canonical_json(parse(make.body(events[1])))).hex()
    assert (event.job_namespace, event.job_name, event.run_id) == (make.JOBS, "etl", "9")
    assert event.producer == make.PRODUCER


def test_a_dataset_event_names_no_job() -> None:
    """A claim of a DatasetEvent has the event and its producer; one that nobody makes has none."""
    with fresh() as engine:
        fill(engine, [make.dataset_event(make.dataset("table", symlinks=make.symlinks("lake")), at=1)])
        event = detail(engine).event
        assert event is not None
        assert (event.job_name, event.run_id, event.producer) == ("", "", make.PRODUCER)
        fill(engine, [told_deleted(2)])
        assert detail(engine) == ClaimsDetail()
