"""What the resolvers of one operation share: its view of the mesh, its details, its deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import strawberry

from lineage_gateway.asking import Asking, Sources
from lineage_gateway.details import Failure, Page
from lineage_gateway.graphql.errors import failed
from lineage_gateway.mesh import Member, Mesh
from lineage_shared.model import Part

__all__ = ["Info", "Operation", "Sources"]

T = TypeVar("T")


class Operation(Asking):
    """One GraphQL operation under way: `info.context` of every resolver.

    `asset_at` makes the object of a node: assets, runs and lineage point at each other, and all get theirs from here.
    """

    def __init__(self, sources: Sources, asset_at: Callable[[Operation, int], Any], gateway: str = "") -> None:
        """`gateway` names the process, so that versions of two gateways are never taken for the same."""
        super().__init__(sources)
        self.version = f"{gateway}-{sources.mesh.version}"
        self._asset_at = asset_at
        self._assets: dict[int, Any] = {}

    def renew(self, mesh: Mesh) -> None:
        """Answer the rest of a mutation from the version that it made."""
        self.version = f"{self.version.rpartition('-')[0]}-{mesh.version}"
        self.view = replace(self.view, mesh=mesh)
        self._assets.clear()

    def asset(self, node: int, asked_id: str | None = None) -> Any:
        """Return the asset of a node, the same object each time; one of its own for who asked for another name's id."""
        if node not in self._assets:
            self._assets[node] = self._asset_at(self, node)
        asset = self._assets[node]
        redirected = self.redirected(node, asked_id)
        return asset if redirected is None else replace(asset, redirected_from=redirected)

    def redirected(self, node: int, asked_id: str | None) -> strawberry.ID | None:
        """Return the id that a caller asked for, as given, where the node goes by another one."""
        if asked_id is None or UUID(asked_id) == UUID(self.mesh.id(node)):
            return None
        return strawberry.ID(asked_id)

    async def detail(self, member: Member, part: Part, as_type: type[T], page: Page | None = None) -> T:
        """Return one part of one member; raise the error that names the domain when it cannot be had."""
        outcome = await self.details.get(self.key(member, part, page))
        if isinstance(outcome, Failure):
            raise failed(outcome)
        if not isinstance(outcome, as_type):
            raise TypeError(f"{part} brought {type(outcome).__name__}")
        return outcome


Info = strawberry.Info[Operation, None]
