"""What single events state."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from lineage_agent.projection import Direction, Facts, NodeKey, NodeKind, Scope, Source, State, facts_of
from lineage_shared.openlineage import parse, read_event
from tests import factories as make
from tests import strategies


def facts(event: make.Json) -> Facts:
    """The facts of one event."""
    return facts_of(read_event(parse(make.body(event))))


def dataset(name: str) -> NodeKey:
    """A dataset of the factories' namespace."""
    return NodeKey(NodeKind.DATASET, make.DATASETS, name)


def job(name: str) -> NodeKey:
    """A job of the factories' namespace."""
    return NodeKey(NodeKind.JOB, make.JOBS, name)


def test_a_run_event_names_its_job_and_datasets() -> None:
    """And contributes their direction, and its state, under the run's id."""
    stated = facts(make.run_event(inputs=["a"], outputs=["b"], run_facets={"parent": make.parent("p", "dag")}))
    assert stated.named == {job("etl"), dataset("a"), dataset("b")}
    assert stated.produced == {dataset("b")}
    (spoken,) = stated.contributions
    assert (spoken.key, spoken.state, spoken.reports) == ((job("etl"), Source.RUN, "1"), State.COMPLETE, True)
    assert spoken.io == {(Direction.INPUT, dataset("a")): True, (Direction.OUTPUT, dataset("b")): True}
    assert list(spoken.run_facets) == [(Scope.RUN, "parent")]


def test_a_job_event_without_datasets_is_no_design() -> None:
    """It only describes the job."""
    stated = facts(make.job_event(facets={"sql": {"query": "select 1"}}))
    assert stated.contributions == []
    assert stated.facets == {(job("etl"), "sql"): {"query": "select 1"}}


def test_only_a_job_event_retires() -> None:
    """The retirement facet of a run's job is a facet like any other."""
    marked = {"lineageMesh_retirement": {"reason": "x"}}
    assert facts(make.job_event(facets=marked)).retired == {job("etl")}
    assert facts(make.run_event(job_facets=marked)).retired == set()


def test_datasets_of_entries_are_mentioned_not_named() -> None:
    """They are lineage of the job; the event did not list them."""
    stated = facts(make.run_event(job_facets={"lineage": {"entries": [make.lineage_entry("t", ["s"])]}}))
    assert stated.named == {job("etl")}
    assert stated.mentioned >= {dataset("t"), dataset("s")}
    assert stated.produced == {dataset("t")}
    (spoken,) = stated.contributions
    assert set(spoken.io.values()) == {False}


def test_a_drop_is_not_a_production() -> None:
    """An output that is said to be dropped ends; a rename ends the old name and brings up the new one."""
    dropped = make.dataset("a", lifecycleStateChange=make.lifecycle("DROP"))
    stated = facts(make.run_event(outputs=[dropped]))
    assert (stated.dropped, stated.produced) == ({dataset("a")}, set())
    renamed = make.dataset("n", lifecycleStateChange=make.lifecycle("RENAME", "o"))
    stated = facts(make.dataset_event(renamed))
    assert (stated.dropped, stated.produced) == ({dataset("o")}, {dataset("n")})
    assert stated.lifecycle == {(dataset("n"), "RENAME", dataset("o"))}
    itself = make.dataset("n", lifecycleStateChange=make.lifecycle("RENAME", "n"))
    assert facts(make.dataset_event(itself)).dropped == set()


def test_a_deleted_facet_states_nothing() -> None:
    """It is kept as a deletion, which is None."""
    stated = facts(make.dataset_event(make.dataset("a", schema=make.deleted(), symlinks=make.deleted())))
    assert stated.facets == {(dataset("a"), "schema"): None, (dataset("a"), "symlinks"): None}
    assert (stated.schemas, stated.claims) == ({}, set())


def test_a_dataset_beside_a_run_is_only_described() -> None:
    """A run event that has a `dataset` besides names it, and takes no lineage from it."""
    event: dict[str, Any] = make.run_event()
    event["dataset"] = make.dataset("d", lineage=make.lineage(["s"]))
    stated = facts(event)
    assert dataset("d") in stated.named
    assert [spoken.key.owner for spoken in stated.contributions] == [job("etl")]


def test_ill_shaped_facets_cost_only_themselves() -> None:
    """Any facet may be anything."""
    shapes: list[Any] = [
        1,
        "x",
        [],
        [1],
        {},
        {"fields": 3},
        {"entries": "x"},
        {"identifiers": [None]},
        {"inputs": [{}]},
    ]
    for junk in shapes:
        names = ("schema", "symlinks", "lineage", "columnLineage", "lifecycleStateChange", "tags", "ownership")
        mention = make.dataset("a", **dict.fromkeys(names, junk))
        stated = facts(make.run_event(outputs=[mention, "b"], job_facets={"lineage": junk, "jobType": junk}))
        assert stated.produced == {dataset("a"), dataset("b")}
        assert stated.facets[dataset("a"), "schema"] == junk


@given(strategies.event())
def test_every_node_of_a_fact_is_named_or_mentioned(event: make.Json) -> None:
    """Whatever a fact points at is announced as a node, or is part of a contribution."""
    stated = facts(event)
    known = stated.named | stated.mentioned
    assert stated.produced | stated.dropped | stated.retired <= known
    assert {key for key, _ in stated.facets} | set(stated.schemas) <= known
    assert {node for one, other, _ in stated.claims for node in (one, other)} <= known
    assert {node for pair in stated.dependencies for node in pair} <= known
    assert {node for output, _, source, _ in stated.columns for node in (output, source)} <= known
    assert {node for spoken in stated.contributions for _, node in spoken.io} <= known
