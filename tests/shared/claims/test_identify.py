"""`identify`: which columns of a class are the same, among those that are given."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.claims import identify
from lineage_shared.naming import Declarations, Reference, read_declaration

TABLE = ("hive://ms.acme.example:9083", "db.t")
PATH = ("s3://lake", "db/t")
TOPIC = ("kafka://one:9092", "t")
OTHER = ("hive://ms.acme.example:9083", "db.u")


def named(dataset: tuple[str, str], column: str | None = None) -> dict[str, str]:
    """A reference in its JSON form."""
    plain = {"namespace": dataset[0], "name": dataset[1]}
    return plain if column is None else {**plain, "column": column}


ALIAS = {"type": "alias", "a": named(TABLE), "b": named(PATH)}
SYMLINK = {"type": "symlink", "of": named(PATH), "symlink": named(TABLE)}
TO_TOPIC = {"type": "alias", "a": named(TABLE), "b": named(TOPIC)}


def identified(declared: Sequence[dict[str, Any]], *columns: tuple[tuple[str, str], str]) -> list[int]:
    """Columns as small numbers, equal where they are held to be the same."""
    references = [Reference(namespace=at[0], name=at[1], column=column) for at, column in columns]
    found = identify(references, Declarations(map(read_declaration, declared)))
    return [found.index(each) for each in found]


@pytest.mark.parametrize("declared", [[ALIAS], [SYMLINK]])
@pytest.mark.parametrize(
    ("columns", "same"),
    [
        ([(TABLE, "id"), (PATH, "id")], [0, 0]),
        ([(TABLE, "Id"), (PATH, "id")], [0, 0]),
        ([(TABLE, "id"), (PATH, "ID")], [0, 0]),
        ([(TABLE, "`Id`"), (PATH, "iD")], [0, 0]),
        ([(TABLE, "a.Id"), (PATH, "A[].id")], [0, 0]),
        ([(TABLE, "id"), (PATH, "ID"), (PATH, "id")], [0, 1, 0]),
        ([(TABLE, "Id"), (PATH, "ID"), (PATH, "Id")], [0, 1, 2]),
        ([(TABLE, "id"), (TABLE, "ID"), (PATH, "Id")], [0, 0, 0]),
        ([(TABLE, "id"), (PATH, "id2")], [0, 1]),
        ([(TABLE, "key"), (PATH, "\u212aey")], [0, 1]),
        ([(TABLE, "id"), (OTHER, "id")], [0, 1]),
    ],
)
def test_columns_of_a_class_are_matched_exactly_first_then_by_case_where_that_is_unambiguous(
    declared: list[dict[str, Any]], columns: list[tuple[tuple[str, str], str]], same: list[int]
) -> None:
    """The table folds, the path does not; twins among those given stay apart."""
    assert identified(declared, *columns) == same
    assert len(set(identified([], *columns))) == len(
        {(at, c.strip("`").lower() if at == TABLE else c) for at, c in columns}
    )


def test_three_keys_of_a_class_are_matched_together() -> None:
    """Twins in one of them leave the others unmatched too, for nothing says with which they would go."""
    declared = [ALIAS, TO_TOPIC]
    assert identified(declared, (TABLE, "id"), (PATH, "ID"), (TOPIC, "Id")) == [0, 0, 0]
    assert identified(declared, (TABLE, "id"), (PATH, "ID"), (TOPIC, "Id"), (TOPIC, "iD")) == [0, 1, 2, 3]
    assert identified(declared, (TABLE, "id"), (PATH, "ID"), (TOPIC, "id"), (TOPIC, "ID")) == [0, 1, 0, 1]


def test_columns_may_be_claimed_themselves() -> None:
    """A declared pair of columns is one, a declared difference beats the match of names."""
    renamed = {"type": "alias", "a": named(TABLE, "id"), "b": named(PATH, "key")}
    assert identified([ALIAS, renamed], (TABLE, "id"), (PATH, "key"), (PATH, "id"), (TABLE, "key")) == [0, 0, 2, 3]
    differ = {"type": "different_from", "a": named(TABLE, "id"), "b": named(PATH, "ID")}
    assert identified([ALIAS, differ], (TABLE, "id"), (PATH, "ID"), (TABLE, "x"), (PATH, "X")) == [0, 1, 2, 2]


KEYS = [(at, column) for at, column in product((TABLE, PATH, TOPIC, OTHER), ("id", "ID", "Id", "x"))]


@given(st.lists(st.sampled_from(KEYS), unique=True), st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(
    given_columns: list[tuple[tuple[str, str], str]], chance: Any
) -> None:
    """The same columns are the same in any order, and two exact names of one dataset never are."""
    shuffled = chance.sample(given_columns, len(given_columns))
    one, other = (
        dict(zip(columns, identified([ALIAS, TO_TOPIC], *columns), strict=True))
        for columns in (given_columns, shuffled)
    )
    for a, b in product(given_columns, given_columns):
        assert (one[a] == one[b]) is (other[a] == other[b])
        if a != b and a[0] == b[0] and a[0] in (PATH, TOPIC):
            assert one[a] != one[b]
