"""Whether a further declaration can hold with others, and what a disagreement is called."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_shared.naming import Declarations, read_declaration

NAMES = ("s3://a", "s3://a/x", "s3://b", "s3://b/x", "s3://c", "file://localhost/x")
DOMAINS = ("", "east")
ALIASES = tuple(
    {"type": "namespace_alias", "canonical": one, "aliases": [other]}
    for one, other in product(NAMES, NAMES)
    if one != other
)
POOL: tuple[dict[str, Any], ...] = (
    *ALIASES,
    {"type": "namespace_alias", "canonical": "s3://c", "aliases": ["s3://a", "s3://b"]},
    {"type": "namespace_alias", "canonical": "s3://a/y", "aliases": ["s3://a", "s3://a/x", "s3://b"]},
    {"type": "namespace_alias", "canonical": "s3://a", "aliases": ["s3://a/x", "s3://b/x"]},
    *({"type": "case_policy", "namespace": at, "case": how} for at in NAMES for how in ("sensitive", "insensitive")),
    *(
        {"type": "name_defaults", "two_part": "schema.table", "namespace": at, "database": of}
        for at in NAMES[:3]
        for of in ("one", "two")
    ),
    *(
        {"type": "catalog_binding", "namespace": at, "catalog": "hive", "target": of}
        for at in NAMES[:3]
        for of in ("hive://one", "hive://two")
    ),
    *(
        {"type": "namespace_binding", "system": "datahub", "scope": {"platform": "hive"}, "namespace": f"hive://{at}"}
        for at in ("one", "two")
    ),
    *({"type": "instance_default", "system": "datahub", "platform": "hive", "instance": at} for at in ("one", "two")),
    *({"type": "job_namespace_alias", "canonical": at, "aliases": ["old", "one"]} for at in ("one", "two")),
    {"type": "database_alias", "namespace": "oracle://h", "names": ["one", "two"]},
)
declarations = st.builds(
    read_declaration, st.sampled_from(POOL), domain=st.sampled_from(DOMAINS).map(lambda d: d or None)
)
alike = st.builds(read_declaration, st.sampled_from(ALIASES), domain=st.sampled_from(DOMAINS).map(lambda d: d or None))


@settings(max_examples=600, deadline=None)
@given(base=st.lists(st.one_of(declarations, alike), max_size=6), further=st.one_of(declarations, alike))
def test_a_declaration_is_disputed_where_it_brings_a_disagreement(base: list[Any], further: Any) -> None:
    """The answer is that of all of them read anew."""
    known = Declarations(base)
    assert known.disputes(further) is (Declarations([*base, further]).disagreements != known.disagreements)


@pytest.mark.parametrize(
    ("raw", "change", "about", "said"),
    [
        (
            {"type": "namespace_alias", "canonical": "postgres://h1", "aliases": ["postgres://G:1"]},
            {"canonical": "postgresql://h2:1"},
            "postgres://g:1",
            ("postgres://h1", "postgres://h2:1"),
        ),
        (
            {"type": "namespace_alias", "canonical": "s3://b/x", "aliases": ["arn:aws:glue:eu:1"]},
            {"canonical": "bigquery"},
            "arn:aws:glue:eu:1",
            ("bigquery", "s3://b/x"),
        ),
        (
            {"type": "namespace_alias", "canonical": "foo://b", "aliases": ["my lake"]},
            {"canonical": "/data"},
            '"my lake"',
            ("file:/data", "foo://b"),
        ),
        (
            {"type": "case_policy", "namespace": "mysql://db", "case": "sensitive"},
            {"case": "insensitive"},
            "mysql://db",
            ("insensitive", "sensitive"),
        ),
        (
            {"type": "name_defaults", "two_part": "schema.table", "namespace": "postgres://h", "database": "shop"},
            {"database": "none", "schema": "s"},
            "postgres://h",
            ('two_part=schema.table, database="none", schema=s', "two_part=schema.table, database=shop"),
        ),
        (
            {"type": "catalog_binding", "namespace": "trino://t", "catalog": "hive", "target": "hive://ms"},
            {"database": "d"},
            "trino://t, catalog=hive",
            ("hive://ms", "hive://ms, database=d"),
        ),
        (
            {
                "type": "namespace_binding",
                "system": "datahub",
                "scope": {"platform": "hive", "env": "PROD"},
                "namespace": "hive://one",
            },
            {"namespace": "hive://two"},
            "datahub dataset, env=PROD, instance=none, platform=hive",
            ("hive://one", "hive://two"),
        ),
        (
            {"type": "instance_default", "system": "datahub", "platform": "hive", "instance": "one", "env": "PROD"},
            {"instance": "two"},
            "datahub, platform=hive, env=PROD",
            ("one", "two"),
        ),
        (
            {"type": "job_namespace_alias", "canonical": "one", "aliases": ["old"]},
            {"canonical": "two"},
            "old",
            ("one", "two"),
        ),
    ],
)
def test_a_disagreement_is_told_in_words(
    raw: dict[str, Any], change: dict[str, Any], about: str, said: tuple[str, ...]
) -> None:
    """Namespaces as they may be written, scopes as name=value in order, and the domain that reads them so."""
    (found,) = Declarations(map(read_declaration, (raw, {**raw, **change}))).disagreements
    assert (found.kind, found.about, found.said) == (raw["type"], about, said)
    (narrow,) = Declarations(read_declaration(each, domain="east") for each in (raw, {**raw, **change})).disagreements
    assert narrow.about != about
    assert "domain=east" in narrow.about


def test_a_cycle_is_told_in_words() -> None:
    """By the namespaces in it, as they may be written."""
    raw = [
        {"type": "namespace_alias", "canonical": f"kafka://h{at}:1", "aliases": [f"kafka://h{1 - at}:1"]}
        for at in range(2)
    ]
    (found,) = Declarations(map(read_declaration, raw)).disagreements
    assert (found.about, found.said) == ("kafka://h0:1", ("kafka://h0:1", "kafka://h1:1"))
