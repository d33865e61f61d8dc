"""Every route as data: method, path, door, and what it takes and answers.

Routes and OpenAPI document are both made of this table: a route without a line here cannot be built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from lineage_agent.rest.doors import Door
from lineage_shared import marquez, wire
from lineage_shared.openapi import INTEGER, JSON, PATH, Content, Operation, Parameter
from lineage_shared.wire import EVENT_STREAM, MSGPACK, PREFIX

_OBJECT: Final = {"type": "object"}
_EVENT: Final = Content("A RunEvent, JobEvent or DatasetEvent of OpenLineage; plain or gzip.", _OBJECT, (JSON,))
_BATCH: Final = Content("Many events, each judged by itself; plain or gzip.", {"type": "array", "items": {}}, (JSON,))
_REFUSED: Final = (400, 403, 408, 413, 415, 422, 503)
_BOTH: Final = (MSGPACK, JSON)
_PLACED: Final = {"Lineage-Position": "EPOCH.SEQUENCE of the event: /mesh/v1/about?wait= answers once it shows."}
_STATUS: Final = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
_OUTCOME: Final = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["success", "partial_success"]},
        "summary": {"type": "object", "additionalProperties": INTEGER},
        "failed_events": {"type": "array", "items": _OBJECT},
    },
}


def _asking(name: str, summary: str, body: Any, answer: Any) -> Operation:
    return Operation(
        "POST", f"{PREFIX}/{name}", name, "mesh", summary, Content("What is known.", answer, _BOTH), Door.MESH,
        body=Content("What is asked for.", body, _BOTH), errors=(400, 403, 408, 409, 413, 415, 503),
    )  # fmt: skip


_INGEST: Final = (
    Operation(
        "POST", "/api/v1/lineage", "postEvent", "ingest", "Store one event",
        Content("Stored, durably. No body.", media=()), Door.INGEST,
        body=_EVENT, status=201, headers=_PLACED, errors=_REFUSED,
    ),
    Operation(
        "POST", "/api/v1/lineage/batch", "postEvents", "ingest", "Store many events",
        Content("What became of each; those that could be read are stored.", _OUTCOME), Door.INGEST,
        body=_BATCH, headers=_PLACED, errors=_REFUSED,
    ),
)  # fmt: skip

_MESH: Final = (
    Operation(
        "GET", f"{PREFIX}/about", "about", "mesh", "Who this agent is, and where it stands",
        Content("The agent.", wire.About, _BOTH), Door.MESH,
        parameters=(
            Parameter("wait", "query", "EPOCH.SEQUENCE: answer once this event is projected."),
            Parameter("wait_s", "query", "Wait at most so long, in seconds.", {"type": "number", "minimum": 0}),
        ),
        errors=(400, 408, 409, 503),
    ),
    Operation(
        "GET", f"{PREFIX}/snapshot", "snapshot", "mesh", "All nodes at one position",
        Content("A stream of messages; see docs/protocol.md.", media=(MSGPACK, "application/x-ndjson")), Door.MESH,
        headers={"Lineage-Position": "The position of the snapshot."}, errors=(503,),
    ),
    Operation(
        "GET", f"{PREFIX}/changes", "changes", "mesh", "The changes after a position, as they happen",
        Content("Server-sent events; see docs/protocol.md.", media=(EVENT_STREAM,)), Door.MESH,
        parameters=(
            Parameter("position", "query", "Begin after this position."),
            Parameter("Last-Event-ID", "header", "The same, as browsers send it."),
        ),
        errors=(400, 503),
    ),
    _asking("details", "Schemas, facets and history of nodes", wire.DetailsRequest, wire.DetailsAnswer),
    _asking("columns", "Column edges into datasets", wire.ColumnsRequest, wire.ColumnsAnswer),
    _asking("runs", "Runs of jobs, or by their runId", wire.RunsRequest, wire.RunsAnswer),
    _asking("expand", "The closure of nodes inside this domain", wire.ExpandRequest, wire.ExpandAnswer),
)  # fmt: skip

_MARQUEZ: Final = tuple(replace(each, door=Door.MESH, errors=(*each.errors, 413, 503)) for each in marquez.OPERATIONS)

_SERVER: Final = (
    Operation(
        "GET", "/metrics", "metrics", "server", "Metrics for Prometheus",
        Content("The text that Prometheus reads.", media=("text/plain",)), Door.MESH,
    ),
    Operation(
        "GET", "/health/live", "live", "server", "Whether the process lives", Content("It does.", _STATUS), Door.OPEN,
        errors=(503,),
    ),
    Operation(
        "GET", "/health/ready", "ready", "server", "Whether events are taken", Content("They are.", _STATUS), Door.OPEN,
        errors=(503,),
    ),
    Operation(
        "GET", PATH, "openapi", "server", "This document", Content("OpenAPI 3.1.", _OBJECT), Door.MESH,
    ),
)  # fmt: skip

OPERATIONS: Final = (*_INGEST, *_MARQUEZ, *_MESH, *_SERVER)

DOORS: Final[Mapping[tuple[str, str], Door]] = {(each.method, each.path): Door(each.door) for each in OPERATIONS}
"""The door of each route, by method and path."""
