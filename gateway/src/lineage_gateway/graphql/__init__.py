"""The GraphQL face: schema, resolvers, and the route that serves them.

A request passes through `http` (accept, operation, statuses) -> `documents` (parsed, measured by `limits`, validated,
kept) -> `schema` (executed over an `Operation` of `context`) -> `responses`, `errors` (codes). Resolvers show what the
use cases of `lineage_gateway.lineage` and the details of `lineage_gateway.details` return; they decide nothing
themselves.
"""

from lineage_gateway.graphql.context import Sources
from lineage_gateway.graphql.http import HttpPolicy
from lineage_gateway.graphql.limits import QueryLimits
from lineage_gateway.graphql.routes import Endpoint
from lineage_gateway.graphql.schema import build_schema, sdl, subgraph_sdl
from lineage_gateway.graphql.subscriptions.hub import Hub
from lineage_gateway.graphql.subscriptions.limits import Callers, StreamLimits

__all__ = [
    "Callers",
    "Endpoint",
    "HttpPolicy",
    "Hub",
    "QueryLimits",
    "Sources",
    "StreamLimits",
    "build_schema",
    "sdl",
    "subgraph_sdl",
]
