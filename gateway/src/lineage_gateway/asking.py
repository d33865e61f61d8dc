"""One operation under way, whatever its protocol: its view of the mesh, its details, its deadline.

The parts that hold for GraphQL and REST alike. All details wanted in one turn of the event loop go out as one round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lineage_gateway.access import EVERYTHING, Viewer
from lineage_gateway.declaring import Declaring
from lineage_gateway.details import Deadline, DetailKey, Details, Failure, OperationDetails, Page
from lineage_gateway.identity import Identities
from lineage_gateway.lineage import Limits, MeshView, Place, Unasked
from lineage_gateway.mesh import Member, Mesh
from lineage_gateway.registry import DomainConfig
from lineage_gateway.suggesting import Suggesting
from lineage_gateway.sync import DomainState
from lineage_shared.model import Part
from lineage_shared.wire import DatasetColumns, SchemaDetail

D = TypeVar("D")


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
    suggesting: Suggesting | None = None


class Asking:
    """An operation: one version of the mesh, the statuses of its start, and details under one deadline."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.limits = sources.limits
        self.view = MeshView(sources.mesh, sources.states, sources.viewer, sources.limits)
        self.epochs = {name: state.position.epoch for name, state in sources.states.items() if state.position}
        self.details = OperationDetails(sources.details, self.epochs, Deadline(sources.limits.deadline_s))

    @property
    def mesh(self) -> Mesh:
        """The version of the mesh that the whole operation is answered from."""
        return self.view.mesh

    def key(self, member: Member, part: Part, page: Page | None = None) -> DetailKey:
        """Return the key of one part of a member, in the revision that its domain last published."""
        revision: int = getattr(member.record.revisions, part.value)
        return DetailKey(member.domain, self.epochs.get(member.domain, ""), member.number, part, revision, page)


class AskedDetails:
    """Column edges and schemas for the column use case, out of the operation's details.

    So its cache, its rounds and its deadline are the ones of everything else in the operation.
    """

    def __init__(self, operation: Asking) -> None:
        self._operation = operation

    async def columns(self, members: Collection[Member]) -> Mapping[Place, DatasetColumns | Unasked]:
        """Return the column edges into each of these records."""
        return await self._ask(members, Part.COLUMNS, DatasetColumns)

    async def schemas(self, members: Collection[Member]) -> Mapping[Place, SchemaDetail | Unasked]:
        """Return the schema of each of these records."""
        return await self._ask(members, Part.SCHEMA, SchemaDetail)

    async def _ask(self, members: Collection[Member], part: Part, as_type: type[D]) -> dict[Place, D | Unasked]:
        keys = [self._operation.key(member, part) for member in members]
        outcomes = await asyncio.gather(*map(self._operation.details.get, keys))
        found: dict[Place, D | Unasked] = {}
        for key, outcome in zip(keys, outcomes, strict=True):
            if isinstance(outcome, Failure):
                found[key.domain, key.number] = Unasked(outcome.message)
            elif isinstance(outcome, as_type):
                found[key.domain, key.number] = outcome
        return found
