"""`GET /mesh/v1/about`: who this agent is, and how much it knows."""

from __future__ import annotations

from lineage_agent import __version__
from lineage_agent.store import Store, status
from lineage_shared import wire
from lineage_shared.settings import Resolved
from lineage_shared.wire import Position


class About:
    """Answers about the agent. Counting takes longer the more there is, so it is done once for each position."""

    def __init__(self, store: Store, settings: Resolved) -> None:
        self._store = store
        self._settings = settings
        self._counted: tuple[Position, status.Counts] | None = None

    async def __call__(self) -> wire.About:
        """Return the answer."""
        position = self._store.position
        counts = await self._counts(position)
        return wire.About(
            domain=self._store.domain,
            version=__version__,
            position=str(position),
            description=self._settings.description,
            contacts=self._settings.contacts,
            namespaces=self._settings.namespaces,
            declarations=self._settings.declarations,
            datasets=counts.datasets,
            jobs=counts.jobs,
            runs=counts.runs,
            edges=counts.edges,
            dead_letters=counts.dead_letters,
        )

    async def _counts(self, position: Position) -> status.Counts:
        if self._counted is None or self._counted[0] != position:
            self._counted = position, await self._store.query(status.counts)
        return self._counted[1]
