"""Errors on the wire: `{"code", "message", "hint"}` on every route, for unknown routes and methods as well.

Whatever is not a `LineageError` is a defect of ours: it is logged with its traceback, and the client sees no more than
500 INTERNAL.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lineage_agent.ingest import ClientGone
from lineage_shared.errors import InvalidInput, LineageError, MethodNotAllowed, NotFound, Unauthorized, Unavailable

log = logging.getLogger(__name__)

_STATUS_CLIENT_GONE = 499  # Never sent: the connection is gone. The number that proxies log for it.


def error_response(error: LineageError) -> Response:
    """Return the response for an error, with the headers that its status asks for."""
    headers: dict[str, str] = {}
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = 'Bearer realm="lineage-agent"'
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after_s)
    return JSONResponse(error.as_json(), error.status, headers)


async def _on_lineage_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, LineageError):
        raise TypeError(type(error))
    return error_response(error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError(type(error))
    translated = _translated(request, error)
    response = error_response(translated)
    response.headers.update(error.headers or {})
    return response


def _translated(request: Request, error: HTTPException) -> LineageError:
    path, method = request.url.path, request.method
    if error.status_code == NotFound.status:
        hint = (
            "events are posted to /api/v1/lineage"
            if method == "POST"
            else "see /mesh/v1/about, /health/ready, /metrics"
        )
        return NotFound(f"no such route: {path[:200]}", hint=hint, code="ROUTE_NOT_FOUND")
    if error.status_code == MethodNotAllowed.status:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(f"{path} does not take {method[:20]}", hint=f"it takes {allowed}")
    return InvalidInput(error.detail)


async def _on_client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=_STATUS_CLIENT_GONE)


async def _on_defect(_: Request, __: Exception) -> Response:
    # Starlette raises the exception again after this response, and the server logs it with its traceback.
    return JSONResponse({"code": "INTERNAL", "message": "the agent failed; its log says more"}, 500)


EXCEPTION_HANDLERS: Mapping[Any, Any] = {
    LineageError: _on_lineage_error,
    HTTPException: _on_http_exception,
    ClientGone: _on_client_gone,
    Exception: _on_defect,
}
