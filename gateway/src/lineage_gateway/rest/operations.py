"""Every HTTP route of the gateway as data, for its OpenAPI document; Marquez's routes are made of it, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from lineage_shared import marquez
from lineage_shared.openapi import PATH, STRING, Content, Operation, Parameter

_OBJECT: Final[dict[str, Any]] = {"type": "object"}
_DOMAIN: Final = Parameter("domain", "query", "Of several assets of this name, the one that this domain reports.")
_RESTS: Final = {
    "Lineage-Complete": "`false` when a domain's part may be missing or outdated; the body says why.",
    "Lineage-Domains": "The domains that the answer rests on, e.g. `sales=LIVE, ml=STALE`.",
}
_NAMED: Final = frozenset(
    {"getDataset", "listDatasetVersions", "getDatasetVersion", "getJob", "listRuns", "getLineage", "getColumnLineage"}
)
_ASK_AGENTS: Final = frozenset({"listDatasetVersions", "getDatasetVersion", "listRuns", "getRun"})


def _of_the_mesh(each: Operation) -> Operation:
    named = (*each.parameters, _DOMAIN) if each.id in _NAMED else each.parameters
    errors = {*each.errors, *((404, 409) if each.id in _NAMED else ()), *((502,) if each.id in _ASK_AGENTS else ())}
    return replace(each, door="key", parameters=named, errors=tuple(sorted(errors)), headers=_RESTS)


MARQUEZ: Final = tuple(map(_of_the_mesh, marquez.OPERATIONS))

_RESULT: Final = Content(
    "A result, perhaps with errors; a subscription, as a stream.",
    {"type": "object", "properties": {"data": {}, "errors": {"type": "array", "items": _OBJECT}}},
    ("application/json", "application/graphql-response+json", "text/event-stream", "multipart/mixed"),
)
_REQUEST: Final = Content(
    "One operation.",
    {
        "type": "object",
        "properties": {
            "query": STRING,
            "variables": {"type": ["object", "null"]},
            "operationName": {"type": ["string", "null"]},
            "extensions": {"type": ["object", "null"]},
        },
    },
)
_REFUSED: Final = (400, 403, 406, 413, 415, 422, 503)
_GRAPHQL: Final = (
    Operation(
        "GET", "/graphql", "query", "graphql", "Run a query, or show the query page",
        replace(_RESULT, media=(*_RESULT.media, "text/html")), "key",
        description="The schema: `lineage-gateway schema`; what each status means: docs/graphql.md.",
        parameters=(
            Parameter("query", "query", "The document. A browser that sends none gets the page."),
            Parameter("variables", "query", "The variables, as JSON."),
            Parameter("operationName", "query", "Which operation of the document."),
            Parameter("extensions", "query", "Extensions, as JSON."),
        ),
        errors=(*_REFUSED, 405),
    ),
    Operation(
        "POST", "/graphql", "operate", "graphql", "Run an operation", _RESULT, "key", body=_REQUEST,
        description="The schema: `lineage-gateway schema`; what each status means: docs/graphql.md.",
        errors=(*_REFUSED, 405, 408),
    ),
)  # fmt: skip

_STATUS: Final = {"type": "object", "properties": {"status": STRING}, "required": ["status"]}
_SERVER: Final = (
    Operation(
        "GET", "/health/live", "live", "server", "Whether the process lives", Content("It does.", _STATUS),
    ),
    Operation(
        "GET", "/health/ready", "ready", "server", "Whether requests may come",
        Content("They may; how each domain stands.", _STATUS), errors=(503,),
    ),
    Operation(
        "GET", "/metrics", "metrics", "server", "Metrics for Prometheus",
        Content("The text that Prometheus reads.", media=("text/plain",)), "key",
    ),
    Operation("GET", PATH, "openapi", "server", "This document", Content("OpenAPI 3.1.", _OBJECT), "key"),
)  # fmt: skip

OPERATIONS: Final = (*MARQUEZ, *_GRAPHQL, *_SERVER)
