"""Columns: the path of a field inside a dataset.

Fields nest with dots; arrays are transparent (`tags`, `tags[]`, OpenLineage's `tags._element` and DataHub's
`[type=array].[type=string].tags` are one field), while a field of a topic's key (`[key=True]`) is none of its value's.
Case follows the platform's rule for columns, which may differ from that for tables. Across the keys of a class equal
names are one column, and so are names that differ in case only, where that is unambiguous (`alike`): two columns of one
key that differ in case only stay apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lineage_shared.naming import parts as dotted
from lineage_shared.naming.fold import Fold, folded, lower
from lineage_shared.naming.parts import Part

_ANNOTATION = re.compile(r"\[(?:version|type)=[^\]]*\]\.?")
_ELEMENT = "_element"
_ARRAY = re.compile(r"(?:\[\*?\])+$")


def column_path(text: str, quotes: str, fold: Fold) -> tuple[str, ...]:
    """Return the folded segments of a column as OpenLineage or DataHub writes it; empty when it names nothing."""
    plain = _ANNOTATION.sub("", text) if text.startswith("[version=") else text
    return folded_path(dotted.split(plain, quotes), fold)


def folded_path(found: Iterable[Part], fold: Fold) -> tuple[str, ...]:
    """Return the segments without the levels of arrays, in the platform's case."""
    segments = [part if part.quoted else Part(_ARRAY.sub("", part.text)) for part in found]
    kept = [part for i, part in enumerate(segments) if i == 0 or part.quoted or not _is_element(part.text, fold)]
    path = tuple(folded(part.text, fold, quoted=part.quoted) for part in kept)
    return path if all(path) else ()


def _is_element(text: str, fold: Fold) -> bool:
    return (text if fold is Fold.EXACT else lower(text)) == _ELEMENT


def spelled_column(path: tuple[str, ...], quotes: str, fold: Fold) -> str:
    """Return the column text that reads as `path`."""
    return ".".join(_spelled_segment(part, i, quotes, fold) for i, part in enumerate(path))


def _spelled_segment(part: str, position: int, quotes: str, fold: Fold) -> str:
    odd = dotted.needs_quotes(part) or folded(part, fold) != part or _ARRAY.search(part) or part.startswith("[")
    return dotted.quoted(part, quotes) if odd or (position and _is_element(part, fold)) else part


def alike(keys: Iterable[Iterable[str]]) -> Mapping[str, str]:
    """Return the names that are one column though they differ in case, each with the smallest of them.

    `keys` are the columns known of each key of a class. Equal names are one column anyhow. Names that differ in case
    only are, unless any of the keys has two of them; then none of them is joined, because nothing says with which.
    """
    spellings: dict[str, set[str]] = {}
    twins: set[str] = set()
    for names in keys:
        mine: dict[str, str] = {}
        for name in names:
            low = lower(name)
            if mine.setdefault(low, name) != name:
                twins.add(low)
            spellings.setdefault(low, set()).add(name)
    joined = (names for low, names in spellings.items() if len(names) > 1 and low not in twins)
    return {name: min(names) for names in joined for name in names}
