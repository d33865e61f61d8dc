"""Templates of path specs and shard policies, and what they make of a path.

Placeholders that say when (`{date}`, `{year}`, `{month}`, `{day}`, `{hour}`) are cut out of a path, where what stands
there really is a date; every other placeholder (`{table}`) stands for one folder that stays.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_URI = re.compile(r"(?P<namespace>[A-Za-z][A-Za-z0-9+.\-]*://[^/{}]*)/+(?P<path>.+)", re.DOTALL)
_YEAR, _LEAP, _MONTH, _DAY, _HOUR = (
    "(?:19|20)[0-9]{2}",
    "(?:(?:19|20)(?:0[48]|[2468][048]|[13579][26])|2000)",
    "(?:0[1-9]|1[0-2])",
    "(?:0[1-9]|[12][0-9]|3[01])",
    "(?:[01][0-9]|2[0-3])",
)


def _date(mark: str) -> str:
    """Return the expression of the days of the calendar."""
    long, short = f"(?:0[13578]|1[02]){mark}(?:0[1-9]|[12][0-9]|3[01])", f"(?:0[469]|11){mark}(?:0[1-9]|[12][0-9]|30)"
    february = f"02{mark}(?:0[1-9]|1[0-9]|2[0-8])"
    return f"(?:{_YEAR}{mark}(?:{long}|{short}|{february})|{_LEAP}{mark}02{mark}29)"


_WHEN = {
    "{date}": f"(?:{_date('-')}|{_date('')}|{_date('/')})",
    "{year}": _YEAR,
    "{month}": _MONTH,
    "{day}": _DAY,
    "{hour}": _HOUR,
}
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}")
_SHARD = {
    "YYYYMMDDHH": f"{_date('')}{_HOUR}",
    "YYYYMMDD": _date(""),
    "YYYY_MM_DD": _date("_"),
    "YYYYMM": rf"{_YEAR}{_MONTH}",
    "YYYY": _YEAR,
}
SHARD_PATTERNS = tuple(_SHARD)
"""What may stand at the end of a shard policy, the longest first."""


class PathTemplate(NamedTuple):
    """Where a spec applies, and the expression whose groups are what stays of a path."""

    namespace: str
    expression: re.Pattern[str]


class ShardTemplate(NamedTuple):
    """The table's name before the pattern, in full, and the expression of what may follow."""

    before: str
    expression: re.Pattern[str]


def path_template(spec: str) -> PathTemplate | None:
    """Read a path spec; None when it is no path, or cuts nothing out."""
    match = _URI.fullmatch(spec)
    if match is None or not any(when in match["path"] for when in _WHEN):
        return None
    pieces = [_piece(segment) for segment in match["path"].strip("/").split("/")]
    return PathTemplate(match["namespace"], re.compile("/".join(pieces), re.DOTALL))


def _piece(segment: str) -> str:
    if segment in _WHEN:
        return _WHEN[segment]
    literal = (re.escape(text) for text in _PLACEHOLDER.split(segment))
    return f"({'[^/]+'.join(literal)})"


def without_dates(path: tuple[str, ...], expression: re.Pattern[str]) -> tuple[str, ...] | None:
    """Return what a spec leaves of a path, or None when it does not apply."""
    match = expression.fullmatch("/".join(path))
    return tuple(match.groups()) or None if match else None


def shard_template(spec: str) -> ShardTemplate | None:
    """Read a shard policy; None when it has no date pattern at its end, or nothing before it."""
    for pattern, dates in _SHARD.items():
        before = spec.removesuffix(pattern)
        if before != spec and before and not before.endswith("."):
            return ShardTemplate(before, re.compile(rf"{dates}|[0-9_]{{0,{len(pattern) - 1}}}\*|{pattern}"))
    return None


def shard_set(table: str, before: str, expression: re.Pattern[str]) -> str | None:
    """Return the name of the set that a table is a shard of (`events_*`), or None when it is none."""
    if not table.startswith(before) or not expression.fullmatch(table, len(before)):
        return None
    return f"{before}*"
