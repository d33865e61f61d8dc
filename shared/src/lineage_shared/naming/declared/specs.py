"""Templates of path specs and shard policies, and what they make of a path.

Placeholders that say when (`{date}`, `{year}`, `{month}`, `{day}`, `{hour}`) are cut out of a path, where what stands
there really is a date; every other placeholder (`{table}`) stands for one folder that stays.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_URI = re.compile(r"(?P<namespace>[A-Za-z][A-Za-z0-9+.\-]*://[^/{}]*)/+(?P<path>.+)", re.DOTALL)
_YEAR, _MONTH, _DAY, _HOUR = (
    "(?:19|20)[0-9]{2}",
    "(?:0[1-9]|1[0-2])",
    "(?:0[1-9]|[12][0-9]|3[01])",
    "(?:[01][0-9]|2[0-3])",
)
_WHEN = {
    "{date}": rf"(?:{_YEAR}-{_MONTH}-{_DAY}|{_YEAR}{_MONTH}{_DAY}|{_YEAR}/{_MONTH}/{_DAY})",
    "{year}": _YEAR,
    "{month}": _MONTH,
    "{day}": _DAY,
    "{hour}": _HOUR,
}
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}")
_SHARD = {
    "YYYYMMDDHH": rf"{_YEAR}{_MONTH}{_DAY}{_HOUR}",
    "YYYYMMDD": rf"{_YEAR}{_MONTH}{_DAY}",
    "YYYY_MM_DD": rf"{_YEAR}_{_MONTH}_{_DAY}",
    "YYYYMM": rf"{_YEAR}{_MONTH}",
    "YYYY": _YEAR,
}


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
