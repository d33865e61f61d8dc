"""The view over an empty mesh, without agents and without the rest of the application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.routing import Route

from lineage_gateway.details import Details
from lineage_gateway.graphql import QueryLimits, Sources
from lineage_gateway.graphql.http import HttpPolicy, View
from lineage_gateway.lineage import Limits
from lineage_gateway.mesh import MeshKeeper

JSON = {"content-type": "application/json"}
MODERN = {"accept": "application/graphql-response+json"}


@asynccontextmanager
async def viewing(
    policy: HttpPolicy | None = None, limits: QueryLimits | None = None, **changed: Any
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the view; `changed` are limits or settings of the policy."""
    mesh = MeshKeeper().mesh
    async with Details(lambda _: None, entries_max=0, bytes_max=0) as details:

        def sources() -> Sources:
            return Sources(mesh=mesh, states={}, domains={}, details=details, limits=Limits())

        view = View(sources, policy or HttpPolicy(**changed), limits or QueryLimits())
        app = Starlette(routes=[Route("/graphql", view.__call__, methods=["GET", "POST"])])
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as client:
            client.headers.update({"accept": "*/*", "accept-encoding": "identity"})
            yield client


def code_of(response: httpx2.Response) -> str:
    """The code of the first error; fails where there is none."""
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code
