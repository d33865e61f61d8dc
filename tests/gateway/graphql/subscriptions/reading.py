"""Subscribers that put together what they are told, and a mesh that a test changes under them."""

from __future__ import annotations

import asyncio
from typing import Any

from lineage_gateway.access import EVERYTHING
from lineage_gateway.graphql.subscriptions.difference import NOTHING, Difference, WalkState
from lineage_gateway.graphql.subscriptions.hub import Hub, HubLimits
from lineage_gateway.graphql.subscriptions.walking import walk_state
from lineage_gateway.graphql.subscriptions.watch import LineageEvents, States
from lineage_gateway.lineage import ByName, Limits, MeshView
from lineage_gateway.mesh import Direction, MeshKeeper, MeshLimits
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.errors import LineageError
from lineage_shared.model import Kind
from tests.gateway.mesh.worlds import DATASETS, DOMAINS, mirror

LIMITS = Limits()


def live(*domains: str) -> States:
    """The states of domains that are followed well."""
    return {name: DomainState(name, DomainStatus.LIVE, not_live_s=0.0, staleness_s=0.0) for name in domains}


class Reader:
    """A subscriber, and what it makes of what it is told."""

    def __init__(self, events: LineageEvents, root: str, direction: Direction, depth: int | None) -> None:
        self.events = events
        self.direction = direction
        self.depth = depth
        self.root = root
        self.nodes: dict[str, Any] = {}
        self.edges: dict[tuple[str, str], Any] = {}
        self.rests: Any = None
        self.told = 0

    async def read(self) -> bool:
        """Take the next event, if there is one now."""
        try:
            async with asyncio.timeout(0):
                event = await anext(self.events)
        except TimeoutError:
            return False
        assert isinstance(event.changed, Difference)
        self.apply(event.changed)
        return True

    def apply(self, changed: Difference) -> None:
        """Do what a client does, strictly: only what is there is removed or changed, only what is not is added."""
        self.told += 1
        for asset_id in changed.removed_nodes:
            del self.nodes[asset_id]
        for edge in changed.removed_edges:
            del self.edges[edge.source, edge.target]
        for node in changed.added_nodes:
            assert node.id not in self.nodes
            self.nodes[node.id] = node
        for node in changed.changed_nodes:
            assert node.id in self.nodes
            self.nodes[node.id] = node
        for edge in changed.added_edges:
            assert (edge.source, edge.target) not in self.edges
            self.edges[edge.source, edge.target] = edge
        self.rests = changed.rests

    @property
    def state(self) -> WalkState:
        """What it has."""
        return WalkState(self.nodes, self.edges, self.rests)


class World:
    """A mesh, a hub over it that is moved by hand, and subscribers."""

    def __init__(self, **limits: Any) -> None:
        self.keeper = MeshKeeper(limits=MeshLimits(dead_nodes_max=3, delta_entries_max=5))
        self.states = dict(live(*DOMAINS))
        self.hub = Hub(self.keeper, lambda: dict(self.states), LIMITS, HubLimits(**limits))
        self.readers: list[Reader] = []

    async def act(self, what: str, where: Any, how: Any) -> None:
        """Do one thing."""
        match what:
            case "replace":
                self.keeper.replace(where, mirror(where, how))
            case "remove":
                self.keeper.remove(where)
            case "rebuild":
                self.keeper.rebuild()
            case "status":
                not_live_s = 0.0 if how is DomainStatus.LIVE else 100.0
                self.states[where] = DomainState(where, how, not_live_s=not_live_s)
            case "pass":
                await self.hub._pass()
            case "read" if where < len(self.readers):
                await self.readers[where].read()
            case "subscribe":
                self.subscribe(where, *how)

    def subscribe(self, place: int, direction: Direction, depth: int | None) -> None:
        """Subscribe to a dataset, if it is there."""
        reference = ByName(Kind.DATASET, *DATASETS[place])
        try:
            events = self.hub.lineage(reference, direction, depth)
        except LineageError:
            return
        self.readers.append(Reader(events, events._watch.root_id, direction, depth))

    def expected(self, reader: Reader) -> WalkState:
        """The walk, made anew."""
        view = MeshView(self.keeper.mesh, self.states, EVERYTHING, LIMITS)
        root = reader.events._watch.root(view)
        return WalkState() if root is None else walk_state(view, root, reader.direction, reader.depth, NOTHING)
