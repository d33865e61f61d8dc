"""A walk that somebody is subscribed to, its newest state, and what each subscriber is told of it.

A subscriber has no queue. It remembers the state that it was last given, and asks for the difference to the newest one
when it is ready for more; what has been worked out for one subscriber serves all others with the same state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from weakref import WeakKeyDictionary

from lineage_gateway.graphql.subscriptions.difference import NOTHING, Difference, WalkState, difference, same
from lineage_gateway.lineage import MeshView, Reference, resolve
from lineage_gateway.mesh import Direction, Mesh
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.errors import Conflict, LineageError, NotFound

States = Mapping[str, DomainState]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A version of the mesh, and the states of its domains when it was looked at."""

    mesh: Mesh
    states: States
    events: dict[str, Event] = field(default_factory=dict)

    def of_domain(self, name: str) -> Event:
        """Return the event that tells of a domain, the same for everybody."""
        if name not in self.events:
            self.events[name] = Event(self, name)
        return self.events[name]


@dataclass(eq=False, slots=True)
class Event:
    """One thing to tell subscribers; `payloads` keeps what has been made of it, by selection.

    `changed` is a `Difference`, or the name of a domain whose status is another one.
    """

    moment: Moment
    changed: Difference | str
    payloads: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Latest:
    """The newest state of a watch; the events that lead to it are kept as long as it is the newest."""

    state: WalkState
    moment: Moment
    events: WeakKeyDictionary[WalkState, Event | None] = field(default_factory=WeakKeyDictionary)

    def since(self, state: WalkState) -> Event | None:
        """Return what a subscriber with this state has to be told; None when that is nothing."""
        if state not in self.events:
            told = Event(self.moment, difference(state, self.state)) if not same(state, self.state) else None
            self.events[state] = told
        return self.events[state]


class Signal:
    """Wakes all who wait for it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def send(self) -> None:
        """Wake everybody."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Wait for the next `send`."""
        await self._event.wait()


WatchKey = tuple[str, Reference, Direction, int | None]
"""The id of the asset, the reference that led to it, direction, depth."""


class Watch:
    """One walk that somebody is subscribed to."""

    def __init__(self, key: WatchKey) -> None:
        self.key = key
        self.root_id, self.reference, self.direction, self.depth = key
        self.latest = Latest(NOTHING, Moment(Mesh(version=-1), {}))
        self.failed: LineageError | None = None
        self.subscribers = 0
        self.moved = Signal()

    def fail(self, error: LineageError) -> None:
        """End it for everybody."""
        self.failed = error
        self.moved.send()

    def root(self, view: MeshView) -> int | None:
        """Return the node that is followed, None when it is not there; take up the reference's when the id is gone."""
        node = view.mesh.resolve_id(self.root_id)
        if node is None:
            try:
                node = resolve(view, self.reference)
            except (NotFound, Conflict):
                return None
            self.root_id = view.mesh.id(node)
        return node


class LineageEvents:
    """What one subscriber is told of a walk: first all of it, then every change; the newest state, when it is slow."""

    def __init__(self, watch: Watch, leave: Callable[[Watch], None]) -> None:
        self._watch = watch
        self._leave: Callable[[Watch], None] | None = leave
        self._has = NOTHING

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        """Wait until there is something to tell."""
        while True:
            if self._watch.failed is not None:
                raise self._watch.failed
            latest = self._watch.latest
            event = latest.since(self._has)
            self._has = latest.state
            if event is not None:
                return event
            await self._watch.moved.wait()

    async def aclose(self) -> None:
        """Unsubscribe."""
        if self._leave is not None:
            leave, self._leave = self._leave, None
            leave(self._watch)


class DomainEvents:
    """What one subscriber is told of the domains: first each of them, then each whose status is another one."""

    def __init__(self, moment: Callable[[], Moment], moved: Signal, leave: Callable[[], None]) -> None:
        self._moment = moment
        self._moved = moved
        self._leave: Callable[[], None] | None = leave
        self._has: dict[str, DomainStatus] = {}

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        """Wait until there is something to tell."""
        while True:
            moment = self._moment()
            for name, state in moment.states.items():
                if self._has.get(name) is not state.status:
                    self._has[name] = state.status
                    return moment.of_domain(name)
            self._has = {name: status for name, status in self._has.items() if name in moment.states}
            await self._moved.wait()

    async def aclose(self) -> None:
        """Unsubscribe."""
        if self._leave is not None:
            leave, self._leave = self._leave, None
            leave()
