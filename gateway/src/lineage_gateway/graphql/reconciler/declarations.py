"""Declarations as GraphQL shows them: those of the configuration, those made over the API, and those of domains."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from strawberry.scalars import JSON

from lineage_gateway.declarations import Stored, declaration_id
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.scalars import Instant
from lineage_gateway.identity import DomainDeclared
from lineage_gateway.lineage import seal
from lineage_shared.claims import Claim
from lineage_shared.naming import Declaration, as_json

CONFIGURATION, API, DOMAIN = "CONFIGURATION", "API", "DOMAIN"

_Overruled = Mapping[tuple[str | None, Declaration], str]
"""Domain (None: the gateway's own) and declaration -> why it has no effect."""


@strawberry.type(description="What somebody declared about names.")
class IdentityDeclaration:
    """What somebody declared about names."""

    id: strawberry.ID = strawberry.field(description="Its id, to be retracted with.")
    declaration: JSON = strawberry.field(description="The declaration, in the form of the configuration.")
    origin: str = strawberry.field(
        description="CONFIGURATION (of this gateway), API, or DOMAIN: the configuration of a domain's own agent, where "
        "it is retracted as well."
    )
    asserted_by: str | None = strawberry.field(description="Who declared it, or which domain; null for CONFIGURATION.")
    declared_at: Instant | None = strawberry.field(description="When; null for a configuration.")
    overruled: str | None = strawberry.field(description="Why it has no effect; null when it has.")


def declarations(operation: Operation) -> list[IdentityDeclaration]:
    """Return everything that is declared: by the configuration, then over the API, then by domains."""
    declaring = operation.sources.declaring
    configured = declaring.configured if declaring is not None else ()
    stored = declaring.stored.values() if declaring is not None else ()
    why = _overruled(operation)
    return [
        *(_shown(each, CONFIGURATION, why) for each in configured),
        *(_stored(each, why) for each in sorted(stored, key=lambda each: (each.declared_us, each.id))),
        *(each for said in operation.sources.identities.declared.said for each in _of_domain(said, why)),
    ]


def declarations_of(operation: Operation, claim: Claim) -> list[IdentityDeclaration]:
    """Return the declarations that make a claim; one may stand in the configuration and in the file."""
    pairs = operation.sources.identities.declarations_of(claim)
    if claim.domain is not None:
        return [_shown(each, DOMAIN, {}, domain=claim.domain) for each in pairs]
    declaring = operation.sources.declaring
    if declaring is None:
        return []
    stored = (declaring.stored.get(declaration_id(each)) for each in pairs)
    configured = [_shown(each, CONFIGURATION, {}) for each in pairs if each in declaring.configured]
    return configured + [_stored(each, {}) for each in stored if each is not None]


def shown(operation: Operation, stored: Stored) -> IdentityDeclaration:
    """Return a declaration of the file as GraphQL shows it."""
    return _stored(stored, _overruled(operation))


def _overruled(operation: Operation) -> _Overruled:
    return {(each.domain, each.declaration): each.why for each in operation.sources.identities.declared.overruled}


def _shown(declaration: Declaration, origin: str, why: _Overruled, *, domain: str | None = None) -> IdentityDeclaration:
    return IdentityDeclaration(
        id=strawberry.ID(declaration_id(declaration, domain)),
        declaration=JSON(as_json(declaration)),
        origin=origin,
        asserted_by=domain,
        declared_at=None,
        overruled=why.get((domain, declaration)) if origin != CONFIGURATION else None,
    )


def _stored(stored: Stored, why: _Overruled) -> IdentityDeclaration:
    return IdentityDeclaration(
        id=strawberry.ID(stored.id),
        declaration=JSON(as_json(stored.declaration)),
        origin=API,
        asserted_by=stored.asserted_by or None,
        declared_at=Instant(stored.declared_us),
        overruled=why.get((None, stored.declaration)),
    )


def _of_domain(said: DomainDeclared, why: _Overruled) -> list[IdentityDeclaration]:
    refused = [
        IdentityDeclaration(
            id=strawberry.ID(seal("refused", said.domain, place)),
            declaration=JSON(each.said),
            origin=DOMAIN,
            asserted_by=said.domain,
            declared_at=None,
            overruled=each.why,
        )
        for place, each in enumerate(said.refused)
    ]
    return [*(_shown(each, DOMAIN, why, domain=said.domain) for each in said.declarations), *refused]
