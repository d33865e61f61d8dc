"""Scalars and enums: how times, free JSON and the words of the vocabulary look in GraphQL."""

from __future__ import annotations

from enum import Enum
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from lineage_shared.instants import as_text, as_us
from lineage_shared.model import Kind, Origin, RunState

Instant = NewType("Instant", int)
"""Microseconds since 1970 (UTC), the wire's unit; `DateTime` in GraphQL."""


def as_instant(text: str | None) -> Instant | None:
    """Read RFC 3339 text; None for what is no time, since facets may hold anything."""
    found = as_us(text)
    return None if found is None else Instant(found)


def _parse(value: object) -> Instant:
    instant = as_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise GraphQLError("a DateTime is text such as 2026-11-20T09:30:00Z")
    return instant


DATE_TIME = ScalarDefinition(
    name="DateTime",
    description="A time in UTC as RFC 3339 text, e.g. 2026-11-20T09:30:00.123456Z.",
    specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
    serialize=as_text,
    parse_value=_parse,
    parse_literal=None,
)


@strawberry.enum(description="Which way a traversal follows the edges.")
class LineageDirection(Enum):
    """Which way a traversal follows the edges."""

    UPSTREAM = strawberry.enum_value("UPSTREAM", description="Against the flow: what this was made of.")
    DOWNSTREAM = strawberry.enum_value("DOWNSTREAM", description="With the flow: what was made of this.")
    BOTH = strawberry.enum_value("BOTH", description="The union of both walks; a walk never turns round on its way.")


@strawberry.enum(description="How well a domain's agent is followed.")
class DomainStatus(Enum):
    """How well a domain's agent is followed (ARCHITECTURE rule 14)."""

    LIVE = strawberry.enum_value("LIVE", description="Connected, and heard of lately.")
    STALE = strawberry.enum_value("STALE", description="Connected but silent, or connecting again.")
    UNREACHABLE = strawberry.enum_value(
        "UNREACHABLE", description="The last connects failed; answers rest on what was known before."
    )
    NEVER_SYNCED = strawberry.enum_value("NEVER_SYNCED", description="Configured, but nothing is known of it yet.")


@strawberry.enum(description="Whether a column's values flow on, or only influence what does.")
class ColumnEdgeKind(Enum):
    """Whether a column's values flow on, or only influence what does."""

    DIRECT = strawberry.enum_value("DIRECT", description="Values of the source column flow into the target column.")
    INDIRECT = strawberry.enum_value(
        "INDIRECT", description="The source only decides what flows: join, filter, grouping, sorting, condition."
    )


@strawberry.enum(description="What an asset is.")
class AssetKind(Enum):
    """What an asset is: `lineage_shared.model.Kind`."""

    DATASET = strawberry.enum_value(Kind.DATASET.value, description="A table, view, file, topic, model, report, ...")
    JOB = strawberry.enum_value(Kind.JOB.value, description="What reads and writes datasets.")


@strawberry.enum(description="How an edge came to be known.")
class EdgeOrigin(Enum):
    """How an edge came to be known: `lineage_shared.model.Origin`."""

    RUN = strawberry.enum_value(Origin.RUN.value, description="A run reported it.")
    DESIGN = strawberry.enum_value(Origin.DESIGN.value, description="A definition reported it, without a run.")
    DECLARED = strawberry.enum_value(Origin.DECLARED.value, description="Somebody declared it by hand.")
    INFERRED = strawberry.enum_value(Origin.INFERRED.value, description="It was read out of SQL or logs.")


@strawberry.enum(name="RunState", description="The state of a run: the type of the OpenLineage event that decided it.")
class GraphQLRunState(Enum):
    """The state of a run: `lineage_shared.model.RunState`."""

    START = strawberry.enum_value(RunState.START.value, description="Started.")
    RUNNING = strawberry.enum_value(RunState.RUNNING.value, description="Under way.")
    COMPLETE = strawberry.enum_value(RunState.COMPLETE.value, description="Finished well.")
    FAIL = strawberry.enum_value(RunState.FAIL.value, description="Finished badly.")
    ABORT = strawberry.enum_value(RunState.ABORT.value, description="Stopped from outside.")
    OTHER = strawberry.enum_value(RunState.OTHER.value, description="Reported something beside its state.")
