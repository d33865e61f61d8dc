"""Answers to traversals: lineage of assets and of columns.

The rows of an answer are plain objects with plain attributes, all made in one go: nothing on the way from the walk to
the response is a coroutine per item. This is where a large answer spends its time.
"""

from __future__ import annotations

import strawberry

from lineage_gateway.asking import AskedDetails
from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.domains import DomainAnswerType, domain_answers
from lineage_gateway.graphql.nodes import resolved
from lineage_gateway.graphql.scalars import (
    AssetKind,
    ColumnEdgeKind,
    EdgeOrigin,
    GraphQLRunState,
    Instant,
    LineageDirection,
)
from lineage_gateway.lineage import (
    ColumnAnswer,
    ColumnQuestion,
    LineageQuestion,
    asked_id,
    column_lineage,
    lineage,
)
from lineage_gateway.mesh import EdgeView, Paths, Walk
from lineage_gateway.mesh.nodes import view
from lineage_shared.ids import AssetId
from lineage_shared.model import Kind, Origin, RunState

_KINDS = {kind: AssetKind[kind.name] for kind in Kind}
_STATES: dict[RunState | None, GraphQLRunState | None] = {None: None}
_STATES |= {state: GraphQLRunState[state.name] for state in RunState}
_ORIGINS = {origin: EdgeOrigin[origin.name] for origin in Origin}


@strawberry.type(
    description="One node of an answer; upstreamCount and downstreamCount are direct neighbours in the whole mesh."
)
class LineageNode:
    """One node of an answer."""

    node: strawberry.Private[int]

    id: strawberry.ID = strawberry.field(description="The global id of the asset.")
    kind: AssetKind = strawberry.field(description="What it is.")
    namespace: str = strawberry.field(description="The namespace, as the authority spells it.")
    name: str = strawberry.field(description="The name, as the authority spells it.")
    domain: str | None = strawberry.field(description="The name of the authority's domain; null when nobody is.")
    type: str | None = strawberry.field(
        description="TABLE, VIEW, TOPIC, ... of a dataset; BATCH, STREAMING, ... of a job."
    )
    tags: list[str] = strawberry.field(description="Its tags.")
    state: GraphQLRunState | None = strawberry.field(description="Of a job: the state of its newest run.")
    updated_at: Instant | None = strawberry.field(description="The time of the newest event about it.")
    distance: int = strawberry.field(description="How far from the root: a dataset and the job before it count one.")
    upstream_count: int = strawberry.field(description="Direct neighbours against the flow, in the whole mesh.")
    downstream_count: int = strawberry.field(description="Direct neighbours with the flow, in the whole mesh.")
    redacted: bool = strawberry.field(description="Whether the caller may only know that something is here.")

    @resolved("The asset with all its fields.")
    def asset(self, info: Info) -> Asset | None:
        """Return the asset."""
        found: Asset = info.context.asset(self.node)
        return found


@strawberry.type(
    description="One edge of an answer, from source to target along the flow of data. Edges into and out of one job "
    "that share a step belong together; a client must not join an input of step 1 to an output of step 2."
)
class LineageEdge:
    """One edge of an answer."""

    source: strawberry.ID = strawberry.field(description="The id of the node that the data comes from.")
    target: strawberry.ID = strawberry.field(description="The id of the node that the data goes to.")
    steps: list[int] = strawberry.field(
        description="Steps of the job at one end; empty where no job is, as between two datasets."
    )
    origin: EdgeOrigin = strawberry.field(
        description="How it came to be known; the strongest, where there are several."
    )
    domains: list[str] = strawberry.field(description="The domains that assert it.")
    first_seen: Instant | None = strawberry.field(description="The time of the first event that asserted it.")
    last_seen: Instant | None = strawberry.field(description="The time of the newest event that asserted it.")


