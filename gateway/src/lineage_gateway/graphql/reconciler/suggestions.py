"""Suggestions: assets that may be one, for somebody to decide."""

from __future__ import annotations

import strawberry

from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.connections import page_info
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.graphql.reconciler.pages import paged
from lineage_gateway.identity import ClassKey, Suggestion
from lineage_gateway.lineage import suggestions


@strawberry.type(description="One reason for or against a suggestion.")
class IdentityFeature:
    """One reason for or against a suggestion."""

    name: str = strawberry.field(description="What was looked at.")
    value: float = strawberry.field(description="From 0 to 1; penalties multiply the score.")
    note: str = strawberry.field(description="In words.")


@strawberry.type(description="Two assets that may be one; nothing happens before somebody accepts it.")
class IdentitySuggestion:
    """Two assets that may be one."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    a: Asset = strawberry.field(description="The one asset.")
    b: Asset = strawberry.field(description="The other asset.")
    score: float = strawberry.field(description="From 0 to 1.")
    features: list[IdentityFeature] = strawberry.field(description="What the score is made of.")
    state: str = strawberry.field(description="PROPOSED.")


@strawberry.type(description="A suggestion with its place in the connection.")
class IdentitySuggestionEdge:
    """A suggestion with its place in the connection."""

    node: IdentitySuggestion = strawberry.field(description="The suggestion.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Suggestions, best first.")
class IdentitySuggestionConnection:
    """Suggestions, best first."""

    edges: list[IdentitySuggestionEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All suggestions that were worked out.")


def suggestion_page(operation: Operation, first: int, after: str | None) -> IdentitySuggestionConnection:
    """Return one page of suggestions."""
    found = all_suggestions(operation)
    page, cursors, has_next = paged(operation, "suggestions", found, first, after)
    edges = [
        IdentitySuggestionEdge(node=_suggestion(operation, each), cursor=cursor)
        for each, cursor in zip(page, cursors, strict=True)
    ]
    return IdentitySuggestionConnection(
        edges=edges, page_info=page_info(cursors, has_next=has_next, after=after), total_count=len(found)
    )


def all_suggestions(operation: Operation) -> tuple[Suggestion, ...]:
    """Return the suggestions of the present version that nobody has decided about."""
    declaring = operation.sources.declaring
    decided = declaring.decisions.keys() if declaring is not None else ()
    return suggestions(operation.mesh, operation.sources.identities, decided, operation.limits.suggestions_max)


def _suggestion(operation: Operation, found: Suggestion) -> IdentitySuggestion:
    a, b = (operation.mesh.register.nodes[ClassKey(key)] for key in (found.a, found.b))
    return IdentitySuggestion(
        id=strawberry.ID(found.id),
        a=operation.asset(a),
        b=operation.asset(b),
        score=found.score,
        features=[IdentityFeature(name=each.name, value=each.value, note=each.note) for each in found.features],
        state="PROPOSED",
    )
