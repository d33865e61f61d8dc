"""GraphQL over HTTP: the way of one request.

What the client accepts (`negotiation`), the operation that it sends (`requests`) or names (`persisted`), whether that
may run (`documents`, `limits`), running it (`schema`), the response (`responses`, `compression`). A browser that opens
the address without a query gets a page of our own (`page`). Operations that are answered by a stream go to `Streams`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from typing import Any, Protocol

from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationType
from starlette.requests import Request
from starlette.responses import Response

from lineage_gateway.graphql.assets import asset_at
from lineage_gateway.graphql.context import Operation, Sources
from lineage_gateway.graphql.documents import Documents, Prepared
from lineage_gateway.graphql.incremental import with_incremental_delivery
from lineage_gateway.graphql.limits import QueryLimits
from lineage_gateway.graphql.negotiation import JSON_TYPES, Accept, listed
from lineage_gateway.graphql.page import page
from lineage_gateway.graphql.persisted import Persisted, Trusted
from lineage_gateway.graphql.requests import BAD_REQUEST, EXAMPLE, GraphQLRequest, read
from lineage_gateway.graphql.responses import Writer, refused
from lineage_gateway.graphql.schema import build_schema, execute_now
from lineage_shared.errors import InvalidInput, LineageError, MethodNotAllowed, NotAcceptable
from lineage_shared.settings import Resolved

TRANSPORTS = (
    "WebSocket with the subprotocol graphql-transport-ws",
    "accept: text/event-stream",
    'accept: multipart/mixed;subscriptionSpec="1.0"',
)
"""How subscriptions travel, for the message to those who send one as a plain request."""


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """The settings of this view; `of` says which is which."""

    body_bytes_max: int = 2 * 1024 * 1024
    body_timeout_s: float = 60.0
    get_guard: str = "browsers"
    statuses: str = "audit"
    compress_bytes_min: int = 4096
    persisted_entries_max: int = 1024
    documents_entries_max: int = 1024
    documents_tokens_max: int = 100_000
    trusted: Trusted = field(default_factory=Trusted)

    @classmethod
    def of(cls, settings: Resolved) -> HttpPolicy:
        """Take the policy from the settings, and read the trusted documents that they name."""
        return cls(
            body_bytes_max=settings.body_bytes_max,
            body_timeout_s=settings.body_timeout_s,
            get_guard=settings.graphql_get_guard,
            statuses=settings.graphql_http_statuses,
            compress_bytes_min=settings.compress_bytes_min,
            persisted_entries_max=settings.persisted_queries_max,
            documents_entries_max=settings.query_cache_entries_max,
            documents_tokens_max=settings.query_cache_tokens_max,
            trusted=Trusted.read(settings.trusted_documents, only=settings.trusted_documents_only),
        )


class Streams(Protocol):
    """Who answers an operation with a stream of results rather than with one."""

    def media_for(self, prepared: Prepared, accept: Accept) -> str | None:
        """Return the media type of the stream that answers a prepared operation; None when it is answered plainly."""

    def refused(self, errors: Iterable[GraphQLError], media: str) -> Response | None:
        """Return the response for an operation that may not run, where a stream tells it; None: plainly."""

    async def respond(self, request: Request, asked: GraphQLRequest, prepared: Prepared, media: str) -> Response:
        """Answer with a stream of this media type."""


class View:
    """The endpoint. `documents` and `persisted` are for other transports too, so that all share what is kept."""

    def __init__(
        self,
        sources: Callable[[], Sources],
        policy: HttpPolicy,
        limits: QueryLimits,
        streams: Streams | None = None,
        *,
        incremental_delivery: bool = False,
    ) -> None:
        """`sources` is called once per operation, so that it sees the present mesh."""
        self.schema = build_schema()
        # graphql-core runs nothing at all in a schema with these directives, unless a stream was asked for.
        allowed = with_incremental_delivery(self.schema) if incremental_delivery else self.schema
        self.documents = Documents(
            allowed, limits, entries_max=policy.documents_entries_max, tokens_max=policy.documents_tokens_max
        )
        self.persisted = Persisted(policy.trusted, entries_max=policy.persisted_entries_max)
        self.streams = streams
        self._sources = sources
        self._policy = policy
        self._writer = Writer(policy.statuses, policy.compress_bytes_min)
        self._gateway = secrets.token_hex(4)

    def operation(self, **seen: Any) -> Operation:
        """Return the context of one operation that begins now; `seen` are sources to use instead of present ones."""
        return Operation(replace(self._sources(), **seen), asset_at, self._gateway)

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        accept = Accept.of(request.headers.get("accept"))
        media = accept.best(JSON_TYPES)
        try:
            if request.method == "GET" and self._wants_page(request):
                return page()
            asked = await read(
                request,
                body_bytes_max=self._policy.body_bytes_max,
                body_timeout_s=self._policy.body_timeout_s,
                get_guard=self._policy.get_guard,
            )
            return await self._answer(request, accept, media, asked)
        except LineageError as error:
            return self._writer.refusal(error, media)

    def prepare(self, asked: GraphQLRequest) -> Prepared:
        """Return the operation that a request sends or names, ready to run, or the errors for which it may not.

        This is for every transport. Raises a `LineageError` for what is no GraphQL request.
        """
        return self._prepared(asked)[0]

    def _prepared(self, asked: GraphQLRequest) -> tuple[Prepared, int | None]:
        """Return a prepared operation with its cost for these variables; None where that is not shown."""
        try:
            text = self.persisted.text_of(asked)
        except GraphQLError as error:
            return Prepared(None, (error,)), None
        prepared = self.documents.prepare(text, asked.operation_name)
        if prepared.document is None:
            return prepared, None
        self.persisted.remember(asked, prepared)
        estimate = self.documents.estimate(prepared, asked.variables)
        refusal = self.documents.refusal(estimate, asked.variables)
        return (prepared if refusal is None else replace(prepared, document=None, errors=(refusal,))), estimate

    async def _answer(self, request: Request, accept: Accept, media: str | None, asked: GraphQLRequest) -> Response:
        prepared, estimate = self._prepared(asked)
        streamed = await self._streamed(request, accept, asked, prepared)
        if streamed is not None:
            return streamed
        if media is None:
            raise NotAcceptable("no media type that is accepted is offered", hint=f"accept {listed(JSON_TYPES)}")
        result = refused(*prepared.errors) if prepared.document is None else await self._run(prepared.document, asked)
        encodings = request.headers.get("accept-encoding")
        return await self._writer.result(result, media, accept_encoding=encodings, estimate=estimate)

    async def _run(self, document: DocumentNode, asked: GraphQLRequest) -> ExecutionResult:
        answered = execute_now(
            self.schema,
            document,
            self.operation(),
            variables=asked.variables,
            operation_name=asked.operation_name or None,
            hide_suggestions=not self.documents.limits.development,
        )
        return await answered if isawaitable(answered) else answered

    async def _streamed(
        self, request: Request, accept: Accept, asked: GraphQLRequest, prepared: Prepared
    ) -> Response | None:
        """Answer with a stream, where that is wanted; raise when only a stream could, and none is accepted."""
        kind = prepared.kind
        if kind is OperationType.MUTATION and request.method != "POST":
            raise MethodNotAllowed("a mutation may not come by GET", hint="send it by POST")
        media = self.streams.media_for(prepared, accept) if self.streams is not None else None
        if self.streams is not None and media is not None:
            if prepared.document is None:
                return self.streams.refused(prepared.errors, media)
            return await self.streams.respond(request, asked, prepared, media)
        if kind is OperationType.SUBSCRIPTION and prepared.document is not None:
            raise NotAcceptable(
                "a subscription is answered by a stream, which this request does not accept",
                hint="use one of: " + "; ".join(TRANSPORTS),
                code="SUBSCRIPTION_NEEDS_STREAM",
            )
        return None

    def _wants_page(self, request: Request) -> bool:
        """Whether a browser opened the address; without the page it is told why there is none."""
        if "text/html" not in request.headers.get("accept", "") or request.url.query:
            return False
        if self.documents.limits.development:
            return True
        raise InvalidInput("there is no `query`, and the query page is off here", hint=EXAMPLE, code=BAD_REQUEST)
