"""What a request asks for."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.errors import InvalidInput
from lineage_shared.marquez import Limits, Page, Query, segment

LIMITS = Limits(page_max=500, depth_max=10, search_chars_max=50)


def test_defaults_are_those_of_marquez() -> None:
    """A hundred items from the start; twenty hops, or as many as are allowed."""
    assert Query({}).page(LIMITS) == Page(100, 0)
    assert Query({}).depth(LIMITS) == 9
    assert Query({}).depth(Limits(1, 100, 1)) == 20
    assert Query({"limit": "0", "offset": "7"}).page(LIMITS) == Page(0, 7)


@pytest.mark.parametrize("text", ["", "x", "-1", "501", "1.0", " 1", "1e2", "٣", "9" * 30])
def test_a_limit_outside_of_its_bounds(text: str) -> None:
    """Is refused, naming them."""
    with pytest.raises(InvalidInput, match="`limit` must be a whole number from 0 to 500"):
        Query({"limit": text}).page(LIMITS)


def test_runs_have_an_end() -> None:
    """Runs are paged through from the newest, at most a thousand."""
    assert Query({"offset": "900"}).page_of_runs(LIMITS).end == 1000
    with pytest.raises(InvalidInput, match="at most 1000"):
        Query({"offset": "901"}).page_of_runs(LIMITS)


def test_words_and_truth_values() -> None:
    """Case does not matter; what is not offered is refused, with what is."""
    assert (Query({"filter": "DATASET"}).choice("filter", "dataset", "job"), Query({}).choice("x", "y")) == (
        "dataset",
        None,
    )
    assert (Query({"withDownstream": "True"}).flag("withDownstream"), Query({}).flag("x")) == (True, False)
    with pytest.raises(InvalidInput, match="one of dataset, job"):
        Query({"filter": "run"}).choice("filter", "dataset", "job")
    with pytest.raises(InvalidInput, match="true or false"):
        Query({"x": "1"}).flag("x")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_name_passes_through_a_path(name: str) -> None:
    """Slashes, colons, spaces: what a client encodes is what is looked for."""
    assert segment(quote(name, safe="")) == name


@pytest.mark.parametrize("raw", ["%FF", "a%00b", "%C3%28"])
def test_a_segment_that_is_no_text(raw: str) -> None:
    """Bytes that are not UTF-8 are refused, and so is NUL."""
    with pytest.raises(InvalidInput, match="percent-encoded"):
        segment(raw)
