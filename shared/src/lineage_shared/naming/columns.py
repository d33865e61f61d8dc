"""Columns: the path of a field inside a dataset.

Fields nest with dots; arrays and maps are transparent (`tags`, `tags[]`, `tags._element` and DataHub's
`[type=array].[type=string].tags` are one field). Case follows the platform's rule for columns, which may differ from
that for tables. Across the members of a class names are matched exactly first, then without case where that is
unambiguous (`matched`): two columns that differ in case only stay apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from lineage_shared.naming import parts as dotted
from lineage_shared.naming.fold import Fold, folded, lower
from lineage_shared.naming.parts import Part

_ANNOTATION = re.compile(r"\[(?:version|type|key)=[^\]]*\]\.?")
_TRANSPARENT = frozenset({"_element", "_value"})
_ARRAY = re.compile(r"(?:\[\*?\])+$")


def column_path(text: str, quotes: str, fold: Fold) -> tuple[str, ...]:
    """Return the folded segments of a column as OpenLineage or DataHub writes it; empty when it names nothing."""
    plain = _ANNOTATION.sub("", text) if text.startswith("[version=") else text
    return folded_path(dotted.split(plain, quotes), fold)


def folded_path(found: Iterable[Part], fold: Fold) -> tuple[str, ...]:
    """Return the segments without the levels of arrays and maps, in the platform's case."""
    segments = [part if part.quoted else Part(_ARRAY.sub("", part.text)) for part in found]
    kept = [part for i, part in enumerate(segments) if i == 0 or part.quoted or part.text not in _TRANSPARENT]
    path = tuple(folded(part.text, fold, quoted=part.quoted) for part in kept)
    return path if all(path) else ()


def spelled_column(path: tuple[str, ...], quotes: str, fold: Fold) -> str:
    """Return the column text that reads as `path`."""
    return ".".join(_spelled_segment(part, i, quotes, fold) for i, part in enumerate(path))


def _spelled_segment(part: str, position: int, quotes: str, fold: Fold) -> str:
    odd = dotted.needs_quotes(part) or folded(part, fold) != part or _ARRAY.search(part) or part.startswith("[")
    return dotted.quoted(part, quotes) if odd or (position and part in _TRANSPARENT) else part


def matched(left: Iterable[str], right: Iterable[str]) -> Mapping[str, str]:
    """Pair the columns of two members of a class: equal ones, then those equal but for case, if unique in both."""
    mine, theirs = sorted(set(left)), sorted(set(right))
    pairs = {name: name for name in mine if name in set(theirs)}
    mine_by, theirs_by = _unique(mine), _unique(theirs)
    for low, name in mine_by.items():
        if low in theirs_by:
            pairs.setdefault(name, theirs_by[low])
    return pairs


def _unique(names: Iterable[str]) -> dict[str, str]:
    known = list(names)
    counts = Counter(map(lower, known))
    return {lower(name): name for name in known if counts[lower(name)] == 1}
