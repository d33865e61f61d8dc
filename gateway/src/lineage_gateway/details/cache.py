"""Details by their exact revision: least recently used goes first, bounded in entries and in bytes."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from lineage_gateway.details.keys import Detail, DetailKey


class DetailCache:
    """Holds details; a size is that of the msgpack encoding, of which the objects in memory are a small multiple."""

    def __init__(self, *, entries_max: int, bytes_max: int) -> None:
        self._entries_max = entries_max
        self._bytes_max = bytes_max
        self._held: OrderedDict[DetailKey, tuple[Detail, int]] = OrderedDict()
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """The encoded size of everything held."""
        return self._size_bytes

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: DetailKey) -> Detail | None:
        """Return what is held under `key`, and mark it as used."""
        held = self._held.get(key)
        if held is None:
            return None
        self._held.move_to_end(key)
        return held[0]

    def put(self, key: DetailKey, detail: Detail) -> None:
        """Hold `detail`; a single one larger than the whole bound is not held."""
        size = len(msgspec.msgpack.encode(detail))
        if size > self._bytes_max:
            return
        _, before = self._held.pop(key, (None, 0))
        self._held[key] = (detail, size)
        self._size_bytes += size - before
        while len(self._held) > self._entries_max or self._size_bytes > self._bytes_max:
            _, (_, freed) = self._held.popitem(last=False)
            self._size_bytes -= freed
