"""Changing the mesh while a server runs: one change after the other, with a turn for everybody else at each pause.

Taking in a large domain takes seconds. While it does, health checks, queries and feeds go on, and answers come from the
version before; other changes wait, so that each starts from the version that the last one published. A change that is
cancelled half-way has changed nothing.
"""

from __future__ import annotations

import asyncio
import time

from lineage_gateway.identity import Authorities, Declared
from lineage_gateway.mesh.keeper import MeshKeeper
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.pauses import Work
from lineage_gateway.mirror import DomainMirror
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
        """Rebuild the mesh when too much of it is dead."""
        if self.keeper.mesh.is_wasteful:
            async with self._turn:
                await _paused(self.keeper.tidying())


async def _paused(work: Work[Mesh]) -> None:
    """Do the work; most changes are over within one turn."""
    began_s = time.monotonic()
    try:
        for _ in work:
            if time.monotonic() - began_s > TURN_S_MAX:
                await asyncio.sleep(0)
                began_s = time.monotonic()
    finally:
        # What was begun is put back before anybody else has a turn.
        work.close()
