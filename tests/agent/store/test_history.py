"""Validity intervals of edges, in event time."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from lineage_agent.store import details, publication
from lineage_agent.store.engine import Engine
from tests import factories as make
from tests import strategies
from tests.agent.store.files import fill, fresh, name_of, number

T0_US = int(make.START_OF_TIME.timestamp() * 10**6)


def history(engine: Engine, name: str = "etl", *, kind: int = 1) -> dict[tuple[str, str], list[Any]]:
    """The intervals of a node's edges, in seconds after the start of time."""
    (found,) = details.read(engine.connection, [number(engine.connection, name, kind=kind)], ["history"])
    return {
        (one.direction, name_of(engine.connection, one.dataset)): [tuple(map(_seconds, span)) for span in one.intervals]
        for one in found.history or ()
    }


def _seconds(at_us: int | None) -> float | None:
    return None if at_us is None else (at_us - T0_US) / 10**6


def test_an_edge_ends_when_a_completed_run_leaves_it_out() -> None:
    """It begins when it was first named, and comes back when it is named again."""
    events = [
        make.run_event(run="1", type="START", at=1, inputs=["a"]),
        make.run_event(run="1", at=2, outputs=["b"]),
        make.run_event(run="2", type="START", at=3, inputs=["c"], outputs=["b"]),
        make.run_event(run="2", at=4),
        make.run_event(run="3", at=6, inputs=["a"], outputs=["b"]),
    ]
    with fresh() as engine:
        fill(engine, events[::-1])
        assert history(engine) == {
            ("INPUT", "a"): [(1, 4), (6, None)],
            ("INPUT", "c"): [(3, 6)],
            ("OUTPUT", "b"): [(2, None)],
        }


def test_a_dropped_dataset_leaves_a_gap() -> None:
    """From the drop to the next write there is no edge; a rename ends the old name likewise."""
    events = [
        make.run_event("write", run="1", at=1, outputs=["t"]),
        make.run_event("read", at=2, inputs=["t"], outputs=["c"]),
        make.dataset_event(make.dataset("t", lifecycleStateChange=make.lifecycle("DROP")), at=5),
        make.run_event("write", run="2", at=8, outputs=["t"]),
        make.dataset_event(make.dataset("u", lifecycleStateChange=make.lifecycle("RENAME", "t")), at=9),
    ]
    with fresh() as engine:
        fill(engine, events)
        assert history(engine, "read") == {("INPUT", "t"): [(2, 5), (8, 9)], ("OUTPUT", "c"): [(2, None)]}
        assert history(engine, "u", kind=0) == {("INPUT", "t"): [(9, None)]}


def test_a_design_ends_with_the_first_run() -> None:
    """Its edges hold from the event that named them to the run's first report."""
    events = [make.job_event(at=1, inputs=["x"]), make.run_event(at=5, inputs=["a"])]
    with fresh() as engine:
        fill(engine, events)
        assert history(engine) == {("INPUT", "x"): [(1, 5)], ("INPUT", "a"): [(5, None)]}


def test_a_design_ends_with_the_design_that_replaces_it() -> None:
    """Its explicit lineage as well: what a `lineage` facet said does not outlive the event that listed its datasets."""
    entry = {"namespace": make.DATASETS, "name": "t", "type": "DATASET"}
    stated = {"entries": [{**entry, "inputs": [{**entry, "name": "a"}]}]}
    events = [make.job_event(at=1, facets={"lineage": stated}), make.job_event(at=5, outputs=["t"])]
    with fresh() as engine:
        fill(engine, events)
        assert [edge for edge, spans in history(engine).items() if spans[-1][1] is None] == [("OUTPUT", "t")]
        (record,) = (each for each in publication.records(engine.connection) if each.name == "etl")
        assert (record.inputs, len(record.outputs)) == ((), 1)


def test_a_retirement_ends_all_that_was() -> None:
    """Its time ends every edge of the job that has not been named since."""
    events = [
        make.run_event(run="1", at=1, inputs=["a"]),
        make.job_event(at=5, facets={"lineageMesh_retirement": {}}),
        make.run_event(run="2", at=7, inputs=["b"]),
    ]
    with fresh() as engine:
        fill(engine, events)
        assert history(engine) == {("INPUT", "a"): [(1, 5)], ("INPUT", "b"): [(7, None)]}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.events(8))
def test_what_is_valid_now_is_what_is_current(events: list[Any]) -> None:
    """Exactly the current edges of every node have an interval that is still open."""
    with fresh() as engine:
        fill(engine, events)
        connection = engine.connection
        for record in publication.records(connection):
            (found,) = details.read(connection, [record.number], ["history"])
            open_now = {(one.direction, one.dataset) for one in found.history or () if one.intervals[-1][1] is None}
            sides = (("INPUT", record.inputs), ("OUTPUT", record.outputs))
            assert open_now == {(word, dataset) for word, side in sides for dataset in side}
            for one in found.history or ():
                flat = [moment for span in one.intervals for moment in span if moment is not None]
                assert flat == sorted(flat)
