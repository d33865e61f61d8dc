"""The graph whose nodes are keys and whose links are claims: which keys hang together, link by link.

Adding a link unites two components, the smaller into the larger. Taking links away looks, from all their ends at once,
for what does not hang together any more: the search ends when one part is left to go on, so that it costs as much as
the parts that fall off, however large the rest is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import msgspec

from lineage_shared.claims.model import ClaimId
from lineage_shared.claims.ordered import Ordered


class Component(msgspec.Struct, gc=False):
    """Keys that hang together, and how many claims link them; `order` is a heap of the keys, and of some that left."""

    keys: set[str]
    claims: int = 0
    order: list[str] | None = None

    @property
    def smallest(self) -> str:
        """The smallest of the keys."""
        if self.order is None or len(self.order) > 2 * len(self.keys):
            self.order = sorted(self.keys)
        while self.order[0] not in self.keys:
            heappop(self.order)
        return self.order[0]

    def take(self, other: Component) -> None:
        """Take all of another component in."""
        self.keys |= other.keys
        self.claims += other.claims
        if self.order is not None:
            for key in other.keys:
                heappush(self.order, key)

    def leave(self, other: Component) -> None:
        """Take out what has become a component of its own."""
        self.keys -= other.keys
        self.claims -= other.claims


@dataclass(slots=True)
class _Part:
    """What one search has reached, and the neighbours that it has not looked at, key by key."""

    keys: set[str]
    frontier: list[Iterator[str]]


class Components:
    """The links, and the components that they make; a key without links is not there."""

    def __init__(self) -> None:
        self._links = Ordered[str]()
        self._of: dict[str, int] = {}
        self._components: dict[int, Component] = {}
        self._cut: set[str] = set()
        self._next = 0

    @property
    def by_number(self) -> Mapping[int, Component]:
        """All components; not to be changed."""
        return self._components

    def of(self, key: str) -> int | None:
        """Return the number of a key's component; it may be another one after any change."""
        return self._of.get(key)

    def ids(self, keys: Iterable[str]) -> set[ClaimId]:
        """Return the claims that link any of these keys."""
        return {claim_id for key in keys for claim_id in self._links.of(key)}

    def at(self, key: str) -> Sequence[ClaimId]:
        """Return the claims that link a key, in order."""
        return self._links.of(key)

    def has(self, claim_id: ClaimId) -> bool:
        """Tell whether a claim is a link."""
        return self._links.has(claim_id.source, claim_id)

    def link(self, claim_id: ClaimId) -> tuple[int, set[str]]:
        """Make a claim a link; return the component that it is in, and the keys that have come into it."""
        number, moved = self._united(self._number(claim_id.source), self._number(claim_id.target))
        if not self.has(claim_id):
            for key in claim_id.ends:
                self._links.add(key, claim_id)
            self._components[number].claims += 1
        return number, moved

    def unlink(self, claim_id: ClaimId) -> None:
        """Take a link away, if it is one; what falls apart is known after `parted`."""
        if self.has(claim_id):
            for key in claim_id.ends:
                self._links.remove(key, claim_id)
            self._components[self._of[claim_id.source]].claims -= 1
            self._cut.update(claim_id.ends)

    def _number(self, key: str) -> int:
        known = self._of.get(key)
        if known is None:
            self._of[key] = known = self._next
            self._components[known] = Component({key})
            self._next += 1
        return known

    def _united(self, one: int, other: int) -> tuple[int, set[str]]:
        if one == other:
            return one, set()
        small, large = sorted((one, other), key=lambda number: (len(self._components[number].keys), number))
        gone = self._components.pop(small)
        self._of.update(dict.fromkeys(gone.keys, large))
        self._components[large].take(gone)
        return large, gone.keys

    def parted(self) -> tuple[set[int], set[str]]:
        """Part what links that went have left apart; return the components concerned, and the keys that have no link.

        Those keys are forgotten.
        """
        by_number: dict[int, list[str]] = {}
        for key in sorted(self._cut):
            by_number.setdefault(self._of[key], []).append(key)
        self._cut = set()
        changed, bare = set[int](), set[str]()
        for number, ends in by_number.items():
            alone = {key for key in ends if key not in self._links}
            parts = self._parts([key for key in ends if key not in alone])
            changed.update(self._split_off(number, part) for part in parts)
            for key in alone:
                self._forget(number, key)
            if self._components[number].keys:
                changed.add(number)
            else:
                del self._components[number]
            bare |= alone
        return changed, bare

    def _parts(self, ends: list[str]) -> list[set[str]]:
        """Return what hangs together around the ends, but for the part for which the search was never finished."""
        parts = [_Part({key}, [self._neighbours(key)]) for key in ends]
        owner = dict(zip(ends, parts, strict=True))
        searching, found = parts, list[set[str]]()
        while len(searching) > 1:
            for part in searching:
                if part.frontier:
                    self._search_on(part, owner)
            found += [part.keys for part in searching if part.keys and not part.frontier]
            searching = [part for part in searching if part.frontier]
        return found

    def _neighbours(self, key: str) -> Iterator[str]:
        return (end for claim_id in self._links.of(key) for end in claim_id.ends if end != key)

    def _search_on(self, part: _Part, owner: dict[str, _Part]) -> None:
        """Look at one more neighbour; where another search has been, the two become one."""
        key = next(part.frontier[-1], None)
        if key is None:
            part.frontier.pop()
            return
        met = owner.get(key)
        if met is None:
            owner[key] = part
            part.keys.add(key)
            part.frontier.append(self._neighbours(key))
        elif met is not part:
            gone, kept = sorted((part, met), key=lambda each: len(each.keys))
            owner.update(dict.fromkeys(gone.keys, kept))
            kept.keys |= gone.keys
            kept.frontier += gone.frontier
            gone.keys, gone.frontier = set(), []

    def _split_off(self, number: int, keys: set[str]) -> int:
        part = Component(keys, len(self.ids(keys)))
        self._components[number].leave(part)
        self._of.update(dict.fromkeys(keys, self._next))
        self._components[self._next] = part
        self._next += 1
        return self._next - 1

    def _forget(self, number: int, key: str) -> None:
        self._components[number].leave(Component({key}))
        del self._of[key]
