"""Explanations: why two names are the same asset, or are not; and claims as GraphQL shows them."""

from __future__ import annotations

import msgspec
import strawberry
from strawberry.scalars import JSON

from lineage_gateway.declarations import declaration_id
from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.context import Operation
from lineage_gateway.lineage import Reference, spelled
from lineage_shared.claims import Claim, Reason, Verdict, explain
from lineage_shared.naming import Key, Unidentifiable
from lineage_shared.naming import Reference as Spelling

WHY = {
    Reason.DIFFERENT_FROM: "they are declared to be different",
    Reason.EXCLUSIVE: "a class would hold two names of one server, account or bucket store",
    Reason.FAN_IN: "several datasets claim the same other name, so that it identifies none of them",
    Reason.FAN_OUT: "one dataset claims too many other names",
    Reason.LOCAL: "names that mean something in one domain only would become one",
    Reason.SESSION: "a name of a session's own catalog identifies nothing",
    Reason.KINDS: "a dataset is no job, and no column",
    Reason.GROWTH: "a class would become too large to be believed without a look",
    Reason.OWNER: "the owner of the other name has not said the same",
    Reason.ONE_KEY: "the rules hold both names to be one",
}


@strawberry.type(description="A name as it was given, and what it denotes.")
class IdentityName:
    """A name as it was given, and what it denotes."""

    reference: JSON = strawberry.field(description="The name: system, namespace and name, or id.")
    canonical_key: str | None = strawberry.field(description="Its key; null when it denotes nothing.")
    rules: list[str] = strawberry.field(description="The rules that led from the name to the key.")
    ruleset: str = strawberry.field(description="The version of the rules.")
    nothing: str | None = strawberry.field(description="Why it denotes nothing; null when it denotes something.")
    asset: Asset | None = strawberry.field(description="The asset of that key, if the mesh has one.")


@strawberry.type(description="What somebody says of two keys, and what became of it.")
class IdentityClaim:
    """What somebody says of two keys, and what became of it."""

    kind: str = strawberry.field(description="symlink, alias or different_from.")
    a: str = strawberry.field(description="One key.")
    b: str = strawberry.field(description="The other key.")
    asserted_by: str = strawberry.field(description="The domain, person or configuration that says it.")
    status: str = strawberry.field(description="active, quarantined, rejected or waiting.")
    reason: str | None = strawberry.field(description="Why it is not active; null when it is.")
    declarations: list[strawberry.ID] = strawberry.field(
        description="The declarations that make it; retract with them."
    )


@strawberry.type(description="The first part in which two keys differ.")
class IdentityDifference:
    """The first part in which two keys differ."""

    part: str = strawberry.field(description="kind, platform, authority, domain, path, column or class.")
    a: str = strawberry.field(description="What one key has there.")
    b: str = strawberry.field(description="What the other key has there.")
    declaration: JSON | None = strawberry.field(description="A declaration that would join them; null when none would.")


@strawberry.type(description="Why two names are the same asset, or are not.")
class IdentityExplanation:
    """Why two names are the same asset, or are not."""

    same: bool = strawberry.field(description="Whether they are held to be the same.")
    a: IdentityName = strawberry.field(description="The one name.")
    b: IdentityName = strawberry.field(description="The other name.")
    path: list[IdentityClaim] = strawberry.field(description="The fewest claims that lead from one key to the other.")
    held_back: list[IdentityClaim] = strawberry.field(description="Claims near them that are not believed, and why.")
    difference: IdentityDifference | None = strawberry.field(
        description="Where they part; null when they are the same."
    )


def explanation(operation: Operation, a: Reference, b: Reference) -> IdentityExplanation:
    """Explain two references, known to the mesh or not."""
    one, other = (spelled(operation.view, each) for each in (a, b))
    found = explain(one, other, operation.mesh.declarations, operation.sources.identities.classes)
    parts = found.difference
    return IdentityExplanation(
        same=found.same,
        a=_name(operation, one, found.a),
        b=_name(operation, other, found.b),
        path=[shown_claim(operation, claim, None) for claim in found.path],
        held_back=[shown_claim(operation, claim, verdict) for claim, verdict in found.held_back],
        difference=IdentityDifference(part=parts.part, a=parts.a, b=parts.b, declaration=_plain(parts.declaration))
        if parts is not None
        else None,
    )


def _plain(value: object) -> JSON | None:
    return JSON(msgspec.to_builtins(value)) if value is not None else None


def _name(operation: Operation, spelling: Spelling, key: Key | Unidentifiable) -> IdentityName:
    known = operation.mesh.find_reference(spelling, spelling.domain)
    return IdentityName(
        reference=JSON(msgspec.to_builtins(spelling)),
        canonical_key=key.text if isinstance(key, Key) else None,
        rules=list(key.rules),
        ruleset=key.ruleset,
        nothing=key.reason if isinstance(key, Unidentifiable) else None,
        asset=operation.asset(known[0]) if len(known) == 1 else None,
    )


def shown_claim(operation: Operation, claim: Claim, verdict: Verdict | None) -> IdentityClaim:
    """Return a claim with who made it."""
    pairs = operation.sources.identities.declarations_of(claim)
    return IdentityClaim(
        kind=claim.kind.value,
        a=claim.source.text,
        b=claim.target.text,
        asserted_by=claim.domain or claim.by or "the gateway",
        status=verdict.status.value if verdict is not None else "active",
        reason=WHY.get(verdict.reason) if verdict is not None else None,
        declarations=[strawberry.ID(declaration_id(each)) for each in pairs],
    )
