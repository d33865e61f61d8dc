"""What changed between two states of one walk. Pure: values in, values out.

Applying the differences that a subscriber was sent, in order, to the first state gives the newest walk, whatever was
left out in between: a difference always goes from the state that this subscriber has to the newest one. An edge is
known by its ends; one that changed otherwise (steps, origin, domains) is removed as it was and added as it is. The
time at which an edge was last seen is no change: every run moves it, and the job's `updatedAt` says so already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from lineage_gateway.graphql.answers import LineageEdge, LineageNode
from lineage_gateway.lineage import Rests
from lineage_gateway.mesh import Entry

_NO_DOMAINS = Rests(complete=True, domains=())

Ends = tuple[str, str]
"""The ids of an edge's source and target."""

_node = attrgetter(
    "kind", "namespace", "name", "domain", "type", "tags", "state", "updated_at", "distance", "upstream_count",
    "downstream_count", "redacted",
)  # fmt: skip
_edge = attrgetter("steps", "origin", "domains", "first_seen")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class WalkState:
    """A walk as subscribers see it, nearest first; `entries` and `steps` tell the next walk what it need not redo."""

    nodes: Mapping[str, LineageNode] = field(default_factory=dict)
    edges: Mapping[Ends, LineageEdge] = field(default_factory=dict)
    rests: Rests = _NO_DOMAINS
    entries: Mapping[str, Entry] = field(default_factory=dict)
    steps: Mapping[Ends, tuple[int, ...]] = field(default_factory=dict)


NOTHING = WalkState()
"""What a new subscriber has."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What to take away, to add and to put anew; `rests` is of the state after it."""

    added_nodes: list[LineageNode]
    removed_nodes: list[str]
    changed_nodes: list[LineageNode]
    added_edges: list[LineageEdge]
    removed_edges: list[LineageEdge]
    rests: Rests


def difference(before: WalkState, after: WalkState) -> Difference:
    """Return what turns one state into the other."""
    kept = [(before.nodes[key], node) for key, node in after.nodes.items() if key in before.nodes]
    return Difference(
        added_nodes=[node for key, node in after.nodes.items() if key not in before.nodes],
        removed_nodes=[key for key in before.nodes if key not in after.nodes],
        changed_nodes=[new for old, new in kept if _differ(old, new)],
        added_edges=_beyond(after.edges, before.edges),
        removed_edges=_beyond(before.edges, after.edges),
        rests=after.rests,
    )


def same(before: WalkState, after: WalkState) -> bool:
    """Tell whether a subscriber who has the one need not hear of the other."""
    if before is after:
        return True
    if before.nodes.keys() != after.nodes.keys() or before.edges.keys() != after.edges.keys():
        return False
    return (
        standing(before.rests) == standing(after.rests)
        and not any(_differ(before.nodes[key], node) for key, node in after.nodes.items())
        and not _beyond(after.edges, before.edges)
    )


def standing(rests: Rests) -> tuple[object, ...]:
    """Return what counts of the domains of an answer: not their positions and ages, which move all the time."""
    return (rests.complete, *((each.domain, each.status) for each in rests.domains))


def _beyond(edges: Mapping[Ends, LineageEdge], others: Mapping[Ends, LineageEdge]) -> list[LineageEdge]:
    """Return the edges that the others lack, or have differently."""
    return [edge for ends, edge in edges.items() if ends not in others or _edges_differ(others[ends], edge)]


def _differ(before: LineageNode, after: LineageNode) -> bool:
    return before is not after and bool(_node(before) != _node(after))


def _edges_differ(before: LineageEdge, after: LineageEdge) -> bool:
    return before is not after and bool(_edge(before) != _edge(after))
