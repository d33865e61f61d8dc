"""Paths between two assets, as GraphQL shows them: ids in the order of the flow, and the rows that they point at."""

from __future__ import annotations

import strawberry

from lineage_gateway.graphql.answers import LineageEdge, LineageNode, lineage_edge, lineage_nodes
from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.domains import DomainAnswerType, domain_answers
from lineage_gateway.lineage import PathsQuestion, asked_id, paths


@strawberry.type(
    description="How data comes from one asset to another. A path passes no dataset twice; a job may come twice on it, "
    "where one of its steps follows another."
)
class PathResult:
    """How data comes from one asset to another."""

    source: Asset = strawberry.field(name="from", description="Where the data comes from.")
    target: Asset = strawberry.field(name="to", description="Where it goes.")
    paths: list[list[strawberry.ID]] = strawberry.field(
        description="The ids along each path, both ends included: the shortest path first, then by ids. None: no "
        "data flows that way, if the answer is complete."
    )
    nodes: list[LineageNode] = strawberry.field(
        description="The nodes on these paths, each once, nearest to the beginning first."
    )
    edges: list[LineageEdge] = strawberry.field(description="The edges on these paths.")
    truncated: bool = strawberry.field(
        description="Whether there are more paths than `limit`, or so many ways that the search was cut short."
    )
    complete: bool = strawberry.field(description="Whether no domain's part is missing or outdated.")
    domains: list[DomainAnswerType] = strawberry.field(
        description="Every domain that this answer rests on, or should have."
    )


def paths_of(operation: Operation, question: PathsQuestion) -> PathResult:
    """Answer a question about paths."""
    answer = paths(operation.view, question)
    found = answer.paths
    asset_ids = operation.mesh.ids(found.nodes)
    ids = dict(zip(found.nodes.tolist(), map(strawberry.ID, asset_ids), strict=True))
    return PathResult(
        source=operation.asset(answer.source, asked_id(question.source)),
        target=operation.asset(answer.target, asked_id(question.target)),
        paths=[[ids[node] for node in path] for path in found.paths],
        nodes=lineage_nodes(found, asset_ids),
        edges=[lineage_edge(edge, ids) for edge in found.edges.views()],
        truncated=found.truncated,
        complete=answer.rests.complete,
        domains=domain_answers(answer.rests.domains),
    )
