"""All readers together: no JSON makes one raise, and the spec's own examples are read without loss."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.openlineage import facets, parse
from tests import corpora
from tests.strategies import dataset_facets, job_facets, json_values, lineage_facets, run_facets

Reader = Callable[[Any], Any]

READERS: dict[str, Reader] = {
    "columnLineage": facets.column_lineage,
    "dataQualityAssertions": facets.assertions,
    "dataQualityMetrics": facets.statistics,
    "datasetType": facets.dataset_type,
    "datasetVersion": facets.dataset_version,
    "documentation": facets.documentation,
    "errorMessage": facets.error_message,
    "jobType": facets.job_type,
    "lifecycleStateChange": facets.lifecycle,
    "lineage": facets.dataset_lineage,
    "lineage of a job": facets.job_lineage,
    "nominalTime": facets.nominal_time,
    "outputStatistics": facets.statistics,
    "ownership": facets.owners,
    "parent": facets.parent,
    "schema": facets.schema_fields,
    "sourceCodeLocation": facets.source_code_location,
    "sql": facets.sql,
    "symlinks": facets.symlinks,
    "tags": facets.tags,
}
# What no reader is meant to give back: it stays in the facet, which is served verbatim.
UNREAD = {"_producer", "_schemaURL", "ordinal_position", "facets", "columnMetrics", "lastUpdated", "windowDuration"}
UNREAD |= {"eventTrigger", "subType", "contentType"}
# Deprecated words of a column whose inputs have transformations of their own; the type that a class already tells.
LOST = {"ColumnLineageDatasetFacet/1.json": {"SELECT NAME"}, "LineageFacet/dataset-to-dataset.json": {"DATASET"}}
# Keys that are names of columns.
COLUMNS = {"NAME", "AMOUNT_OFF", "STARTS_AT", "ENDS_AT", "id", "firstName", "lastName", "ageNextYear", "customer_id"}
LINEAGE_EXAMPLES = {
    "dataset-to-job.json": [("daily.load", 1, 0, 0)],
    "generator.json": [("public.extracted_data", 0, 1, 0)],
    "implicit-job.json": [("", 1, 0, 0)],
    "job-to-dataset.json": [("public.daily_summary", 0, 1, 0)],
    "job-to-job.json": [("daily.load", 0, 1, 0)],
    "mixed-sources.json": [("public.enriched_orders", 1, 1, 1)],
}
VALID = st.one_of(*{**dataset_facets, **lineage_facets, **job_facets, **run_facets}.values())


@pytest.mark.parametrize("name", READERS)
def test_every_reader_is_exported(name: str) -> None:
    """The readers tested here are all that the package exports."""
    assert READERS[name].__name__ in facets.__all__
    exported = {name for name in facets.__all__ if name.islower()}
    assert exported == {reader.__name__ for reader in READERS.values()}


@given(json_values)
def test_no_json_raises(value: Any) -> None:
    """Any JSON value can be read by any reader."""
    for reader in READERS.values():
        reader(value)


@given(VALID, json_values, st.data())
def test_no_broken_facet_raises(facet: Any, value: Any, data: st.DataObject) -> None:
    """A facet with any piece of it replaced by anything can be read by any reader."""
    broken = {"": json.loads(json.dumps(facet))}
    target: Any = broken
    key: Any = ""
    while isinstance(target[key], dict | list) and target[key] and data.draw(st.booleans()):
        target = target[key]
        key = data.draw(st.sampled_from(sorted(target) if isinstance(target, dict) else range(len(target))))
    target[key] = value
    for reader in READERS.values():
        reader(broken[""])


@given(VALID)
def test_values_are_hashable_and_encodable(facet: Any) -> None:
    """What readers return can be compared, hashed and sent."""
    for reader in READERS.values():
        read = reader(facet)
        assert hash(read) == hash(reader(facet))
        assert msgspec.json.encode(read)


def test_deep_facets_are_read() -> None:
    """A facet as deep as `parse` lets through is read."""
    levels = 120
    body = '{"name":"x","fields":[' * levels + "]}" * levels
    read = facets.schema_fields(parse(f'{{"fields":[{body}]}}'.encode()))
    assert read is not None
    assert len(read) == levels


def _leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {
            str(leaf) for key, each in value.items() if key not in UNREAD for leaf in {key} & COLUMNS | _leaves(each)
        }
    if isinstance(value, list):
        return {leaf for each in value for leaf in _leaves(each)}
    return {str(value)} if value not in ("", None) and not isinstance(value, bool) else set()


def _given_back(read: Any) -> set[str]:
    leaves = _leaves(msgspec.json.decode(msgspec.json.encode(read)))
    return leaves | {part for leaf in leaves for part in leaf.split(".")}


def test_examples_are_read_without_loss() -> None:
    """Every value of the spec's facet examples comes back out of the reader of its facet."""
    examples = [each for each in corpora.facet_examples() if each[1] in READERS and "entries" not in each[2]]
    for file, name, facet in examples:
        lost = _leaves(facet) - _given_back(READERS[name](facet))
        assert lost == LOST.get(file, set()), file
    assert len(examples) >= len(READERS) - 2


def test_lineage_examples() -> None:
    """The spec's examples of a job's `lineage`: targets, their inputs, jobs among these, and column edges."""
    found = {
        file.removeprefix("LineageFacet/"): _outline(facets.job_lineage(facet))
        for file, _, facet in corpora.facet_examples()
        if "entries" in facet
    }
    assert found == LINEAGE_EXAMPLES


def _outline(read: facets.JobLineage) -> list[tuple[str, int, int, int]]:
    of_datasets = [(each.target.name, each.lineage) for each in read.datasets]
    outline = [(name, len(it.inputs or ()), len(it.jobs), len(it.edges)) for name, it in of_datasets]
    return outline + [
        (each.target.name if each.target else "", len(each.inputs), len(each.jobs), 0) for each in read.jobs
    ]
