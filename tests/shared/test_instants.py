"""Times between microseconds and text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.instants import as_text, as_us

DAYS_US = 86_400_000_000


@given(st.integers(-100_000 * DAYS_US, 100_000 * DAYS_US))
def test_a_time_survives_its_text(instant_us: int) -> None:
    """What is written is read again, to the microsecond."""
    assert as_us(as_text(instant_us)) == instant_us


def test_what_is_no_time() -> None:
    """Facets may hold anything: what is no time is None; a time without a zone is UTC."""
    assert [as_us(text) for text in (None, "", "tomorrow", "2026-13-01T00:00:00Z")] == [None] * 4
    assert as_us("1970-01-01T01:00:00+01:00") == as_us("1970-01-01T00:00:00") == 0
