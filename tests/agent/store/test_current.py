"""ARCHITECTURE rules 1 and 3, told in events: what is current lineage, and what ends it."""

from __future__ import annotations

from tests import factories as make
from tests.agent.store.files import fill, fresh, number
from tests.agent.store.lineage import record, steps_in, steps_of

STREAMING = {"jobType": make.job_type("STREAMING")}
SNAPSHOT = {"jobType": make.job_type("STREAMING", content="COMPLETE_SNAPSHOT")}


def test_inputs_and_outputs_accumulate_over_a_run() -> None:
    """A COMPLETE that omits what START had loses nothing."""
    assert steps_of(
        make.run_event(type="START", at=1, inputs=["a"]),
        make.run_event(type="RUNNING", at=2, inputs=["b"]),
        make.run_event(at=3, outputs=["c"]),
    ) == [({"a", "b"}, {"c"})]


def test_the_newest_completed_run_replaces_the_one_before() -> None:
    """What the newest completed run did not report is no longer current."""
    assert steps_of(
        make.run_event(run="1", at=1, inputs=["a"], outputs=["c"]),
        make.run_event(run="2", at=2, inputs=["b"], outputs=["c"]),
    ) == [({"b"}, {"c"})]


def test_a_window_unites_several_runs() -> None:
    """With a window of two the two newest completed runs are current together, and the third newest is not."""
    runs = [make.run_event(run=str(day), at=day, inputs=[f"day{day}"], outputs=["all"]) for day in (1, 2, 3)]
    assert steps_of(*runs, windows={make.JOBS: 2}) == [({"day2", "day3"}, {"all"})]
    assert steps_of(*runs, windows={"another": 2}) == [({"day3"}, {"all"})]


def test_a_completed_run_without_datasets_removes_nothing() -> None:
    """Only runs that reported any inputs or outputs count."""
    assert steps_of(make.run_event(run="1", inputs=["a"], outputs=["b"]), make.run_event(run="2", at=9)) == [
        ({"a"}, {"b"})
    ]


def test_a_failed_or_aborted_run_removes_and_adds_nothing() -> None:
    """What a failed run reported is not current beside a completed run."""
    done = make.run_event(run="1", at=1, inputs=["a"], outputs=["b"])
    for ending in ("FAIL", "ABORT"):
        failed = make.run_event(run="2", type=ending, at=2, inputs=["x"], outputs=["y"])
        assert steps_of(done, failed) == [({"a"}, {"b"})]


def test_a_failure_after_completion_counts_as_a_failure() -> None:
    """The later of two terminal events of a run holds, so the completed run before it is current again."""
    assert steps_of(
        make.run_event(run="1", at=1, inputs=["a"], outputs=["b"]),
        make.run_event(run="2", at=2, inputs=["x"], outputs=["b"]),
        make.run_event(run="2", type="FAIL", at=3),
    ) == [({"a"}, {"b"})]


def test_of_two_endings_at_the_same_time_failure_holds() -> None:
    """Terminal priority decides between equal times, whichever arrives first."""
    ends = [make.run_event(type=ending, inputs=["a"], outputs=["b"]) for ending in ("COMPLETE", "FAIL")]
    for events in (ends, ends[::-1]):
        with fresh() as engine:
            fill(engine, events)
            assert record(engine, "etl").volatile.state == "FAIL"


def test_a_newer_unfinished_run_adds() -> None:
    """What a run has reported so far is current beside the newest completed run, once it is newer than that."""
    done = make.run_event(run="1", at=5, inputs=["a"], outputs=["b"])
    newer = make.run_event(run="2", type="RUNNING", at=6, inputs=["x"], outputs=["b"])
    older = make.run_event(run="2", type="RUNNING", at=4, inputs=["x"], outputs=["b"])
    assert steps_of(done, newer) == [({"a", "x"}, {"b"})]
    assert steps_of(done, older) == [({"a"}, {"b"})]


def test_with_no_completed_run_all_runs_are_united() -> None:
    """Failed, aborted and unfinished runs are all that is known then."""
    assert steps_of(
        make.run_event(run="1", type="FAIL", at=1, inputs=["a"], outputs=["z"]),
        make.run_event(run="2", type="ABORT", at=2, inputs=["b"], outputs=["z"]),
        make.run_event(run="3", type="OTHER", at=3, inputs=["c"], outputs=["z"]),
        make.run_event(run="4", type=None, at=4, inputs=["d"], outputs=["z"]),
    ) == [({"a", "b", "c", "d"}, {"z"})]


def test_of_a_streaming_job_the_newest_run_speaks() -> None:
    """Whether or not it completed; its events accumulate."""
    assert steps_of(
        make.run_event(run="1", at=1, inputs=["a"], outputs=["b"], job_facets=STREAMING),
        make.run_event(run="2", type="RUNNING", at=2, inputs=["c"], job_facets=STREAMING),
        make.run_event(run="2", type="FAIL", at=3, outputs=["d"], job_facets=STREAMING),
        make.run_event(run="3", type="RUNNING", at=4, job_facets=STREAMING),
    ) == [({"c"}, {"d"})]


