"""Declarations: what they change, where they stop, and how disagreements look."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from lineage_shared.errors import InvalidInput
from lineage_shared.naming import Declarations, Key, Reference, System, as_json, canonical, read_declaration


def text(declared: list[dict[str, Any]], namespace: str, name: str, domain: str | None = None) -> str | None:
    """Return the key's text of a reference in OpenLineage's form."""
    return text_of(declared, Reference(namespace=namespace, name=name), domain)


def text_of(declared: list[dict[str, Any]], reference: Reference, domain: str | None = None) -> str | None:
    """Return the key's text, or None."""
    key = canonical(reference, domain, Declarations(map(read_declaration, declared)))
    return key.text if isinstance(key, Key) else None


ALIAS: dict[str, Any] = {
    "type": "namespace_alias",
    "canonical": "hdfs://ns",
    "aliases": ["hdfs://nn1:8020", "hdfs://NN2"],
}


def test_an_alias_holds_for_every_spelling_of_its_namespaces() -> None:
    """Ports and case of the alias do not matter, nor those of the reference."""
    expected = text([], "hdfs://ns", "/a/b")
    for namespace in ("hdfs://nn1", "hdfs://NN1:8020/", "hdfs://nn2:8020"):
        assert text([ALIAS], namespace, "/a/b") == expected
    assert text([ALIAS], "hdfs://nn1:9000", "/a/b") != expected


def test_chains_of_aliases_end_and_cycles_are_one_class_with_a_record() -> None:
    """Aliases are followed to the end; a cycle stands for one namespace, and is reported."""
    chain = [
        {"type": "namespace_alias", "canonical": f"kafka://h{i + 1}:1", "aliases": [f"kafka://h{i}:1"]}
        for i in range(3)
    ]
    assert text(chain, "kafka://h0:1", "t") == text([], "kafka://h3:1", "t")
    cycle = [*chain, {"type": "namespace_alias", "canonical": "kafka://h0:1", "aliases": ["kafka://h3:1"]}]
    assert len({text(cycle, f"kafka://h{i}:1", "t") for i in range(4)}) == 1
    assert {each.kind for each in Declarations(map(read_declaration, cycle)).disagreements} == {"namespace_alias_cycle"}


def test_declarations_that_disagree_do_not_apply() -> None:
    """An alias of two namespaces, two defaults or two cases leave the name as it is, in any order, with a record."""
    disagreeing: tuple[list[dict[str, Any]], ...] = (
        [{**ALIAS, "canonical": "hdfs://one"}, {**ALIAS, "canonical": "hdfs://two"}],
        [{"type": "case_policy", "namespace": "hdfs://nn1", "case": case} for case in ("sensitive", "insensitive")],
    )
    for said in disagreeing:
        for order in itertools.permutations(said):
            assert text(list(order), "hdfs://nn1", "/a/B") == text([], "hdfs://nn1", "/a/B")
        assert Declarations(map(read_declaration, said)).disagreements


def test_a_local_namespace_needs_a_domain() -> None:
    """An alias of localhost without a domain joins no two domains, and is reported."""
    alias = {"type": "namespace_alias", "canonical": "postgres://db", "aliases": ["postgres://localhost"]}
    assert text([alias], "postgres://localhost", "a.b.c", "sales") != text([], "postgres://db", "a.b.c")
    assert text([{**alias, "domain": "sales"}], "postgres://localhost", "a.b.c", "sales") == text(
        [], "postgres://db", "a.b.c"
    )
    assert text([{**alias, "domain": "sales"}], "postgres://localhost", "a.b.c", "crm") != text(
        [], "postgres://db", "a.b.c"
    )
    assert Declarations([read_declaration(alias)]).disagreements[0].kind == "local_namespace_without_domain"


def test_defaults_fill_in_what_is_missing() -> None:
    """Two-part names gain the declared database or schema; a connection without schema gains the schema."""
    database = {"type": "name_defaults", "namespace": "postgres://h", "database": "shop"}
    assert text([database], "postgresql://h:5432", "public.t") == text([], "postgres://h", "shop.public.t")
    assert text([database], "postgres://h2", "public.t") == text([], "postgres://h2", "public.t")
    schema = {"type": "name_defaults", "namespace": "postgres://h", "schema": "public"}
    assert text([schema], "postgres://h", "shop.t") == text([], "postgres://h", "shop.public.t")
    asked = Reference(system=System.JDBC, id="jdbc:postgresql://h/shop", name="t")
    assert text_of([schema], asked) == text([], "postgres://h", "shop.public.t")


