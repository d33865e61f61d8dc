"""Explanations: why two names are the same asset, or are not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import msgspec
import strawberry
from strawberry.scalars import JSON

from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.domains import DomainAnswerType, domain_answers
from lineage_gateway.graphql.reconciler.claims import IdentityClaim, shown_claim
from lineage_gateway.graphql.reconciler.sightings import Sighting, sightings
from lineage_gateway.lineage import Reference, Rests, rests_on, spelled
from lineage_shared.claims import Claim, Difference, explain
from lineage_shared.naming import RULESET, Key, Unidentifiable
from lineage_shared.naming import Reference as Spelling


@strawberry.type(description="A name as it was given, and what it denotes.")
class IdentityName:
    """A name as it was given, and what it denotes."""

    reference: JSON = strawberry.field(description="The name: system, namespace and name, or id.")
    canonical_key: str | None = strawberry.field(description="Its key; null when it denotes nothing.")
    rules: list[str] = strawberry.field(description="The rules that led from the name to the key.")
    ruleset: str = strawberry.field(description="The version of the rules.")
    nothing: str | None = strawberry.field(description="Why it denotes nothing; null when it denotes something.")
    asset: Asset | None = strawberry.field(description="The asset of that key, if the mesh has one.")


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
    apart: list[IdentityClaim] = strawberry.field(
        description="Claims that tell them apart: while one of the gateway's own stands, no declaration joins them."
    )
    held_back: list[IdentityClaim] = strawberry.field(description="Claims near them that are not believed, and why.")
    difference: IdentityDifference | None = strawberry.field(
        description="Where they part; null when they are the same."
    )
    ruleset: str = strawberry.field(description="The version of the rules that made the keys.")
    version: str = strawberry.field(description="The version of the mesh whose claims and declarations were weighed.")
    complete: bool = strawberry.field(
        description="Whether no domain's part is missing or outdated: one that is may claim something else."
    )
    domains: list[DomainAnswerType] = strawberry.field(
        description="Every domain that this answer rests on, or should have; `message` says which could not be asked "
        "for events and times."
    )


async def explanation(operation: Operation, a: Reference, b: Reference) -> IdentityExplanation:
    """Explain two references, known to the mesh or not; the agents are asked for events and times in one round."""
    one, other = (spelled(operation.view, each) for each in (a, b))
    found = explain(one, other, operation.mesh.declarations, operation.sources.identities.classes)
    classes = operation.sources.identities.classes
    claims = [*((claim, classes.verdict(claim)) for claim in (*found.path, *found.apart)), *found.held_back]
    seen = await sightings(operation, (claim for claim, _ in claims))
    shown = iter([shown_claim(operation, *each, at) for each, at in zip(claims, seen, strict=True)])
    ends = (_name(operation, one, found.a), _name(operation, other, found.b))
    rests = _rests(operation, [claim for claim, _ in claims], ends, seen)
    return IdentityExplanation(
        same=found.same,
        a=ends[0],
        b=ends[1],
        path=list(islice(shown, len(found.path))),
        apart=list(islice(shown, len(found.apart))),
        held_back=list(shown),
        difference=_difference(found.difference),
        ruleset=RULESET,
        version=operation.version,
        complete=rests.complete,
        domains=domain_answers(rests.domains),
    )


def _rests(
    operation: Operation, claims: Iterable[Claim], names: Iterable[IdentityName], seen: Iterable[Sighting]
) -> Rests:
    visited = {domain for name in names if name.asset is not None for domain in name.asset.view.domains}
    visited |= {claim.domain for claim in claims if claim.domain is not None}
    failures = {failure.domain: failure.message for each in seen for failure in each.failures}
    return rests_on(operation.view.states, visited, operation.limits.staleness_bound_s, failures)


def _difference(parts: Difference | None) -> IdentityDifference | None:
    if parts is None:
        return None
    return IdentityDifference(part=parts.part, a=parts.a, b=parts.b, declaration=_plain(parts.declaration))


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
