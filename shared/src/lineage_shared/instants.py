"""Times between the wire's unit, microseconds since 1970 (UTC), and RFC 3339 text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_text(instant_us: int) -> str:
    """Write a time as RFC 3339 text in UTC, e.g. `2026-11-20T09:30:00.123456Z`."""
    return (_EPOCH + timedelta(microseconds=instant_us)).isoformat().removesuffix("+00:00") + "Z"


def as_us(text: str | None) -> int | None:
    """Read RFC 3339 text, without a zone as UTC; None for what is no time, since facets may hold anything."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)
