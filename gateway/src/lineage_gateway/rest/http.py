"""The routes: Marquez's reads, and `/openapi.json`.

Path parameters are matched before they are decoded: a namespace such as `postgres://host:5432` is one segment,
`postgres%3A%2F%2Fhost%3A5432`. What an answer rests on stands in headers too, for those who pass the body on unread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from lineage_gateway import __version__
from lineage_gateway.asking import Asking, Sources
from lineage_gateway.rest.directory import Directory
from lineage_gateway.rest.operations import MARQUEZ, OPERATIONS
from lineage_gateway.rest.reads import Reads
from lineage_shared import marquez, openapi
from lineage_shared.marquez import Asked, MeshPart
from lineage_shared.settings import Resolved

ABOUT = """What the gateway answers: GraphQL, and Marquez-shaped reads, over the lineage of all domains.
HEAD is taken wherever GET is; another method gets 405 with Allow. `docs/rest.md` tells more."""

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class RestLimits:
    """What may be asked for, and how many nodes a graph shows."""

    asked: marquez.Limits
    nodes_max: int

    @classmethod
    def of(cls, settings: Resolved) -> RestLimits:
        """Take the limits from the settings."""
        asked = marquez.Limits(settings.page_max, settings.depth_max, settings.search_chars_max)
        return cls(asked, settings.graph_nodes_max)


class EncodedRoute(Route):
    """A route whose parameters are matched as they came, percent-encoded."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the path before decoding, where the server gives it."""
        raw = scope.get("raw_path")
        return super().matches(scope if raw is None else {**scope, "path": raw.decode("latin-1")})


def routes(sources: Callable[[], Sources], limits: RestLimits, *, locked: Callable[[str], bool]) -> list[Route]:
    """Return the routes. `sources` is called once per request; `locked` tells of a door whether it needs a key."""
    directory = Directory()

    def endpoint(operation: str) -> Endpoint:
        answer = marquez.ANSWERS[operation]

        async def answered(request: Request) -> Response:
            domain = request.query_params.get("domain") or None
            reads = Reads(Asking(sources()), directory, domain=domain, nodes_max=limits.nodes_max)
            asked = Asked(request.path_params, request.query_params, limits.asked)
            return _json(await answer(reads, asked))

        return answered

    made: dict[bool, dict[str, Any]] = {}

    async def described(_: Request) -> Response:
        needs_key = locked("key")
        if needs_key not in made:
            made[needs_key] = _document(locked)
        return _json(made[needs_key])

    found = [EncodedRoute(each.path, endpoint(each.id), methods=[each.method]) for each in MARQUEZ]
    return [*found, Route(openapi.PATH, described, methods=["GET"])]


def _document(locked: Callable[[str], bool]) -> dict[str, Any]:
    return openapi.document(
        title="Lineage Mesh gateway", version=__version__, description=ABOUT, operations=OPERATIONS, locked=locked
    )


def _json(document: object) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    mesh = getattr(document, "lineage_mesh", None)
    if isinstance(mesh, MeshPart):
        headers["Lineage-Complete"] = "true" if mesh.complete else "false"
        headers["Lineage-Domains"] = ", ".join(f"{each.domain}={each.status}" for each in mesh.domains)
    return Response(msgspec.json.encode(document), 200, headers, openapi.JSON)
