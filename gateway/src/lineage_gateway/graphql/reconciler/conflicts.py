"""Conflicts: claims, or declarations, that do not fit together."""

from __future__ import annotations

import strawberry

from lineage_gateway.graphql.connections import page_info
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.graphql.reconciler.explanations import WHY
from lineage_gateway.graphql.reconciler.pages import paged
from lineage_gateway.lineage import seal
from lineage_shared.claims import Conflict


@strawberry.type(description="Claims that do not fit together. It goes when they do.")
class IdentityConflict:
    """Claims that do not fit together."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="A stable word for the rule that holds the claims back.")
    message: str = strawberry.field(description="The same in plain words.")
    about: str = strawberry.field(description="The key, or the declared subject, that it is about.")
    keys: list[str] = strawberry.field(description="Some of the keys concerned.")
    claims: int = strawberry.field(description="How many claims are held back by it.")
    state: str = strawberry.field(description="OPEN: what is resolved is no conflict any more.")


@strawberry.type(description="A conflict with its place in the connection.")
class IdentityConflictEdge:
    """A conflict with its place in the connection."""

    node: IdentityConflict = strawberry.field(description="The conflict.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Conflicts, in a fixed order.")
class IdentityConflictConnection:
    """Conflicts, in a fixed order."""

    edges: list[IdentityConflictEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All conflicts.")


def conflicts(operation: Operation, first: int, after: str | None) -> IdentityConflictConnection:
    """Return one page of what does not fit together."""
    identities = operation.sources.identities
    found = [_conflict(each) for each in identities.classes.conflicts()]
    found += [
        IdentityConflict(
            id=strawberry.ID(seal("conflict", each.kind, each.about)),
            reason=f"disagreement-{each.kind}",
            message=f"declarations disagree, so that none of them applies: {', '.join(each.said)[:500]}",
            about=each.about,
            keys=[],
            claims=len(each.said),
            state="OPEN",
        )
        for each in identities.names.disagreements
    ]
    page, cursors, has_next = paged(operation, "conflicts", found, first, after)
    return IdentityConflictConnection(
        edges=[IdentityConflictEdge(node=node, cursor=cursor) for node, cursor in zip(page, cursors, strict=True)],
        page_info=page_info(cursors, has_next=has_next, after=after),
        total_count=len(found),
    )


def _conflict(found: Conflict) -> IdentityConflict:
    return IdentityConflict(
        id=strawberry.ID(seal("conflict", found.reason.value, found.about)),
        reason=found.reason.value,
        message=WHY.get(found.reason, found.reason.value),
        about=found.about,
        keys=list(found.keys),
        claims=found.claims,
        state="OPEN",
    )
