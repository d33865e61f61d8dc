"""Column edges and schemas for the column use case, out of the operation's details."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TypeVar

from lineage_gateway.details import Failure
from lineage_gateway.graphql.context import Operation
from lineage_gateway.lineage import Place, Unasked
from lineage_gateway.mesh import Member
from lineage_shared.model import Part
from lineage_shared.wire import DatasetColumns, SchemaDetail

D = TypeVar("D")


class AskedDetails:
    """Asks through the operation, so that its cache, its rounds and its deadline are the ones of every other field."""

    def __init__(self, operation: Operation) -> None:
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
