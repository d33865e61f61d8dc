"""Ids of the raw references in a mesh: the anchor of each node, and the table by which any member's id is found."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.nodes import Entry
from lineage_gateway.mesh.register import Register
from lineage_shared.ids import asset_bytes

Halves = NDArray[np.uint64]
_Reference = tuple[str, str, str | None]


class References:
    """Collects changed entries, and gives the next version the `halves` of its ids and the table of all of them."""

    def __init__(self, register: Register, mesh: Mesh) -> None:
        self._register = register
        self._mesh = mesh
        self._anchors: dict[int, bytes] = {}
        self._new: list[tuple[bytes, int]] = []

    def change(self, node: int, before: Entry | None, after: Entry | None) -> None:
        """Take the change of one node's entry."""
        if after is None:
            return
        known = _references(before) if before is not None else ()
        given = _references(after)
        if given == known:
            return
        ids = [asset_bytes(after.kind, *reference) for reference in given]
        # A reference that comes back after nobody asserted it is in the table already.
        is_new_node = node >= len(self._mesh.high)
        for reference, each in zip(given, ids, strict=True):
            if is_new_node or (reference not in known and not self._is_known(node, each)):
                self._new.append((each, node))
        if known[:1] != given[:1]:
            self._anchors[node] = ids[0]

    def _is_known(self, node: int, asset: bytes) -> bool:
        return node in self._register.ids.candidates(int.from_bytes(asset[:8], "big"))

    def halves(self) -> tuple[Halves, Halves]:
        """Return the halves of the ids of all nodes."""
        if not self._anchors:
            return self._mesh.high, self._mesh.low
        both = _halves(self._anchors.values())
        nodes = np.fromiter(self._anchors, np.int64, len(self._anchors))
        return self._put(self._mesh.high, nodes, both[:, 0]), self._put(self._mesh.low, nodes, both[:, 1])

    def finish(self) -> None:
        """Register the new ids."""
        if self._new:
            halves = _halves(each for each, _ in self._new)[:, 0]
            self._register.ids.add(halves, [node for _, node in self._new])

    def _put(self, halves: Halves, nodes: NDArray[np.int64], values: Halves) -> Halves:
        grown = np.zeros(len(self._register.keys), np.uint64)
        grown[: len(halves)] = halves
        grown[nodes] = values
        return grown


def _halves(ids: Iterable[bytes]) -> Halves:
    """Return the first and the second 8 bytes of each id, as one row."""
    return np.frombuffer(b"".join(ids), ">u8").astype(np.uint64).reshape(-1, 2)


def _references(entry: Entry) -> tuple[_Reference, ...]:
    """Return the distinct references of a node, the anchor first, and at last the common ones of narrowed names."""
    if len(entry.members) == 1 and not entry.members[0].narrowed:
        only = entry.members[0]
        return ((only.record.namespace, only.record.name, only.scope),)
    own = ((each.record.namespace, each.record.name, each.scope) for each in entry.members)
    common = ((each.record.namespace, each.record.name, None) for each in entry.members if each.narrowed)
    return tuple(dict.fromkeys((*own, *common)))
