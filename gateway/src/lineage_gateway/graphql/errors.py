"""Errors as GraphQL shows them: message, path, and `extensions` with a stable `code`, often a `hint` or a `domain`.

What the project raised on purpose (`LineageError`) and what graphql-core says of a request is shown as it is. Anything
else is a defect: it is logged with an id, and the caller sees the id only.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from typing import Any

from graphql import GraphQLError

from lineage_gateway.details import Failure
from lineage_gateway.lineage.limits import BAD_USER_INPUT
from lineage_shared.errors import LineageError

_log = logging.getLogger(__name__)


def presented(errors: Iterable[GraphQLError] | None) -> list[dict[str, Any]]:
    """Return errors as the response carries them."""
    return [{**error.formatted, **_shown(error)} for error in errors or ()]


def failed(failure: Failure) -> GraphQLError:
    """Return the error of a field that needs a domain which could not be asked."""
    return GraphQLError(failure.message, extensions={"code": failure.code, "domain": failure.domain})


def _shown(error: GraphQLError) -> dict[str, Any]:
    cause = _cause(error)
    if isinstance(cause, LineageError):
        extensions = {name: value for name, value in cause.as_json().items() if name != "message"}
        return {"message": cause.message, "extensions": extensions}
    if cause is None:
        return {"extensions": {"code": BAD_USER_INPUT, **(error.extensions or {})}}
    name = secrets.token_hex(6)
    _log.error("error %s at %s", name, error.path, exc_info=cause)
    return {
        "message": f"internal error; the gateway's log has it under {name}",
        "extensions": {"code": "INTERNAL", "id": name},
    }


def _cause(error: GraphQLError) -> Exception | None:
    """Return what made a resolver fail; None when it is GraphQL's own error about the request."""
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