def test_catalogs_are_windows() -> None:
    """A bound catalog leads to its target, with a database where one is given; a circle leads nowhere."""
    bound = {
        "type": "catalog_binding",
        "namespace": "trino://t:8080",
        "catalog": "pg",
        "target": "postgres://h",
        "database": "d",
    }
    assert text([bound], "trino://t:8080", "PG.s.t") == text([], "postgres://h", "d.s.t")
    circle = [
        {
            "type": "catalog_binding",
            "namespace": f"trino://{a}:1",
            "catalog": "c",
            "target": f"trino://{b}:1",
            "database": "c",
        }
        for a, b in (("x", "y"), ("y", "x"))
    ]
    assert text(circle, "trino://x:1", "c.s.t") == text([], "trino://x:1", "c.s.t")


def test_path_specs_cut_dates_and_nothing_else() -> None:
    """What stands in the place of a date must be one."""
    spec = {"type": "path_spec", "spec": "s3://b/exports/{table}/{date}"}
    whole = text([], "s3://b", "exports/t")
    for path in (
        "exports/t/2024-02-29",
        "exports/t/20240229",
        "exports/t/2024/02/29",
        "exports/t/2024-02-29/part-00000.parquet",
    ):
        assert text([spec], "s3a://b", path) == whole
    for path in ("exports/t/2024-13-01", "exports/t/latest", "exports/t/2024-01-01/x", "other/t/2024-01-01"):
        assert text([spec], "s3://b", path) == text([], "s3://b", path)


def test_shards_are_one_set_and_not_the_table_without_a_suffix() -> None:
    """Dated members and wildcards are one; a base table, and eight digits that are no date, are others."""
    policy = {"type": "shard_policy", "spec": "p.d.events_YYYYMMDD"}
    one = {
        text([policy], "bigquery", f"p.d.events_{end}") for end in ("20240101", "20241231", "*", "202401*", "YYYYMMDD")
    }
    assert len(one) == 1
    for name in ("p.d.events", "p.d.events_12345678", "p.d.events_2024", "p.d.events_x"):
        assert text([policy], "bigquery", name) not in one


def test_a_name_with_an_unknown_instance_is_not_bound() -> None:
    """A binding without instance takes names of full length only: `inst.db.table` is not `db.table`."""
    scope = {"platform": "mysql", "instance": None, "env": "PROD"}
    bound = {"type": "namespace_binding", "system": "datahub", "scope": scope, "namespace": "mysql://h"}

    def urn(name: str) -> Reference:
        return Reference(system=System.DATAHUB, id=f"urn:li:dataset:(urn:li:dataPlatform:mysql,{name},PROD)")

    assert text_of([bound], urn("shop.t")) == text([], "mysql://h", "shop.t")
    assert text_of([bound], urn("inst.shop.t")) != text([], "mysql://h", "shop.t")


def test_openlineage_s_own_constants_can_be_bound() -> None:
    """`unity-catalog` of one domain is bound to its metastore."""
    scope = {"domain": "sales", "namespace": "unity-catalog"}
    bound = {"type": "namespace_binding", "system": "openlineage", "scope": scope, "namespace": "unitycatalog://h"}
    assert text([bound], "unity-catalog", "a.b.c", "sales") == text([], "unitycatalog://h", "a.b.c")
    assert text([bound], "unity-catalog", "a.b.c", "crm") != text([], "unitycatalog://h", "a.b.c")


@pytest.mark.parametrize(
    "raw",
    [
        None, {}, {"type": "x"}, {"type": ["alias"]}, {"type": "alias", "a": {}, "b": {}},
        {"type": "namespace_alias", "canonical": "", "aliases": ["x"]},
        {"type": "namespace_alias", "canonical": "x", "aliases": []},
        {"type": "namespace_alias", "canonical": "x", "aliases": [1]},
        {"type": "namespace_alias", "canonical": "x", "aliases": ["y"] * 2_000},
        {"type": "case_policy", "namespace": "x", "case": "upper"},
        {"type": "name_defaults", "namespace": "x"},
        {"type": "name_defaults", "namespace": "x", "database": "d", "two_part": "database.table"},
        {"type": "path_spec", "spec": "s3://b/exports/{table}"}, {"type": "path_spec", "spec": "exports/{date}"},
        {"type": "shard_policy", "spec": "p.d.YYYYMMDD"}, {"type": "shard_policy", "spec": "p.d.t"},
        {"type": "namespace_binding", "system": "datahub", "scope": {"a": 1}, "namespace": "x"},
        {"type": "namespace_binding", "system": "datahub", "scope": {"a": None}, "namespace": "x"},
        {"type": "namespace_binding", "system": "datahub", "scope": {"a": "1"}, "namespace": "x", "object": "column"},
        {"type": "database_alias", "namespace": "x", "names": ["one"]},
    ],
)  # fmt: skip
def test_an_unreadable_declaration_is_refused_by_name(raw: Any) -> None:
    """The error says where and what."""
    with pytest.raises(InvalidInput, match="declaration"):
        read_declaration(raw)


