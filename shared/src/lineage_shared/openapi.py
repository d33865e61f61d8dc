"""OpenAPI 3.1 documents from tables of operations, so that a server describes its routes in data beside them.

An `Operation` is one method of one path. Schemas are msgspec types, or JSON Schema given as it is. Every refusal has
the one error shape; an operation only lists with which statuses it may come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

VERSION: Final = "3.1.0"
PATH: Final = "/openapi.json"
JSON: Final = "application/json"
BEARER: Final = "bearer"

INTEGER: Final[Mapping[str, Any]] = {"type": "integer"}
STRING: Final[Mapping[str, Any]] = {"type": "string"}

_REF: Final = "#/components/schemas/{name}"
_ERRORS: Final[Mapping[int, str]] = {
    400: "The request cannot be understood; the message says where.",
    401: "A bearer key is required, or the one given is unknown.",
    403: "Understood, and not allowed here.",
    404: "What was asked for is not known here.",
    405: "The route does not take this method, or not for this.",
    406: "None of the media types that the request accepts is offered.",
    408: "The request did not arrive in time, or what was waited for did not happen.",
    409: "The request does not fit the present state, or a name means several things.",
    413: "A limit in bytes or items was exceeded; the message names it.",
    415: "A content type, charset or coding that is not understood.",
    422: "JSON, but not an OpenLineage event.",
    500: "The server failed; its log says more.",
    502: "The agent of a domain could not be asked; `domain` names it.",
    503: "Not now: busy, starting, stopping, rebuilding or out of disk.",
}
_ERROR_HEADERS: Final[Mapping[int, tuple[str, str]]] = {
    401: ("WWW-Authenticate", "The scheme, Bearer."),
    503: ("Retry-After", "Seconds after which to come back."),
}


class ErrorBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every refusal: a stable word, what went wrong, what to do next, and the domain where one is to blame."""

    code: str
    message: str
    hint: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `place` is path, query or header."""

    name: str
    place: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: STRING)
    required: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """A body that is sent or answered: its media types, and what it looks like (None: bytes)."""

    description: str
    schema: Any = None
    media: tuple[str, ...] = (JSON,)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `door` says which keys open it; `status` is that of a good answer."""

    method: str
    path: str
    id: str
    tag: str
    summary: str
    answer: Content
    door: str = ""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Content | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[int, ...] = ()


def document(
    *, title: str, version: str, description: str, operations: Iterable[Operation], locked: Callable[[str], bool]
) -> dict[str, Any]:
    """Return the document; `locked` tells of a door whether it needs a key on this server."""
    table = tuple(operations)
    schemas, components = _schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for each in table:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, schemas, locked=locked(each.door))
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": version, "description": description, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {BEARER: {"type": "http", "scheme": "bearer"}},
        },
    }


Schemas = Callable[[Any], Mapping[str, Any]]


def _schemas(table: tuple[Operation, ...]) -> tuple[Schemas, dict[str, Any]]:
    """Return (schema of a type, all named schemas)."""
    contents = [content for each in table for content in (each.answer, each.body) if content is not None]
    types = [content.schema for content in contents if _is_type(content.schema)]
    unique = [ErrorBody, *dict.fromkeys(types)]
    made, components = msgspec.json.schema_components(unique, ref_template=_REF)
    known = dict(zip(unique, made, strict=True))
    return lambda schema: known[schema] if _is_type(schema) else schema, components


def _is_type(schema: Any) -> bool:
    return schema is not None and not isinstance(schema, Mapping)


def _operation(each: Operation, schemas: Schemas, *, locked: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": each.id,
        "tags": [each.tag],
        "summary": each.summary,
        "responses": {
            str(each.status): _answer(each, schemas),
            **{str(status): _error(status, schemas) for status in sorted({*each.errors, *((401,) if locked else ())})},
        },
        "security": [{BEARER: []}] if locked else [],
    }
    if each.description:
        shown["description"] = each.description
    if each.parameters:
        shown["parameters"] = [_parameter(parameter) for parameter in each.parameters]
    if each.body is not None:
        shown["requestBody"] = {"required": True, **_content(each.body, schemas)}
    return shown


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.required or parameter.place == "path",
        "schema": dict(parameter.schema),
    }


def _content(content: Content, schemas: Schemas) -> dict[str, Any]:
    schema = {} if content.schema is None else {"schema": schemas(content.schema)}
    return {"description": content.description, "content": dict.fromkeys(content.media, schema)}


def _answer(each: Operation, schemas: Schemas) -> dict[str, Any]:
    shown = _content(each.answer, schemas)
    if each.headers:
        shown["headers"] = {name: _header(text) for name, text in each.headers.items()}
    return shown if shown["content"] else {"description": shown["description"], **_only_headers(shown)}


def _only_headers(shown: dict[str, Any]) -> dict[str, Any]:
    return {"headers": shown["headers"]} if "headers" in shown else {}


def _error(status: int, schemas: Schemas) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": _ERRORS[status], "content": {JSON: {"schema": schemas(ErrorBody)}}}
    if status in _ERROR_HEADERS:
        name, text = _ERROR_HEADERS[status]
        shown["headers"] = {name: _header(text)}
    return shown


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": dict(STRING)}