@strawberry.type(
    description="One answer shape for every traversal: what was found, what it rests on, and what is missing."
)
class Lineage:
    """One answer shape for every traversal."""

    root: Asset = strawberry.field(description="Where the walk began.")
    direction: LineageDirection = strawberry.field(description="Which way it went.")
    depth: int | None = strawberry.field(description="How far it went; null = unlimited.")
    nodes: list[LineageNode] = strawberry.field(description="What was found, nearest first, at most `limit`.")
    edges: list[LineageEdge] = strawberry.field(description="The edges between the returned nodes.")
    total_nodes: int = strawberry.field(description="All nodes found, before the limit.")
    total_edges: int = strawberry.field(description="All edges found, before the limit.")
    truncated: bool = strawberry.field(description="Whether nodes follow after this page.")
    end_cursor: str | None = strawberry.field(description="For `after`: the place of the last node.")
    hidden_nodes: int = strawberry.field(description="Nodes withheld from this caller.")
    complete: bool = strawberry.field(description="Whether no domain's part is missing or outdated.")
    domains: list[DomainAnswerType] = strawberry.field(
        description="Every domain that this answer rests on, or should have."
    )


@strawberry.type(description="A column of an answer.")
class ColumnNode:
    """A column of an answer."""

    dataset: strawberry.ID = strawberry.field(description="The id of its dataset.")
    namespace: str = strawberry.field(description="The namespace of its dataset.")
    name: str = strawberry.field(description="The name of its dataset.")
    column: str = strawberry.field(description="The name of the column.")
    type: str | None = strawberry.field(description="Its type, where the schema is known.")
    distance: int = strawberry.field(description="How many column edges from the root.")
    masked: bool = strawberry.field(description="Whether the owning domain shares the column's name only.")


@strawberry.type(description="One column feeding another, along the flow of data.")
class ColumnEdge:
    """One column feeding another."""

    source_dataset: strawberry.ID = strawberry.field(description="The id of the dataset that is read.")
    source_column: str = strawberry.field(description="The column that is read.")
    target_dataset: strawberry.ID = strawberry.field(description="The id of the dataset that is written.")
    target_column: str = strawberry.field(description="The column that is written.")
    kind: ColumnEdgeKind = strawberry.field(description="Whether values flow, or only influence what does.")
    subtype: str | None = strawberry.field(
        description="IDENTITY, TRANSFORMATION, AGGREGATION, JOIN, FILTER, GROUP_BY, ..."
    )
    masking: bool | None = strawberry.field(
        description="Whether the values are masked on the way; null when nobody says."
    )
    description: str | None = strawberry.field(description="What the producer says of it.")
    job: strawberry.ID | None = strawberry.field(description="The id of the job that does it; null when none is named.")


@strawberry.type(description="Where the values of a column come from, or go.")
class ColumnLineage:
    """Where the values of a column come from, or go."""

    root: ColumnNode = strawberry.field(description="Where the walk began.")
    redirected_from: strawberry.ID | None = strawberry.field(
        description="The id that was asked for, where it is that of another name of the root's dataset; else null."
    )
    nodes: list[ColumnNode] = strawberry.field(description="The columns found, nearest first, the root included.")
    edges: list[ColumnEdge] = strawberry.field(description="The edges between them.")
    truncated: bool = strawberry.field(description="Whether there was more than an answer may hold.")
    complete: bool = strawberry.field(description="Whether no domain's part is missing or outdated.")
    domains: list[DomainAnswerType] = strawberry.field(
        description="Every domain that this answer rests on, or should have."
    )


def lineage_of(operation: Operation, question: LineageQuestion, direction: LineageDirection) -> Lineage:
    """Answer a question about lineage."""
    answer = lineage(operation.view, question)
    walked = answer.walk
    ids = operation.mesh.ids(walked.nodes)
    return Lineage(
        root=operation.asset(answer.root, asked_id(question.of)),
        direction=direction,
        depth=question.depth,
        nodes=lineage_nodes(walked, ids),
        edges=_edges(walked, dict(zip(walked.nodes.tolist(), map(strawberry.ID, ids), strict=True))),
        total_nodes=walked.total_nodes,
        total_edges=walked.total_edges,
        truncated=walked.truncated,
        end_cursor=walked.end_cursor,
        hidden_nodes=0,
        complete=answer.rests.complete,
        domains=domain_answers(answer.rests.domains),
    )


