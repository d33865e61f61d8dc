"""Every rule row, with names that nobody has seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.naming import Declarations, Key, canonical, reference_of
from tests.shared.naming.cases import Names
from tests.shared.naming.spellings import ROWS

WORD = st.from_regex(r"[a-z][a-z]{2,6}[0-9]?", fullmatch=True).filter(lambda word: word not in ("none", "null", "gold"))
NAMES = (
    st.lists(WORD, min_size=5, max_size=5, unique=True)
    .filter(lambda words: len({word[:3] for word in words}) == len(words))
    .map(lambda words: Names(f"{words[0]}.corp.example", *words[1:]))
)


@pytest.mark.parametrize("row", ROWS)
@given(names=NAMES)
def test_all_spellings_of_one_thing_have_one_key(row: str, names: Names) -> None:
    """The spellings that a platform's rules make equal lead to one key."""
    declarations = Declarations()
    keys = {each: canonical(each, None, declarations) for each in ROWS[row](names).same}
    texts = {each: key.text if isinstance(key, Key) else key.reason for each, key in keys.items()}
    assert len(set(texts.values())) == 1, texts


@pytest.mark.parametrize("row", ROWS)
@given(names=NAMES)
def test_near_misses_have_other_keys(row: str, names: Names) -> None:
    """What only looks alike has a key of its own."""
    declarations = Declarations()
    case = ROWS[row](names)
    key = canonical(case.same[0], None, declarations)
    assert isinstance(key, Key)
    for each in case.other:
        other = canonical(each, None, declarations)
        assert not isinstance(other, Key) or other.text != key.text, each


@pytest.mark.parametrize("row", ROWS)
@given(names=NAMES)
def test_a_key_s_own_spelling_leads_back_to_it(row: str, names: Names) -> None:
    """`canonical` is idempotent: the reference that a key is written as has that key."""
    declarations = Declarations()
    case = ROWS[row](names)
    for each in (*case.same, *case.other):
        key = canonical(each, "sales", declarations)
        if isinstance(key, Key):
            again = canonical(reference_of(key), "sales", declarations)
            assert isinstance(again, Key)
            assert again.text == key.text, each
