"""A cache with a bound on entries and on what they weigh: the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedLru(Generic[K, V]):
    """Values by key. What weighs more than everything may is not kept at all."""

    def __init__(self, *, entries_max: int, weight_max: int) -> None:
        """`weight_max` is in the unit of the weights that `put` is given."""
        self._entries_max = entries_max
        self._weight_max = weight_max
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Return a value, and take it for used; None when it is not kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keep a value."""
        if weight > self._weight_max or not self._entries_max:
            return
        before = self._kept.pop(key, None)
        self.weight += weight - (before[1] if before is not None else 0)
        self._kept[key] = value, weight
        while len(self._kept) > self._entries_max or self.weight > self._weight_max:
            _, (_, freed) = self._kept.popitem(last=False)
            self.weight -= freed
