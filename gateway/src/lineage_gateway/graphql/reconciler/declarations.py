"""Declarations as GraphQL shows them: those of the configuration, and those made over the API."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from lineage_gateway.declarations import Stored, declaration_id
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.scalars import Instant
from lineage_shared.naming import Declaration, as_json

CONFIGURATION, API = "CONFIGURATION", "API"


@strawberry.type(description="What somebody declared about names.")
class IdentityDeclaration:
    """What somebody declared about names."""

    id: strawberry.ID = strawberry.field(description="Its id, to be retracted with.")
    declaration: JSON = strawberry.field(description="The declaration, in the form of the configuration.")
    origin: str = strawberry.field(description="CONFIGURATION or API.")
    asserted_by: str | None = strawberry.field(description="Who declared it; null for the configuration.")
    declared_at: Instant | None = strawberry.field(description="When; null for the configuration.")
    overruled: str | None = strawberry.field(description="Why it has no effect; null when it has.")


def declarations(operation: Operation) -> list[IdentityDeclaration]:
    """Return everything that is declared: by the configuration, then over the API."""
    declaring = operation.sources.declaring
    if declaring is None:
        return []
    stored = sorted(declaring.stored.values(), key=lambda each: (each.declared_us, each.id))
    return [_configured(each) for each in declaring.configured] + [shown(operation, each) for each in stored]


def _configured(declaration: Declaration) -> IdentityDeclaration:
    return IdentityDeclaration(
        id=strawberry.ID(declaration_id(declaration)),
        declaration=JSON(as_json(declaration)),
        origin=CONFIGURATION,
        asserted_by=None,
        declared_at=None,
        overruled=None,
    )


def shown(operation: Operation, stored: Stored) -> IdentityDeclaration:
    """Return a declaration of the file as GraphQL shows it."""
    overruled = operation.sources.identities.declared.overruled
    return IdentityDeclaration(
        id=strawberry.ID(stored.id),
        declaration=JSON(as_json(stored.declaration)),
        origin=API,
        asserted_by=stored.asserted_by or None,
        declared_at=Instant(stored.declared_us),
        overruled=next((each.why for each in overruled if each.declaration == stored.declaration), None),
    )
