"""Details of an asset from the domains that describe it (ARCHITECTURE rule 10).

The authority alone describes an asset that it reports; where there is none, the domains do in the order of their names,
and the first that has something to say is heard. All are asked in the same round. A domain that fails matters only when
no other had an answer: then the field fails, naming the domain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from lineage_gateway.graphql.context import Operation
from lineage_gateway.mesh import NodeView
from lineage_gateway.mesh.nodes import describing
from lineage_shared.model import Part
from lineage_shared.wire import FacetsDetail, SchemaDetail

D = TypeVar("D")
V = TypeVar("V")


async def schema(operation: Operation, view: NodeView, read: Callable[[SchemaDetail], V | None]) -> V | None:
    """Return what `read` finds in the first schema detail that has it."""
    return await _first(operation, view, Part.SCHEMA, SchemaDetail, read)


async def facet(operation: Operation, view: NodeView, read: Callable[[FacetsDetail], V | None]) -> V | None:
    """Return what `read` finds in the first facets that have it."""
    return await _first(operation, view, Part.FACETS, FacetsDetail, read)


async def facets_of(operation: Operation, view: NodeView, names: list[str] | None) -> dict[str, Any]:
    """Return facets by name; of several domains' facets of one name the first counts."""
    found: dict[str, Any] = {}
    for detail in reversed(await _all(operation, view, Part.FACETS, FacetsDetail)):
        if isinstance(detail, Exception):
            raise detail
        found |= detail.facets
    return found if names is None else {name: found[name] for name in names if name in found}


async def _first(
    operation: Operation, view: NodeView, part: Part, as_type: type[D], read: Callable[[D], V | None]
) -> V | None:
    failure: Exception | None = None
    for detail in await _all(operation, view, part, as_type):
        if isinstance(detail, Exception):
            failure = failure or detail
        elif (value := read(detail)) is not None:
            return value
    if failure is not None:
        raise failure
    return None


async def _all(operation: Operation, view: NodeView, part: Part, as_type: type[D]) -> list[D | Exception]:
    members = describing(view.members, view.domain)
    if len(members) == 1:
        return [await operation.detail(members[0], part, as_type)]
    asked = (operation.detail(member, part, as_type) for member in members)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Exception):
            raise answer
    return [answer for answer in answers if not isinstance(answer, BaseException) or isinstance(answer, Exception)]
