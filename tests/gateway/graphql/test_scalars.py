"""Times: microseconds inside, RFC 3339 in UTC outside."""

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.graphql.scalars import DATE_TIME, as_instant
from lineage_shared.instants import as_text


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-01-01T01:00:00+01:00", 1_767_225_600_000_000),
        ("2026-01-01T00:00:00", 1_767_225_600_000_000),
        ("2026-01-01T00:00:00.000001Z", 1_767_225_600_000_001),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("", None),
        (None, None),
        ("soon", None),
    ],
)
def test_times_are_read_leniently(text: str | None, instant: int | None) -> None:
    """A facet may hold anything; a time without a zone is UTC."""
    assert as_instant(text) == instant


@given(st.integers(-9_000_000_000_000_000, 9_000_000_000_000_000))
def test_what_is_written_is_read(instant: int) -> None:
    """Every time that OpenLineage events can carry."""
    assert as_instant(as_text(instant)) == instant


def test_an_argument_that_is_no_time_is_refused() -> None:
    """With an example of what is."""
    parse = DATE_TIME.parse_value
    assert parse is not None
    assert parse("1970-01-01T00:00:00Z") == 0
    for wrong in ("soon", 5, None):
        with pytest.raises(GraphQLError, match="2026"):
            parse(wrong)
