"""Which number a key, a domain and an id have: tables that only grow, shared by the versions made from them.

A key keeps its number as long as the register lives, also while nobody asserts it, so versions can share one table:
whether a node exists in a version is for that version's entries to say, and which number stands for a class of several
keys for its redirects. The register is left behind when everything is rebuilt from the mirrors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineage_gateway.identity import ClassKey
from lineage_gateway.mesh.graph import KINDS
from lineage_gateway.mesh.rows import Column
from lineage_shared.model import Kind

UNSORTED_MAX = 4096

_KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}


class IdTable:
    """Asset id (16 bytes) -> node, in 12 bytes each: sorted by its first half, with an unsorted end that is scanned."""

    def __init__(self) -> None:
        self._halves = Column(np.uint64)
        self._nodes = Column(np.int32)
        self._sorted = np.empty(0, np.uint64)
        self._order = np.empty(0, np.int64)

    def add(self, halves: NDArray[np.uint64], nodes: list[int]) -> None:
        """Add the first halves of ids with their nodes."""
        self._halves = self._halves.appended(halves)
        self._nodes = self._nodes.appended(nodes)

    def candidates(self, half: int) -> list[int]:
        """Return the nodes that have an id with this first half; the caller compares the rest."""
        if len(self._halves) - len(self._order) > UNSORTED_MAX:
            self._order = np.argsort(self._halves.values)
            self._sorted = self._halves.values[self._order]
        wanted = np.uint64(half)
        low, high = np.searchsorted(self._sorted, wanted, "left"), np.searchsorted(self._sorted, wanted, "right")
        late = np.flatnonzero(self._halves.values[len(self._order) :] == wanted) + len(self._order)
        places = [*self._order[low:high].tolist(), *late.tolist()]
        return [int(self._nodes.values[place]) for place in places]


class Register:
    """The numbers given so far: of keys with their kind, and of domains."""

    def __init__(self) -> None:
        self.nodes: dict[ClassKey, int] = {}
        self.keys: list[ClassKey] = []
        self.kinds: list[int] = []
        self.domains: dict[str, int] = {}
        self.domain_names: list[str] = []
        self.ids = IdTable()

    def node(self, kind: Kind, key: ClassKey) -> int:
        """Return the number of a key, a new one where it has none."""
        known = self.nodes.get(key)
        if known is None:
            self.nodes[key] = known = len(self.keys)
            self.keys.append(key)
            self.kinds.append(_KIND_CODE[kind])
        return known

    def domain(self, name: str) -> int:
        """Return the number of a domain, a new one where it has none."""
        known = self.domains.get(name)
        if known is None:
            self.domains[name] = known = len(self.domain_names)
            self.domain_names.append(name)
        return known
