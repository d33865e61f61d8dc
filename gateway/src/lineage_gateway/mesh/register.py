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
    """Asset id (16 bytes) -> node, in 12 bytes each: runs sorted by the first half, and an unsorted end to be scanned.

    A run is merged with the one before it when that is not twice as long, so that there are few of them, and what one
    more id costs does not grow with the table.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[NDArray[np.uint64], NDArray[np.int32]]] = []
        self._halves = Column(np.uint64)
        self._nodes = Column(np.int32)

    def add(self, halves: NDArray[np.uint64], nodes: list[int]) -> None:
        """Add the first halves of ids with their nodes."""
        self._halves = self._halves.appended(halves)
        self._nodes = self._nodes.appended(nodes)
        if len(self._halves) > UNSORTED_MAX:
            self._runs.append(_sorted(self._halves.values, self._nodes.values))
            self._halves, self._nodes = Column(np.uint64), Column(np.int32)
            while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
                (late, late_nodes), (early, early_nodes) = self._runs.pop(), self._runs.pop()
                self._runs.append(_sorted(np.concatenate((early, late)), np.concatenate((early_nodes, late_nodes))))

    def candidates(self, half: int) -> list[int]:
        """Return the nodes that have an id with this first half; the caller compares the rest."""
        wanted = np.uint64(half)
        found: list[int] = []
        for halves, nodes in self._runs:
            low, high = np.searchsorted(halves, wanted, "left"), np.searchsorted(halves, wanted, "right")
            found += nodes[low:high].tolist()
        return [*found, *self._nodes.values[np.flatnonzero(self._halves.values == wanted)].tolist()]


def _sorted(halves: NDArray[np.uint64], nodes: NDArray[np.int32]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    # Stable, because that is quick where the parts are sorted already.
    order = np.argsort(halves, kind="stable")
    return halves[order], nodes[order]


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
