"""The configuration's word and what was added; whose word a claim waits for; bad input."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.identity import Authorities, Identities, declared_of
from lineage_gateway.identity import declared as declared_module
from lineage_gateway.mirror import Change
from lineage_gateway.pauses import whole
from lineage_shared.model import Claim, Kind, NodeRecord
from lineage_shared.naming import Declaration, Declarations, read_declaration
from lineage_shared.naming.declared import declarations as declarations_module

A, B, C = ({"namespace": f"s3://{name}", "name": "orders"} for name in "abc")
KEYS = tuple(f"ds1:s3:{name}:orders" for name in "abc")


def declaration(kind: str, one: object, other: object, **more: object) -> Declaration:
    """A declaration about two names."""
    return read_declaration({"type": kind, "a": one, "b": other, **more})


SAME, APART = declaration("alias", A, B), declaration("different_from", A, B)
TO_C = read_declaration({"type": "namespace_alias", "canonical": "s3://c", "aliases": ["s3://a"]})
TO_D = read_declaration({"type": "namespace_alias", "canonical": "s3://d", "aliases": ["s3://a"]})


def record(number: int, namespace: str, *targets: int, name: str = "orders") -> NodeRecord:
    """A dataset with symlinks to others."""
    return NodeRecord(number, Kind.DATASET, namespace, name, claims=tuple(Claim(each) for each in targets))


def change(*records: NodeRecord) -> Change:
    """The change that brings these records."""
    return {each.number: (None, each) for each in records}


def test_the_configuration_wins() -> None:
    """What is added and says the opposite is overruled, and shown; what agrees holds."""
    for configured, added in ((SAME, APART), (APART, SAME), (TO_C, TO_D)):
        declared = declared_of([configured], [added])
        assert [each.declaration for each in declared.overruled] == [added]
        assert declared_of([configured], []).reads_like(declared)
    assert declared_of([SAME], [SAME, declaration("alias", B, C)]).overruled == ()
    assert declared_of([], [TO_C, TO_D]).names.disagreements


HOSTS = [f"s3://{name}" for name in "abcd"]
RAW: list[dict[str, Any]] = [
    *(
        {"type": "namespace_alias", "canonical": one, "aliases": [other]}
        for one, other in itertools.permutations(HOSTS, 2)
    ),
    *({"type": "case_policy", "namespace": at, "case": how} for at in HOSTS for how in ("sensitive", "insensitive")),
]
about_names = st.frozensets(st.sampled_from([read_declaration(each) for each in RAW]), max_size=5)


@settings(max_examples=300, deadline=None)
@given(configured=about_names, added=about_names)
def test_what_makes_a_disagreement_with_the_configuration_is_overruled(
    configured: frozenset[Declaration], added: frozenset[Declaration]
) -> None:
    """One by one, wherever they do not fit together with it; what disagrees among itself is left so."""
    allowed = Declarations(configured).disagreements
    expected = [each for each in added - configured if Declarations([*configured, each]).disagreements != allowed]
    if not configured or Declarations([*configured, *added]).disagreements == allowed:
        expected = []
    found = declared_of(configured, added)
    assert {each.declaration for each in found.overruled} == {*expected}
    assert found.names.all == Declarations([*configured, *(added - {*expected})]).all


def test_many_that_disagree_are_not_weighed_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declarations are read together a few times, however many of them disagree with the configuration or not."""
    made: list[int] = []

    class Counted(Declarations):
        def __init__(self, declared: Iterable[Declaration] = ()) -> None:
            given_ = list(declared)
            made.append(len(given_))
            super().__init__(given_)

    for module in (declared_module, declarations_module):
        monkeypatch.setattr(module, "Declarations", Counted)
    many = 100
    configured = [_alias(f"c{at}", f"a{at}") for at in range(many)]
    apart = [_alias(f"d{at}", f"b{at}") for at in range(many)]
    opposed = [_alias(f"d{at}", f"a{at}") for at in range(many)]
    onwards = [_alias(f"e{at}", f"c{at}") for at in range(many)]
    declared = declared_of(configured, [*apart, *opposed, *onwards, _alias("e", "b0")])
    assert {each.declaration for each in declared.overruled} == {*opposed}
    assert len(declared.names.disagreements) == 1
    assert sum(made) < 20 * many


def _alias(canonical: str, alias: str) -> Declaration:
    return read_declaration({"type": "namespace_alias", "canonical": f"s3://{canonical}", "aliases": [f"s3://{alias}"]})


def test_a_claim_waits_for_the_owner() -> None:
    """What a domain says about a name that another one owns holds when that one says the same."""
    identities = Identities(Authorities({"owner": ["hive://ms"]}))
    path, table = record(1, "s3://a", 2), record(2, "hive://ms", name="db.orders")
    assert identities.take("east", change(path, table), {}) == frozenset()
    assert identities.classes.conflicts()[0].reason == "awaits-owner"
    identities.settle()
    changed = identities.take("owner", change(path, table), {})
    assert len(changed) == 2
    whole(identities.undoing())
    assert identities.members(KEYS[0]) == (KEYS[0],)
    assert identities.govern(Authorities()) == changed


def test_a_target_that_comes_and_goes_takes_its_claims_along() -> None:
    """A claim says nothing while its target is not published, whichever came first."""
    identities = Identities()
    path, table = record(1, "s3://a", 2), record(2, "hive://ms", name="db.orders")
    assert identities.take("east", change(path), {}) == frozenset()
    assert len(identities.take("east", change(table), {1: path})) == 2
    assert len(identities.take("east", {2: (table, None)}, {1: path, 2: table})) == 2
    assert identities.members(KEYS[0]) == (KEYS[0],)


def test_a_flood_of_symlinks_onto_one_target_joins_nothing() -> None:
    """Every claim of a fan-in waits, and the state is one conflict."""
    identities = Identities()
    records = [record(number, f"s3://bucket-{number}", 1) for number in range(2, 5000)]
    identities.take("east", change(record(1, "hive://ms", name="default.t"), *records), {})
    (conflict,) = identities.classes.conflicts()
    assert (conflict.reason, conflict.claims) == ("fan-in", 4998)
    assert len(conflict.keys) <= 20


POOL = (
    SAME,
    APART,
    TO_C,
    TO_D,
    declaration("alias", B, C),
    declaration("alias", A, B, by="ops"),
    declaration("alias", {"namespace": "hive://ms", "name": "db.orders"}, A),
)


@settings(max_examples=60, deadline=None)
@given(history=st.lists(st.frozensets(st.sampled_from(POOL)), min_size=1, max_size=5), order=st.randoms())
def test_declared_again_is_declared_once_and_retracted_is_never_said(
    history: list[frozenset[Declaration]], order: object
) -> None:
    """Whatever was declared on the way, only what holds at the end counts."""
    identities, fresh = Identities(), Identities()
    path, table = record(1, "s3://a", 2), record(2, "hive://ms", name="db.orders")
    for each in (identities, fresh):
        each.take("east", change(path, table), {})
    for added in history:
        identities.declare(declared_of([], added))
    fresh.declare(declared_of([], history[-1]))
    assert identities.classes.all == fresh.classes.all
    assert identities.classes.conflicts() == fresh.classes.conflicts()
