"""The GraphQL face: schema, resolvers, and the route that serves them.

A request passes through `http` (body) -> `documents` (parsed, measured, validated) -> `schema` (executed over an
`Operation` of `context`) -> `errors` (codes). Resolvers show what the use cases of `lineage_gateway.lineage` and the
details of `lineage_gateway.details` return; they decide nothing themselves.
"""

from lineage_gateway.graphql.context import Sources
from lineage_gateway.graphql.documents import QueryLimits
from lineage_gateway.graphql.http import routes
from lineage_gateway.graphql.schema import build_schema, sdl

__all__ = ["QueryLimits", "Sources", "build_schema", "routes", "sdl"]
