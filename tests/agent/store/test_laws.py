"""Laws of the projection (ARCHITECTURE rule 2), for generated events."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from lineage_agent.store import status
from tests import factories as make
from tests import naive, strategies
from tests.agent.store.files import fill, fresh, status_of

_LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _facts(found: status.Status) -> dict[str, Any]:
    held = {field: getattr(found, field) for field in found.__struct_fields__}
    return {name: value for name, value in held.items() if name not in ("epoch", "sequence")}


@_LAW
@given(strategies.events(8), st.randoms(use_true_random=False), st.integers(1, 9), st.integers(1, 9))
def test_order_repetition_and_batching_change_nothing(
    events: list[Any], chance: random.Random, one: int, other: int
) -> None:
    """The same events in any order, repeated, and cut into any batches give the same counts and digest."""
    again = events + chance.sample(events, chance.randint(0, len(events)))
    chance.shuffle(again)
    assert _facts(status_of(events, batch=one)) == _facts(status_of(again, batch=other))


@_LAW
@given(strategies.events(8), st.integers(0, 8))
@example([make.job_event("one", at=1), make.job_event("two"), make.job_event("one")], 2)
def test_a_restart_and_a_rebuild_change_nothing(events: list[Any], cut: int) -> None:
    """Closing the file in the middle, or projecting everything anew, gives the same counts and digest."""
    with fresh() as engine:
        fill(engine, events[:cut])
        engine.reconnect()
        fill(engine, events[cut:], batch=1)
        before = status.read(engine.connection)
        engine.rebuild()
        while engine.project(3):
            pass
        after = status.read(engine.connection)
    assert _facts(before) == _facts(after) == _facts(status_of(events))
    assert before.epoch != after.epoch


@_LAW
@given(strategies.events(10), st.sampled_from((1, 2)))
def test_counts_equal_the_naive_count(events: list[Any], window: int) -> None:
    """All totals equal those of a second, naive implementation of the rules."""
    counted = _facts(status_of(events, windows={make.JOBS: window}))
    expected = naive.totals([make.body(event) for event in events], window)
    assert {name: counted[name] for name in expected} == expected


@_LAW
@given(strategies.events(6), st.integers(0, 5))
@example([make.run_event(outputs=["a"]), make.run_event(outputs=["a", "b"], at=1)], 1)
def test_an_event_that_counts_changes_the_digest(events: list[Any], left_out: int) -> None:
    """Whenever leaving out an event changes any total, it changes the digest."""
    rest = events[:left_out] + events[left_out + 1 :]
    kept, fewer = status_of(events), status_of(rest)
    assume({**_facts(kept), "events": 0, "digest": ""} != {**_facts(fewer), "events": 0, "digest": ""})
    assert kept.digest != fewer.digest
