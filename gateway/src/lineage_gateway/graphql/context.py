"""What the resolvers of one operation share: its view of the mesh, its details, its deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import strawberry

from lineage_gateway.access import EVERYTHING, Viewer
from lineage_gateway.declaring import Declaring
from lineage_gateway.details import Deadline, DetailKey, Details, Failure, OperationDetails, Page
from lineage_gateway.graphql.errors import failed
from lineage_gateway.identity import Identities
from lineage_gateway.lineage import Limits, MeshView
from lineage_gateway.mesh import Member, Mesh
from lineage_gateway.registry import DomainConfig
from lineage_gateway.sync import DomainState
from lineage_shared.model import Part

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the gateway knows at the start of one operation; `details` belongs to the process."""

    mesh: Mesh
    states: Mapping[str, DomainState]
    domains: Mapping[str, DomainConfig]
    details: Details
    limits: Limits
    viewer: Viewer = EVERYTHING
    identities: Identities = field(default_factory=Identities)
    declaring: Declaring | None = None


class Operation:
    """One GraphQL operation under way: `info.context` of every resolver.

    `asset_at` makes the object of a node: assets, runs and lineage point at each other, and all get theirs from here.
    """

    def __init__(self, sources: Sources, asset_at: Callable[[Operation, int], Any], gateway: str = "") -> None:
        """`gateway` names the process, so that versions of two gateways are never taken for the same."""
        self.sources = sources
        self.version = f"{gateway}-{sources.mesh.version}"
        self._asset_at = asset_at
        self._assets: dict[int, Any] = {}
        self.limits = sources.limits
        self.view = MeshView(sources.mesh, sources.states, sources.viewer, sources.limits)
        self.epochs = {name: state.position.epoch for name, state in sources.states.items() if state.position}
        self.details = OperationDetails(sources.details, self.epochs, Deadline(sources.limits.deadline_s))

    @property
    def mesh(self) -> Mesh:
        """The version of the mesh that the whole operation is answered from."""
        return self.view.mesh

    def renew(self, mesh: Mesh) -> None:
        """Answer the rest of a mutation from the version that it made."""
        self.version = f"{self.version.rpartition('-')[0]}-{mesh.version}"
        self.view = replace(self.view, mesh=mesh)
        self._assets.clear()

    def asset(self, node: int) -> Any:
        """Return the asset of a node, the same object each time."""
        if node not in self._assets:
            self._assets[node] = self._asset_at(self, node)
        return self._assets[node]

    def key(self, member: Member, part: Part, page: Page | None = None) -> DetailKey:
        """Return the key of one part of a member, in the revision that its domain last published."""
        revision: int = getattr(member.record.revisions, part.value)
        return DetailKey(member.domain, self.epochs.get(member.domain, ""), member.number, part, revision, page)

    async def detail(self, member: Member, part: Part, as_type: type[T], page: Page | None = None) -> T:
        """Return one part of one member; raise the error that names the domain when it cannot be had."""
        outcome = await self.details.get(self.key(member, part, page))
        if isinstance(outcome, Failure):
            raise failed(outcome)
        if not isinstance(outcome, as_type):
            raise TypeError(f"{part} brought {type(outcome).__name__}")
        return outcome


Info = strawberry.Info[Operation, None]
