"""The subscription fields of the schema, and what their events look like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypeVar, cast

import strawberry

from lineage_gateway.graphql.answers import LineageEdge, LineageNode
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.domains import DataDomain, DomainAnswerType, domain_answers, domain_named
from lineage_gateway.graphql.inputs import AssetRef, reference
from lineage_gateway.graphql.scalars import LineageDirection
from lineage_gateway.graphql.subscriptions.difference import Difference
from lineage_gateway.graphql.subscriptions.hub import Hub
from lineage_gateway.graphql.subscriptions.watch import Event
from lineage_gateway.mesh import Direction

F = TypeVar("F", bound=Callable[..., Any])

DEPTH = 3

Info = strawberry.Info[Operation, Hub]
Ref = Annotated[AssetRef, strawberry.argument(description="The asset to begin at.")]
Way = Annotated[LineageDirection, strawberry.argument(description="Which way to follow the edges.")]
Depth = Annotated[
    int | None,
    strawberry.argument(description="How far: a dataset and the job before it count one. Null: as far as it goes."),
]


@strawberry.type(
    description="What changed in a walk since the message before; the first message adds all of it. Take away first, "
    "then add: an edge whose steps, origin or domains changed is removed as it was and added as it is."
)
class LineageChange:
    """What changed in a walk since the message before."""

    version: str = strawberry.field(description="The version of the merged graph that this leads to: opaque.")
    added_nodes: list[LineageNode] = strawberry.field(description="Nodes that are new in the walk, nearest first.")
    removed_nodes: list[strawberry.ID] = strawberry.field(description="Ids of nodes that the walk no longer reaches.")
    changed_nodes: list[LineageNode] = strawberry.field(description="Nodes of which anything changed, as they are now.")
    added_edges: list[LineageEdge] = strawberry.field(description="Edges that are new in the walk.")
    removed_edges: list[LineageEdge] = strawberry.field(description="Edges that are gone, as they were.")
    complete: bool = strawberry.field(description="Whether no domain's part of the walk is missing or outdated.")
    domains: list[DomainAnswerType] = strawberry.field(
        description="Every domain that the walk rests on, or should have."
    )


def _subscription(description: str) -> Callable[[F], F]:
    """Make a method a field; Strawberry's own decorator has no type."""
    decorate: Callable[[F], F] = strawberry.subscription(description=description)
    return decorate


@strawberry.type(
    description="What can be followed. Each field first sends the current state, then every change; a slow client gets "
    "fewer messages, each of which sums up what it missed. Over WebSocket (graphql-transport-ws), SSE or multipart."
)
class Subscription:
    """What can be followed."""

    @_subscription(
        "A walk: first all of it as added, then what changed in it. When the asset vanishes, everything is removed; "
        "when it is back, added again."
    )
    async def lineage_changed(
        self, info: Info, of: Ref, direction: Way = LineageDirection.DOWNSTREAM, depth: Depth = DEPTH
    ) -> AsyncIterator[LineageChange]:
        """Return the events of a walk."""
        return _events(info.root_value.lineage(reference(of), Direction[direction.name], depth))

    @_subscription("The domains: first each of them, then each one whenever its status is another one.")
    async def domain_status_changed(self, info: Info) -> AsyncIterator[DataDomain]:
        """Return the events of the domains."""
        return _events(info.root_value.domains())


def _events(events: AsyncIterator[Event]) -> AsyncIterator[Any]:
    """The stream gives events; `value_of` makes of each what the schema says, when it is executed."""
    return cast("AsyncIterator[Any]", events)


def value_of(event: Event, operation: Operation) -> LineageChange | DataDomain | None:
    """Return what the field of an event's subscription resolves to."""
    if isinstance(event.changed, Difference):
        return _change(event.changed, operation.version)
    return domain_named(operation, event.changed)


def _change(changed: Difference, version: str) -> LineageChange:
    return LineageChange(
        version=version,
        added_nodes=changed.added_nodes,
        removed_nodes=[strawberry.ID(each) for each in changed.removed_nodes],
        changed_nodes=changed.changed_nodes,
        added_edges=changed.added_edges,
        removed_edges=changed.removed_edges,
        complete=changed.rests.complete,
        domains=domain_answers(changed.rests.domains),
    )
