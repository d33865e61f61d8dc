"""Runs of jobs, in pages and by runId."""

from __future__ import annotations

import pytest

from lineage_agent.store import runs
from lineage_shared.errors import InvalidInput
from tests import factories as make
from tests.agent.store.files import fill, fresh, number


def test_pages_join_to_all_runs_newest_first() -> None:
    """Following the cursor gives every run once, by latest end, whether or not it named datasets."""
    events = [make.run_event(run=str(n), at=(7 * n) % 10, outputs=["a"] if n % 2 else []) for n in range(10)]
    with fresh() as engine:
        fill(engine, events)
        job = number(engine.connection, "etl", kind=1)
        seen: list[str] = []
        after = None
        while True:
            (page,) = runs.pages(engine.connection, [job], 3, after)
            assert page.total == 10
            seen += [run.run_id for run in page.runs]
            after = page.end_cursor
            if after is None:
                break
    assert seen == sorted(map(str, range(10)), key=lambda n: (7 * int(n)) % 10, reverse=True)


def test_a_run_in_full() -> None:
    """Times, state, window, parents, error, datasets with their sizes and versions, and facets verbatim."""
    facets = {
        "parent": {**make.parent("p", "dag"), "root": make.parent("r", "root")},
        "errorMessage": {"message": "boom", "programmingLanguage": "PYTHON", "stackTrace": "at line 1"},
        "nominalTime": {"nominalStartTime": "2026-01-01", "nominalEndTime": "2026-01-02"},
        "custom": {"x": 1},
    }
    out = {
        **make.dataset("b", version={"datasetVersion": "7"}, schema=make.schema("id")),
        "outputFacets": {"outputStatistics": {"rowCount": 3, "size": 99}},
    }
    events = [
        make.run_event(type="START", at=1, inputs=["a"]),
        make.run_event(type="FAIL", at=5, outputs=[out], run_facets=facets),
    ]
    with fresh() as engine:
        fill(engine, events)
        (found,) = runs.find(engine.connection, ["1"])
        a, b = (number(engine.connection, name) for name in ("a", "b"))
    assert (found.state, (found.ended_us or 0) - (found.started_us or 0)) == ("FAIL", 4 * 10**6)
    assert (found.nominal_start, found.nominal_end) == ("2026-01-01", "2026-01-02")
    assert found.parent is not None
    assert found.root is not None
    assert (found.parent.run_id, found.parent.job_name, found.root.run_id) == ("p", "dag", "r")
    assert found.error is not None
    assert (found.error.message, found.error.stack_trace) == ("boom", "at line 1")
    assert [one.dataset for one in found.inputs] == [a]
    (written,) = found.outputs
    assert (written.dataset, written.version, written.row_count, written.bytes) == (b, "7", "3", "99")
    assert written.schema_version
    assert found.facets == facets


def test_one_run_id_of_several_jobs() -> None:
    """Runs are keyed by runId and job, each with a state of its own."""
    with fresh() as engine:
        fill(
            engine, [make.run_event(job, type=type_) for job, type_ in (("x", "COMPLETE"), ("y", "FAIL"), ("z", None))]
        )
        found = list(runs.find(engine.connection, ["1", "unknown"]))
    assert [run.state for run in found] == ["COMPLETE", "FAIL", "OTHER"]
    assert [(run.started_us, run.ended_us is None) for run in found] == [(None, False), (None, False), (None, True)]


def test_a_bad_cursor_is_refused() -> None:
    """A text that was never an `end_cursor` is an error of the caller."""
    with fresh() as engine:
        for cursor in ("x", "!!", "bnVsbA", "é"):
            with pytest.raises(InvalidInput, match="not a cursor"):
                list(runs.pages(engine.connection, [1], 3, cursor))


def test_datasets_have_no_runs() -> None:
    """A number that is no job is passed over."""
    with fresh() as engine:
        fill(engine, [make.run_event(outputs=["a"])])
        assert list(runs.pages(engine.connection, [number(engine.connection, "a"), 99], 3)) == []
