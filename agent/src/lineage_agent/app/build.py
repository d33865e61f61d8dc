"""Joining the parts: settings and an open store -> the ASGI application."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette

from lineage_agent.border import Border
from lineage_agent.config import declarations_of
from lineage_agent.details import Details, Limits
from lineage_agent.feed import Feed, Pace
from lineage_agent.ingest import BodyLimits, BodyReader, Ingest
from lineage_agent.marquez import Reads
from lineage_agent.rest import EXCEPTION_HANDLERS, Doorkeeper, Health, Metrics, Services, routes
from lineage_agent.store import Store
from lineage_shared.marquez import Limits as ReadLimits
from lineage_shared.settings import Resolved


def open_store(settings: Resolved, *, keep: bool = False) -> AbstractAsyncContextManager[Store]:
    """Open the store that the settings name.

    With `keep`, settings that say nothing of `windows` or `declarations` leave those that the file was last served
    with: other windows would begin a new epoch, and with other declarations all names would be read anew, twice.
    """
    said = settings.domain and settings.declarations
    return Store.open(
        settings.db,
        domain=settings.domain,
        windows=(settings.windows or None) if keep else settings.windows,
        declared=None if keep and not said else declarations_of(settings),
        queue_events_max=settings.queue_events_max,
        readers_max=settings.readers_max,
        drain_s=settings.drain_s,
    )


def build(store: Store, settings: Resolved, doorkeeper: Doorkeeper) -> tuple[Starlette, Health]:
    """Return the application, and the health that its server reports to."""
    health = Health(store)
    limits = BodyLimits(settings.body_bytes_max, settings.bodies_bytes_max, settings.body_timeout_s)
    request_limits = BodyLimits(settings.request_bytes_max, settings.bodies_bytes_max, settings.body_timeout_s)
    feed = Feed(
        store,
        pace=Pace(settings.heartbeat_s, settings.volatile_interval_ms / 1000),
        draining=health.draining,
        subscribers_max=settings.subscribers_max,
        backlog_nodes_max=settings.backlog_nodes_max,
    )
    border = Border(
        share_environment_variables=settings.share_environment_variables,
        share_source_code=settings.share_source_code,
        share_stack_traces=settings.share_stack_traces,
    )
    detail_limits = Limits(
        nodes_max=settings.detail_nodes_max,
        bytes_max=settings.detail_bytes_max,
        runs_max=settings.runs_max,
        expand_nodes_max=settings.expand_nodes_max,
    )
    services = Services(
        store=store,
        settings=settings,
        doorkeeper=doorkeeper,
        ingest=Ingest(store, batch_events_max=settings.batch_events_max),
        bodies=BodyReader(limits),
        requests=BodyReader(request_limits),
        feed=feed,
        details=Details(store, border, detail_limits),
        reads=Reads(store, border, nodes_max=settings.graph_nodes_max, bytes_max=settings.detail_bytes_max),
        read_limits=ReadLimits(settings.page_max, settings.depth_max, settings.search_chars_max),
        health=health,
        metrics=Metrics(store, feed),
    )
    app = Starlette(routes=routes(services), exception_handlers=dict(EXCEPTION_HANDLERS))
    app.router.redirect_slashes = False
    return app, health
