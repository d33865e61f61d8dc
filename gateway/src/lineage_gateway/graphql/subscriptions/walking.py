"""From one walk over the mesh to a `WalkState`, doing again only what may have changed since the state before.

A version of the mesh shares the entries of unchanged nodes with the version before it, so an entry that is the same
object is the same node; an edge follows from the entries at its ends and the steps that were walked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import strawberry

from lineage_gateway.graphql.answers import LineageEdge, LineageNode, lineage_edge, lineage_node
from lineage_gateway.graphql.subscriptions.difference import Ends, WalkState
from lineage_gateway.lineage import ById, LineageQuestion, MeshView, Rests, lineage, rests_on
from lineage_gateway.mesh import Direction, Entry, Walk
from lineage_shared.errors import TooLarge
from lineage_shared.ids import AssetId


def walk_state(view: MeshView, root: int, direction: Direction, depth: int | None, before: WalkState) -> WalkState:
    """Walk, and return the state; raise `TooLarge` for a walk with more nodes than an answer may hold."""
    most = view.limits.limit_max
    answer = lineage(view, LineageQuestion(ById(view.mesh.id(root)), direction, depth, most))
    walked = answer.walk
    if walked.truncated:
        raise TooLarge(
            f"the walk has {walked.total_nodes} nodes; a subscription follows at most {most}",
            hint="subscribe with a smaller depth, or raise limit_max",
            code="WALK_TOO_LARGE",
        )
    ids = walked.mesh.ids(walked.nodes)
    by_node = dict(zip(walked.nodes.tolist(), ids, strict=True))
    entries = {asset_id: walked.mesh.entry(node) for node, asset_id in by_node.items()}
    edges, steps = _edges(walked, by_node, entries, before)
    return WalkState(_nodes(walked, ids, entries, before), edges, answer.rests, entries, steps)


def judged(state: WalkState, view: MeshView) -> WalkState:
    """Return the same walk, with what the domains it rests on are like now."""
    return replace(state, rests=_rests(view, [each.domain for each in state.rests.domains]))


def gone(view: MeshView) -> WalkState:
    """Return the state of a walk whose root is not there."""
    return WalkState(rests=_rests(view, []))


def _rests(view: MeshView, domains: list[str]) -> Rests:
    return rests_on(view.states, domains, view.limits.staleness_bound_s)


def _nodes(walked: Walk, ids: list[AssetId], entries: Mapping[str, Entry], before: WalkState) -> dict[str, LineageNode]:
    upstream, downstream = walked.mesh.degrees(walked.nodes)
    columns = (walked.nodes, walked.distances, upstream, downstream)
    found: dict[str, LineageNode] = {}
    for asset_id, *numbers in zip(ids, *(column.tolist() for column in columns), strict=True):
        old = before.nodes.get(asset_id)
        known = old is not None and before.entries.get(asset_id) is entries[asset_id]
        if old is not None and known and [old.node, old.distance, old.upstream_count, old.downstream_count] == numbers:
            found[asset_id] = old
        else:
            node, distance, up, down = numbers
            found[asset_id] = lineage_node(walked, (asset_id, node, distance, up, down))
    return found


def _edges(
    walked: Walk, ids: Mapping[int, AssetId], entries: Mapping[str, Entry], before: WalkState
) -> tuple[dict[Ends, LineageEdge], dict[Ends, tuple[int, ...]]]:
    table = walked.edges
    found: dict[Ends, LineageEdge] = {}
    steps_of: dict[Ends, tuple[int, ...]] = {}
    for source, target, steps in table.rows():
        ends = (ids[source], ids[target])
        steps_of[ends] = tuple(steps)
        old = before.edges.get(ends)
        known = all(before.entries.get(end) is entries[end] for end in ends)
        if old is not None and known and before.steps[ends] == steps_of[ends]:
            found[ends] = old
        else:
            named = {source: strawberry.ID(ends[0]), target: strawberry.ID(ends[1])}
            found[ends] = lineage_edge(table.view(source, target, steps), named)
    return found, steps_of
