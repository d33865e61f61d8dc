"""`GET /mesh/v1/about`: who this agent is, and how much it knows."""

from __future__ import annotations

from lineage_agent import __version__
from lineage_agent.store import Store, status
from lineage_shared import wire
from lineage_shared.settings import Resolved


class About:
    """Answers about the agent; counts are read from the store each time."""

    def __init__(self, store: Store, settings: Resolved) -> None:
        self._store = store
        self._settings = settings

    async def __call__(self) -> wire.About:
        """Return the answer."""
        counts = await self._store.query(status.counts)
        return wire.About(
            domain=self._store.domain,
            version=__version__,
            position=str(self._store.position),
            description=self._settings.description,
            contacts=self._settings.contacts,
            namespaces=self._settings.namespaces,
            datasets=counts.datasets,
            jobs=counts.jobs,
            runs=counts.runs,
            edges=counts.edges,
            dead_letters=counts.dead_letters,
        )
