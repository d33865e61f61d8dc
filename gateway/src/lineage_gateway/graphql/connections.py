"""Relay connections: pages, cursors, and the arguments that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from lineage_gateway.graphql.details import SchemaVersionConnection, SchemaVersionEdge, SchemaVersionType
from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.lineage import bad_cursor, seal
from lineage_shared.wire import SchemaVersion

PAGE = 20

First = Annotated[int | None, strawberry.argument(description="The size of the page.")]
After = Annotated[str | None, strawberry.argument(description="The cursor of the item before the page.")]

_SCHEMA = "schema"


def page_info(cursors: Sequence[str], *, has_next: bool, after: str | None) -> PageInfo:
    """Describe a page by the cursors of its items."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def schema_version_page(versions: Sequence[SchemaVersion], first: int, after: str | None) -> SchemaVersionConnection:
    """Return the page of `versions` (newest first) that follows the cursor."""
    cursors = [seal(_SCHEMA, version.version, version.first_seen_us) for version in versions]
    if after is not None and after not in cursors:
        raise bad_cursor()
    start = cursors.index(after) + 1 if after is not None else 0
    shown = range(start, min(start + first, len(versions)))
    edges = [SchemaVersionEdge(node=SchemaVersionType.of(versions[at]), cursor=cursors[at]) for at in shown]
    return SchemaVersionConnection(
        edges=edges,
        page_info=page_info([edge.cursor for edge in edges], has_next=shown.stop < len(versions), after=after),
        total_count=len(versions),
    )
