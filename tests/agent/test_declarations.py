"""What an agent declares about names: read from its configuration, scoped to its domain, refused where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lineage_agent import config
from lineage_agent.declarations import disputes
from lineage_shared.errors import InvalidSetting
from lineage_shared.naming import as_json, read_declaration

HIVE, PATH = {"namespace": "hive://meta:9083", "name": "sales.orders"}, {"namespace": "s3://lake", "name": "w/orders"}
ALL: list[dict[str, Any]] = [
    {"type": "symlink", "of": PATH, "symlink": HIVE},
    {"type": "alias", "a": HIVE, "b": PATH, "by": "data platform"},
    {"type": "different_from", "a": HIVE, "b": {**PATH, "name": "w/other"}, "by": "data platform"},
    {"type": "namespace_alias", "canonical": "postgres://db.prod", "aliases": ["postgres://10.0.0.7"]},
    {"type": "namespace_binding", "system": "atlas", "scope": {"cluster": "c"}, "namespace": "hive://meta:9083"},
    {"type": "name_defaults", "namespace": "postgres://db.prod", "database": "shop"},
    {"type": "case_policy", "namespace": "mysql://db:3306", "case": "insensitive"},
    {"type": "path_spec", "spec": "s3://bucket/exports/{table}/{date}"},
    {"type": "shard_policy", "spec": "project.dataset.events_YYYYMMDD"},
    {"type": "database_alias", "namespace": "oracle://db:1521", "names": ["ORCL", "orcl.prod"]},
    {"type": "catalog_binding", "namespace": "trino://t:8080", "catalog": "pg", "target": "postgres://db.prod"},
    {"type": "instance_default", "system": "datahub", "platform": "hive", "instance": "prod"},
    {"type": "job_namespace_alias", "canonical": "airflow", "aliases": ["airflow-old"]},
]


def toml(*tables: dict[str, Any], domain: str = "sales") -> str:
    """A configuration file with these declarations."""

    def value(each: Any) -> str:
        if isinstance(each, dict):
            return "{" + ", ".join(f'"{name}" = {value(of)}' for name, of in each.items()) + "}"
        return json.dumps(each)

    lines = [f'domain = "{domain}"'] if domain else []
    for table in tables:
        lines += ["[[declarations]]", *(f"{name} = {value(each)}" for name, each in table.items())]
    return "\n".join(lines)


def loaded(folder: Path, text: str, **flags: Any) -> Any:
    """The settings of a configuration file."""
    file = folder / "agent.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(flags, str(file), {})


def test_all_types_are_read_and_scoped(tmp_path: Path) -> None:
    """Every type is read as the gateway reads it, as a declaration of this domain; the settings hold its JSON form."""
    settings = loaded(tmp_path, toml(*ALL))
    declared = config.declarations_of(settings)
    assert declared == tuple(read_declaration(each, domain="sales") for each in ALL)
    assert {each.domain for each in declared} == {"sales"}
    assert settings.declarations == tuple(map(as_json, declared))
    assert len({each["type"] for each in settings.declarations}) == 13


def test_saying_the_own_domain_says_nothing_more(tmp_path: Path) -> None:
    """Its own domain may be named at the top, in a reference and in a scope; it is what is meant anyway."""
    bare = {"type": "alias", "a": HIVE, "b": PATH}
    said = {"type": "alias", "a": {**HIVE, "domain": "sales"}, "b": PATH, "domain": "sales"}
    assert loaded(tmp_path, toml(bare)).declarations == loaded(tmp_path, toml(said)).declarations
    bound = {"type": "namespace_binding", "system": "dbt", "scope": {"domain": "sales"}, "namespace": "postgres://h"}
    assert loaded(tmp_path, toml(bound)).declarations[0]["scope"] == {"domain": "sales"}


REFUSED: list[tuple[str, list[dict[str, Any]], str, str]] = [
    ("unknown-type", [ALL[3], {"type": "aliases"}], "declarations[1].type: 'aliases' is unknown", "one of symlink"),
    ("no-type", [{"canonical": "a"}], "declarations[0].type: None is unknown", "one of symlink"),
    ("missing", [{"type": "namespace_alias", "aliases": ["a"]}], "(namespace_alias).canonical: a text", ""),
    ("wrong-list", [{"type": "namespace_alias", "canonical": "a", "aliases": "b"}], "(namespace_alias).aliases", ""),
    ("reference", [{"type": "alias", "a": HIVE, "b": {"name": "x"}}], "(alias).b: `id`, or `namespace`", ""),
    (
        "system",
        [{"type": "alias", "a": HIVE, "b": {"system": "excel", "id": "x"}}],
        "'excel' is unknown",
        "openlineage",
    ),
    ("no-dates", [{"type": "path_spec", "spec": "s3://bucket/x"}], "(path_spec).spec", "s3://bucket/exports"),
    ("top", [{**ALL[3], "domain": "ml"}], "declarations[0] (namespace_alias).domain: 'ml'", "leave `domain` out"),
    (
        "in-a-reference",
        [ALL[3], {"type": "alias", "a": HIVE, "b": {**PATH, "domain": "ml"}}],
        "declarations[1] (alias).b.domain: 'ml' is another domain than 'sales'",
        "declared at the gateway",
    ),
    ("in-a-scope", [{**ALL[4], "scope": {"domain": "ml"}}], "(namespace_binding).scope.domain: 'ml'", "leave `domain`"),
    (
        "says-nothing",
        [ALL[3], {"type": "alias", "a": HIVE, "b": {"namespace": "s3://lake", "name": "/"}}],
        "declarations[1] (alias): it says nothing",
        "a name is a namespace with a name",
    ),
    ("column", [{"type": "alias", "a": HIVE, "b": {**PATH, "column": "id"}}], "a dataset and a column", "take it out"),
    ("itself", [{**ALL[3], "aliases": ["postgres://db.prod"]}], "says nothing (its aliases", "take it out"),
    ("misspelt", [{**ALL[3], "domian": "sales"}], "(namespace_alias): the field 'domian' is unknown", "mean 'domain'"),
    (
        "misspelt-inside",
        [{"type": "alias", "a": {**HIVE, "colum": "x"}, "b": PATH}],
        "(alias).a: the field 'colum' is unknown",
        "did you mean 'column",
    ),
    ("nobodys", [{**ALL[3], "domain": ""}], "(namespace_alias).domain: a domain's name", "leave it out"),
    ("long-by", [{**ALL[1], "by": "x" * 201}], "(alias).by: it is longer than 200 characters", ""),
]


@pytest.mark.parametrize(
    ("tables", "message", "hint"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_what_cannot_hold_is_refused(tmp_path: Path, tables: list[dict[str, Any]], message: str, hint: str) -> None:
    """A refusal names the file, the entry and what is wrong, and says what to write."""
    with pytest.raises(InvalidSetting) as caught:
        loaded(tmp_path, toml(*tables))
    assert caught.value.message.startswith(str(tmp_path / "agent.toml"))
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ['declarations = "x"\n', "[declarations]\ntype = 1\n", "declarations = [1]\n"])
def test_what_is_no_list_of_tables_is_refused(tmp_path: Path, text: str) -> None:
    """The form of the setting is told where it is another one."""
    with pytest.raises(InvalidSetting, match="declarations must be a list of tables"):
        loaded(tmp_path, text)


def test_limits(tmp_path: Path) -> None:
    """Their number and their length have limits, which name their settings."""
    with pytest.raises(InvalidSetting, match="13 declarations") as caught:
        loaded(tmp_path, "declarations_max = 12\n" + toml(*ALL))
    assert "declarations_max" in caught.value.hint
    long = {**ALL[3], "aliases": ["postgres://" + "h" * 1024]}
    with pytest.raises(InvalidSetting, match="bytes long") as caught:
        loaded(tmp_path, "declarations_bytes_max = 1024\n" + toml(long))
    assert "declarations_bytes_max" in caught.value.hint


def test_declarations_are_of_a_domain(tmp_path: Path) -> None:
    """Where no domain is named their form is checked; who wants to use them has to name it."""
    settings = loaded(tmp_path, toml(ALL[3], domain=""))
    with pytest.raises(InvalidSetting, match="no domain") as caught:
        config.declarations_of(settings)
    assert "--domain" in caught.value.hint
    assert config.declarations_of(loaded(tmp_path, toml(ALL[3], domain=""), domain="ml"))[0].domain == "ml"
    with pytest.raises(InvalidSetting, match="is unknown"):
        loaded(tmp_path, toml({"type": "no"}, domain=""))


def test_one_text_may_hold_them_as_json(tmp_path: Path) -> None:
    """A variable, or a text in the file, carries them all as JSON; what is none is refused by the variable's name."""
    text = f"domain = 'sales'\ndeclarations = '{json.dumps([ALL[3]])}'\n"
    assert loaded(tmp_path, text).declarations == loaded(tmp_path, toml(ALL[3])).declarations
    environ = {"LINEAGE_AGENT_DOMAIN": "sales", "LINEAGE_AGENT_DECLARATIONS": json.dumps([ALL[3]])}
    assert config.load({}, None, environ).declarations[0]["aliases"] == ("postgres://10.0.0.7",)
    with pytest.raises(InvalidSetting, match="environment LINEAGE_AGENT_DECLARATIONS: declarations must be"):
        config.load({}, None, {"LINEAGE_AGENT_DECLARATIONS": "[{"})


def test_what_does_not_hold_together_is_told() -> None:
    """Declarations against one another are no error: none of them applies, and that is said."""
    apart = {"type": "different_from", "a": HIVE, "b": PATH}
    defaults = [{**ALL[5], "database": each} for each in ("shop", "store")]
    told = list(disputes([read_declaration(each, domain="sales") for each in (ALL[1], apart, *defaults)]))
    assert len(told) == 2
    assert "name_defaults" in told[0]
    assert told[1].startswith("different-from")
    assert not list(disputes([read_declaration(ALL[3])]))


def test_what_a_gateway_would_hold_back_is_told() -> None:
    """A domain's word is not its gateway's: it does not make one of two tables of one server, and that is said."""
    alias = {"type": "alias", "a": HIVE, "b": {**HIVE, "name": "sales.old"}}
    told = list(disputes([read_declaration(alias, domain="sales")]))
    assert len(told) == 1
    assert told[0].startswith("exclusive")
