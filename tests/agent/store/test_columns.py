"""Column edges: which are current, in all forms that producers use."""

from __future__ import annotations

from lineage_agent.store import columns, status
from tests import factories as make
from tests.agent.store.files import fill, fresh, number
from tests.agent.store.lineage import columns_in, columns_of

A_TO_TOTAL = {"total": [make.column_input("a", "id")]}


def output(name: str = "b", **facets: make.Json) -> make.Json:
    """An output dataset."""
    return make.dataset(name, **facets)


def test_direct_and_indirect_edges_are_told_apart() -> None:
    """`fields` name the column fed, `dataset` entries feed every column; kind and masking survive."""
    facet = make.column_lineage(A_TO_TOTAL, [make.column_input("f", "day", "INDIRECT", "FILTER")])
    with fresh() as engine:
        fill(engine, [make.run_event(inputs=["a", "f"], outputs=[output(columnLineage=facet)])])
        assert columns_in(engine, "b") == {("a", "id", "total", "DIRECT"), ("f", "day", "", "INDIRECT")}
        (found,) = columns.read(engine.connection, [number(engine.connection, "b")])
        job = number(engine.connection, "etl", kind=1)
    assert {(edge.subtype, edge.masking, edge.job) for edge in found.edges} == {
        ("IDENTITY", False, job),
        ("FILTER", False, job),
    }
    assert found.revision > 0


def test_column_edges_follow_their_run() -> None:
    """When a newer run reports other columns, the older edges are history; both were asserted."""
    first = make.run_event(run="1", at=1, outputs=[output(columnLineage=make.column_lineage(A_TO_TOTAL))])
    other = make.column_lineage({"total": [make.column_input("c", "id")]})
    with fresh() as engine:
        fill(engine, [first, make.run_event(run="2", at=2, outputs=[output(columnLineage=other)])])
        assert columns_in(engine, "b") == {("c", "id", "total", "DIRECT")}
        counts = status.counts(engine.connection)
    assert (counts.column_edges, counts.column_edges_current) == (2, 1)


def test_lineage_supersedes_column_lineage_where_it_names_columns() -> None:
    """A `lineage` with fields replaces `columnLineage`; one without leaves it."""
    old = make.column_lineage(A_TO_TOTAL)
    explicit = make.lineage(["c"], {"total": [make.column_input("c", "id")]})
    both = [make.run_event(outputs=[output(columnLineage=old, lineage=explicit)])]
    assert columns_of(both, "b") == {("c", "id", "total", "DIRECT")}
    coarse = [make.run_event(outputs=[output(columnLineage=old, lineage=make.lineage(["c"]))])]
    assert columns_of(coarse, "b") == {("a", "id", "total", "DIRECT")}


def test_entries_of_a_job_speak_for_their_target_only() -> None:
    """Fields of an entry are edges into its target, and into nothing else."""
    entries = [make.lineage_entry("b", ["a"], A_TO_TOTAL), make.lineage_entry("c", ["a"])]
    events = [make.run_event(inputs=["a"], outputs=["b", "c"], job_facets={"lineage": {"entries": entries}})]
    assert columns_of(events, "b") == {("a", "id", "total", "DIRECT")}
    assert columns_of(events, "c") == set()


def test_a_dataset_speaks_for_its_columns() -> None:
    """A DatasetEvent's `columnLineage` makes edges without a job, and no step."""
    events = [make.dataset_event(output(columnLineage=make.column_lineage(A_TO_TOTAL)))]
    with fresh() as engine:
        fill(engine, events)
        assert columns_in(engine, "b") == {("a", "id", "total", "DIRECT")}
        (found,) = columns.read(engine.connection, [number(engine.connection, "b")])
        assert [edge.job for edge in found.edges] == [0]
        assert status.counts(engine.connection).edges == 0


def test_columns_of_dropped_datasets_are_not_current() -> None:
    """Neither into nor out of a dataset that is gone; revisions move with it."""
    facet = make.column_lineage(A_TO_TOTAL)
    with fresh() as engine:
        fill(engine, [make.run_event(inputs=["a"], outputs=[output(columnLineage=facet)])])
        (before,) = columns.read(engine.connection, [number(engine.connection, "b")])
        fill(engine, [make.dataset_event(make.dataset("a", lifecycleStateChange=make.lifecycle("DROP")), at=1)])
        (after,) = columns.read(engine.connection, [number(engine.connection, "b")])
        counts = status.counts(engine.connection)
    assert after.edges == ()
    assert after.revision > before.revision
    assert (counts.column_edges, counts.column_edges_current) == (1, 0)


def test_numbers_that_are_no_datasets_are_passed_over() -> None:
    """Jobs and unknown numbers have no columns."""
    with fresh() as engine:
        fill(engine, [make.run_event(outputs=["b"])])
        asked = [number(engine.connection, "etl", kind=1), 999]
        assert list(columns.read(engine.connection, asked)) == []
