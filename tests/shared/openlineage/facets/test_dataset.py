"""Facets of datasets."""

from typing import Any

import pytest

from lineage_shared.model import DatasetRef
from lineage_shared.openlineage import facets
from lineage_shared.openlineage.facets import DatasetSymlink, Lifecycle, Statistics
from lineage_shared.wire import Assertion, SchemaField
from tests.factories import DATASETS, lifecycle, schema, symlinks


def test_schema() -> None:
    """Fields in their order; one without a name is passed over."""
    facet = {"fields": [{"name": "a", "type": "int", "description": "d"}, {"type": "int"}, {"name": "b", "type": 7}]}
    assert facets.schema_fields(facet) == (SchemaField("a", "int", "d"), SchemaField("b"))


def test_nested_schema() -> None:
    """Nested fields follow their parent with a dotted path."""
    street = {"name": "street", "fields": [{"name": "number", "type": "int"}]}
    facet = {"fields": [{"name": "address", "type": "struct", "fields": [street]}, {"name": "z"}]}
    read = facets.schema_fields(facet)
    assert read is not None
    assert [field.name for field in read] == ["address", "address.street", "address.street.number", "z"]


@pytest.mark.parametrize("facet", [None, {}, {"fields": None}, {"fields": {"a": "int"}}, {"_deleted": True}])
def test_no_schema(facet: Any) -> None:
    """Without a list of fields no schema was reported; an empty list is a schema without columns."""
    assert facets.schema_fields(facet) is None
    assert facets.schema_fields(schema()) == ()


def test_symlinks() -> None:
    """Other names, each once."""
    twice = symlinks("a", "a", type="LOCATION")
    twice["identifiers"] += [{"name": "b"}, "c"]
    assert facets.symlinks(twice) == (DatasetSymlink(DatasetRef(DATASETS, "a"), "LOCATION"),)


@pytest.mark.parametrize("change", ["ALTER", "CREATE", "DROP", "OVERWRITE", "RENAME", "TRUNCATE"])
def test_lifecycle(change: str) -> None:
    """The six changes of the spec."""
    assert facets.lifecycle(lifecycle(change.lower())) == Lifecycle(change)


def test_rename() -> None:
    """Only a RENAME has a former name."""
    assert facets.lifecycle(lifecycle("RENAME", "old")) == Lifecycle("RENAME", DatasetRef(DATASETS, "old"))
    assert facets.lifecycle(lifecycle("ALTER", "old")) == Lifecycle("ALTER")


def test_unknown_lifecycle() -> None:
    """A change that the spec does not know says nothing."""
    assert facets.lifecycle({"lifecycleStateChange": "VANISH"}) is None


def test_type_and_version() -> None:
    """The dataset type in capitals; the version as it is."""
    assert facets.dataset_type({"datasetType": "view", "subType": "MATERIALIZED"}) == "VIEW"
    assert facets.dataset_version({"datasetVersion": "v1"}) == "v1"
    assert facets.dataset_version({"datasetVersion": 1}) == ""


def test_assertions() -> None:
    """Assertions with a name and a result; the column is None when the whole dataset was tested."""
    facet = {
        "assertions": [
            {"assertion": "not_null", "success": True, "column": "id", "severity": "warn"},
            {"assertion": "row_count", "success": False, "column": ""},
            {"assertion": "no result"},
            {"success": True},
        ]
    }
    assert facets.assertions(facet) == (
        Assertion("not_null", True, "id", "warn"),
        Assertion("row_count", False),
    )


@pytest.mark.parametrize(
    ("facet", "expected"),
    [
        ({"rowCount": 3, "size": 4, "fileCount": 5}, Statistics("3", "4", "5")),
        ({"rowCount": 3, "bytes": 4, "columnMetrics": {}}, Statistics("3", "4")),
        ({"rowCount": 2**70, "size": 0}, Statistics(str(2**70), "0")),
        ({"rowCount": "12", "size": 4.0}, Statistics("12", "4")),
        ({"rowCount": "wrong", "size": 4.5, "fileCount": True}, Statistics()),
    ],
)
def test_statistics(facet: Any, expected: Statistics) -> None:
    """Counts are text of any size; what is no whole number is unknown."""
    assert facets.statistics(facet) == expected
