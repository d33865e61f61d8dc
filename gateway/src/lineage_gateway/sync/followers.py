"""All followers: one task per configured domain, started, restarted and stopped as the registry changes.

`Followers` is a context manager that owns the tasks. A domain that was removed takes its assertions along; one whose
URL or key changed gets a new follower that resumes where the old one stood, while its mirror stays served. Queries ask
`statuses` and `client`; readiness asks `ready`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import httpx2

from lineage_gateway.agents import AgentClient, AgentLimits
from lineage_gateway.identity import Authorities, DomainDeclared, DomainLimits
from lineage_gateway.mesh import MeshKeeper, MeshWriter
from lineage_gateway.registry import DomainConfig, Registry
from lineage_gateway.sync.follower import Follower, Pace
from lineage_gateway.sync.state import Contact, Counts, DomainState, StatusRules, state_of
from lineage_gateway.sync.told import Told
from lineage_shared.settings import Resolved

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SyncLimits:
    """All limits of following, by part."""

    agents: AgentLimits
    pace: Pace
    rules: StatusRules
    ready_after_s: float
    declarations: DomainLimits = field(default_factory=DomainLimits)

    @classmethod
    def of(cls, settings: Resolved) -> SyncLimits:
        """Take the limits from the settings."""
        return cls(
            AgentLimits.of(settings),
            Pace.of(settings),
            StatusRules.of(settings),
            settings.ready_after_s,
            DomainLimits.of(settings),
        )


@dataclass(frozen=True, slots=True)
class _Following:
    """A configured domain with its follower and the task that runs it."""

    domain: DomainConfig
    follower: Follower
    task: asyncio.Task[None]

    async def stop(self) -> None:
        """Cancel the task and wait until it has ended, so that it applies nothing afterwards."""
        self.task.cancel()
        await asyncio.wait([self.task])


class Followers:
    """Follows every domain of the registry, from entering to leaving the context."""

    def __init__(
        self, registry: Registry, keeper: MeshKeeper, connections: httpx2.AsyncClient, limits: SyncLimits
    ) -> None:
        self._registry = registry
        self.writer = MeshWriter(keeper)
        self._connections = connections
        self._limits = limits
        self._following: dict[str, _Following] = {}
        self._reconciling: asyncio.Task[None] | None = None
        self._ready = False
        self._told = Told(limits.declarations)

    async def __aenter__(self) -> Self:
        domains = self._registry.domains
        await self._reconcile(domains)
        self._reconciling = asyncio.create_task(self._follow_registry(domains), name="follow the registry")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reconciling is not None:
            self._reconciling.cancel()
            await asyncio.wait([self._reconciling])
        await asyncio.gather(*(each.stop() for each in self._following.values()))
        self._following.clear()

    def statuses(self) -> dict[str, DomainState]:
        """Return the state of every configured domain, by name, at this moment."""
        now_s = self._limits.pace.monotonic_s()
        return {
            name: state_of(name, self._following[name].follower.contact, now_s, self._limits.rules)
            for name in sorted(self._following)
        }

    def counts(self) -> dict[str, Counts]:
        """Return what following each domain has taken so far."""
        return {name: each.follower.contact.counts for name, each in self._following.items()}

    def client(self, domain: str) -> AgentClient | None:
        """Return the client of a domain's agent; None for a domain that is not configured."""
        following = self._following.get(domain)
        return following.follower.client if following is not None else None

    @property
    def ready(self) -> bool:
        """Tell whether every domain has synced or has been given up on for now; once true, it stays true.

        A domain that is added later says in every answer that it has not synced yet: no reason to take the whole
        gateway out of service.
        """
        if not self._ready:
            now_s = self._limits.pace.monotonic_s()
            self._ready = all(self._settled(each.follower.contact, now_s) for each in self._following.values())
        return self._ready

    def _settled(self, contact: Contact, now_s: float) -> bool:
        given_up = contact.failed_in_a_row >= self._limits.rules.unreachable_after_connects
        return contact.synced or given_up or now_s - contact.started_at_s >= self._limits.ready_after_s

    async def _follow_registry(self, domains: Mapping[str, DomainConfig]) -> None:
        while True:
            domains = await self._registry.changed(domains)
            try:
                await self._reconcile(domains)
            except Exception:  # noqa: BLE001 - logged; see below
                # A fault of ours here must not leave later changes of the registry unseen.
                _log.exception("taking over the registry's domains failed")

    async def _reconcile(self, domains: Mapping[str, DomainConfig]) -> None:
        for name in self._following.keys() - domains.keys():
            await self._following.pop(name).stop()
            await self.writer.remove(name)
            _log.info("%s: no longer followed", name)
        for name, domain in domains.items():
            following = self._following.get(name)
            if following is None:
                self._start(domain, Contact(started_at_s=self._limits.pace.monotonic_s()))
            elif (domain.url, domain.key) != (following.domain.url, following.domain.key):
                await following.stop()
                following.follower.contact.lost(self._limits.pace.monotonic_s(), "the registry changed: reconnecting")
                self._start(domain, following.follower.contact)
            else:
                self._following[name] = replace(following, domain=domain)
        await self._govern()

    @property
    def said(self) -> tuple[DomainDeclared, ...]:
        """What the followed domains declare about names, by domain; those that declare nothing are left out."""
        return self._told.said

    async def said_changed(self, seen: tuple[DomainDeclared, ...]) -> tuple[DomainDeclared, ...]:
        """Wait until domains declare something else than `seen`; return that."""
        return await self._told.changed(seen)

    async def _govern(self) -> None:
        """Tell the mesh who owns which namespaces: by configuration first, then by what the agents claim.

        What the agents declare is kept for those who bring declarations into the mesh.
        """
        configured = {name: each.domain.namespaces for name, each in self._following.items()}
        abouts = {name: each.follower.contact.about for name, each in self._following.items()}
        claimed = {name: about.namespaces for name, about in abouts.items() if about is not None}
        self._told.tell({name: about.declarations for name, about in abouts.items() if about is not None})
        await self.writer.govern(Authorities(configured, claimed))
        await self.writer.tidy()

    def _start(self, domain: DomainConfig, contact: Contact) -> None:
        client = AgentClient(self._connections, domain, self._limits.agents)
        follower = Follower(client, self.writer, contact, self._limits.pace, self._govern)
        task = asyncio.create_task(follower.run(), name=f"follow {domain.name}")
        self._following[domain.name] = _Following(domain, follower, task)
