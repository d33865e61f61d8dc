"""All routes: method, path, who answers, and the door that each stands behind.

Doors are exact: OPEN for health only, INGEST for producers, MESH for gateways and for whoever scrapes the metrics. The
key is looked at before the body is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lineage_agent.config import Keys
from lineage_agent.details import Details
from lineage_agent.feed import Feed
from lineage_agent.ingest import BodyReader, Ingest
from lineage_agent.rest.about import About
from lineage_agent.rest.health import Health
from lineage_agent.rest.lineage import LineageRoutes
from lineage_agent.rest.mesh import MeshRoutes
from lineage_agent.rest.metrics import Metrics
from lineage_agent.store import Store
from lineage_shared.bearer import Keyring
from lineage_shared.settings import Resolved
from lineage_shared.wire import PREFIX

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes need."""

    store: Store
    settings: Resolved
    keys: Keys
    ingest: Ingest
    bodies: BodyReader
    requests: BodyReader
    feed: Feed
    details: Details
    health: Health
    metrics: Metrics


class Door(StrEnum):
    """Which keys open a route."""

    OPEN = "open"
    INGEST = "ingest"
    MESH = "mesh"


# A route without a line here has no door, and cannot be built.
DOORS: Final[Mapping[str, Door]] = {
    "/api/v1/lineage": Door.INGEST,
    "/api/v1/lineage/batch": Door.INGEST,
    f"{PREFIX}/about": Door.MESH,
    f"{PREFIX}/snapshot": Door.MESH,
    f"{PREFIX}/changes": Door.MESH,
    f"{PREFIX}/details": Door.MESH,
    f"{PREFIX}/columns": Door.MESH,
    f"{PREFIX}/runs": Door.MESH,
    f"{PREFIX}/expand": Door.MESH,
    "/metrics": Door.MESH,
    "/health/live": Door.OPEN,
    "/health/ready": Door.OPEN,
}


def routes(services: Services) -> list[Route]:
    """Return every route, behind its door."""
    lineage = LineageRoutes(services.store, services.ingest, services.bodies, services.metrics)
    mesh = MeshRoutes(
        services.store,
        About(services.store, services.settings),
        services.feed,
        services.details,
        services.requests,
        wait_s_max=services.settings.wait_s_max,
    )
    table: tuple[tuple[str, str, Endpoint], ...] = (
        ("POST", "/api/v1/lineage", lineage.event),
        ("POST", "/api/v1/lineage/batch", lineage.batch),
        ("GET", f"{PREFIX}/about", mesh.about),
        ("GET", f"{PREFIX}/snapshot", mesh.snapshot),
        ("GET", f"{PREFIX}/changes", mesh.changes),
        ("POST", f"{PREFIX}/details", mesh.details),
        ("POST", f"{PREFIX}/columns", mesh.columns),
        ("POST", f"{PREFIX}/runs", mesh.runs),
        ("POST", f"{PREFIX}/expand", mesh.expand),
        ("GET", "/metrics", services.metrics.answer),
        ("GET", "/health/live", services.health.live),
        ("GET", "/health/ready", services.health.ready),
    )
    rings = {Door.OPEN: Keyring(), Door.INGEST: services.keys.ingest, Door.MESH: services.keys.mesh}
    return [Route(path, _behind(rings[DOORS[path]], endpoint), methods=[method]) for method, path, endpoint in table]


def _behind(keys: Keyring, endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        keys.check(request.headers.get("authorization"))
        return await endpoint(request)

    return guarded
