"""The closure inside a domain, now and as of a time, against a naive walk over the published steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage_agent.store import publication, walk
from lineage_agent.store.engine import Engine
from lineage_shared.errors import InvalidInput
from lineage_shared.wire import ExpandAnswer
from tests import factories as make
from tests import strategies
from tests.agent.store.files import fill, fresh, name_of, number

T0_US = int(make.START_OF_TIME.timestamp() * 10**6)


def expand(engine: Engine, *nodes: int, direction: str = "DOWNSTREAM", **limits: Any) -> ExpandAnswer:
    """A walk without limits, unless some are given."""
    how = {"depth": None, "nodes_max": 1000, "as_of_us": None, **limits}
    return walk.expand(engine.connection, nodes, direction=direction, position="p", **how)


def names(engine: Engine, answer: ExpandAnswer) -> dict[str, int]:
    """Distances by name."""
    return {name_of(engine.connection, node): distance for node, distance in answer.nodes}


def _sides(engine: Engine, *, downstream: bool) -> Iterator[tuple[int, bool, set[int], set[int]]]:
    for record in publication.records(engine.connection):
        for step in record.steps:
            sides = (set(step.inputs), set(step.outputs))
            yield (record.number, record.kind == "job", *(sides if downstream else sides[::-1]))


def naive_walk(engine: Engine, start: int, *, downstream: bool, depth: int | None) -> tuple[dict[int, int], set[Any]]:
    """Rule 12, by walking (dataset, distance) over all steps until nothing changes."""
    steps = list(_sides(engine, downstream=downstream))
    distances, edges = {start: 0}, set[tuple[int, int]]()
    reached = {start: 0}
    for job, is_job, _, far in steps:
        if is_job and job == start and depth != 0:
            for one in far:
                edges.add((job, one))
                reached.setdefault(one, 1)
                distances.setdefault(one, 1)
    for distance in range(50 if depth is None else depth):
        for owner, is_job, near, far in steps:
            for source in near & {node for node, at in reached.items() if at == distance}:
                chain = [(source, owner)] if is_job else []
                chain += [(owner if is_job else source, one) for one in far]
                for edge in chain:
                    edges.add(edge)
                    distances.setdefault(edge[1], distance + 1)
                for one in far:
                    reached.setdefault(one, distance + 1)
    return distances, edges if downstream else {(two, one) for one, two in edges}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.events(10), st.integers(1, 8), st.booleans(), st.sampled_from((None, 0, 1, 2, 3)))
def test_a_walk_is_the_naive_walk(events: list[Any], start: int, downstream: bool, depth: int | None) -> None:
    """Nodes, distances and edges equal those of a naive walk, from any node, in both directions, to any depth."""
    with fresh() as engine:
        fill(engine, events)
        known = {record.number for record in publication.records(engine.connection)}
        if start not in known:
            return
        answer = expand(engine, start, direction="DOWNSTREAM" if downstream else "UPSTREAM", depth=depth)
        distances, edges = naive_walk(engine, start, downstream=downstream, depth=depth)
    assert dict(answer.nodes) == distances
    assert set(answer.edges) == edges


def test_a_walk_ends_at_its_limit() -> None:
    """Beyond `nodes_max` nodes the answer is marked as truncated."""
    with fresh() as engine:
        fill(engine, [make.run_event(str(n), inputs=[f"t{n}"], outputs=[f"t{n + 1}"]) for n in range(10)])
        answer = expand(engine, number(engine.connection, "t0"), nodes_max=5)
        assert (len(answer.nodes), answer.truncated) == (5, True)
        whole = expand(engine, number(engine.connection, "t0"))
        assert (len(whole.nodes), whole.truncated) == (21, False)


def test_a_walk_into_the_past() -> None:
    """As of an event time the edges are those that were current then."""
    events = [
        make.run_event(run="1", at=10, inputs=["a"], outputs=["old"]),
        make.run_event(run="2", at=20, inputs=["a"], outputs=["new"]),
        make.dataset_event(make.dataset("z", lineage=make.lineage(["old"])), at=12),
    ]
    with fresh() as engine:
        fill(engine, events)
        a = number(engine.connection, "a")
        then = expand(engine, a, as_of_us=T0_US + 15 * 10**6)
        assert names(engine, then) == {"a": 0, "etl": 1, "old": 1, "z": 2}
        assert names(engine, expand(engine, a)) == {"a": 0, "etl": 1, "new": 1}
        assert names(engine, expand(engine, a, as_of_us=T0_US)) == {"a": 0}
        back = expand(engine, number(engine.connection, "z"), direction="UPSTREAM", as_of_us=T0_US + 15 * 10**6)
        assert names(engine, back) == {"z": 0, "old": 1, "etl": 2, "a": 2}


def test_an_unknown_direction_is_refused() -> None:
    """Only the two directions of the protocol exist; unknown numbers are passed over."""
    with fresh() as engine:
        with pytest.raises(InvalidInput, match="DOWNSTREAM or UPSTREAM"):
            expand(engine, 1, direction="BOTH")
        assert expand(engine, 999).nodes == ()
