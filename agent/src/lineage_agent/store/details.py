"""Details of nodes: schema with its versions, facets with what is commonly read out of them, history of edges.

Facets are as producers sent them; what may leave the agent is decided above (`lineage_agent.border`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import msgspec

from lineage_agent.projection import NodeKind
from lineage_agent.store import claims, history
from lineage_agent.store.contributions import time_of
from lineage_agent.store.derive import NodeRow, read_node
from lineage_agent.store.driver import Connection
from lineage_agent.store.readings import raw
from lineage_shared.model import Part
from lineage_shared.openlineage import facets as reading
from lineage_shared.wire import (
    CLAIMS_PART,
    Assertion,
    FacetsDetail,
    LifecycleChange,
    NodeDetails,
    SchemaDetail,
    SchemaField,
    SchemaVersion,
)

HISTORY: Final = "history"
SCHEMA_VERSIONS_MAX: Final = 100

_SCHEMA_FACETS: Final = ("schema", "tags")


def read(connection: Connection, numbers: Iterable[int], parts: Collection[str]) -> Iterator[NodeDetails]:
    """Yield the named parts (schema, facets, history, claims) of each node; a number that is no node is passed over."""
    for number in numbers:
        row = connection.execute(
            "SELECT sequence, rev_schema, rev_columns, rev_runs, rev_facets FROM publication WHERE node = ?", (number,)
        ).fetchone()
        if row is not None:
            yield _details(connection, read_node(connection, number), parts, row)


def _details(connection: Connection, node: NodeRow, parts: Collection[str], revisions: tuple[int, ...]) -> NodeDetails:
    _, schema, _, _, facets = revisions
    wanted = None if Part.FACETS in parts else _SCHEMA_FACETS if Part.SCHEMA in parts else ()
    found = _facets(connection, node.number, wanted)
    given = {Part.SCHEMA: schema, Part.FACETS: facets}
    return NodeDetails(
        number=node.number,
        revisions={part: revision for part, revision in given.items() if part in parts},
        schema=_schema(connection, node, found) if Part.SCHEMA in parts else None,
        facets=_facets_detail(connection, node, found) if Part.FACETS in parts else None,
        history=tuple(history.read(connection, node)) if HISTORY in parts else None,
        claims=claims.detail(connection, node.number) if CLAIMS_PART in parts else None,
    )


def _facets(connection: Connection, number: int, wanted: Collection[str] | None) -> dict[str, tuple[bytes, Any]]:
    """Return (stamp, facet) by name, of all facets or of those wanted."""
    rows = connection.execute(
        "SELECT name, stamp, body FROM node_facet WHERE node = ? AND body IS NOT NULL ORDER BY name", (number,)
    ).fetchall()
    return {name: (stamp, raw(connection, body)) for name, stamp, body in rows if wanted is None or name in wanted}


def _facet(found: dict[str, tuple[bytes, Any]], name: str) -> Any:
    return found[name][1] if name in found else None


def _schema(connection: Connection, node: NodeRow, found: dict[str, tuple[bytes, Any]]) -> SchemaDetail:
    labels: dict[str, list[str]] = {}
    for tag in reading.tags(_facet(found, "tags")):
        if tag.field:
            labels.setdefault(tag.field, []).append(tag.label)
    rows = connection.execute(
        "SELECT hash, first_ns, last_ns, facet_body.id FROM schema_version"
        " JOIN facet_body ON facet_body.id = schema_version.body"
        " WHERE dataset = ? ORDER BY last_ns DESC, first_ns DESC, hash LIMIT ?",
        (node.number, SCHEMA_VERSIONS_MAX),
    ).fetchall()
    versions = tuple(
        SchemaVersion(schema_version(digest), first // 1000, last // 1000, _fields(raw(connection, body)))
        for digest, first, last, body in rows
    )
    current = reading.schema_fields(_facet(found, "schema"))
    return SchemaDetail(fields=_tagged(current, labels), versions=versions)


def schema_version(digest: bytes) -> str:
    """Return the name of a schema version: the beginning of its fields' hash."""
    return digest.hex()[:16]


def _fields(listed: Any) -> tuple[SchemaField, ...]:
    return reading.schema_fields({"fields": listed}) or ()


def _tagged(fields: tuple[SchemaField, ...] | None, labels: dict[str, list[str]]) -> tuple[SchemaField, ...] | None:
    if fields is None or not labels:
        return fields
    return tuple(
        msgspec.structs.replace(field, tags=tuple(sorted(labels[field.name]))) if field.name in labels else field
        for field in fields
    )


def _facets_detail(connection: Connection, node: NodeRow, found: dict[str, tuple[bytes, Any]]) -> FacetsDetail:
    sql = reading.sql(_facet(found, "sql"))
    return FacetsDetail(
        facets={name: facet for name, (_, facet) in found.items()},
        description=reading.documentation(_facet(found, "documentation")),
        sql=sql.query if sql else None,
        source_code=reading.source_code_location(_facet(found, "sourceCodeLocation")),
        quality=_quality(found),
        lifecycle=_lifecycle(connection, node),
        dropped=node.gone,
    )


def _quality(found: dict[str, tuple[bytes, Any]]) -> tuple[Assertion, ...]:
    if "dataQualityAssertions" not in found:
        return ()
    stamp, facet = found["dataQualityAssertions"]
    at_us = time_of(stamp) // 1000
    return tuple(msgspec.structs.replace(one, at_us=at_us) for one in reading.assertions(facet))


def _lifecycle(connection: Connection, node: NodeRow) -> tuple[LifecycleChange, ...]:
    if node.key.kind != NodeKind.DATASET:
        return ()
    rows = connection.execute(
        "SELECT change, at_ns, coalesce(namespace.name, ''), coalesce(node.name, '') FROM lifecycle"
        " LEFT JOIN node ON node.id = previous LEFT JOIN namespace ON namespace.id = node.namespace"
        " WHERE dataset = ? ORDER BY at_ns, change, 3, 4",
        (node.number,),
    )
    return tuple(LifecycleChange(change, at_ns // 1000, *previous) for change, at_ns, *previous in rows)
