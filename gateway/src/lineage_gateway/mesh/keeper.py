"""The owner of the mesh: it holds every domain's mirror, and makes a new version of every change.

Each change checks first, then makes the next version, then publishes it in one assignment; a reader that took `mesh`
before keeps a version that never changes. When too much of a version is dead, everything is rebuilt from the mirrors,
which gives the same graph under new node numbers.

A change is work that pauses: `replacing` and its like give the work, `replace` and its like do it in one go. Nothing
else may change the keeper while such work is under way; in the server `MeshWriter` sees to that. Claims are weighed in
place while it is, so that `identities` may be ahead of `mesh` until the end; work that is dropped puts them back.
`tidying` is what may be done a little later: it notes which conflicts came and went.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from lineage_gateway.identity import Authorities, Declared, Identified, Identities, Renaming
from lineage_gateway.mesh.draft import Draft
from lineage_gateway.mesh.limits import MeshLimits
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mirror import Change, DomainMirror, Records
from lineage_gateway.pauses import Dropped, Work, slices, whole
from lineage_shared.errors import NotFound
from lineage_shared.wire import Commit

T = TypeVar("T")


class MeshKeeper:
    """`mesh` is the present version; `changed` waits for the next one."""

    def __init__(
        self,
        authorities: Authorities | None = None,
        limits: MeshLimits | None = None,
        declared: Declared | None = None,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._authorities = authorities or Authorities()
        self._limits = limits or MeshLimits()
        self._identities = Identities(self._authorities, declared, wall_us)
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
        return self._do(self.replacing(domain, mirror))

    def apply(self, domain: str, commit: Commit) -> Mesh:
        """Apply one commit whole; raise `ProtocolViolation` and change nothing when it does not fit (fetch a snapshot).

        `NotFound`: the domain has no mirror.
        """
        return self._do(self.applying(domain, commit))

    def remove(self, domain: str) -> Mesh:
        """Take a domain's assertions out; nothing happens when it has none."""
        return self._do(self.removing(domain))

    def govern(self, authorities: Authorities) -> Mesh:
        """Use other namespace prefixes from now on."""
        return self._do(self.governing(authorities))

    def declare(self, declared: Declared) -> Mesh:
        """Use other declarations from now on: what they join is one node in the next version, and the reverse."""
        return self._do(self.declaring(declared))

    def rebuild(self) -> Mesh:
        """Make the mesh anew from the mirrors: the same graph, under new node numbers."""
        return whole(self.rebuilding())

    def _do(self, work: Work[Mesh]) -> Mesh:
        whole(work)
        return whole(self.tidying())

    def replacing(self, domain: str, mirror: DomainMirror) -> Work[Mesh]:
        """Give the work of `replace`."""
        change = yield from _difference(self._records(domain), mirror.records)
        mesh = yield from self._changing(domain, change, mirror.records, self._synced({*self._mirrors, domain}))
        self._mirrors[domain] = mirror
        return self._publish(mesh)

    def applying(self, domain: str, commit: Commit) -> Work[Mesh]:
        """Give the work of `apply`."""
        mirror = self._mirrors.get(domain)
        if mirror is None:
            raise NotFound(f"the domain {domain} has not been synced")
        change = mirror.change_of(commit)
        mesh = yield from self._changing(domain, change, mirror.records, self._mesh.domains)
        mirror.accept(change)
        return self._publish(mesh)

    def removing(self, domain: str) -> Work[Mesh]:
        """Give the work of `remove`."""
        if domain not in self._mirrors:
            return self._mesh
        change: Change = {number: (record, None) for number, record in self._records(domain).items()}
        mesh = yield from self._changing(domain, change, {}, self._synced(self._mirrors.keys() - {domain}), gone=True)
        del self._mirrors[domain]
        return self._publish(mesh)

    def governing(self, authorities: Authorities) -> Work[Mesh]:
        """Give the work of `govern`."""
        if authorities == self._authorities:
            return self._mesh
        mesh = yield from self._undone_if_dropped(self._governed(authorities))
        self._authorities = authorities
        return self._publish(mesh)

    def _governed(self, authorities: Authorities) -> Work[Mesh]:
        changed = yield from self._identities.governing(authorities)
        draft = Draft(self._mesh, authorities, self._identities)
        yield from draft.regroup(changed)
        yield from draft.govern(self._authorities)
        yield from draft.settle(self._records)
        return (yield from draft.finish(self._mesh.domains))

    def declaring(self, declared: Declared) -> Work[Mesh]:
        """Give the work of `declare`."""
        return self._publish((yield from self._undone_if_dropped(self._declared(declared))))

    def _declared(self, declared: Declared) -> Work[Mesh]:
        before = self._identities.declared
        changed = yield from self._identities.declaring(declared, self._records)
        draft = Draft(self._mesh, self._authorities, self._identities)
        yield from draft.regroup(changed)
        if not declared.reads_like(before):
            renaming = Renaming(before.names, declared.names)
            for domain, mirror in self._mirrors.items():
                keys = yield from _renamed(domain, mirror.records, renaming)
                yield from draft.rekey(domain, keys, mirror.records)
        yield from draft.settle(self._records)
        return (yield from draft.finish(self._mesh.domains))

    def _changing(
        self, domain: str, change: Change, records: Records, domains: tuple[str, ...], *, gone: bool = False
    ) -> Work[Mesh]:
        """Make the version after a change of one domain's records, its claims included."""
        return (yield from self._undone_if_dropped(self._changed(domain, change, records, domains, gone=gone)))

    def _changed(
        self, domain: str, change: Change, records: Records, domains: tuple[str, ...], *, gone: bool
    ) -> Work[Mesh]:
        changed = yield from self._identities.taking(domain, change, records)
        draft = Draft(self._mesh, self._authorities, self._identities)
        yield from draft.regroup(changed)
        yield from draft.forget(domain, change) if gone else draft.change(domain, change, records)
        yield from draft.settle(lambda name: records if name == domain else self._records(name))
        return (yield from draft.finish(domains))

    def _undone_if_dropped(self, work: Work[T]) -> Work[T]:
        """Do work on the identities; put them back should it come to nothing."""
        try:
            return (yield from work)
        except Dropped:
            yield from self._identities.undoing()
            raise
        except BaseException:
            whole(self._identities.undoing())
            raise

    def rebuilding(self) -> Work[Mesh]:
        """Give the work of `rebuild`."""
        fresh = Mesh(version=self._mesh.version, limits=self._limits)
        draft = Draft(fresh, self._authorities, self._identities)
        for domain, mirror in self._mirrors.items():
            change = yield from _difference({}, mirror.records)
            yield from draft.change(domain, change, mirror.records)
        yield from draft.settle(self._records)
        return self._publish((yield from draft.finish(self._mesh.domains)))

    @property
    def is_tidy(self) -> bool:
        """Whether there is nothing to tidy."""
        return not self._mesh.is_wasteful and not self._identities.is_untold

    def tidying(self) -> Work[Mesh]:
        """Give the work of noting conflicts, and of rebuilding, should too much of the present version be dead."""
        yield from self._identities.telling()
        return (yield from self.rebuilding()) if self._mesh.is_wasteful else self._mesh

    async def changed(self, version: int) -> Mesh:
        """Wait until there is a version beyond `version`, and return it."""
        while self._mesh.version <= version:
            await self._signal.wait()
        return self._mesh

    def _publish(self, mesh: Mesh) -> Mesh:
        self._identities.settle()
        if mesh is not self._mesh:
            self._mesh = mesh
            self._signal.set()
            self._signal = asyncio.Event()
        return mesh

    def _records(self, domain: str) -> Records:
        mirror = self._mirrors.get(domain)
        return mirror.records if mirror is not None else {}

    @staticmethod
    def _synced(domains: set[str]) -> tuple[str, ...]:
        return tuple(sorted(domains))


def _difference(before: Records, after: Records) -> Work[Change]:
    change: Change = {}
    for part in slices(before.keys() | after.keys() if before else after):
        pairs = ((number, before.get(number), after.get(number)) for number in part)
        change.update((number, (old, new)) for number, old, new in pairs if old is not new and old != new)
        yield
    return change


def _renamed(domain: str, records: Records, renaming: Renaming) -> Work[dict[int, Identified]]:
    found: dict[int, Identified] = {}
    for part in slices(records.items()):
        found |= renaming.identified(domain, part)
        yield
    return found
