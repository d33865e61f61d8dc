"""Search results as a Relay connection."""

from __future__ import annotations

import strawberry

from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.connections import page_info
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.mesh import SearchPage


@strawberry.type(description="An asset with its place in the connection.")
class AssetEdge:
    """An asset with its place in the connection."""

    node: Asset = strawberry.field(description="The asset.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Assets, best match first.")
class AssetConnection:
    """Assets, best match first."""

    edges: list[AssetEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All matches.")


def connection(operation: Operation, page: SearchPage, after: str | None) -> AssetConnection:
    """Show one page of hits."""
    edges = [
        AssetEdge(node=operation.asset(node), cursor=cursor)
        for node, cursor in zip(page.nodes, page.cursors, strict=True)
    ]
    return AssetConnection(
        edges=edges,
        page_info=page_info(page.cursors, has_next=page.has_more, after=after),
        total_count=page.total,
    )
