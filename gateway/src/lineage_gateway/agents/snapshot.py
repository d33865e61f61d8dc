"""An open snapshot: its header, its blocks as they arrive, and the certainty at the end that it was whole.

`lineage_shared.snapshot` reads and checks the bytes; this adds the waiting. Who iterates to the end without an error
has the agent's whole state at `header.position`; until then nothing of it may be used.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from lineage_shared.errors import ProtocolViolation
from lineage_shared.snapshot import SnapshotReader
from lineage_shared.wire import PROTOCOL, NodeBlock, Position, SnapshotHeader


class SnapshotStream:
    """An asynchronous iterator over the blocks. Waiting longer than `silence_s_max` for bytes raises `TimeoutError`."""

    def __init__(self, chunks: AsyncIterator[bytes], message_bytes_max: int, silence_s_max: float) -> None:
        self._chunks = chunks
        self._reader = SnapshotReader(message_bytes_max)
        self._blocks: deque[NodeBlock] = deque()
        self._silence_s_max = silence_s_max
        self._ended = False

    async def open(self, domain: str) -> SnapshotHeader:
        """Wait for the header; raise `ProtocolViolation` when it is of another domain or protocol."""
        while self._reader.header is None and not self._ended:
            await self._read()
        header = self._reader.header or self._reader.finish()
        if header.domain != domain:
            raise ProtocolViolation(f"the snapshot is of domain {header.domain[:80]!r}, not {domain!r}")
        if header.protocol != PROTOCOL:
            raise ProtocolViolation(f"the snapshot speaks protocol {header.protocol[:20]!r}, not {PROTOCOL!r}")
        return header

    @property
    def position(self) -> Position:
        """The position at which the snapshot is consistent."""
        if self._reader.header is None:
            raise ProtocolViolation("the snapshot has no header")
        return Position.parse(self._reader.header.position)

    def __aiter__(self) -> SnapshotStream:
        """Return itself."""
        return self

    async def __anext__(self) -> NodeBlock:
        """Return the next block; the iteration ends only after a fitting trailer."""
        while not self._blocks:
            if self._ended:
                raise StopAsyncIteration
            await self._read()
        return self._blocks.popleft()

    async def _read(self) -> None:
        async with asyncio.timeout(self._silence_s_max):
            chunk = await anext(self._chunks, None)
        if chunk is None:
            self._reader.finish()
            self._ended = True
            return
        for block in self._reader.feed(chunk):
            self._blocks.append(block)
            # Decoding a block takes milliseconds: others get their turn in between.
            await asyncio.sleep(0)
