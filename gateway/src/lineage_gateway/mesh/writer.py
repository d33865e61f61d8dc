"""Changing the mesh while a server runs: one change after the other, with a turn for everybody else at each pause.

Taking in a large domain takes seconds. While it does, health checks, queries and feeds go on, and answers come from the
version before; other changes wait, so that each starts from the version that the last one published. A change that is
cancelled half-way has changed nothing.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import suppress

from lineage_gateway.identity import Authorities, Declared
from lineage_gateway.mesh.keeper import MeshKeeper
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.pauses import Dropped, Work
from lineage_shared.wire import Commit

TURN_S_MAX = 0.005
"""How long a change goes on, from pause to pause, before others get their turn."""


class MeshWriter:
    """The only one who changes `keeper`, for as long as it is used.

    A change has been published when its call returns, and nothing else ran in between: what belongs to the new version
    (a position) may be set right after it. `tidy` is for afterwards.
    """

    def __init__(self, keeper: MeshKeeper) -> None:
        self.keeper = keeper
        self._turn = asyncio.Lock()

    async def replace(self, domain: str, mirror: DomainMirror) -> None:
        """See `MeshKeeper.replace`."""
        async with self._turn:
            await _paused(self.keeper.replacing(domain, mirror))
        # What a snapshot brought stays: the garbage collector would look at all of it, again and again, in one go. What
        # is garbage already is not to stay with it.
        gc.collect(1)
        gc.freeze()

    async def apply(self, domain: str, commit: Commit) -> None:
        """See `MeshKeeper.apply`."""
        async with self._turn:
            await _paused(self.keeper.applying(domain, commit))

    async def remove(self, domain: str) -> None:
        """See `MeshKeeper.remove`."""
        async with self._turn:
            await _paused(self.keeper.removing(domain))

    async def govern(self, authorities: Authorities) -> None:
        """See `MeshKeeper.govern`."""
        async with self._turn:
            await _paused(self.keeper.governing(authorities))

    async def declare(self, declared: Declared) -> None:
        """See `MeshKeeper.declare`."""
        async with self._turn:
            await _paused(self.keeper.declaring(declared))

    async def tidy(self) -> None:
        """Note which conflicts came and went, and rebuild the mesh when too much of it is dead."""
        if not self.keeper.is_tidy:
            async with self._turn:
                await _paused(self.keeper.tidying())


async def _paused(work: Work[Mesh]) -> None:
    """Do the work; most changes are over within one turn. What was begun is put back before the next change."""
    turn = _Turn()
    try:
        for _ in work:
            if turn.is_over:
                await asyncio.sleep(0)
                turn = _Turn()
    except asyncio.CancelledError:
        for _ in _dropped(work):
            if turn.is_over:
                # Whoever cancels a second time waits for that as well.
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0)
                turn = _Turn()
        raise
    finally:
        work.close()


class _Turn:
    """What one task does until it lets others go on."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self._began_s > TURN_S_MAX


def _dropped(work: Work[Mesh]) -> Iterator[None]:
    """Tell the work that it is not wanted, and do what it does then; work that has ended does nothing."""
    with suppress(Dropped, StopIteration):
        work.throw(Dropped())
        yield
        yield from work