def test_a_complete_snapshot_replaces_within_its_run() -> None:
    """Where each event holds everything, only the newest that names datasets counts."""
    assert steps_of(
        make.run_event(type="RUNNING", at=1, inputs=["a"], outputs=["b"], job_facets=SNAPSHOT),
        make.run_event(type="RUNNING", at=3, inputs=["c"], outputs=["b"], job_facets=SNAPSHOT),
        make.run_event(type="RUNNING", at=2, inputs=["x"], outputs=["y"], job_facets=SNAPSHOT),
        make.run_event(type="RUNNING", at=4, job_facets=SNAPSHOT),
    ) == [({"c"}, {"b"})]


def test_a_change_of_job_type_is_applied_to_what_is_known() -> None:
    """A later event that calls the job streaming makes its newest run speak alone."""
    batch = [make.run_event(run=str(at), type="RUNNING", at=at, inputs=[f"i{at}"], outputs=["o"]) for at in (1, 2)]
    assert steps_of(*batch) == [({"i1", "i2"}, {"o"})]
    assert steps_of(*batch, make.job_event(at=3, facets=STREAMING)) == [({"i2"}, {"o"})]


def test_a_design_holds_until_a_run_reports() -> None:
    """The newest JobEvent with datasets is current, as DESIGN, until a run names any dataset."""
    old, new = make.job_event(at=1, inputs=["x"], outputs=["y"]), make.job_event(at=2, inputs=["a"], outputs=["b"])
    with fresh() as engine:
        fill(engine, [new, old, make.job_event(at=3), make.run_event(at=4)])
        assert steps_in(engine) == [({"a"}, {"b"})]
        assert {step.origin for step in record(engine, "etl").steps} == {"DESIGN"}
        fill(engine, [make.run_event(run="2", type="FAIL", at=0, inputs=["c"])])
        assert steps_in(engine) == [({"c"}, set())]


def test_explicit_lineage_makes_several_steps() -> None:
    """Outputs come from what their `lineage` says; those without one from all listed inputs; unread inputs stay."""
    explicit = {"lineage": {"entries": [make.lineage_entry("c", ["a"])]}}
    with_own = make.dataset("d", lineage=make.lineage(["b"]))
    assert steps_of(make.run_event(inputs=["a", "b", "x"], outputs=["c", with_own, "e"], job_facets=explicit)) == [
        ({"a"}, {"c"}),
        ({"a", "b", "x"}, {"e"}),
        ({"b"}, {"d"}),
    ]
    assert steps_of(make.run_event(inputs=["a", "x"], outputs=["c"], job_facets=explicit)) == [
        ({"a"}, {"c"}),
        ({"x"}, set()),
    ]


def test_datasets_named_only_by_explicit_lineage_are_lineage() -> None:
    """Sources and targets of entries are inputs and outputs, yet only those; they feed no other output."""
    explicit = {"lineage": {"entries": [make.lineage_entry("target", ["source"])]}}
    assert steps_of(make.run_event(inputs=["a"], outputs=["b"], job_facets=explicit)) == [
        ({"a"}, {"b"}),
        ({"source"}, {"target"}),
    ]


def test_entries_about_jobs() -> None:
    """Datasets that feed the event's own job are inputs of it; jobs that feed a job are dependencies, not lineage."""
    fed = {"type": "JOB", "inputs": [{**make.dataset("a"), "type": "DATASET"}]}
    upstream = {"type": "JOB", "inputs": [{"type": "JOB", "namespace": make.JOBS, "name": "before"}]}
    with fresh() as engine:
        fill(engine, [make.run_event(outputs=["b"], job_facets={"lineage": {"entries": [fed, upstream]}})])
        assert steps_in(engine) == [({"a"}, {"b"})]
        found = engine.connection.execute("SELECT job, upstream FROM dependency").fetchall()
        numbers = [number(engine.connection, name, kind=1) for name in ("etl", "before")]
    assert found == [tuple(numbers)]


def test_a_dataset_speaks_for_itself() -> None:
    """The `lineage` of a DatasetEvent is a step without a job; the newest replaces, and an empty one ends it."""
    first = make.dataset_event(make.dataset("z", lineage=make.lineage(["a", "b"])), at=1)
    second = make.dataset_event(make.dataset("z", lineage=make.lineage(["c"])), at=2)
    silent = make.dataset_event(make.dataset("z", schema=make.schema("id")), at=3)
    empty = make.dataset_event(make.dataset("z", lineage=make.lineage([])), at=4)
    gone = make.dataset_event(make.dataset("z", lineage=make.deleted()), at=4)
    assert steps_of(first, name="z", kind=0) == [({"a", "b"}, {"z"})]
    assert steps_of(second, silent, first, name="z", kind=0) == [({"c"}, {"z"})]
    assert steps_of(first, empty, name="z", kind=0) == steps_of(first, gone, name="z", kind=0) == []


