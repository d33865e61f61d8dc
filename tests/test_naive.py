"""The naive oracle itself, on stories small enough to be counted by hand."""

from typing import Any

import pytest

from tests import factories as make
from tests.naive import totals

RETIRED: dict[str, Any] = {"lineageMesh_retirement": {}}
SNAPSHOT = {"jobType": make.job_type("STREAMING", content="COMPLETE_SNAPSHOT")}
STREAM = {"jobType": make.job_type("STREAMING")}


def _count(*events: Any, window: int = 1) -> dict[str, int]:
    return totals(map(make.body, events), window)


def _edges(*events: Any, window: int = 1) -> tuple[int, int]:
    """(ever, current)."""
    counted = _count(*events, window=window)
    return counted["edges"], counted["edges_current"]


def test_names() -> None:
    """Datasets, jobs and runs are counted where they are named, not where facets mention them."""
    links = make.dataset("a", symlinks=make.symlinks("alias"))
    one = make.run_event("load", run="1", inputs=[links], outputs=["b"], run_facets={"parent": make.parent("p", "dag")})
    counted = _count(one, {**one, "run": {"runId": "2"}}, make.dataset_event("c"), make.job_event("plan"))
    assert {key: counted[key] for key in ("events", "datasets", "jobs", "runs")} == {
        "events": 4,
        "datasets": 3,
        "jobs": 2,
        "runs": 2,
    }


def test_duplicates_and_refused() -> None:
    """An event counts once, however its keys are ordered; one without a run id not at all."""
    one = make.run_event(inputs=["a"])
    assert _count(one, dict(reversed(one.items())), {**one, "run": {}})["events"] == 1


def test_newest_completed_run() -> None:
    """The newest completed run is current; a newer failed one removes and adds nothing."""
    old = make.run_event(run="1", at=1, inputs=["a"], outputs=["x"])
    new = make.run_event(run="2", at=2, inputs=["b"], outputs=["x"])
    failed = make.run_event(run="3", at=3, type="FAIL", inputs=["c"])
    assert _edges(old, new, failed) == (4, 2)
    assert _edges(old, new, failed, window=2) == (4, 3)


def test_unfinished_run() -> None:
    """What a newer unfinished run has reported is current too; an older zombie's is not."""
    done = make.run_event(run="1", at=2, inputs=["a"])
    assert _edges(done, make.run_event(run="2", at=3, type="START", inputs=["b"])) == (2, 2)
    assert _edges(done, make.run_event(run="2", at=1, type="START", inputs=["b"])) == (2, 1)


def test_nothing_completed() -> None:
    """With no completed run, all runs are current, failed ones too."""
    failed = make.run_event(run="1", type="FAIL", inputs=["a"])
    assert _edges(failed, make.run_event(run="2", type="START", inputs=["b"])) == (2, 2)


def test_runs_accumulate() -> None:
    """Inputs of START and outputs of COMPLETE are one run's; FAIL after COMPLETE makes it failed."""
    start = make.run_event(type="START", at=0, inputs=["a"])
    done = make.run_event(type="COMPLETE", at=1, outputs=["b"])
    later = make.run_event(run="2", at=0.5, inputs=["c"])
    assert _edges(start, done, later) == (3, 2)
    assert _edges(start, done, later, make.run_event(type="FAIL", at=2)) == (3, 1)


def test_streaming() -> None:
    """Of a streaming job the newest run is current, in any state; a snapshot replaces what the run said before."""
    first = make.run_event(run="1", type="COMPLETE", at=1, inputs=["a"], job_facets=STREAM)
    second = make.run_event(run="2", type="RUNNING", at=2, inputs=["b"], job_facets=STREAM)
    third = make.run_event(run="2", type="RUNNING", at=3, inputs=["c"], job_facets=STREAM)
    assert _edges(first, second, third) == (3, 2)
    assert _edges(first, second, {**third, "job": {**third["job"], "facets": SNAPSHOT}}) == (3, 1)


