"""What would join two names: the kind of declaration that fits, which does join them; nothing where none should."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.claims import Classes, declared_claims, explain, identify
from lineage_shared.claims.joining import joining
from lineage_shared.naming import Declarations, Reference, read_declaration, read_reference

PG, MYSQL, MSSQL = "postgres://db.prod:5432", "mysql://db.prod", "mssql://db.prod"
HIVE, TRINO, KAFKA = "hive://ms:9083", "trino://engine:8080", "kafka://broker:9092"
URN = "urn:li:dataset:(urn:li:dataPlatform:{},{},PROD)"

Raw = dict[str, Any]


def of(namespace: str, name: str, **more: Any) -> Raw:
    """An OpenLineage name."""
    return {"namespace": namespace, "name": name, **more}


def by_id(system: str, text: str, **more: Any) -> Raw:
    """A name in another system."""
    return {"system": system, "id": text, **more}


JOINED = [
    ("another host", of(PG, "shop.public.orders"), of("postgres://10.0.0.7", "shop.public.orders"), "namespace_alias"),
    ("a host of one's own", of("postgres://localhost", "shop.public.orders", domain="crm"),
     of(PG, "shop.public.orders"), "namespace_alias"),
    ("a broker and the list", of(KAFKA, "orders"), of("kafka://one:9092,two:9092", "orders"), "namespace_alias"),
    ("two schemes of a metastore", of(HIVE, "shop.orders"), of("spark://ms:10000", "shop.orders"), "namespace_alias"),
    ("no database", of(PG, "public.orders"), of(PG, "shop.public.orders"), "name_defaults"),
    ("no schema", of(PG, "shop.public.orders"), of(PG, "shop.orders"), "name_defaults"),
    ("no schema in JDBC", by_id("jdbc", "jdbc:postgresql://db.prod/shop", name="orders"),
     of(PG, "shop.public.orders"), "name_defaults"),
    ("case on a server", of(MYSQL, "shop.Orders"), of(MYSQL, "shop.orders"), "case_policy"),
    ("case of a collation", of(MSSQL, "Crm.dbo.Customers"), of(MSSQL, "crm.dbo.customers"), "case_policy"),
    ("case in Postgres", of(PG, "shop.public.Orders"), of(PG, "shop.public.orders"), "alias"),
    ("service and SID", of("oracle://db:1521", "erp_svc.ops.items"), of("oracle://db:1521", "erpsid.ops.items"),
     "database_alias"),
    ("two databases", of(PG, "shop.public.orders"), of(PG, "shop2.public.orders"), "alias"),
    ("dates of a table", of("bigquery", "p.d.events_20240101"), of("bigquery", "p.d.events_20240102"), "shard_policy"),
    ("dates of a folder", of("s3://lake", "in/2024-01-01/x"), of("s3://lake", "in/2024-01-02/x"), "path_spec"),
    ("a dated folder", of("s3://lake", "in/orders/2024-01-01"), of("s3://lake", "in/orders"), "path_spec"),
    ("two folders", of("s3://lake", "in/orders"), of("s3://lake", "out/orders"), "alias"),
    ("two buckets", of("s3://lake", "in/orders"), of("s3://copy", "in/orders"), "alias"),
    ("path and table", of("s3://lake", "shop/orders"), of(HIVE, "shop.orders"), "alias"),
    ("two databases that name alike", of(PG, "shop.public.orders"), of("redshift://c.eu:5439", "shop.public.orders"),
     "alias"),
    ("catalog of an engine", of(TRINO, "lake.shop.orders"), of(HIVE, "shop.orders"), "catalog_binding"),
    ("catalog of a database", of(TRINO, "pg.public.orders"), of(PG, "shop.public.orders"), "catalog_binding"),
    ("mount", of("dbfs", "/mnt/gold/erp/items", domain="crm"), of("s3://gold", "erp/items"), "namespace_binding"),
    ("urn", by_id("datahub", URN.format("postgres", "shop.public.orders")), of(PG, "shop.public.orders"),
     "namespace_binding"),
    ("urn of an instance", by_id("datahub", URN.format("postgres", "eu.prod.shop.public.orders")),
     of(PG, "shop.public.orders"), "namespace_binding"),
    ("urn of a topic", by_id("datahub", URN.format("kafka", "cdp.orders.v1")), of(KAFKA, "orders.v1"),
     "namespace_binding"),
    ("urn of another platform", by_id("datahub", URN.format("mysql", "shop.orders")), of(HIVE, "shop.orders"), "alias"),
    ("forgotten instance", by_id("datahub", URN.format("mssql", "main.crm.dbo.items")),
     by_id("datahub", URN.format("mssql", "crm.dbo.items")), "instance_default"),
    ("service", by_id("openmetadata", "svc.shop.public.orders"), of(PG, "shop.public.orders"), "namespace_binding"),
    ("cluster", by_id("atlas", "shop.orders@cdp", type="hive_table"), of(HIVE, "shop.orders"), "namespace_binding"),
    ("label", by_id("amundsen", "hive://gold.shop/orders"), of(HIVE, "shop.orders"), "namespace_binding"),
    ("no broker", by_id("spline", "kafka:orders", domain="crm"), of(KAFKA, "orders"), "namespace_binding"),
    ("dbt", by_id("dbt", "model.shop.orders"), of(PG, "shop.public.orders"), "alias"),
    ("job namespaces", of("default", "etl", kind="job", domain="crm"), of("airflow", "etl", kind="job", domain="crm"),
     "job_namespace_alias"),
    ("jobs of two domains", of("default", "etl", kind="job", domain="crm"),
     of("default", "etl", kind="job", domain="shop"), "alias"),
    ("jobs", of("airflow", "etl", kind="job", domain="crm"), of("airflow", "etl2", kind="job", domain="crm"), "alias"),
    ("a flow", by_id("datahub", "urn:li:dataJob:(urn:li:dataFlow:(airflow,etl,prod),load)", kind="job", domain="crm"),
     of("airflow", "etl.load", kind="job", domain="crm"), "namespace_binding"),
    ("columns of two hosts", of(PG, "a.b.c", column="id"), of("postgres://cname", "a.b.c", column="id"),
     "namespace_alias"),
    ("columns of path and table", of("s3://lake", "shop/orders", column="id"), of(HIVE, "shop.orders", column="id"),
     "alias"),
    ("case of columns", of(MSSQL, "a.b.c", column="ID"), of(MSSQL, "a.b.c", column="id"), "case_policy"),
    ("two columns", of(PG, "a.b.c", column="id"), of(PG, "a.b.c", column="key"), "alias"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "kind"), [row[1:] for row in JOINED], ids=[row[0] for row in JOINED])
def test_the_declaration_that_is_proposed_joins(one: Raw, other: Raw, kind: str) -> None:
    """It is of the kind that fits, reads back, and gives both names one identity, in either order."""
    for a, b in ((one, other), (other, one)):
        pair = [read_reference(a), read_reference(b)]
        assert identify(pair, Declarations())[0] != identify(pair, Declarations())[1]
        proposed = joining(pair[0], pair[1], Declarations())
        assert proposed is not None
        assert proposed["type"] == kind
        first, second = identify(pair, Declarations([read_declaration(dict(proposed))]))
        assert first == second is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (of("file", "/data/x", domain="crm"), of("file", "/data/x", domain="shop")),
        (of("postgres://localhost", "a.b.c", domain="crm"), of("postgres://localhost", "a.b.c", domain="shop")),
        (of("airflow", "etl", kind="job"), of("airflow", "etl")),
        (of(PG, "a.b.c"), of(PG, "a.b.c", column="id")),
        (of("s3://lake", "/"), of(PG, "a.b.c")),
    ],
    ids=["files of two domains", "machines of two domains", "job and dataset", "dataset and column", "nothing"],
)
def test_nothing_is_proposed_for_what_should_not_be_joined(one: Raw, other: Raw) -> None:
    """Names local to two domains, things of two kinds, and what denotes nothing."""
    assert joining(read_reference(one), read_reference(other), Declarations()) is None


def test_a_proposal_fits_what_is_declared_already() -> None:
    """Where the fitting kind would disagree with another declaration, and so not apply, another kind is proposed."""
    one, other = (Reference(namespace=namespace, name="a.b.c") for namespace in (PG, "postgres://cname"))
    elsewhere = {"type": "namespace_alias", "canonical": "postgres://old", "aliases": ["postgres://cname"]}
    declarations = Declarations([read_declaration(elsewhere)])
    proposed = joining(one, other, declarations)
    assert proposed is not None
    first, second = identify([one, other], Declarations([*declarations.all, read_declaration(dict(proposed))]))
    assert first == second


def test_what_is_declared_to_be_different_has_no_proposal() -> None:
    """The difference that blocks is named; taking it back is what would help."""
    ends = {"a": of(PG, "a.b.c"), "b": of("postgres://cname", "a.b.c")}
    declarations = Declarations([read_declaration({"type": "different_from", **ends, "by": "ops"})])
    classes = Classes(declared_claims(declarations))
    found = explain(read_reference(ends["a"]), read_reference(ends["b"]), declarations, classes)
    assert found.difference is not None
    assert (found.difference.part, found.difference.declaration) == ("authority", None)
    assert [(claim.kind, claim.by) for claim in found.apart] == [("different_from", "ops")]


TEXT = st.text(st.characters(codec=None), max_size=12)
NAMESPACES = st.sampled_from((PG, MYSQL, HIVE, KAFKA, TRINO, "s3://lake", "bigquery", "file", "dbfs", "", "oracle://h"))
REFERENCES = st.builds(Reference, namespace=NAMESPACES | TEXT, name=TEXT, column=st.none() | TEXT)


@given(one=REFERENCES, other=REFERENCES)
def test_any_proposal_joins(one: Reference, other: Reference) -> None:
    """Whatever the names, with control characters and lone surrogates: no error, and a proposal does what it says."""
    proposed = joining(one, other, Declarations())
    if proposed is not None:
        first, second = identify([one, other], Declarations([read_declaration(dict(proposed))]))
        assert first == second
