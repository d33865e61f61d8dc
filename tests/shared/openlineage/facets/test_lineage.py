"""The `lineage` facet of datasets and of jobs."""

from typing import Any

from lineage_shared.model import DatasetRef, JobRef
from lineage_shared.openlineage.facets import (
    ColumnInput,
    DatasetEntry,
    DatasetLineage,
    JobEntry,
    JobInput,
    JobLineage,
    dataset_lineage,
    job_lineage,
)
from tests.factories import DATASETS, column_input, lineage, lineage_entry

OTHER_JOB = {"namespace": "airflow", "name": "daily.load", "type": "JOB", "runId": "r"}


def _ref(name: str) -> DatasetRef:
    return DatasetRef(DATASETS, name)


def _source(name: str, **more: Any) -> dict[str, Any]:
    return {"namespace": DATASETS, "name": name, "type": "DATASET", **more}


def test_dataset() -> None:
    """Inputs of the whole, and of fields, which feed the whole as well."""
    read = dataset_lineage(lineage(["a"], {"x": [column_input("b", "c")]}))
    assert read.inputs == (_ref("a"), _ref("b"))
    assert read.edges == (ColumnInput("x", _ref("b"), "c", "DIRECT", "IDENTITY", "", False),)


def test_dataset_wide_field() -> None:
    """A field at entity level affects every column: INDIRECT unless it says otherwise."""
    read = dataset_lineage(
        {"inputs": [_source("a", field="c"), _source("a", field="d", transformations=[{"type": "DIRECT"}])]}
    )
    assert read.inputs == (_ref("a"),)
    assert read.edges == (ColumnInput("", _ref("a"), "c", "INDIRECT"), ColumnInput("", _ref("a"), "d", "DIRECT"))


def test_no_inputs_is_not_nothing_said() -> None:
    """An empty list says that there are no inputs; without any list, nothing is said."""
    assert dataset_lineage({"inputs": []}).inputs == ()
    assert dataset_lineage({"fields": {}}).inputs == ()
    assert dataset_lineage({}).inputs is None
    assert dataset_lineage({"inputs": "a"}) == DatasetLineage()


def test_job_as_source() -> None:
    """A job may be a source, by name or, unnamed, the event's own; a half-named one is passed over."""
    own, half = {"type": "JOB"}, {"type": "JOB", "name": "x"}
    read = dataset_lineage({"inputs": [OTHER_JOB, own, half]})
    assert read.jobs == (JobInput(JobRef("airflow", "daily.load"), "r"), JobInput())
    assert read.inputs == ()


def test_job_entries() -> None:
    """Entries by target: datasets, the event's own job, other jobs."""
    facet = {
        "entries": [
            lineage_entry("x", ["a"]),
            {"type": "JOB", "inputs": [_source("a", field="c"), OTHER_JOB]},
            {**OTHER_JOB, "inputs": [_source("b")]},
            lineage_entry("x", ["b"]),
        ]
    }
    upstream = JobInput(JobRef("airflow", "daily.load"), "r")
    assert job_lineage(facet) == JobLineage(
        datasets=(
            DatasetEntry(_ref("x"), DatasetLineage((_ref("a"),))),
            DatasetEntry(_ref("x"), DatasetLineage((_ref("b"),))),
        ),
        jobs=(
            JobEntry(None, "", (_ref("a"),), (upstream,)),
            JobEntry(JobRef("airflow", "daily.load"), "r", (_ref("b"),)),
        ),
    )


def test_target_without_inputs() -> None:
    """A target without inputs and fields is named, but nothing is said about what feeds it."""
    (entry,) = job_lineage({"entries": [_source("x")]}).datasets
    assert entry.lineage.inputs is None


def test_ill_shaped_entries_cost_only_themselves() -> None:
    """Entries of no known type or without a full name are passed over; the rest is read."""
    bad = [
        None,
        {},
        {"type": "MODEL"},
        {"type": "DATASET"},
        {"type": "JOB", "namespace": "n"},
        {"type": "DATASET", "name": "x"},
    ]
    read = job_lineage({"entries": [*bad, lineage_entry("x", ["a"])]})
    assert [entry.target for entry in read.datasets] == [_ref("x")]
    assert read.jobs == ()
