"""What a command is about: the one name that an agent has for what somebody typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lineage_agent.cli.delivery import Target
from lineage_shared.errors import Conflict, NotFound
from lineage_shared.marquez import Name
from lineage_shared.model import Kind
from lineage_shared.naming import Reference, readings

NAMES_SHOWN: Final = 10


def references_of(kind: Kind, namespace: str, name: str | None) -> tuple[Reference, ...]:
    """Return what two words, or one text in any system's spelling, may mean; likely ones first."""
    if name is not None:
        return (Reference(namespace=namespace, name=name, kind=kind),)
    return readings(namespace, kind)


async def pointed(target: Target, references: Sequence[Reference]) -> Name:
    """Return the name that is meant; raise `NotFound`, or `Conflict` (AMBIGUOUS_REFERENCE) that lists the names."""
    for reference in references:
        names = await target.find(reference)
        if len(names) == 1:
            return names[0]
        if names:
            listed = "; ".join(f"{each.namespace} {each.name}" for each in names[:NAMES_SHOWN])
            raise Conflict(
                f"{len(names)} names are this one thing: {listed}",
                hint="name one of them as it stands here",
                code="AMBIGUOUS_REFERENCE",
            )
    raise NotFound(
        "nothing here has this name, in any spelling",
        hint="`lineage-agent export` shows what was reported",
        code="ASSET_NOT_FOUND",
    )
