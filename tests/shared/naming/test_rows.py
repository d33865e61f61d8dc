"""Every rule row, with names that nobody has seen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from lineage_shared.naming import (
    PLATFORMS,
    Declarations,
    Key,
    Reference,
    System,
    Unidentifiable,
    canonical,
    reference_of,
)
from lineage_shared.naming.platforms import BY_NAME
from tests.shared.naming.cases import Maker, Names
from tests.shared.naming.catalogs import unbound
from tests.shared.naming.names import CHANGES, CHANGES_OF_LEVELS, EXAMPLE, NAMES, changed
from tests.shared.naming.spellings import ROWS

CASES = [
    pytest.param(row, made, id=f"{row}-{at}" if at else row)
    for row, makers in ROWS.items()
    for at, made in enumerate(makers)
]
NONE = Declarations()
FEW = settings(max_examples=20)


def key_of(reference: Reference, domain: str | None = "sales") -> Key | Unidentifiable:
    """Return the key of a reference, by the rules alone."""
    return canonical(reference, domain, NONE)


def said(key: Key | Unidentifiable) -> str:
    """Return the text of a key, or why there is none."""
    return key.text if isinstance(key, Key) else key.reason


def test_every_row_has_cases() -> None:
    """A platform without names to test its rules cannot be added to the table, nor can one be forgotten here."""
    assert list(ROWS) == [row.name for row in PLATFORMS]


def test_every_system_has_cases() -> None:
    """Each of the systems that can be read writes some of the spellings."""
    spellings = [each for makers in ROWS.values() for made in makers for each in made(EXAMPLE).same]
    assert {each.system for each in [*spellings, *unbound(EXAMPLE)]} == set(System)


def test_every_scheme_of_a_row_is_spelled() -> None:
    """No alias of a scheme is left out; `hive2` is the name of a driver only."""
    for row in PLATFORMS:
        same = [each for made in ROWS[row.name] for each in made(EXAMPLE).same]
        written = {(each.namespace or each.id).removeprefix("jdbc:").partition(":")[0] for each in same}
        assert {*row.schemes, *row.ports} <= written, row.name


@pytest.mark.parametrize(("row", "made"), CASES)
@FEW
@given(names=NAMES)
def test_all_spellings_of_one_thing_have_one_key(row: str, made: Maker, names: Names) -> None:
    """The spellings that a platform's rules make equal lead to one key, which is of that platform."""
    keys = {each: key_of(each) for each in made(names).same}
    texts = {each: said(key) for each, key in keys.items()}
    assert len(set(texts.values())) == 1, texts
    assert {key.platform for key in keys.values() if isinstance(key, Key)} == {row}


@pytest.mark.parametrize(("row", "made"), CASES)
@FEW
@given(names=NAMES)
def test_near_misses_have_other_keys(row: str, made: Maker, names: Names) -> None:
    """What only looks alike has a key of its own."""
    case = made(names)
    key = said(key_of(case.same[0]))
    for each in case.other:
        assert said(key_of(each)) != key, (row, each)


@pytest.mark.parametrize("change", CHANGES_OF_LEVELS)
@pytest.mark.parametrize("field", Names._fields)
@FEW
@given(names=NAMES)
def test_no_change_of_a_significant_name_goes_unseen(field: str, change: str, names: Names) -> None:
    """Whatever part of a spelling is made almost another word, in every row: the key is another one.

    This is the test against false merges: a rule that cuts off, folds or leaves out too much fails here.
    """
    if field in ("host", "account") and change not in CHANGES:
        return
    other = changed(names, field, CHANGES_OF_LEVELS[change])
    for row, makers in ROWS.items():
        for made in makers:
            _assert_seen(row, made, field, names, other)


def _assert_seen(row: str, made: Maker, field: str, names: Names, other: Names) -> None:
    before, after = made(names), made(other)
    if field in before.ignored:
        return
    key = said(key_of(before.same[0]))
    for old, new in zip(before.same, after.same, strict=True):
        if old != new:
            assert said(key_of(new)) != key, (row, old, new)


@pytest.mark.parametrize(("row", "made"), CASES)
@FEW
@given(names=NAMES)
def test_a_key_s_own_spelling_leads_back_to_it(row: str, made: Maker, names: Names) -> None:
    """`canonical` is idempotent: the reference that a key is written as has that key."""
    case = made(names)
    for each in (*case.same, *case.other):
        key = key_of(each)
        if isinstance(key, Key):
            assert said(key_of(reference_of(key))) == key.text, (row, each)


@pytest.mark.parametrize(("row", "made"), CASES)
@FEW
@given(names=NAMES)
def test_names_are_global_but_for_local_rows(row: str, made: Maker, names: Names) -> None:
    """Two domains write of one thing, unless the row's names mean something in their own domain only."""
    for each in made(names).same:
        here, there = key_of(each, "sales"), key_of(each, "finance")
        assert (said(here) == said(there)) is not BY_NAME[row].local, each


@FEW
@given(names=NAMES)
def test_names_of_catalogs_are_nothing_but_themselves(names: Names) -> None:
    """What leaves out the server is one thing within its catalog and scope, and its own spelling leads back to it."""
    keys = [key_of(each) for each in unbound(names)]
    assert all(isinstance(key, Key) for key in keys)
    assert len({said(key) for key in keys}) == len(keys)
    for key in keys:
        assert isinstance(key, Key)
        assert said(key_of(reference_of(key))) == key.text
