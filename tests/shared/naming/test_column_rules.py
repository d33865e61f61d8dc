"""A column rule, found once for a dataset, reads each of its columns as `canonical` does."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lineage_shared.naming import (
    EXACTLY,
    Declarations,
    Key,
    Reference,
    canonical,
    canonical_column,
    column_rule,
    read_declaration,
)

DATASETS = (
    ("postgres://db:5432", "shop.public.orders"),
    ("snowflake://org-acct", 'A.B."c"'),
    ("bigquery", "p.d.t"),
    ("mysql://db", "shop.orders"),
    ("hive://ms", "db.t"),
    ("mongodb://db", "shop.orders"),
    ("mssql://db", "shop.dbo.orders"),
    ("mssql://db", "shop.dbo.Orders"),
    ("trino://host:8080", "lake.db.t"),
    ("trino://host:8080", "else.db.t"),
    ("oracle://db", "orcl.shop.orders"),
    ("s3://lake", "a/b"),
    ("s3://lake/warehouse", "db.t"),
    ("arn:aws:glue:eu-north-1:1", "table/db/t"),
    ("unity-catalog", "main.db.t"),
    ("localhost", "anything"),
    ("file", "/tmp/x"),
    ("dbfs", "/mnt/lake/x"),
    ("somewhere", "x"),
    ("", "null"),
)
DECLARED = [
    {"type": "case_policy", "namespace": "mssql://db:1433", "case": "insensitive"},
    {"type": "case_policy", "namespace": "s3://lake", "case": "insensitive", "domain": "east"},
    {"type": "catalog_binding", "namespace": "trino://host:8080", "catalog": "lake", "target": "postgres://db"},
    {"type": "namespace_alias", "canonical": "hive://ms", "aliases": ["oracle://db"]},
    {
        "type": "namespace_binding",
        "system": "openlineage",
        "scope": {"namespace": "unity-catalog", "domain": "east"},
        "namespace": "unitycatalog://host",
    },
    {"type": "namespace_binding", "system": "dbfs", "scope": {"mount": "/mnt/lake"}, "namespace": "s3://lake"},
    {
        "type": "different_from",
        "a": {"namespace": "mssql://db", "name": "shop.dbo.orders"},
        "b": {"namespace": "mssql://db", "name": "shop.dbo.Orders"},
    },
]
LETTERS = st.text('aAbB."`[]\\\\é ', max_size=8)
COLUMNS = st.one_of(LETTERS, st.sampled_from(["None", "a._element.b", "a[].b", "[version=2.0].[type=struct].a.b"]))


@given(
    st.sampled_from(DATASETS),
    st.lists(COLUMNS, min_size=2, max_size=4),
    st.sampled_from([None, "east"]),
    st.lists(st.sampled_from(DECLARED), unique_by=repr),
)
@example(DATASETS[6], ["id", "ID"], None, DECLARED)
@example(DATASETS[8], ["id", "ID"], None, DECLARED)
def test_names_are_equal_where_keys_are(
    dataset: tuple[str, str], columns: list[str], domain: str | None, declared: list[dict[str, object]]
) -> None:
    """Under any declarations; a column that has no key is told apart by its text."""
    declarations = Declarations(map(read_declaration, declared))
    reference = Reference(namespace=dataset[0], name=dataset[1])
    rule = column_rule(reference, domain, declarations)
    keys = {each: canonical_column(reference, each, domain, declarations) for each in columns}
    for one, other in combinations(columns, 2):
        mine, theirs = keys[one], keys[other]
        if isinstance(mine, Key) and isinstance(theirs, Key):
            assert (rule.name(one) == rule.name(other)) is (mine.text == theirs.text)


@given(COLUMNS, st.sampled_from(DATASETS))
def test_names_read_as_themselves(text: str, dataset: tuple[str, str]) -> None:
    """A name that is read exactly stays what it is."""
    rule = column_rule(Reference(namespace=dataset[0], name=dataset[1]), None, Declarations())
    assert EXACTLY.name(rule.name(text)) == rule.name(text)


@pytest.mark.parametrize(
    ("namespace", "text", "name"),
    [
        ("snowflake://org-acct", "order_id", "ORDER_ID"),
        ("snowflake://org-acct", '"order_id"', "order_id"),
        ("postgres://db", "Order_Id", "Order_Id"),
        ("bigquery", "Order_Id", "order_id"),
        ("s3://lake", "lines._element.Price", "lines.Price"),
        ("s3://lake", '"a.b"', '"a.b"'),
        ("s3://lake", "a..b", "a..b"),
    ],
)
def test_names_look_like_what_the_platform_stores(namespace: str, text: str, name: str) -> None:
    """Dots between the segments, quotes only around a dot."""
    reference = Reference(namespace=namespace, name="a.b.c")
    assert isinstance(canonical(reference, None, Declarations()), Key)
    assert column_rule(reference, None, Declarations()).name(text) == name