def test_design() -> None:
    """The newest design that names anything holds until a run reports."""
    old, new = make.job_event(at=1, inputs=["a", "b"]), make.job_event(at=2, outputs=["c"])
    assert _edges(old, new, make.job_event(at=3)) == (3, 1)
    assert _edges(old, new, make.run_event(at=0, inputs=["d"])) == (4, 1)
    assert _edges(old, new, make.run_event(at=0)) == (3, 1)


def test_dropped() -> None:
    """DROP ends the edges of every job until the dataset is written again."""
    write, read = make.run_event("w", outputs=["t"]), make.run_event("r", inputs=["t"])
    drop = make.dataset_event(make.dataset("t", lifecycleStateChange=make.lifecycle("DROP")), at=5)
    assert _edges(write, read, drop) == (2, 0)
    assert _edges(write, read, drop, make.run_event("w", run="2", at=6, outputs=["t"])) == (2, 2)


def test_renamed() -> None:
    """RENAME ends the edges of the old name only."""
    write = make.run_event("w", outputs=["old"])
    new = make.dataset("new", lifecycleStateChange=make.lifecycle("RENAME", "old"))
    assert _edges(write, make.run_event("mv", at=5, outputs=[new])) == (2, 1)


def test_retired() -> None:
    """A retirement ends what was said before it, not what is said after."""
    run = make.run_event(at=1, inputs=["a"])
    gone = make.job_event(at=2, facets=RETIRED)
    assert _edges(run, gone) == (1, 0)
    assert _edges(run, gone, make.run_event(run="2", at=3, inputs=["b"])) == (2, 1)
    assert _edges(make.job_event(at=1, inputs=["a"]), gone) == (1, 0)


@pytest.mark.parametrize("facet", [{"entries": [make.lineage_entry("x", ["a", "b"])]}])
def test_lineage_of_a_job(facet: Any) -> None:
    """Entries name inputs and outputs of the job; the event's own job as a target names inputs."""
    assert _edges(make.run_event(job_facets={"lineage": facet})) == (3, 3)
    own = {"entries": [{"type": "JOB", "inputs": [{**make.dataset("a"), "type": "DATASET"}]}]}
    assert _edges(make.run_event(job_facets={"lineage": own})) == (1, 1)


def test_columns() -> None:
    """Pairs of columns, whatever their kind; `dataset[]` makes none; they follow the run that asserted them."""
    both = [make.column_input("a", "id"), make.column_input("a", "id", "INDIRECT", "JOIN")]
    old = make.dataset("x", columnLineage=make.column_lineage({"c": both}, [make.column_input("a", "z")]))
    new = make.dataset("x", columnLineage=make.column_lineage({"c": [make.column_input("b", "id")]}))
    counted = _count(make.run_event(run="1", outputs=[old]), make.run_event(run="2", at=1, outputs=[new]))
    assert (counted["column_edges"], counted["column_edges_current"]) == (2, 1)


def test_lineage_supersedes_column_lineage() -> None:
    """Where `lineage` speaks of fields, `columnLineage` is not current; a deleted `lineage` says nothing."""
    columns = make.column_lineage({"c": [make.column_input("a", "id")]})
    explicit = make.lineage([], {"c": [make.column_input("b", "id"), make.column_input("b", "k")]})
    first = make.run_event(type="START", outputs=[make.dataset("x", columnLineage=columns, lineage=explicit)])
    deleted = make.run_event(at=1, outputs=[make.dataset("x", lineage=make.deleted())])
    counted = _count(first), _count(first, deleted)
    assert [(each["column_edges"], each["column_edges_current"]) for each in counted] == [(3, 2), (3, 1)]


def test_columns_of_a_dataset_event() -> None:
    """A dataset's own word about its columns holds beside any job's, until it is dropped."""
    own = make.dataset("x", columnLineage=make.column_lineage({"c": [make.column_input("a", "id")]}))
    drop = make.dataset_event(make.dataset("x", lifecycleStateChange=make.lifecycle("DROP")), at=1)
    assert _count(make.dataset_event(own))["column_edges_current"] == 1
    assert _count(make.dataset_event(own), drop)["column_edges_current"] == 0
