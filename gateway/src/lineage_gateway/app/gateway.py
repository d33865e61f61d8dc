"""What lives as long as the process: connections, mesh, followers, details, and the watch over the registry."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from lineage_gateway.agents import open_http
from lineage_gateway.config import declarations_file
from lineage_gateway.declarations import DeclarationFile
from lineage_gateway.declaring import Declaring
from lineage_gateway.details import Details
from lineage_gateway.graphql import Hub, Sources, StreamLimits
from lineage_gateway.lineage import Limits
from lineage_gateway.mesh import MeshKeeper, MeshLimits
from lineage_gateway.registry import Registry
from lineage_gateway.suggesting import Suggesting, SuggestionLimits
from lineage_gateway.sync import Followers, SyncLimits
from lineage_shared.settings import Resolved

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gateway:
    """The open parts of a running gateway."""

    registry: Registry
    keeper: MeshKeeper
    followers: Followers
    details: Details
    limits: Limits
    hub: Hub
    declaring: Declaring
    suggesting: Suggesting

    def sources(self) -> Sources:
        """Return what one operation is answered from: the mesh and the statuses of this moment."""
        return Sources(
            mesh=self.keeper.mesh,
            states=self.followers.statuses(),
            domains=self.registry.domains,
            details=self.details,
            limits=self.limits,
            identities=self.keeper.identities,
            declaring=self.declaring,
            suggesting=self.suggesting,
        )


@asynccontextmanager
async def open_gateway(registry: Registry) -> AsyncIterator[Gateway]:
    """Open everything, each part owned by its own context, and follow the domains until the context is left."""
    settings = registry.settings
    keeper = MeshKeeper(limits=_mesh_limits(settings))
    async with (
        open_http(connect_timeout_s=settings.connect_timeout_s, ca_file=settings.ca_file) as connections,
        Followers(registry, keeper, connections, SyncLimits.of(settings)) as followers,
        Details(
            followers.client,
            entries_max=settings.detail_cache_entries_max,
            bytes_max=settings.detail_cache_bytes_max,
        ) as details,
        Hub(keeper, followers.statuses, Limits.of(settings), StreamLimits.of(settings).hub) as hub,
        _watching(registry),
        _declaring(registry, followers) as declaring,
        Details(followers.client, entries_max=0, bytes_max=0) as evidence,
        _suggesting(registry, declaring, followers, keeper, evidence) as suggesting,
    ):
        with _reload_on_hangup(registry):
            yield Gateway(registry, keeper, followers, details, Limits.of(settings), hub, declaring, suggesting)


def _declaring(registry: Registry, followers: Followers) -> Declaring:
    settings = registry.settings
    path = declarations_file(settings, registry.files)
    file = DeclarationFile(path) if path is not None else None
    poll_s, most = settings.declarations_poll_s, settings.declarations_max
    return Declaring(registry, followers.writer, file, followers, poll_s=poll_s, declarations_max=most)


def _suggesting(
    registry: Registry, declaring: Declaring, followers: Followers, keeper: MeshKeeper, details: Details
) -> Suggesting:
    """Open suggestions with `details` of their own, which keep nothing: what they need of it they keep themselves."""
    limits = SuggestionLimits.of(registry.settings)
    return Suggesting(keeper, declaring, registry, details, followers.statuses, limits=limits)


def _mesh_limits(settings: Resolved) -> MeshLimits:
    return MeshLimits(
        contracted_edges_max=settings.contracted_edges_max,
        contraction_visits_max=settings.contraction_visits_max,
        search_chars_max=settings.search_chars_max,
        column_edges_max=settings.column_edges_max,
        paths_visits_max=settings.paths_visits_max,
    )


@asynccontextmanager
async def _watching(registry: Registry) -> AsyncIterator[None]:
    task = asyncio.create_task(registry.watch(registry.settings.registry_poll_s), name="watch the registry")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@contextmanager
def _reload_on_hangup(registry: Registry) -> Iterator[None]:
    """Let SIGHUP reload the registry, where there are signals and this is the main thread."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGHUP, registry.reload)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError):
        _log.debug("no SIGHUP here: the registry is reloaded when its file changes")
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):
            loop.remove_signal_handler(signal.SIGHUP)
