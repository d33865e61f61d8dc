"""From an HTTP request to one operation as the client sent it: POST as JSON, GET as parameters.

Whatever is not that raises a `LineageError` with the 4xx status that HTTP or the GraphQL-over-HTTP draft names, and
says what to do. Nothing here looks into the document: that is `documents`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from lineage_gateway.graphql.csrf import check_get
from lineage_gateway.graphql.negotiation import JSON
from lineage_shared.errors import InvalidInput, TimedOut, TooLarge, UnsupportedMedia

T = TypeVar("T")

BAD_REQUEST = "BAD_REQUEST"
EXAMPLE = 'for example {"query": "{ mesh { datasets } }"}'
BODY = "the body"
PARAMETERS_MAX = 20
"""More parameters of one address are not read."""


class PersistedQuery(msgspec.Struct, rename="camel"):
    """The automatic persisted query that a request names: `{"version": 1, "sha256Hash": "..."}`."""

    sha256_hash: str
    version: int = 1


class Extensions(msgspec.Struct, rename="camel"):
    """The members of a request's `extensions` that mean something here."""

    persisted_query: PersistedQuery | None = None


class GraphQLRequest(msgspec.Struct, rename="camel"):
    """One operation as a client sends it; other members of the object are ignored."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: Extensions | None = None
    document_id: str | None = None


async def read(
    request: Request, *, body_bytes_max: int, get_guard: str, body_timeout_s: float = 60.0
) -> GraphQLRequest:
    """Return the operation that a request carries."""
    if request.method in ("GET", "HEAD"):
        check_get(request.headers, get_guard)
        return _from_parameters(request.scope["query_string"])
    _check_coding(request)
    return decoded(await _body(request, body_bytes_max, body_timeout_s), GraphQLRequest, BODY)


def decoded(body: bytes, as_type: type[T], what: str) -> T:
    """Read JSON that must have a certain shape; raise `InvalidInput` saying where it has not."""
    try:
        return msgspec.json.decode(body, type=as_type)
    except msgspec.ValidationError as error:
        raise _ill_formed(body, what, error) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"{what} is not JSON: {error}", hint=EXAMPLE, code="JSON_INVALID") from None


def _ill_formed(body: bytes, what: str, error: Exception) -> InvalidInput:
    if what == BODY and body.lstrip()[:1] == b"[":
        return InvalidInput(
            "a list of operations is not taken", hint="send one object a request", code="BATCHING_NOT_SUPPORTED"
        )
    return InvalidInput(f"{what} cannot be read: {error}", hint=EXAMPLE, code=BAD_REQUEST)


def _check_coding(request: Request) -> None:
    content_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    if content_type.strip() != JSON:
        shown = repr(content_type.strip()[:80]) if content_type else "without a name"
        raise UnsupportedMedia(f"content type {shown} is not read here", hint=f"send content-type: {JSON}")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in ("", "utf-8", "utf8"):
        raise UnsupportedMedia(f"charset {charset[:40]!r} is not read here", hint="send UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMedia("compressed bodies are not read here", hint="send the body as it is")


async def _body(request: Request, body_bytes_max: int, body_timeout_s: float) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < _DIGITS_MAX and int(declared) > body_bytes_max:
        raise _too_large(body_bytes_max)
    body = bytearray()
    try:
        async with asyncio.timeout(body_timeout_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > body_bytes_max:
                    raise _too_large(body_bytes_max)
    except TimeoutError:
        raise TimedOut(
            f"the body did not arrive within {body_timeout_s:g} s", hint="send it again", code="BODY_TIMEOUT"
        ) from None
    except ClientDisconnect:
        raise InvalidInput("the client went away before its request was whole", code=BAD_REQUEST) from None
    return bytes(body)


_DIGITS_MAX = 19


def _too_large(body_bytes_max: int) -> TooLarge:
    return TooLarge(f"the body is larger than {body_bytes_max} bytes", hint="send less at once", code="BODY_TOO_LARGE")


def _from_parameters(query_string: bytes) -> GraphQLRequest:
    given = _parameters(query_string)
    return GraphQLRequest(
        query=given.get("query"),
        variables=_json_of(given, "variables", dict[str, Any]),
        operation_name=given.get("operationName"),
        extensions=_json_of(given, "extensions", Extensions),
        document_id=given.get("documentId"),
    )


def _parameters(query_string: bytes) -> dict[str, str]:
    """Return the parameters; the empty string stands for a parameter left out."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=PARAMETERS_MAX)
    except ValueError as error:
        raise InvalidInput(
            f"the address cannot be read: {error}", hint="encode parameters as UTF-8", code=BAD_REQUEST
        ) from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise InvalidInput("the address names a parameter twice", hint="name each once", code=BAD_REQUEST)
    return given


def _json_of(given: Mapping[str, str], name: str, as_type: type[T]) -> T | None:
    return decoded(given[name].encode(), as_type, f"`{name}`") if name in given else None
