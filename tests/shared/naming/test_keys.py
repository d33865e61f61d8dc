"""Canonical keys: certain rewrites only, injective, idempotent, total."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lineage_shared.model import Kind
from lineage_shared.naming import Key, canonical, is_local

# Text in which separators, escapes and the parts of addresses are common.
PIECES = st.sampled_from(
    [
        "|",
        "\\",
        ":",
        "@",
        "/",
        "//",
        "://",
        "pg",
        "S3",
        "Host",
        "host.",
        "localhost",
        "[::1]",
        "[",
        "]",
        ",",
        "a",
        "5432",
        ".",
        "%",
    ]
)
TEXT = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=12)
DOMAINS = st.sampled_from(["shop", "sales", "a:b", "a\\", "a|b", ""]) | st.text(max_size=4)


def _key(namespace: str, name: str = "db.t", domain: str = "shop") -> Key:
    return canonical(Kind.DATASET, namespace, name, domain)


def _parts(key: str) -> tuple[str, str | None, str, str]:
    """Take a key apart again: (prefix, domain, namespace, name)."""
    match = re.fullmatch(r"(ds1|job1)(?:@((?:[^\\:]|\\.)*))?:((?:[^\\|]|\\.)*)\|(.*)", key, re.DOTALL)
    assert match is not None
    prefix, domain, namespace, name = match.groups()
    plain = re.compile(r"\\(.)", re.DOTALL)
    return prefix, None if domain is None else plain.sub(r"\1", domain), plain.sub(r"\1", namespace), name


GOLDEN: list[tuple[str, str, str]] = [
    ("postgres://db.shop:5432", "shop.public.orders", "ds1:postgres://db.shop:5432|shop.public.orders"),
    ("bigquery", "p.d.t", "ds1:bigquery|p.d.t"),
    ("file", "/tmp/x", "ds1@shop:file|/tmp/x"),
    ("odd|name\\space", "a|b\\c", "ds1:odd\\|name\\\\space|a|b\\c"),
]


@pytest.mark.parametrize(("namespace", "name", "text"), GOLDEN)
def test_golden_keys(namespace: str, name: str, text: str) -> None:
    """The text of a key never changes within a version of the grammar."""
    assert _key(namespace, name).text == text


def test_golden_job_key() -> None:
    """A job's key carries its domain, and is not rewritten at all."""
    key = canonical(Kind.JOB, "Postgres://HOST:1/", "dag.task", "a:b")
    assert key == Key("job1@a\\:b:Postgres://HOST:1/|dag.task", "a:b")


SAME: list[tuple[str, str, str]] = [
    ("Postgres://db:5432", "postgres://db:5432", "scheme-case"),
    ("postgres://DB.Shop:5432", "postgres://db.shop:5432", "host-form"),
    ("postgres://db.shop.:5432", "postgres://db.shop:5432", "host-form"),
    ("postgres://[2001:DB8:0::1]:5432", "postgres://[2001:db8::1]:5432", "host-form"),
    ("kafka://B1:9092,b2.:9092", "kafka://b1:9092,b2:9092", "host-form"),
    ("postgres://user:secret@db:5432", "postgres://db:5432", "password"),
    ("s3://bucket/", "s3://bucket", "empty-path"),
]


@pytest.mark.parametrize(("one", "other", "rule"), SAME)
def test_certain_rewrites(one: str, other: str, rule: str) -> None:
    """Spellings that mean the same on every platform share a key, and the key tells by which rule."""
    assert _key(one).text == _key(other).text
    assert _key(one).rules == (rule,)
    assert _key(other).rules == ()


DIFFERENT: list[tuple[str, str]] = [
    ("postgres://db:5432", "postgres://db"),
    ("postgres://db", "postgresql://db"),
    ("s3://bucket", "s3a://bucket"),
    ("s3://bucket/a", "s3://bucket/A"),
    ("s3://bucket/a", "s3://bucket/a/"),
    ("abfss://one@lake.dfs.core.windows.net", "abfss://two@lake.dfs.core.windows.net"),
    ("abfss://one@lake.dfs.core.windows.net", "abfss://lake.dfs.core.windows.net"),
    ("kafka://a:1,b:1", "kafka://b:1,a:1"),
    ("BigQuery", "bigquery"),
    ("snowflake://org-acct", "snowflake://org_acct"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_uncertain_rewrites_are_not_made(one: str, other: str) -> None:
    """What is the same on some platforms only stays apart: a false merge is worse than a missed one."""
    assert _key(one).text != _key(other).text


def test_names_are_not_rewritten() -> None:
    """Case, quotes and slashes of a name are kept."""
    assert len({_key("postgres://db", name).text for name in ("t", "T", '"t"', "/t", "t/", "t ")}) == 6


@given(TEXT, TEXT, DOMAINS, st.sampled_from(Kind))
def test_total(namespace: str, name: str, domain: str, kind: Kind) -> None:
    """Any text has a key, out of which domain and name can be read again."""
    key = canonical(kind, namespace, name, domain)
    prefix, scope, _, read_name = _parts(key.text)
    assert prefix == {Kind.DATASET: "ds1", Kind.JOB: "job1"}[kind]
    assert (scope, read_name) == (key.domain, name)
    assert key.domain in (None, domain)


@given(TEXT, TEXT, DOMAINS)
@example("pg://host..", "t", "d")
@example("pg://[::FFFF:127.0.0.1]:1", "t", "d")
@example("pg://a:b@c:d@HOST.:5/", "t", "d")
@example("pg://[A", "t", "d")
def test_idempotent(namespace: str, name: str, domain: str) -> None:
    """The rewritten reference has the same key, by no rewrite, and is as local as the raw one."""
    key = canonical(Kind.DATASET, namespace, name, domain)
    _, _, rewritten, _ = _parts(key.text)
    again = canonical(Kind.DATASET, rewritten, name, domain)
    assert again.text == key.text
    assert set(again.rules) <= {"local-name"}
    assert is_local(rewritten, name) == is_local(namespace, name)


REFERENCES = st.tuples(st.sampled_from(Kind), TEXT, TEXT, DOMAINS)


@given(REFERENCES, REFERENCES)
@example((Kind.DATASET, "a|", "x", "d"), (Kind.DATASET, "a", "||x", "d"))
@example((Kind.JOB, ":x", "n", "a"), (Kind.JOB, "n", "n", "a::x"))
@example((Kind.JOB, "x:n", "n", "a"), (Kind.JOB, "n", "n", "a:x"))
def test_injective(one: Any, other: Any) -> None:
    """Equal keys mean: same kind, name, rewritten namespace, and the same domain where the name is local."""
    first, second = canonical(*one), canonical(*other)
    if first.text == second.text:
        assert (one[0], one[2]) == (other[0], other[2])
        assert first.domain == second.domain


@given(TEXT, TEXT, DOMAINS, DOMAINS, st.sampled_from(Kind))
def test_local_names_never_join(namespace: str, name: str, domain: str, other: str, kind: Kind) -> None:
    """Two domains share a key only for a dataset whose name is not local."""
    if domain == other:
        return
    shared = canonical(kind, namespace, name, domain).text == canonical(kind, namespace, name, other).text
    assert shared == (kind is Kind.DATASET and not is_local(namespace, name))