def test_a_dropped_dataset_has_no_edges_until_it_is_written_again() -> None:
    """In every job; reading it again does not bring it back, writing does."""
    write = make.run_event("write", inputs=["a"], outputs=["t"], at=1)
    read = make.run_event("read", inputs=["t", "b"], outputs=["c"], at=1)
    drop = make.dataset_event(make.dataset("t", lifecycleStateChange=make.lifecycle("DROP")), at=5)
    with fresh() as engine:
        fill(engine, [write, read, drop, make.run_event("read", run="2", inputs=["t", "b"], outputs=["c"], at=6)])
        assert steps_in(engine, "write") == [({"a"}, set())]
        assert steps_in(engine, "read") == [({"b"}, {"c"})]
        fill(engine, [make.run_event("other", outputs=["t"], at=7)])
        assert steps_in(engine, "write") == [({"a"}, {"t"})]
        assert steps_in(engine, "read") == [({"b", "t"}, {"c"})]


def test_a_rename_ends_the_old_name_and_leads_to_the_new() -> None:
    """Lineage of the old name is not current; a step without a job leads from it to the new name; no claim is made."""
    renamed = make.dataset("new", lifecycleStateChange=make.lifecycle("RENAME", "old"))
    events = [make.run_event(inputs=["a"], outputs=["old"], at=1), make.run_event("ren", outputs=[renamed], at=2)]
    with fresh() as engine:
        fill(engine, events)
        assert steps_in(engine) == [({"a"}, set())]
        assert steps_in(engine, "new", kind=0) == [({"old"}, {"new"})]
        assert record(engine, "new", kind=0).claims == ()


def test_tables_that_swap_names_both_live_on() -> None:
    """After t -> t_old and t_new -> t there is a `t`, whoever told of the renames."""
    away = make.dataset_event(make.dataset("t_old", lifecycleStateChange=make.lifecycle("RENAME", "t")), at=2)
    back = make.dataset_event(make.dataset("t", lifecycleStateChange=make.lifecycle("RENAME", "t_new")), at=3)
    with fresh() as engine:
        fill(engine, [make.run_event("read", inputs=["t"], outputs=["c"], at=1), away, back])
        assert steps_in(engine, "read") == [({"t"}, {"c"})]
        assert steps_in(engine, "t", kind=0) == [({"t_new"}, {"t"})]


def test_a_retired_job_has_no_lineage_until_it_runs_again() -> None:
    """Retirement ends what was asserted before it, by runs and by design, and nothing later."""
    retire = make.job_event(at=5, facets={"lineageMesh_retirement": {"reason": "gone"}})
    run = make.run_event(at=1, inputs=["a"], outputs=["b"])
    design = make.job_event(at=2, inputs=["x"], outputs=["y"])
    assert steps_of(run, design, retire) == []
    assert steps_of(run, design, retire, make.run_event(run="2", at=6, inputs=["c"])) == [({"c"}, set())]


def test_the_state_of_a_job_is_that_of_its_newest_run() -> None:
    """Also of a run without datasets; an unknown event type changes no state; OTHER after an ending neither."""
    with fresh() as engine:
        fill(engine, [make.run_event(run="1", at=1, outputs=["a"]), make.run_event(run="2", type="FAIL", at=2)])
        assert record(engine, "etl").volatile.state == "FAIL"
        fill(engine, [make.run_event(run="2", type="OTHER", at=3), make.run_event(run="2", type=None, at=4)])
        assert record(engine, "etl").volatile.state == "FAIL"
        fill(engine, [make.run_event(run="3", type="START", at=5)])
        assert record(engine, "etl").volatile.state == "START"


def test_attributes_come_from_facets() -> None:
    """Type, integration, tags and owners of a record are what the newest facets say; a deleted facet says nothing."""
    described = make.dataset(
        "a", datasetType={"datasetType": "view"}, tags=make.tags("pii"), ownership=make.ownership(me="OWNER")
    )
    with fresh() as engine:
        fill(engine, [make.run_event(inputs=[described], job_facets=STREAMING)])
        job, dataset = record(engine, "etl"), record(engine, "a", kind=0)
        assert (job.type, job.integration) == ("STREAMING", "SPARK")
        assert (dataset.type, dataset.tags) == ("VIEW", ("pii",))
        assert [(owner.name, owner.type) for owner in dataset.owners] == [("me", "OWNER")]
        fill(engine, [make.dataset_event(make.dataset("a", tags=make.deleted()), at=1)])
        assert record(engine, "a", kind=0).tags == ()


def test_symlinks_are_claims() -> None:
    """Targets are nodes of their own that were only mentioned."""
    with fresh() as engine:
        fill(engine, [make.run_event(outputs=[make.dataset("a", symlinks=make.symlinks("x", "y"))])])
        claims = record(engine, "a", kind=0).claims
        assert {claim.target for claim in claims} == {number(engine.connection, name) for name in ("x", "y")}
        assert record(engine, "x", kind=0).mentioned
        assert not record(engine, "a", kind=0).mentioned
