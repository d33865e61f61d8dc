"""Which pairs are looked at: datasets that meet in a block (IDENTIFIERS 4.4), because all pairs of a mesh are too many.

A block that is too large is parted by further parts of the names; what is then still too large says nothing, and is
left out: names that everybody uses are no evidence. The pairs that were left out are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import combinations
from math import comb
from typing import TypeVar

BLOCK_MAX = 30
"""Datasets of one block; more share a word, not an identity."""

PAIRS_MAX = 300_000
"""Pairs that are looked at for one version of the mesh."""

NodePair = tuple[int, int]
Stem = tuple[str, ...]
Allowed = Callable[[int, int], bool]

H = TypeVar("H", bound=Hashable)


def pair(one: int, other: int) -> NodePair:
    """Return two datasets as a pair, whichever comes first."""
    return (one, other) if one < other else (other, one)


class Pairs:
    """The pairs found so far, each once, and how many were left out."""

    def __init__(self, allowed: Allowed) -> None:
        """`allowed` says of two datasets whether they may be one thing at all."""
        self.found: set[NodePair] = set()
        self.left_out = 0
        self._allowed = allowed

    def add(self, one: int, other: int) -> None:
        """Take in a pair, unless there are too many."""
        wanted = pair(one, other)
        if one == other or wanted in self.found or not self._allowed(one, other):
            return
        if len(self.found) >= PAIRS_MAX:
            self.left_out += 1
        else:
            self.found.add(wanted)

    def add_named(self, members: Iterable[tuple[Stem, int]], suited: Allowed) -> None:
        """Take in the pairs of one last name, where `suited`; a stem is a name from its end."""
        for block in grouped((stem[:1], (stem, node)) for stem, node in members):
            self._refine(block, 1, suited)

    def _refine(self, block: Sequence[tuple[Stem, int]], depth: int, suited: Allowed) -> None:
        if len(block) <= BLOCK_MAX:
            self.add_block((node for _, node in block), suited)
            return
        # A name without a further part belongs to no finer block.
        deeper = [member for member in block if len(member[0]) > depth]
        self.left_out += comb(len(block) - len(deeper), 2)
        for part in grouped((stem[depth], (stem, node)) for stem, node in deeper):
            self._refine(part, depth + 1, suited)

    def add_block(self, nodes: Iterable[int], suited: Allowed) -> None:
        """Take in the pairs of one block, where `suited`; none of one that is too large."""
        distinct = sorted(set(nodes))
        if len(distinct) > BLOCK_MAX:
            self.left_out += comb(len(distinct), 2)
            return
        for one, other in combinations(distinct, 2):
            if suited(one, other):
                self.add(one, other)


def grouped(members: Iterable[tuple[Hashable, H]]) -> Iterator[list[H]]:
    """Give what has one key in common, where it is more than one."""
    groups: dict[Hashable, list[H]] = {}
    for key, member in members:
        groups.setdefault(key, []).append(member)
    return (group for group in groups.values() if len(group) > 1)
