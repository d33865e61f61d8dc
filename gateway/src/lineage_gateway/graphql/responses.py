"""From a result to an HTTP response: which status, which media type, which headers, how it is written.

The statuses are those of two documents. `audit`: the official audits of GraphQL over HTTP, with 400 for what may not
run. `draft`: the draft of August 2026, with 422 for it, and 294 for data with errors. Both leave the older
`application/json` at 200 for every well-formed request, since its clients take anything else for a broken server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import ExecutionResult, GraphQLError
from starlette.responses import Response

from lineage_gateway.graphql.compression import compressed
from lineage_gateway.graphql.documents import PARSE_FAILED
from lineage_gateway.graphql.errors import presented
from lineage_gateway.graphql.negotiation import GRAPHQL_RESPONSE, JSON
from lineage_gateway.graphql.requests import BAD_REQUEST
from lineage_shared.errors import LineageError, MethodNotAllowed, Unavailable

AUDIT, DRAFT = "audit", "draft"

OK, BAD, UNPROCESSABLE, PARTIAL = 200, 400, 422, 294

HEADERS: Mapping[str, str] = {
    "Vary": "Accept, Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes responses as the settings say: `statuses` is audit or draft."""

    statuses: str = AUDIT
    compress_bytes_min: int = 4096

    async def result(
        self, result: ExecutionResult, media: str, *, accept_encoding: str | None = None, estimate: int | None = None
    ) -> Response:
        """Return the response for an operation that ran, or may not run. `estimate` is its cost, where it is shown."""
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = presented(result.errors)
        refused = _is_refused(result)
        data = b"" if refused else _ENCODER.encode(result.data)
        if not refused:
            body["data"] = msgspec.Raw(data)
        if estimate is not None:
            # Every object begins so; the text of a string has its quotes escaped, but for one that ends in a brace.
            actual = max(0, data.count(b'{"') - 1)
            body["extensions"] = {"cost": {"estimate": estimate, "actual": actual}}
        status = self.status(result, media) if result.errors else OK
        written = _ENCODER.encode(body)
        headers = dict(HEADERS)
        if len(written) > self.compress_bytes_min:
            written, coding = await compressed(written, accept_encoding)
            if coding is not None:
                headers["Content-Encoding"] = coding
        return Response(written, status, headers, media)

    def status(self, result: ExecutionResult, media: str) -> int:
        """Return the status of a well-formed request with errors."""
        if media != GRAPHQL_RESPONSE:
            return OK
        if not _is_refused(result):
            return PARTIAL if self.statuses == DRAFT else OK
        codes = {(error.extensions or {}).get("code") for error in result.errors or ()}
        return UNPROCESSABLE if self.statuses == DRAFT and PARSE_FAILED not in codes else BAD

    def refusal(self, error: LineageError, media: str | None) -> Response:
        """Return the response for a request that is no GraphQL request, or that HTTP forbids."""
        shown = error.as_json()
        message = shown.pop("message")
        body = {"errors": [{"message": message, "extensions": shown}]}
        headers = dict(HEADERS)
        if isinstance(error, MethodNotAllowed):
            headers["Allow"] = "POST"
        if isinstance(error, Unavailable):
            headers["Retry-After"] = str(error.retry_after_s)
        ill_formed = self.statuses == DRAFT and error.code == BAD_REQUEST
        status = UNPROCESSABLE if ill_formed else error.status
        return Response(_ENCODER.encode(body), status, headers, media or JSON)


def refused(*errors: GraphQLError) -> ExecutionResult:
    """Return the result of an operation that may not run."""
    return ExecutionResult(data=None, errors=list(errors))


def _is_refused(result: ExecutionResult) -> bool:
    """Whether nothing ran: then there is no `data`, rather than null."""
    return result.data is None and not any(error.path for error in result.errors or ())