def test_declarations_can_be_written_and_read_again() -> None:
    """The JSON form is the configuration's form."""
    raws: list[dict[str, Any]] = [
        ALIAS,
        {
            "type": "alias",
            "a": {"system": "dbt", "id": "model.p.t"},
            "b": {"namespace": "postgres://h", "name": "a.b.c"},
            "by": "x",
        },
        {
            "type": "namespace_binding",
            "system": "atlas",
            "scope": {"type": "hive_table", "cluster": "c"},
            "namespace": "hive://h",
        },
        {"type": "job_namespace_alias", "canonical": "prod", "aliases": ["default"], "domain": "finance"},
        {"type": "name_defaults", "namespace": "postgres://h", "database": "d", "two_part": "schema.table"},
    ]
    for raw in raws:
        declaration = read_declaration(raw)
        assert read_declaration(as_json(declaration)) == declaration


def test_what_is_declared_different_is_joined_by_no_namespace() -> None:
    """A `different_from` beats an alias of the namespaces, for its two names and no others."""
    different = {
        "type": "different_from",
        "a": {"namespace": "hdfs://nn1:8020", "name": "/a/b"},
        "b": {"namespace": "hdfs://ns", "name": "/a/b/"},
    }
    said: list[dict[str, Any]] = [ALIAS, different]
    assert text(said, "hdfs://nn1", "/a/b") != text(said, "hdfs://ns", "/a/b")
    assert text(said, "hdfs://nn2", "/a/b") == text(said, "hdfs://ns", "/a/b")
    assert text(said, "hdfs://nn1", "/a/c") == text(said, "hdfs://ns", "/a/c")


def test_what_is_declared_different_is_joined_under_none_of_its_spellings() -> None:
    """Names that are bound to one of the two servers, or completed there, are not carried over to the other one."""
    said: list[dict[str, Any]] = [
        {"type": "namespace_alias", "canonical": "postgres://new:5432", "aliases": ["postgres://old:5432"]},
        {
            "type": "namespace_binding",
            "system": "datahub",
            "scope": {"platform": "postgres", "instance": "old"},
            "namespace": "postgres://old:5432",
        },
        {"type": "name_defaults", "namespace": "postgres://old:5432", "database": "d", "two_part": "schema.table"},
        {
            "type": "different_from",
            "a": {"namespace": "postgres://new:5432", "name": "d.s.t"},
            "b": {"namespace": "postgres://old:5432", "name": "d.s.t"},
        },
    ]
    old = text(said, "postgres://old:5432", "d.s.t")
    bound = Reference(system=System.DATAHUB, id="urn:li:dataset:(urn:li:dataPlatform:postgres,old.d.s.t,PROD)")
    assert old != text(said, "postgres://new:5432", "d.s.t")
    assert old == text_of(said, bound) == text(said, "postgres://old:5432", "s.t")
    assert text(said, "postgres://old:5432", "s.other") == text(said, "postgres://new:5432", "d.s.other")


def test_a_binding_onto_what_cannot_hold_the_name_leaves_it_alone() -> None:
    """A name with more parts than the bound platform has is the catalog's own, whatever its scope stands for."""
    bound: tuple[tuple[dict[str, Any], Reference], ...] = (
        ({"system": "openmetadata", "scope": {"service": "s"}}, Reference(system=System.OPENMETADATA, id="s.a.b")),
        ({"system": "atlas", "scope": {"type": "hive_table", "cluster": "c"}},
         Reference(system=System.ATLAS, id="a.b@c", type="hive_table")),
        ({"system": "amundsen", "scope": {"database": "hive", "cluster": "c"}},
         Reference(system=System.AMUNDSEN, id="hive://c.a/b")),
    )  # fmt: skip
    for binding, reference in bound:
        said = [{"type": "namespace_binding", "namespace": "kafka://h:9092", **binding}]
        assert text_of(said, reference) == text_of([], reference)


