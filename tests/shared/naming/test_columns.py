"""Columns: paths of fields, the platform's case, and pairs across the members of a class."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.naming import Declarations, Key, Reference, System, alike, canonical, canonical_column


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


def test_keys_of_a_class_pair_their_columns_where_that_is_certain() -> None:
    """Names that differ in case only are one where no key has two of them; equal names are one anyhow."""
    assert alike([["id", "Name", "x", "X"], ["id", "NAME", "x", "Other"]]) == {"Name": "NAME", "NAME": "NAME"}
    assert alike([["Id", "ID"], ["id"]]) == {}
    assert alike([["Id"], ["ID"], ["id"]]) == dict.fromkeys(["Id", "ID", "id"], "ID")
    assert alike([["Id"], ["ID"], ["Id", "iD"]]) == {}
    assert alike([["\u212aey"], ["key"]]) == {}


@given(st.lists(st.lists(st.sampled_from(["id", "ID", "Id", "x", "X", "xy"])), max_size=4), st.randoms())
def test_pairing_is_one_relation_whatever_the_order(keys: list[list[str]], chance: Random) -> None:
    """No key's two columns become one, nothing but case is overlooked, and the order of keys and names is no matter."""
    joined = alike(keys)
    assert {name.lower() == to.lower() and joined[to] == to for name, to in joined.items()} <= {True}
    for names in keys:
        assert len({joined.get(name, name) for name in names}) == len(set(names))
    shuffled = [chance.sample(names, len(names)) for names in chance.sample(keys, len(keys))]
    assert alike(shuffled) == joined
