"""Errors on the wire: `{"code", "message"[, "hint"]}` on every route, for unknown routes and methods as well.

On /graphql the same is also given as a GraphQL error, since that is what its clients read. Whatever is not a
`LineageError` is a defect of ours: it is logged with its traceback, and the client sees no more than 500 INTERNAL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lineage_shared.errors import InvalidInput, LineageError, MethodNotAllowed, NotFound, Unauthorized, Unavailable


def error_response(error: LineageError, path: str) -> Response:
    """Return the response for an error, with the headers that its status asks for."""
    headers = {"X-Content-Type-Options": "nosniff"}
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = 'Bearer realm="lineage-gateway"'
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after_s)
    return JSONResponse(_body(error.as_json(), path), error.status, headers)


def _body(shown: dict[str, str], path: str) -> dict[str, Any]:
    if path != "/graphql":
        return dict(shown)
    extensions = {name: value for name, value in shown.items() if name != "message"}
    return {**shown, "errors": [{"message": shown["message"], "extensions": extensions}]}


async def _on_lineage_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, LineageError):
        raise TypeError(type(error))
    return error_response(error, request.url.path)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError(type(error))
    response = error_response(_translated(request, error), request.url.path)
    response.headers.update(error.headers or {})
    return response


def _translated(request: Request, error: HTTPException) -> LineageError:
    path, method = request.url.path[:200], request.method[:20]
    if error.status_code == NotFound.status:
        return NotFound(f"no such route: {path}", hint="see /graphql, /health/ready, /metrics", code="ROUTE_NOT_FOUND")
    if error.status_code == MethodNotAllowed.status:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(f"{path} does not take {method}", hint=f"it takes {allowed}")
    return InvalidInput(error.detail)


async def _on_defect(request: Request, _: Exception) -> Response:
    # Starlette raises the exception again after this response, and the server logs it with its traceback.
    shown = {"code": "INTERNAL", "message": "the gateway failed; its log says more"}
    return JSONResponse(_body(shown, request.url.path), 500)


EXCEPTION_HANDLERS: Mapping[Any, Any] = {
    LineageError: _on_lineage_error,
    HTTPException: _on_http_exception,
    Exception: _on_defect,
}
