"""Suggestions: assets that may be one, with what was decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

import strawberry

from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.connections import page_info
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.graphql.reconciler.pages import paged
from lineage_gateway.graphql.scalars import Instant
from lineage_gateway.suggesting import Proposal, Suggesting, SuggestionState, node_of
from lineage_shared.errors import Unavailable


@strawberry.enum(description="Where a suggestion stands.")
class IdentitySuggestionState(Enum):
    """Where a suggestion stands."""

    PROPOSED = strawberry.enum_value(SuggestionState.PROPOSED.value, description="It waits for somebody to decide.")
    ACCEPTED = strawberry.enum_value(
        SuggestionState.ACCEPTED.value, description="The two are declared to be one, by a person or a policy."
    )
    REJECTED = strawberry.enum_value(
        SuggestionState.REJECTED.value, description="The two are declared to be different."
    )
    EXPIRED = strawberry.enum_value(
        SuggestionState.EXPIRED.value, description="Nothing speaks for it any more, or nobody decided in time."
    )


PROPOSED = [IdentitySuggestionState.PROPOSED]

States = Annotated[
    list[IdentitySuggestionState] | None, strawberry.argument(description="Return only suggestions in these states.")
]


@strawberry.type(description="One reason for or against a suggestion.")
class IdentityFeature:
    """One reason for or against a suggestion."""

    name: str = strawberry.field(description="What was looked at.")
    value: float = strawberry.field(description="What was measured, from 0 to 1.")
    points: float = strawberry.field(
        description="What it counts; below 0 it speaks against. One point doubles the odds that they are one."
    )
    note: str = strawberry.field(description="In words.")


@strawberry.type(description="Two assets that may be one; nothing happens before somebody accepts it.")
class IdentitySuggestion:
    """Two assets that may be one."""

    id: strawberry.ID = strawberry.field(description="Its id, the same in every gateway.")
    keys: list[str] = strawberry.field(description="The two keys, as they were proposed.")
    a: Asset | None = strawberry.field(description="The one asset; null when nobody reports it any more.")
    b: Asset | None = strawberry.field(description="The other asset; the same once they are one.")
    score: float = strawberry.field(description="From 0 to 1; of a decided one, the score that it had then.")
    features: list[IdentityFeature] = strawberry.field(description="What the score is made of.")
    state: IdentitySuggestionState = strawberry.field(description="Where it stands.")
    first_proposed_at: Instant = strawberry.field(
        description="When this gateway, or the one that decided, saw it first."
    )
    decided_by: str | None = strawberry.field(description="Who decided; `policy` and its name for a policy.")
    decided_at: Instant | None = strawberry.field(description="When; null while nobody has decided.")
    declaration: strawberry.ID | None = strawberry.field(
        description="The declaration that the decision made, to be retracted with."
    )


@strawberry.type(description="A suggestion with its place in the connection.")
class IdentitySuggestionEdge:
    """A suggestion with its place in the connection."""

    node: IdentitySuggestion = strawberry.field(description="The suggestion.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Suggestions: those proposed, best first; then those decided and expired, latest first.")
class IdentitySuggestionConnection:
    """Suggestions: those proposed, best first; then those decided and expired, latest first."""

    edges: list[IdentitySuggestionEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All suggestions in the states that were asked for.")
    version: str = strawberry.field(description="The version of the mesh that was surveyed for them: opaque.")
    left_out: int = strawberry.field(
        description="Pairs that were not compared, because too many share a name or the same columns."
    )


async def suggestion_page(
    operation: Operation, first: int, after: str | None, states: Sequence[IdentitySuggestionState]
) -> IdentitySuggestionConnection:
    """Return one page of suggestions."""
    owner = suggesting(operation)
    survey = await owner.current()
    wanted = [SuggestionState[each.name] for each in states]
    found = owner.proposals.in_states(wanted, operation.mesh, operation.sources.identities)
    page, cursors, has_next = paged(operation, "suggestions", found, first, after)
    edges = [
        IdentitySuggestionEdge(node=_shown(operation, each), cursor=cursor)
        for each, cursor in zip(page, cursors, strict=True)
    ]
    return IdentitySuggestionConnection(
        edges=edges,
        page_info=page_info(cursors, has_next=has_next, after=after),
        total_count=len(found),
        version=f"{operation.version.rpartition('-')[0]}-{survey.version}",
        left_out=survey.left_out,
    )


def suggesting(operation: Operation) -> Suggesting:
    """Return the owner of suggestions."""
    owner = operation.sources.suggesting
    if owner is None:
        raise Unavailable("this gateway makes no suggestions", code="SUGGESTIONS_UNAVAILABLE")
    return owner


def _shown(operation: Operation, proposal: Proposal) -> IdentitySuggestion:
    found, decision = proposal.suggestion, proposal.decision
    nodes = [node_of(operation.mesh, key) for key in (found.a, found.b)]
    a, b = (operation.asset(node) if node is not None else None for node in nodes)
    return IdentitySuggestion(
        id=strawberry.ID(found.id),
        keys=[found.a, found.b],
        a=a,
        b=b,
        score=found.score,
        features=[
            IdentityFeature(name=each.name, value=each.value, points=each.points, note=each.note)
            for each in found.features
        ],
        state=IdentitySuggestionState[proposal.state.name],
        first_proposed_at=Instant(proposal.first_proposed_us),
        decided_by=(decision.decided_by or None) if decision is not None else None,
        decided_at=Instant(decision.decided_us) if decision is not None else None,
        declaration=strawberry.ID(decision.declaration) if decision is not None else None,
    )
