"""Event times to nanoseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.openlineage import time_ns

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = 1_609_156_320 * 10**9  # 2020-12-28T11:52:00Z

READ = {
    "2020-12-28T11:52:00Z": NOON,
    "2020-12-28T11:52:00z": NOON,
    "2020-12-28t11:52:00Z": NOON,
    "2020-12-28 11:52:00Z": NOON,
    "2020-12-28 11:52:00 +00:00": NOON,
    "  2020-12-28T11:52:00Z ": NOON,
    "2020-12-28T11:52:00": NOON,
    "2020-12-28T11:52Z": NOON,
    "2020-12-28T11:52": NOON,
    "2020-12-28T21:52:00+10:00": NOON,
    "2020-12-28T21:52:00+1000": NOON,
    "2020-12-28T21:52:00+10": NOON,
    "2020-12-28T06:22:00-05:30": NOON,
    "2020-12-28T12:52:00+01:00[Europe/Paris]": NOON,
    "2020-12-28T11:52:00.001Z": NOON + 1_000_000,
    "2020-12-28T11:52:00,5Z": NOON + 500_000_000,
    "2020-12-28T11:52:00.123456789Z": NOON + 123_456_789,
    "2020-12-28T11:52:00.1234567899999Z": NOON + 123_456_789,
    "2016-12-31T23:59:60Z": 1_483_228_800 * 10**9,
    "1969-12-31T23:59:59.999999999Z": -1,
    "1970-01-01T00:00:00Z": 0,
}
REFUSED = [
    "",
    "now",
    "2020-12-28",
    "2020-12-28T",
    "20201228T115200Z",
    "1609156320",
    "2020-13-01T00:00:00Z",
    "2020-02-30T00:00:00Z",
    "2020-12-28T24:00:00Z",
    "2020-12-28T11:60:00Z",
    "2020-12-28T11:52:61Z",
    "2020-12-28T11:52:00.Z",
    "2020-12-28T11:52:00Zulu",
    "0000-01-01T00:00:00Z",
    "1677-01-01T00:00:00Z",
    "2263-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "٢٠٢٠-12-28T11:52:00Z",
]


@pytest.mark.parametrize("text", READ)
def test_lenient_forms(text: str) -> None:
    """What real producers write is read; without a zone it is UTC; digits beyond nine are cut off."""
    assert time_ns(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refused_forms(text: str) -> None:
    """A date alone, a time that does not exist, and years that nanoseconds cannot hold are refused."""
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        time_ns(text)


@given(
    st.integers(-(2**63) // 1_000 + 1, 2**63 // 1_000 - 1),
    st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_agrees_with_datetime(since_us: int, zone: timezone) -> None:
    """Any moment in any zone reads as the standard library computes it."""
    local = (EPOCH + timedelta(microseconds=since_us)).astimezone(zone)
    assert time_ns(local.isoformat()) == since_us * 1_000


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?"))
def test_no_other_error(text: str) -> None:
    """Any text is a time or a `ValueError`."""
    try:
        result = time_ns(text)
    except ValueError:
        return
    assert -(2**63) <= result < 2**63
