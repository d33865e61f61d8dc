"""Columns: paths of fields, the platform's case, and pairs across the members of a class."""

from __future__ import annotations

import pytest

from lineage_shared.naming import Declarations, Key, Reference, System, canonical, canonical_column, matched


def column(namespace: str, name: str, text: str) -> str:
    """Return the text of a column's key."""
    key = canonical_column(Reference(namespace=namespace, name=name), text, None, Declarations())
    assert isinstance(key, Key)
    return key.text


@pytest.mark.parametrize(
    ("namespace", "name", "one", "other", "same"),
    [
        ("snowflake://o-a", "a.b.c", "id", "ID", True),
        ("snowflake://o-a", "a.b.c", '"id"', "ID", False),
        ("bigquery", "a.b.c", "id", "ID", True),
        ("mysql://h", "a.b", "id", "ID", True),
        ("clickhouse://h", "a.b", "id", "ID", False),
        ("postgres://h", "a.b.c", '"id"', "id", True),
        ("postgres://h", "a.b.c", "Id", "id", False),
        ("hive://h", "a.b", "`Id`", "id", True),
        ("s3://b", "a/b", "x.y", "y", False),
        ("s3://b", "a/b", "x._element.y", "x.y", True),
        ("s3://b", "a/b", "x[].y", "x.y", True),
        ("s3://b", "a/b", "x[*].y", "x.y", True),
        ("s3://b", "a/b", '"x.y"', "x.y", False),
    ],
)
def test_columns_follow_the_platform(namespace: str, name: str, one: str, other: str, same: bool) -> None:
    """Case, quotes and nesting count as the platform says."""
    assert (column(namespace, name, one) == column(namespace, name, other)) is same


def test_datahub_s_field_paths_are_read() -> None:
    """Versions and types fall away, what nests stays."""
    path = "[version=2.0].[type=struct].[type=array].[type=struct].lines.[type=map].[type=string].price"
    urn = f"urn:li:schemaField:(urn:li:dataset:(urn:li:dataPlatform:s3,b/a/b,PROD),{path})"
    key = canonical(Reference(system=System.DATAHUB, id=urn), None, Declarations())
    assert isinstance(key, Key)
    assert key.text == column("s3://b", "a/b", "lines.price")


def test_members_of_a_class_pair_their_columns_where_that_is_certain() -> None:
    """Equal names pair; names that differ in case only do where neither side has twins."""
    assert matched(["id", "Name", "x", "X"], ["id", "NAME", "x", "Other"]) == {"id": "id", "Name": "NAME", "x": "x"}
    assert matched(["Id", "ID"], ["id"]) == {}
