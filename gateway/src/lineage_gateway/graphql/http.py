"""GraphQL over HTTP: bodies in, responses out, a status and a JSON error for everything that is not GraphQL.

POST carries `{"query", "variables", "operationName"}` as JSON; GET the same as parameters. A browser that opens the
address without a query gets a small page of our own (`page`). `documents` makes the text safe to run, `schema` runs it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from graphql import DocumentNode, ExecutionResult, OperationType, get_operation_ast
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from lineage_gateway.graphql.assets import asset_at
from lineage_gateway.graphql.context import Operation, Sources
from lineage_gateway.graphql.documents import QueryLimits, prepare
from lineage_gateway.graphql.errors import presented
from lineage_gateway.graphql.page import page
from lineage_gateway.graphql.schema import build_schema, execute
from lineage_shared.errors import InvalidInput, MethodNotAllowed, TooLarge, UnsupportedMedia

T = TypeVar("T")

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
"""The media type of the GraphQL-over-HTTP draft: with it, a refused request is a 400."""


class GraphQLRequest(msgspec.Struct, rename="camel"):
    """One operation as a client sends it; other members of the object are ignored."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


def routes(sources: Callable[[], Sources], *, body_bytes_max: int, limits: QueryLimits) -> list[Route]:
    """Return the route `/graphql`. `sources` is called once per operation, so that it sees the present mesh.

    A request that is not GraphQL raises a `LineageError`; the application's error handlers answer for it.
    """
    schema = build_schema()
    gateway = secrets.token_hex(4)

    async def endpoint(request: Request) -> Response:
        if request.method == "GET" and "query" not in request.query_params and _wants_page(request):
            return page()
        asked = await _read(request, body_bytes_max)
        if not asked.query:
            raise InvalidInput("there is no `query`", hint="open this address in a browser", code="BAD_REQUEST")
        prepared = prepare(schema, asked.query, limits)
        if prepared.document is None:
            return _respond(request, ExecutionResult(data=None, errors=list(prepared.errors)))
        if request.method == "GET" and _changes(prepared.document, asked.operation_name):
            raise MethodNotAllowed("GET changes nothing", hint="send mutations with POST")
        operation = Operation(sources(), asset_at, gateway)
        answered = await execute(
            schema, prepared.document, operation, variables=asked.variables, operation_name=asked.operation_name
        )
        return _respond(request, answered)

    return [Route("/graphql", endpoint, methods=["GET", "POST"])]


def _changes(document: DocumentNode, name: str | None) -> bool:
    """Tell whether the operation that is asked for is a mutation; a link may not lead to one."""
    operation = get_operation_ast(document, name)
    return operation is not None and operation.operation is OperationType.MUTATION


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


async def _read(request: Request, body_bytes_max: int) -> GraphQLRequest:
    if request.method == "GET":
        return _from_parameters(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != JSON:
        raise UnsupportedMedia(f"content type {content_type[:80]!r} is not read here", hint=f"send {JSON}")
    return _decoded(await _body(request, body_bytes_max), GraphQLRequest, "the body")


async def _body(request: Request, body_bytes_max: int) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > body_bytes_max:
                raise TooLarge(f"the body is larger than {body_bytes_max} bytes", code="BODY_TOO_LARGE")
    except ClientDisconnect:
        raise InvalidInput("the client went away before its request was whole", code="BAD_REQUEST") from None
    return bytes(body)


def _from_parameters(parameters: Mapping[str, str]) -> GraphQLRequest:
    variables = parameters.get("variables")
    return GraphQLRequest(
        query=parameters.get("query"),
        variables=_decoded(variables.encode(), dict[str, Any], "`variables`") if variables else None,
        operation_name=parameters.get("operationName") or None,
    )


def _decoded(body: bytes, as_type: type[T], what: str) -> T:
    try:
        return msgspec.json.decode(body, type=as_type)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        hint = 'for example {"query": "{ mesh { datasets } }"}'
        raise InvalidInput(f"{what} cannot be read: {error}", hint=hint, code="BAD_REQUEST") from None


def _respond(request: Request, answered: ExecutionResult) -> Response:
    body: dict[str, Any] = {}
    if answered.errors:
        body["errors"] = presented(answered.errors)
    refused = answered.data is None and not any(error.path for error in answered.errors or ())
    if not refused:
        body["data"] = answered.data
    modern = GRAPHQL_RESPONSE in request.headers.get("accept", "")
    return Response(
        msgspec.json.encode(body),
        status_code=400 if refused and modern else 200,
        media_type=GRAPHQL_RESPONSE if modern else JSON,
        headers={"Vary": "Accept", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )
