"""Classes, prefixes and claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.identity import AssertedClaim, Authorities, Ownership, claims_of, classify
from lineage_shared.model import Claim, DatasetRef, Kind, NodeRecord
from lineage_shared.naming import is_local

namespaces = st.one_of(
    st.sampled_from(
        [
            "s3://Lake",
            "",
            "null",
            "file",
            "file:/x",
            "postgres://U:p@DB:1",
            "localhost",
            "kafka://localhost:1",
            "./x",
            "",
            "|",
            "a|x",
        ]
    ),
    st.text(),
)
names = st.one_of(st.sampled_from(["./a", "../a", "x", "/tmp/x", "", "ax"]), st.text())


@given(kind=st.sampled_from(Kind), namespace=namespaces, name=names, domain=st.text(min_size=1))
def test_every_reference_has_a_key_and_a_scope(kind: Kind, namespace: str, name: str, domain: str) -> None:
    """Jobs, local names and what denotes nothing are scoped to their domain: in key and id alike."""
    found = classify(NodeRecord(1, kind, namespace, name), domain)
    other = classify(NodeRecord(1, kind, namespace, name), domain + "'")
    assert (found.key == other.key) is (found.scope is None)
    if kind is Kind.JOB or is_local(namespace, name):
        assert found.scope == domain


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [
        ("s3://sales", Ownership(decided=True, domain="sales")),
        ("s3a://sales/", Ownership(decided=True, domain="sales")),
        ("s3://sales/raw", Ownership(decided=True, domain="raw")),
        ("s3://sales/rawest", Ownership(decided=True, domain="sales")),
        ("s3://sales-archive", Ownership(decided=False)),
        ("postgres://db:5432", Ownership(decided=True, domain="crm")),
        ("postgres://db.example.com:5432", Ownership(decided=False)),
        ("warehouse.public", Ownership(decided=True, domain="claimer")),
        ("shared", Ownership(decided=True, domain=None)),
        ("kafka://any", Ownership(decided=True, domain="streams")),
    ],
)
def test_prefixes_decide_who_owns_a_namespace(namespace: str, expected: Ownership) -> None:
    """The longest prefix up to a separator decides; configuration comes before claims; a disputed one is nobody's."""
    authorities = Authorities(
        configured={
            "sales": ["s3://sales"],
            "raw": ["s3://sales/raw"],
            "crm": ["postgres://db"],
            "streams": ["kafka://"],
        },
        claimed={"claimer": ["s3://sales", "warehouse", "shared"], "other": ["shared", ""]},
    )
    assert authorities.of(namespace) == expected
    assert authorities.of(namespace) == expected
    assert authorities.domains == {"sales", "raw", "crm", "streams", "claimer", "other"}


def test_equal_prefixes_are_equal_authorities() -> None:
    """Spelling and order of prefixes make no difference."""
    assert Authorities({"a": ["s3a://x/", "s3://y"]}) == Authorities({"a": ["s3://y", "s3://x"]})
    assert Authorities({"a": ["s3://x"]}) != Authorities(None, {"a": ["s3://x"]})
    assert Authorities() != 1


def test_claims_keep_their_author_and_join_nothing() -> None:
    """A claim names both references and its domain; one that points nowhere is left out."""
    named = NodeRecord(1, Kind.DATASET, "s3://lake", "orders", claims=(Claim(2, "TABLE"), Claim(9, "TABLE")))
    alias = NodeRecord(2, Kind.DATASET, "glue", "db.orders", mentioned=True)
    assert list(claims_of("east", {1: named, 2: alias})) == [
        AssertedClaim(DatasetRef("s3://lake", "orders"), DatasetRef("glue", "db.orders"), "TABLE", "east")
    ]
