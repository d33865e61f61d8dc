"""A change of rules or declarations reports what it merges and what it splits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.claims import identify
from lineage_shared.naming import Declarations, Reference, read_declaration
from lineage_shared.naming.shadow import Changes, Reading, compared

ONE, OTHER, THIRD = (Reference(namespace=f"s3://{each}", name="orders") for each in "abc")
NOTHING = Reference(namespace="s3://a", name="/")
ALIAS: Mapping[str, object] = {"type": "namespace_alias", "canonical": "s3://a", "aliases": ["s3://b"]}


def under(declared: Iterable[Mapping[str, object]], references: Iterable[Reference]) -> Reading:
    """What references are under some declarations."""
    given_references = list(references)
    return dict(
        zip(given_references, identify(given_references, Declarations(map(read_declaration, declared))), strict=True)
    )


def test_what_merges_one_way_splits_the_other() -> None:
    """Things are named whole, by their parts; what is not concerned is not named."""
    references = [THIRD, OTHER, ONE, NOTHING]
    bare, declared = under([], references), under([ALIAS], references)
    assert compared(bare, declared) == Changes(merges=(((ONE,), (OTHER,)),))
    assert compared(declared, bare) == Changes(splits=(((ONE,), (OTHER,)),))
    assert not compared(bare, {ONE: None, OTHER: None})


def test_a_column_or_a_domain_is_compared_like_anything_else() -> None:
    """References that differ in what they leave out have a fixed order too."""
    references = [ONE, *(Reference(namespace="s3://a", name="orders", column=each) for each in ("x", "y"))]
    before, after = (dict(zip(references, keys, strict=True)) for keys in ("abc", "abb"))
    assert compared(before, after).merges == (tuple((each,) for each in sorted(references[1:], key=repr)),)


KEYS = st.sampled_from([None, "x", "y", "z"])
REFERENCES = [Reference(namespace="s3://a", name=name) for name in "pqrst"]


@given(st.dictionaries(st.sampled_from(REFERENCES), st.tuples(KEYS, KEYS)))
def test_merges_and_splits_are_exactly_the_pairs_whose_equality_changed(
    keys: dict[Reference, tuple[str | None, str | None]],
) -> None:
    """And the way back is the mirror image."""
    before, after = ({each: pair[at] for each, pair in keys.items()} for at in (0, 1))
    changes = compared(before, after)
    for told, mine, theirs in ((changes.merges, after, before), (changes.splits, before, after)):
        pairs = {
            frozenset(pair) for parts in told for one, other in combinations(parts, 2) for pair in product(one, other)
        }
        assert pairs == {
            frozenset((a, b))
            for a, b in combinations(keys, 2)
            if mine[a] is not None and mine[a] == mine[b] and (theirs[a] is None or theirs[a] != theirs[b])
        }
    back = compared(after, before)
    assert (changes.merges, changes.splits) == (back.splits, back.merges)
    assert not compared(before, before)


DECLARED: list[Mapping[str, object]] = [
    ALIAS,
    {"type": "alias", "a": {"namespace": "s3://a", "name": "orders"}, "b": {"namespace": "s3://c", "name": "orders"}},
    {
        "type": "different_from",
        "a": {"namespace": "s3://a", "name": "orders"},
        "b": {"namespace": "s3://b", "name": "orders"},
    },
    {"type": "case_policy", "namespace": "mssql://db", "case": "insensitive"},
    {"type": "name_defaults", "namespace": "mssql://db", "database": "shop"},
]
KNOWN = [
    ONE,
    OTHER,
    THIRD,
    *(Reference(namespace="mssql://db", name=name) for name in ("shop.dbo.t", "SHOP.dbo.T", "dbo.t", "dbo.T")),
    *(Reference(namespace="mssql://db", name="shop.dbo.t", column=each) for each in ("id", "ID")),
]


@given(*(st.lists(st.sampled_from(DECLARED), unique_by=repr) for _ in range(2)))
def test_other_declarations_are_other_rules(
    mine: list[Mapping[str, object]], theirs: list[Mapping[str, object]]
) -> None:
    """With rules that really differ: no change under the same, and exactly what changed under others."""
    before, after = under(mine, KNOWN), under(theirs, KNOWN)
    changes = compared(before, after)
    joined = {frozenset(pair) for pair in combinations(KNOWN, 2) if after[pair[0]] == after[pair[1]]}
    were = {frozenset(pair) for pair in combinations(KNOWN, 2) if before[pair[0]] == before[pair[1]]}
    assert bool(changes) is (joined != were)
    if sorted(map(repr, mine)) == sorted(map(repr, theirs)):
        assert not changes
