"""What subscriptions watch: one task looks at every new version of the mesh, for all subscribers together.

A `Watch` stands for one (asset, direction, depth). Each version is walked once for it, whoever subscribes, and once
only for watches that came to the same asset by different references. What became of the walk is told as `watch` has it,
and the text of a message is made once for each selection of fields (`streams`).

The asset that a reference meant at first is followed by its id. When it vanishes, the walk is empty; it fills again
when the id or, failing that, the reference resolves again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from lineage_gateway.access import EVERYTHING
from lineage_gateway.graphql.subscriptions.difference import WalkState, same, standing
from lineage_gateway.graphql.subscriptions.walking import gone, judged, walk_state
from lineage_gateway.graphql.subscriptions.watch import (
    DomainEvents,
    Latest,
    LineageEvents,
    Moment,
    Signal,
    States,
    Watch,
    WatchKey,
)
from lineage_gateway.lineage import Limits, MeshView, Reference, resolve, rests_on
from lineage_gateway.lineage.limits import within
from lineage_gateway.mesh import Direction, MeshKeeper
from lineage_shared.errors import LineageError, Unavailable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HubLimits:
    """The settings of the same names, and how often the domains' states are looked at."""

    subscription_interval_ms: int = 50
    watches_max: int = 1000
    states_every_s: float = 0.1


_WalkKey = tuple[int, Direction, int | None]


class Hub:
    """Follows the mesh for all subscriptions, from entering to leaving the context. `walks` counts traversals."""

    def __init__(
        self, keeper: MeshKeeper, statuses: Callable[[], States], limits: Limits, pace: HubLimits | None = None
    ) -> None:
        self._keeper = keeper
        self._statuses = statuses
        self._limits = limits
        self._pace = pace or HubLimits()
        self._watches: dict[WatchKey, Watch] = {}
        self._walked: dict[_WalkKey, WalkState] = {}
        self._moment = Moment(keeper.mesh, {})
        self._stale = True
        self._domains = Signal()
        self._domain_subscribers = 0
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.walks = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._observe(), name="follow the mesh for subscriptions")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    @property
    def watches(self) -> int:
        """How many walks are watched."""
        return len(self._watches)

    def lineage(self, reference: Reference, direction: Direction, depth: int | None) -> LineageEvents:
        """Subscribe to a walk; raise what a query for it would raise."""
        self._look()
        view = self._view()
        if depth is not None:
            within("depth", depth, 0, view.limits.depth_max)
        key = (view.mesh.id(resolve(view, reference)), reference, direction, depth)
        known = self._watches.get(key)
        watch = known if known is not None and known.failed is None else self._new_watch(key)
        self._bring_up_to_date(watch)
        if watch.failed is not None:
            raise watch.failed
        self._watches[key] = watch
        watch.subscribers += 1
        self._wanted.set()
        return LineageEvents(watch, self._leave)

    def domains(self) -> DomainEvents:
        """Subscribe to the statuses of all domains."""
        self._look()
        self._domain_subscribers += 1
        self._wanted.set()
        return DomainEvents(lambda: self._moment, self._domains, self._leave_domains)

    def _new_watch(self, key: WatchKey) -> Watch:
        if len(self._watches) >= self._pace.watches_max:
            raise Unavailable(
                f"{len(self._watches)} different walks are subscribed to already",
                hint="try again later, or raise watches_max",
                code="TOO_MANY_SUBSCRIPTIONS",
                retry_after_s=5,
            )
        return Watch(key)

    def _leave(self, watch: Watch) -> None:
        watch.subscribers -= 1
        if not watch.subscribers and self._watches.get(watch.key) is watch:
            del self._watches[watch.key]
        self._rest()

    def _leave_domains(self) -> None:
        self._domain_subscribers -= 1
        self._rest()

    def _rest(self) -> None:
        if not self._watches and not self._domain_subscribers:
            self._wanted.clear()
            self._walked.clear()

    async def _observe(self) -> None:
        while True:
            await self._wanted.wait()
            began_s = time.monotonic()
            try:
                await self._pass()
            except Exception:  # noqa: BLE001 - logged; see below
                # A fault of ours at one moment must not end all subscriptions.
                _log.exception("following the mesh for subscriptions failed")
            await asyncio.sleep(max(0.0, began_s + self._pace.subscription_interval_ms / 1000 - time.monotonic()))
            await self._moved()

    async def _moved(self) -> None:
        """Wait for the next version, or until it is time to look at the domains' states."""
        try:
            async with asyncio.timeout(self._pace.states_every_s):
                await self._keeper.changed(self._moment.mesh.version)
        except TimeoutError:
            return

    async def _pass(self) -> None:
        self._look()
        if not self._stale:
            return
        self._stale = False
        self._domains.send()
        for watch in list(self._watches.values()):
            self._bring_up_to_date(watch)
            # Walks may be long: requests get their turn in between.
            await asyncio.sleep(0)

    def _look(self) -> None:
        """Take in the newest version and states; note when anything moved that may matter to anybody."""
        before = self._moment
        moment = Moment(self._keeper.mesh, self._statuses())
        if before.mesh is not moment.mesh:
            self._walked.clear()
        elif self._standing(before.states) == self._standing(moment.states):
            return
        self._moment, self._stale = moment, True

    def _standing(self, states: States) -> tuple[object, ...]:
        return standing(rests_on(states, states.keys(), self._limits.staleness_bound_s)) + tuple(
            name for name, state in states.items() if state.not_live_s > self._limits.staleness_bound_s
        )

    def _view(self) -> MeshView:
        return MeshView(self._moment.mesh, self._moment.states, EVERYTHING, self._limits)

    def _bring_up_to_date(self, watch: Watch) -> None:
        """Bring a watch to the present moment."""
        before, moment = watch.latest, self._moment
        if watch.failed is not None or before.moment is moment:
            return
        try:
            moved = before.moment.mesh is not moment.mesh
            state = self._state(watch, before.state) if moved else judged(before.state, self._view())
        except LineageError as error:
            watch.fail(error)
            return
        except Exception:  # noqa: BLE001 - logged, and told to who is concerned
            _log.exception("walking for a subscription failed")
            watch.fail(LineageError("internal error; the gateway's log says more"))
            return
        # Taken over even when it says nothing new: who subscribes later gets it, and the next walk leans on it.
        watch.latest = Latest(state, moment)
        if not same(before.state, state):
            watch.moved.send()

    def _state(self, watch: Watch, before: WalkState) -> WalkState:
        """Return the walk in the present version, walked at most once for everybody."""
        view = self._view()
        root = watch.root(view)
        if root is None:
            return gone(view)
        key = (root, watch.direction, watch.depth)
        if key not in self._walked:
            self._walked[key] = walk_state(view, *key, before)
            self.walks += 1
        return self._walked[key]
