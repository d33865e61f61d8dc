"""Conflicts: claims, or declarations, that do not fit together, those that are there and those that were."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

import strawberry

from lineage_gateway.graphql.connections import page_info
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.graphql.reconciler.claims import WHY
from lineage_gateway.graphql.scalars import Instant
from lineage_gateway.identity import ConflictRecord, ConflictState
from lineage_gateway.lineage import bad_cursor, seal, unseal, within
from lineage_shared.claims import Reason

SAID_CHARS_MAX = 500


@strawberry.enum(description="Whether a conflict is there.")
class IdentityConflictState(Enum):
    """Whether a conflict is there."""

    OPEN = strawberry.enum_value(ConflictState.OPEN.value, description="Something is held back by it.")
    RESOLVED = strawberry.enum_value(
        ConflictState.RESOLVED.value, description="It was there since this gateway started, and is no more."
    )


@strawberry.type(description="Claims, or declarations, that do not fit together.")
class IdentityConflict:
    """Claims that do not fit together."""

    id: strawberry.ID = strawberry.field(
        description="Its id: the same one whenever this conflict is there, at any gateway."
    )
    reason: str = strawberry.field(description="A stable word for the rule that holds the claims back.")
    message: str = strawberry.field(description="The same in plain words.")
    about: str = strawberry.field(description="The key, or the declared subject, that it is about.")
    keys: list[str] = strawberry.field(description="Some of the keys concerned.")
    claims: int = strawberry.field(description="How many claims are held back by it, or were in the end.")
    state: IdentityConflictState = strawberry.field(description="Whether it is there.")
    opened_at: Instant = strawberry.field(description="Since when it is there, as far as this gateway knows.")
    resolved_at: Instant | None = strawberry.field(description="When it was resolved; null while it is there.")


@strawberry.type(description="A conflict with its place in the connection.")
class IdentityConflictEdge:
    """A conflict with its place in the connection."""

    node: IdentityConflict = strawberry.field(description="The conflict.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Conflicts: first those that are there, in a fixed order, then the last ones resolved.")
class IdentityConflictConnection:
    """Conflicts, in a fixed order."""

    edges: list[IdentityConflictEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All conflicts of the states asked for.")


def conflicts(
    operation: Operation, first: int, after: str | None, states: Collection[IdentityConflictState]
) -> IdentityConflictConnection:
    """Return one page of what does not fit together; only what is on the page is looked at."""
    within("first", first, 0, operation.limits.page_max)
    identities = operation.sources.identities
    there = identities.conflicts if IdentityConflictState.OPEN in states else ()
    gone = identities.history.resolved if IdentityConflictState.RESOLVED in states else ()
    begin = _place(after, len(there) + len(gone))
    found = [record for each in there[begin : begin + first] if (record := identities.conflict(each)) is not None]
    found += gone[max(begin - len(there), 0) : max(begin + first - len(there), 0)]
    cursors = [seal("conflicts", begin + place) for place in range(1, len(found) + 1)]
    return IdentityConflictConnection(
        edges=[
            IdentityConflictEdge(node=_conflict(each), cursor=cursor)
            for each, cursor in zip(found, cursors, strict=True)
        ],
        page_info=page_info(cursors, has_next=begin + first < len(there) + len(gone), after=after),
        total_count=len(there) + len(gone),
    )


def _place(after: str | None, count: int) -> int:
    """Return where the page begins: a cursor is a place in the order of this moment."""
    if after is None:
        return 0
    values = unseal(after, str, int)
    if values is None or values[0] != "conflicts" or not 0 <= values[1] <= count:
        raise bad_cursor()
    place: int = values[1]
    return place


def _conflict(record: ConflictRecord) -> IdentityConflict:
    return IdentityConflict(
        id=strawberry.ID(seal("conflict", *record.id)),
        reason=record.reason,
        message=_message(record),
        about=record.about,
        keys=list(record.keys),
        claims=record.claims,
        state=IdentityConflictState[record.state.name],
        opened_at=Instant(record.opened_us),
        resolved_at=Instant(record.resolved_us) if record.resolved_us is not None else None,
    )


def _message(record: ConflictRecord) -> str:
    if record.said:
        return f"declarations disagree, so that none of them applies: {', '.join(record.said)[:SAID_CHARS_MAX]}"
    return WHY[Reason(record.reason)]
