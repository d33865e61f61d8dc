"""Validity intervals: rule 1 at every moment at which something changed, in event time.

A contribution is visible from its first mention of a dataset; it is finished from the time of its terminal event, and
says nothing more from the time of a retirement. A dropped dataset has no edges until it is produced again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lineage_agent.projection.current import Contribution, speaking

Edge = tuple[int, int]
Interval = tuple[int, int | None]


class Spell(NamedTuple):
    """One contribution's word for an edge (direction, dataset): from the first event that gave it.

    `until_ns` is set where a later event of the contribution left it out, and leaving out means ending. `steadfast`
    holds although the dataset is gone (a rename).
    """

    edge: Edge
    first_ns: int
    until_ns: int | None = None
    steadfast: bool = False


class Word(NamedTuple):
    """All that one contribution said; `until_ns` is the retirement that ended it."""

    one: Contribution
    spells: Sequence[Spell]
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """All that rule 1 needs to be asked about any time.

    `absences` are when datasets did not exist; `silences` when the node itself did not.
    """

    words: Sequence[Word]
    continuous: bool = False
    window: int = 1
    absences: Mapping[int, Sequence[Interval]] = field(default_factory=dict)
    silences: Sequence[Interval] = ()

    def edges_at(self, moment: int) -> set[Edge]:
        """Return the edges that were current at an event time."""
        if _within(moment, self.silences):
            return set()
        visible = {
            _as_of(word.one, moment): word.spells
            for word in self.words
            if _before(moment, word.until_ns) and any(spell.first_ns <= moment for spell in word.spells)
        }
        return {
            spell.edge
            for one in speaking(visible, continuous=self.continuous, window=self.window)
            for spell in visible[one]
            if spell.first_ns <= moment and _before(moment, spell.until_ns) and self._exists(spell, moment)
        }

    def intervals(self) -> dict[Edge, list[Interval]]:
        """Return the intervals of every edge, the earliest first; an open one ends with None."""
        found: dict[Edge, list[Interval]] = {}
        begun: dict[Edge, int] = {}
        for moment in sorted(self._moments()):
            present = self.edges_at(moment)
            for edge in [edge for edge in begun if edge not in present]:
                found.setdefault(edge, []).append((begun.pop(edge), moment))
            for edge in present:
                begun.setdefault(edge, moment)
        for edge, start in begun.items():
            found.setdefault(edge, []).append((start, None))
        return found

    def _exists(self, spell: Spell, moment: int) -> bool:
        return spell.steadfast or not _within(moment, self.absences.get(spell.edge[1], ()))

    def _moments(self) -> set[int]:
        ends = {word.one.ended_ns for word in self.words}
        spells = [spell for word in self.words for spell in word.spells]
        gaps = [*self.silences, *(gap for gaps in self.absences.values() for gap in gaps)]
        given = [word.until_ns for word in self.words] + [moment for gap in gaps for moment in gap]
        given += [moment for spell in spells for moment in (spell.first_ns, spell.until_ns)]
        return ends | {moment for moment in given if moment is not None}


def absences_of(drops: Iterable[int], productions: Collection[int], *, gone: bool) -> list[Interval]:
    """Return when a dataset did not exist: from each drop to the next event that named it as an output.

    Times alone do not tell which of a drop and a production at the same moment came last; `gone` does for the last.
    """
    ordered = sorted(set(drops))
    found: list[Interval] = [(drop, min((at for at in productions if at >= drop), default=None)) for drop in ordered]
    return [*found[:-1], (ordered[-1], None)] if gone and ordered else found


def _as_of(one: Contribution, moment: int) -> Contribution:
    return one if one.ended_ns <= moment else one._replace(ended_ns=moment, terminal=None)


def _before(moment: int, until_ns: int | None) -> bool:
    return until_ns is None or moment < until_ns


def _within(moment: int, spans: Sequence[Interval]) -> bool:
    return any(start <= moment and _before(moment, end) for start, end in spans)
