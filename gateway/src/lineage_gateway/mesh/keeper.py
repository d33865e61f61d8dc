"""The owner of the mesh: it holds every domain's mirror, and makes a new version of every change.

Each call checks first, then makes the next version, then publishes it in one assignment; a reader that took `mesh`
before keeps a version that never changes. When too much of a version is dead, everything is rebuilt from the mirrors,
which gives the same graph under new node numbers. Calls come from one thread; `lineage_gateway.sync` makes them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from lineage_gateway.identity import Authorities, Declared, Identities, renamed_keys
from lineage_gateway.mesh.draft import Draft
from lineage_gateway.mesh.limits import MeshLimits
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mirror import Change, DomainMirror, Records
from lineage_shared.errors import NotFound
from lineage_shared.wire import Commit


class MeshKeeper:
    """`mesh` is the present version; `changed` waits for the next one."""

    def __init__(
        self,
        authorities: Authorities | None = None,
        limits: MeshLimits | None = None,
        declared: Declared | None = None,
    ) -> None:
        self._authorities = authorities or Authorities()
        self._limits = limits or MeshLimits()
        self._identities = Identities(self._authorities, declared)
        self._mirrors: dict[str, DomainMirror] = {}
        self._mesh = Mesh(version=0, limits=self._limits, declarations=self._identities.names)
        self._signal = asyncio.Event()

    @property
    def mesh(self) -> Mesh:
        """The present version."""
        return self._mesh

    @property
    def identities(self) -> Identities:
        """What is claimed about names, and the classes that follow; changed by this keeper only."""
        return self._identities

    @property
    def mirrors(self) -> Mapping[str, DomainMirror]:
        """What each synced domain asserts; not to be changed."""
        return self._mirrors

    def replace(self, domain: str, mirror: DomainMirror) -> Mesh:
        """Swap in a domain's whole new mirror, which the keeper owns from now on."""
        change = _difference(self._records(domain), mirror.records)
        mesh = self._changed_by(domain, change, mirror.records, self._synced({*self._mirrors, domain}))
        self._mirrors[domain] = mirror
        return self._publish(mesh)

    def apply(self, domain: str, commit: Commit) -> Mesh:
        """Apply one commit whole; raise `ProtocolViolation` and change nothing when it does not fit (fetch a snapshot).

        `NotFound`: the domain has no mirror.
        """
        mirror = self._mirrors.get(domain)
        if mirror is None:
            raise NotFound(f"the domain {domain} has not been synced")
        change = mirror.change_of(commit)
        mesh = self._changed_by(domain, change, mirror.records, self._mesh.domains)
        mirror.accept(change)
        return self._publish(mesh)

    def remove(self, domain: str) -> Mesh:
        """Take a domain's assertions out; nothing happens when it has none."""
        if domain not in self._mirrors:
            return self._mesh
        change: Change = {number: (record, None) for number, record in self._records(domain).items()}
        mesh = self._changed_by(domain, change, {}, self._synced(self._mirrors.keys() - {domain}), gone=True)
        del self._mirrors[domain]
        return self._publish(mesh)

    def _changed_by(
        self, domain: str, change: Change, records: Records, domains: tuple[str, ...], *, gone: bool = False
    ) -> Mesh:
        """Return the version after a change of one domain's records, its claims included."""
        keys, before = self._identities.take(domain, change, records)
        try:
            draft = Draft(self._mesh, self._authorities, self._identities, keys)
            if gone:
                draft.forget(domain, change)
            else:
                draft.change(domain, change, records)
            draft.settle(lambda name: records if name == domain else self._records(name))
            return draft.finish(domains)
        except BaseException:
            self._identities.put_back(before)
            raise

    def govern(self, authorities: Authorities) -> Mesh:
        """Use other namespace prefixes from now on."""
        if authorities == self._authorities:
            return self._mesh
        before, self._authorities = self._authorities, authorities
        draft = Draft(self._mesh, authorities, self._identities, self._identities.govern(authorities))
        draft.govern(before)
        draft.settle(self._records)
        return self._publish(draft.finish(self._mesh.domains))

    def declare(self, declared: Declared) -> Mesh:
        """Use other declarations from now on: what they join is one node in the next version, and the reverse."""
        names = self._identities.names
        changed, renamed = self._identities.declare(declared)
        draft = Draft(self._mesh, self._authorities, self._identities, changed)
        if renamed:
            for domain, mirror in self._mirrors.items():
                keys = renamed_keys(domain, mirror.records, names, declared.names)
                draft.rekey(domain, keys, mirror.records)
        draft.settle(self._records)
        return self._publish(draft.finish(self._mesh.domains))

    def rebuild(self) -> Mesh:
        """Make the mesh anew from the mirrors: the same graph, under new node numbers."""
        fresh = Mesh(version=self._mesh.version, limits=self._limits)
        draft = Draft(fresh, self._authorities, self._identities)
        for domain, mirror in self._mirrors.items():
            draft.change(domain, _difference({}, mirror.records), mirror.records)
        draft.settle(self._records)
        self._mesh = draft.finish(self._mesh.domains)
        return self._mesh

    async def changed(self, version: int) -> Mesh:
        """Wait until there is a version beyond `version`, and return it."""
        while self._mesh.version <= version:
            await self._signal.wait()
        return self._mesh

    def _publish(self, mesh: Mesh) -> Mesh:
        if mesh is self._mesh:
            return mesh
        self._mesh = mesh
        if mesh.is_wasteful:
            self.rebuild()
        self._signal.set()
        self._signal = asyncio.Event()
        return self._mesh

    def _records(self, domain: str) -> Records:
        mirror = self._mirrors.get(domain)
        return mirror.records if mirror is not None else {}

    @staticmethod
    def _synced(domains: set[str]) -> tuple[str, ...]:
        return tuple(sorted(domains))


def _difference(before: Records, after: Records) -> Change:
    if not before:
        return {number: (None, record) for number, record in after.items()}
    numbers = before.keys() | after.keys()
    pairs = ((number, before.get(number), after.get(number)) for number in numbers)
    return {number: (old, new) for number, old, new in pairs if old != new}
