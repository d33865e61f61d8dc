"""Joining the parts: settings and an open store -> the ASGI application."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path

from starlette.applications import Starlette

from lineage_agent.border import Border
from lineage_agent.config import Keys
from lineage_agent.details import Details, Limits
from lineage_agent.feed import Feed, Pace
from lineage_agent.ingest import BodyLimits, BodyReader, Ingest
from lineage_agent.rest import EXCEPTION_HANDLERS, Health, Metrics, Services, routes
from lineage_agent.store import Store, driver, meta
from lineage_shared.settings import Resolved


def open_store(settings: Resolved, *, keep_windows: bool = False) -> AbstractAsyncContextManager[Store]:
    """Open the store that the settings name.

    With `keep_windows`, settings that say nothing of `windows` leave those that the file was projected with: other
    ones would begin a new epoch.
    """
    keep = keep_windows and not settings.windows
    return Store.open(
        settings.db,
        domain=settings.domain,
        windows=_recorded_windows(Path(settings.db)) if keep else settings.windows,
        queue_events_max=settings.queue_events_max,
        readers_max=settings.readers_max,
        drain_s=settings.drain_s,
    )


def _recorded_windows(path: Path) -> Mapping[str, int]:
    if not path.is_file():
        return {}
    # A file that is no store is refused in plain words when it is opened.
    with suppress(driver.module().Error), driver.open_beside(path) as connection:
        state = meta.read(connection)
        return state.windows if state else {}
    return {}


def build(store: Store, settings: Resolved, keys: Keys) -> tuple[Starlette, Health]:
    """Return the application, and the health that its server reports to."""
    health = Health(store)
    limits = BodyLimits(settings.body_bytes_max, settings.bodies_bytes_max, settings.body_timeout_s)
    request_limits = BodyLimits(settings.request_bytes_max, settings.bodies_bytes_max, settings.body_timeout_s)
    feed = Feed(
        store,
        pace=Pace(settings.heartbeat_s, settings.volatile_interval_ms / 1000),
        draining=health.draining,
        subscribers_max=settings.subscribers_max,
    )
    border = Border(
        share_environment_variables=settings.share_environment_variables,
        share_source_code=settings.share_source_code,
        share_stack_traces=settings.share_stack_traces,
    )
    services = Services(
        store=store,
        settings=settings,
        keys=keys,
        ingest=Ingest(store, batch_events_max=settings.batch_events_max),
        bodies=BodyReader(limits),
        requests=BodyReader(request_limits),
        feed=feed,
        details=Details(store, border, Limits(settings.detail_nodes_max, settings.detail_bytes_max)),
        health=health,
        metrics=Metrics(store, feed),
    )
    app = Starlette(routes=routes(services), exception_handlers=dict(EXCEPTION_HANDLERS))
    app.router.redirect_slashes = False
    return app, health
