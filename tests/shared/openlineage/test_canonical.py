"""Content hashes and stamps: what is the same event, and which is the later one."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.model import RunState
from lineage_shared.openlineage import canonical_json, content_hash, parse, read_event, stamp_of
from tests.factories import body, run_event
from tests.strategies import events, json_values


def _shuffled(value: Any, seed: int) -> Any:
    if isinstance(value, list):
        return [_shuffled(item, seed) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    random.Random(seed).shuffle(keys)
    return {key: _shuffled(value[key], seed) for key in keys}


def test_golden_hash() -> None:
    """The hash of an event never changes: a file's events are known by it."""
    canonical = canonical_json({"b": [1, 2.5, "ü\u0000"], "a": {"d": None, "c": True}})
    assert canonical == '{"a":{"c":true,"d":null},"b":[1,2.5,"ü\\u0000"]}'.encode()
    assert content_hash(canonical).hex() == "1915fc610aabd664eac5a87b3214223d"


def test_golden_stamp() -> None:
    """The stamp of an event never changes: the projection is ordered by it."""
    stamp = stamp_of(1, RunState.FAIL, bytes(range(16)))
    assert stamp.hex() == "8000000000000001" + "03" + bytes(range(16)).hex()
    assert len(stamp) == 25


@given(json_values, st.integers(0, 99))
def test_spelling_makes_no_difference(value: Any, seed: int) -> None:
    """Key order and white space change neither canonical JSON nor, hence, the hash."""
    other = json.dumps(_shuffled(value, seed), indent=seed % 4).encode()
    assert canonical_json(parse(other)) == canonical_json(value)


@given(events(4), st.integers(0, 99))
def test_event_hash_is_of_content(several: list[Any], seed: int) -> None:
    """Two readings of one event have one hash; different events have different ones."""
    read = [read_event(parse(body(event))) for event in several]
    again = [read_event(parse(json.dumps(_shuffled(event, seed), indent=1).encode())) for event in several]
    assert read == again
    assert len({event.hash for event in read}) == len({json.dumps(event, sort_keys=True) for event in several})


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(0, 3), st.binary(min_size=16, max_size=16))))
def test_stamps_sort_as_their_parts(parts: list[tuple[int, int, bytes]]) -> None:
    """The bytes of stamps have the order of (time, terminal priority, hash)."""
    state = {0: RunState.OTHER, 1: RunState.COMPLETE, 2: RunState.ABORT, 3: RunState.FAIL}
    stamps = [stamp_of(time, state[priority], tail) for time, priority, tail in parts]
    assert sorted(stamps) == [stamp_of(time, state[rank], tail) for time, rank, tail in sorted(parts)]


@pytest.mark.parametrize(("earlier", "later"), [("START", "COMPLETE"), ("COMPLETE", "ABORT"), ("ABORT", "FAIL")])
def test_terminal_states_win_at_equal_times(earlier: str, later: str) -> None:
    """At one event time, a terminal state folds after others, and FAIL last."""
    stamps = [read_event(run_event(type=kind)).stamp for kind in (earlier, later)]
    assert stamps == sorted(stamps)
    assert stamps[0][8] < stamps[1][8]


@pytest.mark.parametrize("kind", ["START", "RUNNING", "OTHER", "SOMETHING", None])
def test_other_types_have_no_priority(kind: str | None) -> None:
    """Every type that ends nothing has priority 0."""
    assert read_event(run_event(type=kind)).stamp[8] == 0
