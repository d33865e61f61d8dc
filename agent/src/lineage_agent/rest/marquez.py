"""Marquez's read routes, and the document that describes every route of this server.

Path parameters are matched before they are decoded: a namespace such as `postgres://host:5432` is one segment,
`postgres%3A%2F%2Fhost%3A5432`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from lineage_agent import __version__
from lineage_agent.marquez import Reads
from lineage_agent.rest.doors import Doorkeeper
from lineage_agent.rest.mesh import check_ready
from lineage_agent.rest.negotiate import packed
from lineage_agent.rest.operations import OPERATIONS
from lineage_agent.store import Store
from lineage_shared import marquez, openapi
from lineage_shared.marquez import Asked, Limits

ABOUT = """What one domain's agent takes and answers: OpenLineage events in; the mesh protocol and Marquez-shaped reads
of this domain out. HEAD is taken wherever GET is; another method gets 405 with Allow. `docs/rest.md` tells more."""


class EncodedRoute(Route):
    """A route whose parameters are matched as they came, percent-encoded."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the path before decoding, where the server gives it."""
        raw = scope.get("raw_path")
        return super().matches(scope if raw is None else {**scope, "path": raw.decode("latin-1")})


class MarquezRoutes:
    """The routes for readers of Marquez's API."""

    def __init__(self, store: Store, reads: Reads, limits: Limits) -> None:
        self._store = store
        self._reads = reads
        self._limits = limits

    def endpoint(self, operation: str) -> Callable[[Request], Awaitable[Response]]:
        """Return who answers an operation."""
        answer = marquez.ANSWERS[operation]

        async def answered(request: Request) -> Response:
            check_ready(self._store)
            asked = Asked(request.path_params, request.query_params, self._limits)
            return await _json(request, await answer(self._reads, asked))

        return answered


class Described:
    """Answers the OpenAPI document, which says of each door whether it needs a key now."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper

    async def answer(self, request: Request) -> Response:
        """Answer the document."""
        document = openapi.document(
            title="Lineage Mesh agent",
            version=__version__,
            description=ABOUT,
            operations=OPERATIONS,
            locked=self._doorkeeper.locks,
        )
        return await _json(request, document)


async def _json(request: Request, document: object) -> Response:
    return await packed(request, msgspec.json.encode(document), openapi.JSON, vary="Accept-Encoding")
