"""Event times: RFC 3339 and its relatives to integer nanoseconds since 1970.

Python's own parser stops at microseconds. Producers also send no zone (old Python clients; taken as UTC), a space for
the T, an offset without a colon, no seconds, a zone name behind the offset (Java), and more digits than nine (cut off).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_RFC3339 = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r" ?(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?(?:\[[\w/+-]+\])?",
    re.ASCII,
)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_NS: Final = 1_000_000_000
_LOW, _HIGH = -(2**63), 2**63 - 1


def time_ns(text: str) -> int:
    """Return the nanoseconds since 1970 (UTC) of a date and time.

    A leap second counts as the second after it. Raises `ValueError`, in words for a person, for a date without a time,
    a date that does not exist, and what 64 bits of nanoseconds cannot hold (before 1678, after 2262).
    """
    match = _RFC3339.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a date and time such as 2026-01-31T12:00:00.000Z")
    days = date.fromisoformat(match["date"]).toordinal() - _EPOCH_DAY
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 60:  # noqa: PLR2004 - a clock
        raise ValueError("no such time of day")
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - _offset_s(match["zone"] or "Z")
    result = seconds * _NS + int((match["fraction"] or "0")[:9].ljust(9, "0"))
    if not _LOW <= result <= _HIGH:
        raise ValueError("outside the years 1678 to 2262")
    return result


def _offset_s(zone: str) -> int:
    if zone in "Zz":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 3_600 + int(zone[3:].lstrip(":") or 0) * 60)
