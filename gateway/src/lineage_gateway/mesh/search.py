"""Search: a case-insensitive piece of text in names and namespaces, best first.

Order: the name is the text; the last segment of the name begins with it, or what follows the last dot in that; it
stands anywhere; then name, then id. Names are kept lower-cased, one long string per chunk of entries, so that most of
the mesh is passed over at the speed of a string search; a chunk that has not changed keeps its text.
"""

from __future__ import annotations

import base64
import binascii
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from lineage_gateway.mesh.chunks import CHUNK, Chunks
from lineage_gateway.mesh.nodes import Entry
from lineage_gateway.mesh.selection import Selection
from lineage_shared.errors import InvalidInput

Halves: TypeAlias = NDArray[np.uint64]
Place: TypeAlias = tuple[int, str, int, int]
"""Where a hit stands in the order: (rank, lower-cased name, first and second half of its id)."""

CURSOR_CHARS_MAX = 8192
ORDER_CHARS = 512
"""Characters of a name that count for the order, so that a cursor stays short."""

_EXACT, _SEGMENT_PREFIX, _SUBSTRING = range(3)
_LINE, _PART = "\n", "\x00"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits, each with the cursor that resumes behind it. `total` counts the hits of all pages."""

    nodes: tuple[int, ...]
    cursors: tuple[str, ...]
    total: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A search text, lower-cased, and the place after which to resume."""

    text: str
    after: Place | None = None

    @classmethod
    def of(cls, text: str, *, chars_max: int, after: str | None) -> Query:
        """Raise `InvalidInput` for an empty or overlong text (SEARCH_TEXT_INVALID), or a cursor that is none.

        Control characters are refused too; they part the texts that are searched.
        """
        cleaned = text.lower().strip()
        if not cleaned or len(text) > chars_max or not cleaned.isprintable():
            raise InvalidInput(f"a search text has 1 to {chars_max} printable characters", code="SEARCH_TEXT_INVALID")
        return cls(cleaned, None if after is None else _place(after))


@dataclass(slots=True)
class SearchTexts:
    """The lower-cased text of each chunk, made when it is first searched; shared by all versions."""

    _known: dict[int, tuple[object, str]] = field(default_factory=dict)

    def of(self, at: int, chunk: tuple[Entry | None, ...]) -> str:
        """Return one line per entry of the chunk at this place."""
        known = self._known.get(at)
        if known is None or known[0] is not chunk:
            self._known[at] = known = (chunk, _LINE.join(map(_line, chunk)))
        return known[1]


def search(
    entries: Chunks[Entry],
    texts: SearchTexts,
    halves: tuple[Halves, Halves],
    query: Query,
    *,
    chosen: Selection,
    first: int,
) -> SearchPage:
    """Return the `first` hits behind `query.after`; `halves` are the ids of all nodes, to order equal names by."""
    if first < 0:
        raise InvalidInput(f"first = {first} is negative", code="FIRST_INVALID")
    nodes: list[int] = []
    names: list[str] = []
    for node, line in _matches(entries, texts, query.text, chosen):
        nodes.append(node)
        names.append(line.partition(_PART)[0][:ORDER_CHARS])
    high, low = (half[np.array(nodes, np.int32)].tolist() for half in halves)
    ranks = [_rank(name, query.text) for name in names]
    hits = zip(ranks, names, high, low, nodes, strict=True)
    behind = hits if query.after is None else (hit for hit in hits if hit[:4] > query.after)
    best = heapq.nsmallest(first + 1, behind)
    shown = best[:first]
    return SearchPage(
        nodes=tuple(hit[4] for hit in shown),
        cursors=tuple(_cursor(hit[:4]) for hit in shown),
        total=len(nodes),
        has_more=len(best) > first,
    )


def _matches(entries: Chunks[Entry], texts: SearchTexts, text: str, chosen: Selection) -> Iterator[tuple[int, str]]:
    """Give the hits, each as (node, line)."""
    everything = chosen.everything
    for at, chunk in enumerate(entries.chunks):
        lines = texts.of(at, chunk)
        if text in lines:
            for place, line in enumerate(lines.split(_LINE)):
                if text in line and (everything or _accepts(chosen, chunk[place])):
                    yield at * CHUNK + place, line


def _accepts(chosen: Selection, entry: Entry | None) -> bool:
    return entry is not None and chosen.accepts(entry)


def _line(entry: Entry | None) -> str:
    """Return names and namespaces of all members; parted by what a search text cannot hold, so that it spans no two."""
    if entry is None:
        return ""
    parts = [entry.name, entry.namespace]
    if len(entry.members) > 1:
        parts += [text for each in entry.members for text in (each.record.name, each.record.namespace)]
    return _PART.join(dict.fromkeys(parts)).lower().replace(_LINE, " ")


def _rank(name: str, text: str) -> int:
    if name == text:
        return _EXACT
    segment = name.rfind("/") + 1
    begins = name.startswith(text, segment) or name.startswith(text, max(segment, name.rfind(".") + 1))
    return _SEGMENT_PREFIX if begins else _SUBSTRING


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        padded = cursor[:CURSOR_CHARS_MAX].encode("ascii") + b"=" * (-len(cursor) % 4)
        place: Place = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=Place)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise InvalidInput("the cursor is not one of this search", code="CURSOR_INVALID") from None
    return place