def test_databases_and_catalogs_are_known_in_the_case_of_their_server() -> None:
    """What is declared of a server without case is found in any case, and a service of Oracle has none."""
    home = "mssql://h"
    said: list[dict[str, Any]] = [
        {"type": "case_policy", "namespace": home, "case": "insensitive"},
        {"type": "database_alias", "namespace": home, "names": ["Sales", "SalesAG"]},
        {"type": "catalog_binding", "namespace": home, "catalog": "Linked", "target": "postgres://pg"},
        {"type": "database_alias", "namespace": "oracle://h", "names": ["svc-1.example", "ORCL"]},
    ]
    assert text(said, home, "SALES.dbo.t") == text(said, home, "salesag.dbo.T")
    assert text(said, home, "LINKED.public.t") == text([], "postgres://pg", "public.t")
    assert text(said, "oracle://h", "SVC-1.EXAMPLE.s.t") == text(said, "oracle://h", "orcl.S.T")


def test_dates_that_are_on_no_calendar_are_no_dates() -> None:
    """The thirty-first of February is a folder, or a table, like any other; leap years are counted."""
    said: list[dict[str, Any]] = [
        {"type": "path_spec", "spec": "s3://b/{table}/{date}"},
        {"type": "shard_policy", "spec": "p.d.t_YYYYMMDD"},
    ]
    for day, real in (("20240229", True), ("20230229", False), ("20240231", False), ("20000229", True),
                      ("19000229", False), ("20240430", True), ("20240431", False), ("20241301", False)):  # fmt: skip
        assert (text(said, "bigquery", f"p.d.t_{day}") == text(said, "bigquery", "p.d.t_*")) is real, day
        for written in (day, f"{day[:4]}-{day[4:6]}-{day[6:]}", f"{day[:4]}/{day[4:6]}/{day[6:]}"):
            assert (text(said, "s3://b", f"x/{written}") == text(said, "s3://b", "x")) is real, written


def test_windows_on_windows_are_followed_so_far_and_no_farther() -> None:
    """A chain of catalogs leads through eight engines; a longer one ends at the eighth, and never in a circle."""
    chain = [
        {
            "type": "catalog_binding",
            "namespace": f"trino://t{at}",
            "catalog": "c",
            "target": f"trino://t{at + 1}",
            "database": "c",
        }
        for at in range(12)
    ]
    assert text(chain[:3], "trino://t0", "c.s.t") == text([], "trino://t3", "c.s.t")
    assert text(chain, "trino://t0", "c.s.t") == text([], "trino://t8", "c.s.t")
    circle = [*chain[:2], {**chain[2], "target": "trino://t0"}]
    assert text(circle, "trino://t0", "c.s.t") == text([], "trino://t0", "c.s.t")


SAID_TWICE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "namespace_alias", "canonical": "hdfs://a", "aliases": ["hdfs://x"]}, {"canonical": "hdfs://b"}),
    ({"type": "job_namespace_alias", "canonical": "a", "aliases": ["x"]}, {"canonical": "b"}),
    ({"type": "namespace_binding", "system": "openmetadata", "scope": {"service": "s"}, "namespace": "hive://a"},
     {"namespace": "hive://b"}),
    ({"type": "instance_default", "system": "datahub", "platform": "hive", "instance": "a", "env": "PROD"},
     {"instance": "b"}),
    ({"type": "case_policy", "namespace": "mysql://h", "case": "sensitive"}, {"case": "insensitive"}),
    ({"type": "name_defaults", "namespace": "postgres://h", "database": "a", "two_part": "schema.table"},
     {"database": "b"}),
    ({"type": "catalog_binding", "namespace": "trino://h", "catalog": "c", "target": "hive://a"}, {"target": "hive://b"}),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "change"), SAID_TWICE, ids=lambda each: each.get("type", ""))
def test_a_domain_is_told_that_something_else_is_said_already(raw: dict[str, Any], change: dict[str, Any]) -> None:
    """Another word about the same subject counts, whether everybody's or the domain's own; the same word does not."""
    mine = read_declaration(raw, domain="sales")
    for domain in (None, "sales"):
        assert Declarations([read_declaration({**raw, **change}, domain=domain)]).say_otherwise(mine)
        assert not Declarations([read_declaration(raw, domain=domain)]).say_otherwise(mine)
    assert not Declarations([read_declaration({**raw, **change}, domain="crm")]).say_otherwise(mine)
    assert not Declarations().say_otherwise(mine)


def test_what_cannot_contradict_is_never_said_otherwise() -> None:
    """A pair, a path and a shard policy add to what is said."""
    for raw in (
        {"type": "alias", "a": {"id": "x"}, "b": {"id": "y"}},
        {"type": "path_spec", "spec": "s3://b/{table}/{date}"},
        {"type": "shard_policy", "spec": "p.d.t_YYYYMMDD"},
        {"type": "database_alias", "namespace": "oracle://h", "names": ["a", "b"]},
    ):
        declared = read_declaration(raw, domain="sales")
        assert not Declarations([read_declaration(raw)]).say_otherwise(declared)
