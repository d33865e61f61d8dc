r"""Dotted names: `db.schema."my table"` to parts and back.

A part may be quoted with the platform's own marks (`"x"`, `` `x` ``, `[x]`; a doubled closing mark stands for itself),
and a dot inside of quotes is a part of the name. OpenLineage's clients may write such a dot as `\.` instead.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CLOSING = {'"': '"', "`": "`", "[": "]"}
_SPECIAL = re.compile(r'["`\[\\]')
# A look-up that failed, printed; unquoted it names nothing.
NOTHING = frozenset({"None", "null"})


class Part(NamedTuple):
    """One part of a dotted name, without its quotes."""

    text: str
    quoted: bool = False


def split(name: str, quotes: str) -> tuple[Part, ...]:
    """Return the parts of a dotted name; a quote that is never closed is a letter like any other."""
    if not _SPECIAL.search(name):
        return tuple(map(Part, name.split(".")))
    parts: list[Part] = []
    start = 0
    while start <= len(name):
        part, start = _next(name, start, quotes)
        parts.append(part)
    return tuple(parts)


def _next(name: str, start: int, quotes: str) -> tuple[Part, int]:
    """Return the part that begins at `start`, and where the one behind it begins."""
    if name[start : start + 1] and name[start] in quotes:
        end = _closed(name, start + 1, _CLOSING[name[start]])
        if end is not None:
            closing = name[end]
            return Part(name[start + 1 : end].replace(closing * 2, closing), quoted=True), end + 2
    return _plain(name, start)


def _closed(name: str, start: int, closing: str) -> int | None:
    """Return where the quote opened before `start` is closed, if a dot or the end of the name follows there."""
    position = name.find(closing, start)
    while position >= 0:
        if name[position + 1 : position + 2] == closing:
            position = name.find(closing, position + 2)
        else:
            return position if name[position + 1 : position + 2] in ("", ".") else None
    return None


def _plain(name: str, start: int) -> tuple[Part, int]:
    end = name.find(".", start)
    while end > start and name[end - 1] == "\\":
        end = name.find(".", end + 1)
    end = len(name) if end < 0 else end
    return Part(name[start:end].replace("\\.", ".")), end + 1


def quoted(part: str, quotes: str) -> str:
    """Return the part in the platform's quotes; a platform without any has a backslash before dots."""
    if not quotes:
        return part.replace(".", "\\.")
    closing = _CLOSING[quotes[0]]
    return f"{quotes[0]}{part.replace(closing, closing * 2)}{closing}"


def needs_quotes(part: str) -> bool:
    """Tell whether the part would be read as something else when written plainly."""
    return "." in part or part in NOTHING or bool(_SPECIAL.search(part))
