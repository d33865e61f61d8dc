"""All routes: who answers each operation of `operations`, behind the door that stands there.

Doors are exact: OPEN for health only, INGEST for producers, MESH for gateways and for whoever scrapes the metrics.
`doors` tells what each asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lineage_agent.details import Details
from lineage_agent.feed import Feed
from lineage_agent.ingest import BodyReader, Ingest
from lineage_agent.marquez import Reads
from lineage_agent.rest.about import About
from lineage_agent.rest.doors import Door, Doorkeeper, Endpoint
from lineage_agent.rest.health import Health
from lineage_agent.rest.lineage import LineageRoutes
from lineage_agent.rest.marquez import Described, EncodedRoute, MarquezRoutes
from lineage_agent.rest.mesh import MeshRoutes
from lineage_agent.rest.metrics import Metrics
from lineage_agent.rest.operations import OPERATIONS
from lineage_agent.store import Store
from lineage_shared import marquez
from lineage_shared.marquez import Limits
from lineage_shared.settings import Resolved


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes need."""

    store: Store
    settings: Resolved
    doorkeeper: Doorkeeper
    ingest: Ingest
    bodies: BodyReader
    requests: BodyReader
    feed: Feed
    details: Details
    reads: Reads
    read_limits: Limits
    health: Health
    metrics: Metrics


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
    reads = MarquezRoutes(services.store, services.reads, services.read_limits)
    endpoints: Mapping[str, Endpoint] = {
        "postEvent": lineage.event,
        "postEvents": lineage.batch,
        **{operation: reads.endpoint(operation) for operation in marquez.ANSWERS},
        "about": mesh.about,
        "snapshot": mesh.snapshot,
        "changes": mesh.changes,
        "details": mesh.details,
        "columns": mesh.columns,
        "runs": mesh.runs,
        "expand": mesh.expand,
        "metrics": services.metrics.answer,
        "live": services.health.live,
        "ready": services.health.ready,
        "openapi": Described(services.doorkeeper).answer,
    }
    by_path: dict[str, dict[str, Endpoint]] = {}
    for each in OPERATIONS:
        guarded = services.doorkeeper.behind(Door(each.door), endpoints[each.id])
        by_path.setdefault(each.path, {})[each.method] = guarded
    return [EncodedRoute(path, _by_method(methods), methods=list(methods)) for path, methods in by_path.items()]


def _by_method(endpoints: Mapping[str, Endpoint]) -> Endpoint:
    """Return one endpoint for all methods of a path, so that a wrong one learns of all that are taken."""

    async def chosen(request: Request) -> Response:
        return await endpoints["GET" if request.method == "HEAD" else request.method](request)

    return chosen
