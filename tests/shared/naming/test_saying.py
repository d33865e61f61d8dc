"""What declarations say: fields that nobody knows are refused where people write them, and so is what says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from lineage_shared.claims import why_unusable
from lineage_shared.errors import InvalidInput
from lineage_shared.naming import Declarations, read_declaration

TABLE, PATH = {"namespace": "hive://meta:9083", "name": "db.orders"}, {"namespace": "s3://lake", "name": "w/orders"}
PAIR: dict[str, Any] = {"type": "alias", "a": TABLE, "b": PATH}
SPACES: dict[str, Any] = {"type": "namespace_alias", "canonical": "postgres://db", "aliases": ["postgres://10.0.0.7"]}
BINDING: dict[str, Any] = {
    "type": "namespace_binding", "system": "dbt", "scope": {"project": "p"}, "namespace": "postgres://db"
}  # fmt: skip
DEFAULTS: dict[str, Any] = {"type": "name_defaults", "namespace": "postgres://db", "database": "shop"}
NAMES: dict[str, Any] = {"type": "database_alias", "namespace": "oracle://db", "names": ["orcl", "orclpdb"]}
CATALOG: dict[str, Any] = {
    "type": "catalog_binding", "namespace": "trino://t:8080", "catalog": "pg", "target": "postgres://db"
}  # fmt: skip
INSTANCE: dict[str, Any] = {"type": "instance_default", "system": "datahub", "platform": "hive", "instance": "prod"}
JOBS: dict[str, Any] = {"type": "job_namespace_alias", "canonical": "airflow", "aliases": ["airflow-old"]}
URN = "urn:li:schemaField:(urn:li:dataset:(urn:li:dataPlatform:s3,lake/w/orders,PROD),id)"


@pytest.mark.parametrize(
    ("raw", "message", "hint"),
    [
        ({**SPACES, "domian": "shop"}, "(namespace_alias): the field 'domian' is unknown", "did you mean 'domain'?"),
        ({**SPACES, "zzz": 1}, "(namespace_alias): the field 'zzz' is unknown", "its fields are type, domain, canon"),
        ({**PAIR, "b": {**PATH, "domian": "x"}}, "(alias).b: the field 'domian' is unknown", "did you mean 'domain'?"),
        (
            {"type": "symlink", "of": {**TABLE, "sytem": "dbt"}, "symlink": PATH},
            "(symlink).of: the field 'sytem'",
            "did you mean 'system'?",
        ),
        ({**SPACES, "domain": ""}, "(namespace_alias).domain: a domain's name", "leave it out"),
        ({**PAIR, "a": {**TABLE, "domain": ""}}, "(alias).a.domain: a domain's name", "leave it out"),
        ({**BINDING, "scope": {"project": "p", "domain": ""}}, "(namespace_binding).scope.domain", "leave it out"),
        ({**PAIR, "by": "x" * 201}, "(alias).by: it is longer than 200 characters", ""),
    ],
)
def test_what_is_misspelt_is_refused_where_people_write_it(raw: dict[str, Any], message: str, hint: str) -> None:
    """The field is named, and the one that was meant; what programs send is read without it."""
    with pytest.raises(InvalidInput) as caught:
        read_declaration(raw, "it", known_fields_only=True)
    assert caught.value.message.startswith(f"it {message}")
    assert hint in caught.value.hint
    assert caught.value.code == "DECLARATION_INVALID"
    assert read_declaration(raw).domain is None


@pytest.mark.parametrize(
    "raw", [PAIR, SPACES, BINDING, DEFAULTS, NAMES, CATALOG, INSTANCE, JOBS], ids=lambda r: r["type"]
)
def test_known_fields_are_all_that_a_declaration_may_have(raw: dict[str, Any]) -> None:
    """Both readings give one value for what is well written, and it says something."""
    read = read_declaration(raw, known_fields_only=True)
    assert read == read_declaration(raw)
    assert why_unusable(read, Declarations()) is None


def test_columns_and_null_domains_are_known() -> None:
    """The columns of a reference, and a domain that is null, as programs write it."""
    raw = {**PAIR, "domain": None, "a": {**TABLE, "columns": ["id"], "type": "hive_table"}, "by": "x" * 200}
    assert read_declaration(raw, known_fields_only=True) == read_declaration(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({**PAIR, "b": {"namespace": "", "name": ""}}, "one of its names denotes nothing"),
        ({**PAIR, "b": {**PATH, "column": "id"}}, "a dataset and a column"),
        ({**PAIR, "b": {"system": "datahub", "id": URN}}, "a dataset and a column"),
        ({**SPACES, "aliases": ["postgres://db"]}, "its aliases are its canonical"),
        ({**JOBS, "aliases": ["airflow"]}, "its aliases are its canonical"),
        ({**BINDING, "system": "dbtt"}, "its system 'dbtt' is none of"),
        ({**INSTANCE, "system": "data-hub"}, "its system 'data-hub' is none of"),
        ({**DEFAULTS, "namespace": "s3://lake"}, "the names of s3 are paths"),
        ({**NAMES, "namespace": "s3://lake"}, "the names of s3 are paths"),
        ({**NAMES, "names": ["orcl", "orcl"]}, "its names are one"),
        ({**CATALOG, "target": "trino://t:8080"}, "it binds a catalog to itself"),
    ],
)
def test_what_can_have_no_effect_says_so(raw: dict[str, Any], reason: str) -> None:
    """The reason is a sentence that names what is wrong."""
    assert (why_unusable(read_declaration(raw), Declarations()) or "").startswith(reason)


def test_what_may_have_an_effect_is_left_alone() -> None:
    """Mounts have a system of their own, catalogs of one server may be one, and what differs may be of two kinds."""
    for raw in (
        {**BINDING, "system": "dbfs", "scope": {"mount": "m"}},
        {**CATALOG, "target": "trino://t:8080", "database": "other"},
        {**SPACES, "aliases": ["postgres://db", "postgres://10.0.0.7"]},
        {**PAIR, "type": "different_from", "b": {**PATH, "column": "id"}},
    ):
        assert why_unusable(read_declaration(raw), Declarations()) is None


@pytest.mark.parametrize(
    "said",
    [
        {**SPACES, "canonical": "postgres://reader:hunter2@db"},
        {**SPACES, "aliases": ["jdbc:sqlserver://db;user=me;password=hunter2"]},
        {**PAIR, "b": {"system": "jdbc", "id": "jdbc:postgresql://db/shop?password=hunter2", "name": "orders"}},
    ],
)
def test_a_password_is_refused_where_people_write_declarations(said: dict[str, Any]) -> None:
    """What is declared is shown to everybody; names are the same without it, and a user alone is none."""
    with pytest.raises(InvalidInput, match="password") as refused:
        read_declaration(said, known_fields_only=True)
    assert "hunter2" not in f"{refused.value.message}{refused.value.hint}"
    read_declaration(said)
    read_declaration({**SPACES, "canonical": "abfss://c@acct.dfs.core.windows.net"}, known_fields_only=True)
