"""Declarations that are narrowed to a domain: they are about its names only, and whether others say otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from lineage_shared.model import Kind
from lineage_shared.naming import Declaration, Declarations, Key, Reference, System, canonical, read_declaration

URN = "urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.orders,PROD)"


def declared(**fields: Any) -> Declaration:
    """A declaration."""
    return read_declaration(fields)


def key(reference: Reference, domain: str | None, *declarations: Declaration) -> str:
    """The text of a key, or the reason why there is none."""
    found = canonical(reference, domain, Declarations(declarations))
    return found.text if isinstance(found, Key) else found.reason


def test_an_instance_is_known_to_its_domain_only() -> None:
    """What one domain declares about platform instances rewrites no other domain's names."""
    default = declared(type="instance_default", system="datahub", platform="postgres", instance="main", domain="east")
    binding = declared(
        type="namespace_binding",
        system="datahub",
        scope={"platform": "postgres", "instance": "main"},
        namespace="postgres://db:5432",
        domain="east",
    )
    reference = Reference(system=System.DATAHUB, id=URN)
    assert key(reference, "east", default, binding) == "ds1:postgres:db:shop/public/orders"
    assert key(reference, "north", default, binding) == key(reference, "north")
    named = Reference(system=System.DATAHUB, id=URN.replace("shop.", "main.shop."))
    assert key(named, "east", binding) == "ds1:postgres:db:shop/public/orders"
    assert key(named, "north", binding) == key(named, "north")


def test_domains_may_name_their_job_namespaces_as_they_like() -> None:
    """Two of them do not disagree; where no domain is known, what they differ about means nothing."""
    east, north = (
        declared(type="job_namespace_alias", canonical=f"airflow-{name}", aliases=["airflow"], domain=name)
        for name in ("east", "north")
    )
    job = Reference(namespace="airflow", name="load", kind=Kind.JOB)
    assert Declarations([east, north]).disagreements == ()
    assert key(job, "east", east, north) == "job1@east:job:airflow-east:load"
    assert key(job, None, east, north) == "job1:job:airflow:load"
    assert key(job, None, east) == "job1:job:airflow-east:load"


def test_a_difference_keeps_names_apart_in_its_domain_only() -> None:
    """Another domain's reading of the same two names is its own."""
    alias = declared(type="namespace_alias", canonical="s3://new", aliases=["s3://old"])
    apart = declared(
        type="different_from",
        a={"namespace": "s3://new", "name": "t"},
        b={"namespace": "s3://old", "name": "t"},
        domain="east",
    )
    old = Reference(namespace="s3://old", name="t")
    assert key(old, "east", alias, apart) == "ds1:s3:old:t"
    assert key(old, "north", alias, apart) == "ds1:s3:new:t"


OTHERWISE: list[tuple[dict[str, Any], list[tuple[dict[str, Any], bool]]]] = [
    (
        {"type": "namespace_alias", "canonical": "s3://one", "aliases": ["s3://old"]},
        [({"canonical": "s3://two"}, True), ({"canonical": "s3a://one"}, False), ({"aliases": ["s3://x"]}, False)],
    ),
    (
        {"type": "job_namespace_alias", "canonical": "one", "aliases": ["old"]},
        [({"canonical": "two"}, True), ({"aliases": ["old", "one"]}, False), ({"aliases": ["x"]}, False)],
    ),
    (
        {"type": "case_policy", "namespace": "mysql://db", "case": "sensitive"},
        [({"case": "insensitive"}, True), ({"namespace": "mysql://db:3306"}, False), ({"namespace": "x://y"}, False)],
    ),
    (
        {"type": "name_defaults", "namespace": "postgres://db", "database": "shop"},
        [({"database": "crm"}, True), ({"namespace": "postgres://other"}, False), ({}, False)],
    ),
    (
        {"type": "catalog_binding", "namespace": "trino://t", "catalog": "hive", "target": "hive://ms"},
        [({"target": "hive://other"}, True), ({"catalog": "pg"}, False), ({}, False)],
    ),
    (
        {"type": "namespace_binding", "system": "openmetadata", "scope": {"service": "a"}, "namespace": "s3://one"},
        [({"namespace": "s3://two"}, True), ({"scope": {"service": "b"}}, False), ({}, False)],
    ),
    (
        {"type": "instance_default", "system": "datahub", "platform": "mssql", "instance": "one", "env": "PROD"},
        [({"instance": "two"}, True), ({"env": "DEV"}, False), ({}, False)],
    ),
    ({"type": "path_spec", "spec": "s3://b/{table}/{date}"}, [({"spec": "s3://b/x/{table}/{date}"}, False)]),
    ({"type": "shard_policy", "spec": "p.d.e_YYYYMMDD"}, [({"spec": "p.d.x_YYYYMMDD"}, False)]),
    ({"type": "database_alias", "namespace": "oracle://h", "names": ["a", "b"]}, [({"names": ["b", "c"]}, False)]),
]


@pytest.mark.parametrize(("first", "others"), OTHERWISE, ids=[first["type"] for first, _ in OTHERWISE])
@pytest.mark.parametrize("of", [None, "east"], ids=["for all", "for the domain"])
def test_what_says_otherwise(first: dict[str, Any], others: list[tuple[dict[str, Any], bool]], of: str | None) -> None:
    """Another word about the same subject does, however it is spelled; the same word, or another subject, does not."""
    known = Declarations([read_declaration(first, domain=of)])
    for changed, otherwise in others:
        assert known.say_otherwise(read_declaration({**first, **changed}, domain="east")) is otherwise
        assert Declarations().say_otherwise(read_declaration({**first, **changed}, domain="east")) is False


def test_an_alias_the_other_way_round_says_otherwise() -> None:
    """It would give the domain a name of its own for what has one."""
    known = Declarations([declared(type="namespace_alias", canonical="s3://one", aliases=["s3://old"])])
    back = declared(type="namespace_alias", canonical="s3://old", aliases=["s3://one"], domain="east")
    assert known.say_otherwise(back)
    jobs = Declarations([declared(type="job_namespace_alias", canonical="one", aliases=["old"])])
    assert jobs.say_otherwise(declared(type="job_namespace_alias", canonical="old", aliases=["one"], domain="east"))