def lineage_nodes(walked: Walk | Paths, ids: list[AssetId]) -> list[LineageNode]:
    """Return the nodes of an answer; `ids` are theirs, in their order."""
    mesh = walked.mesh
    upstream, downstream = mesh.degrees(walked.nodes)
    columns = (walked.nodes, walked.distances, upstream, downstream)
    rows = zip(ids, *(column.tolist() for column in columns), strict=True)
    return [lineage_node(walked, row) for row in rows]


def lineage_node(walked: Walk | Paths, row: tuple[AssetId, int, int, int, int]) -> LineageNode:
    """Return one node of a walk; `row` is (id, node, distance, upstream neighbours, downstream neighbours)."""
    asset_id, node, distance, upstream, downstream = row
    seen = view(walked.mesh.entry(node), asset_id, "")
    return LineageNode(
        node=node,
        id=strawberry.ID(asset_id),
        kind=_KINDS[seen.kind],
        namespace=seen.namespace,
        name=seen.name,
        domain=seen.domain,
        type=seen.type or None,
        tags=list(seen.tags),
        state=_STATES[seen.state],
        updated_at=Instant(seen.updated_us) if seen.updated_us is not None else None,
        distance=distance,
        upstream_count=upstream,
        downstream_count=downstream,
        redacted=False,
    )


def _edges(walked: Walk, ids: dict[int, strawberry.ID]) -> list[LineageEdge]:
    return [lineage_edge(edge, ids) for edge in walked.edges.views()]


def lineage_edge(edge: EdgeView, ids: dict[int, strawberry.ID]) -> LineageEdge:
    """Return one edge of a walk; `ids` are those of its ends by their nodes."""
    return LineageEdge(
        source=ids[edge.source],
        target=ids[edge.target],
        steps=list(edge.steps),
        origin=_ORIGINS[edge.origin],
        domains=list(edge.domains),
        first_seen=Instant(edge.first_seen_us) if edge.first_seen_us is not None else None,
        last_seen=Instant(edge.last_seen_us) if edge.last_seen_us is not None else None,
    )


async def column_lineage_of(operation: Operation, question: ColumnQuestion) -> ColumnLineage:
    """Answer a question about a column, with the agents' help."""
    answer = await column_lineage(operation.view, question, AskedDetails(operation))
    nodes = _columns(operation, answer)
    return ColumnLineage(
        root=nodes[0],
        redirected_from=operation.redirected(answer.walk.nodes[0].node, asked_id(question.of)),
        nodes=nodes,
        edges=_column_edges(operation, answer),
        truncated=answer.truncated,
        complete=answer.rests.complete,
        domains=domain_answers(answer.rests.domains),
    )


def _columns(operation: Operation, answer: ColumnAnswer) -> list[ColumnNode]:
    nodes = []
    for each in answer.walk.nodes:
        field = answer.fields.get((each.node, each.column))
        entry = operation.mesh.entry(each.node)
        nodes.append(
            ColumnNode(
                dataset=strawberry.ID(operation.mesh.id(each.node)),
                namespace=entry.namespace,
                name=entry.name,
                column=each.column,
                type=(field.type or None) if field is not None else None,
                distance=each.distance,
                masked=field.masked if field is not None else False,
            )
        )
    return nodes


def _column_edges(operation: Operation, answer: ColumnAnswer) -> list[ColumnEdge]:
    mesh = operation.mesh
    return [
        ColumnEdge(
            source_dataset=strawberry.ID(mesh.id(edge.source[0])),
            source_column=edge.source[1],
            target_dataset=strawberry.ID(mesh.id(edge.target[0])),
            target_column=edge.target[1],
            kind=ColumnEdgeKind.INDIRECT if edge.kind == "INDIRECT" else ColumnEdgeKind.DIRECT,
            subtype=edge.subtype or None,
            masking=edge.masking,
            description=edge.description or None,
            job=strawberry.ID(mesh.id(edge.job)) if edge.job is not None else None,
        )
        for edge in answer.walk.edges
    ]
