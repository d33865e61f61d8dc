"""What the reconciler says of itself: explanations, conflicts, declarations and suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
import strawberry
from strawberry.scalars import JSON

from lineage_gateway.declarations import Stored, declaration_id
from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.connections import page_info
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.nodes import PageInfo
from lineage_gateway.graphql.scalars import Instant
from lineage_gateway.identity import ClassKey, Suggestion
from lineage_gateway.lineage import Reference, bad_cursor, seal, spelled, suggestions, within
from lineage_shared.claims import Claim, Conflict, Reason, Verdict, explain
from lineage_shared.naming import Declaration, Key, Unidentifiable, as_json
from lineage_shared.naming import Reference as Spelling

T = TypeVar("T")

CONFIGURATION, API = "CONFIGURATION", "API"
_WHY = {
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


@strawberry.type(description="Claims that do not fit together. It goes when they do.")
class IdentityConflict:
    """Claims that do not fit together."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="A stable word for the rule that holds the claims back.")
    message: str = strawberry.field(description="The same in plain words.")
    about: str = strawberry.field(description="The key, or the declared subject, that it is about.")
    keys: list[str] = strawberry.field(description="Some of the keys concerned.")
    claims: int = strawberry.field(description="How many claims are held back by it.")
    state: str = strawberry.field(description="OPEN: what is resolved is no conflict any more.")


@strawberry.type(description="A conflict with its place in the connection.")
class IdentityConflictEdge:
    """A conflict with its place in the connection."""

    node: IdentityConflict = strawberry.field(description="The conflict.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Conflicts, in a fixed order.")
class IdentityConflictConnection:
    """Conflicts, in a fixed order."""

    edges: list[IdentityConflictEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All conflicts.")


@strawberry.type(description="What somebody declared about names.")
class IdentityDeclaration:
    """What somebody declared about names."""

    id: strawberry.ID = strawberry.field(description="Its id, to be retracted with.")
    declaration: JSON = strawberry.field(description="The declaration, in the form of the configuration.")
    origin: str = strawberry.field(description="CONFIGURATION or API.")
    asserted_by: str | None = strawberry.field(description="Who declared it; null for the configuration.")
    declared_at: Instant | None = strawberry.field(description="When; null for the configuration.")
    overruled: str | None = strawberry.field(description="Why it has no effect; null when it has.")


@strawberry.type(description="One reason for or against a suggestion.")
class IdentityFeature:
    """One reason for or against a suggestion."""

    name: str = strawberry.field(description="What was looked at.")
    value: float = strawberry.field(description="From 0 to 1; penalties multiply the score.")
    note: str = strawberry.field(description="In words.")


@strawberry.type(description="Two assets that may be one; nothing happens before somebody accepts it.")
class IdentitySuggestion:
    """Two assets that may be one."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    a: Asset = strawberry.field(description="The one asset.")
    b: Asset = strawberry.field(description="The other asset.")
    score: float = strawberry.field(description="From 0 to 1.")
    features: list[IdentityFeature] = strawberry.field(description="What the score is made of.")
    state: str = strawberry.field(description="PROPOSED.")


@strawberry.type(description="A suggestion with its place in the connection.")
class IdentitySuggestionEdge:
    """A suggestion with its place in the connection."""

    node: IdentitySuggestion = strawberry.field(description="The suggestion.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Suggestions, best first.")
class IdentitySuggestionConnection:
    """Suggestions, best first."""

    edges: list[IdentitySuggestionEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All suggestions that were worked out.")


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
        reason=_WHY.get(verdict.reason) if verdict is not None else None,
        declarations=[strawberry.ID(declaration_id(each)) for each in pairs],
    )


def conflicts(operation: Operation, first: int, after: str | None) -> IdentityConflictConnection:
    """Return one page of what does not fit together."""
    identities = operation.sources.identities
    found = [_conflict(each) for each in identities.classes.conflicts()]
    found += [
        IdentityConflict(
            id=strawberry.ID(seal("conflict", each.kind, each.about)),
            reason=f"disagreement-{each.kind}",
            message=f"declarations disagree, so that none of them applies: {', '.join(each.said)[:500]}",
            about=each.about,
            keys=[],
            claims=len(each.said),
            state="OPEN",
        )
        for each in identities.names.disagreements
    ]
    page, cursors, has_next = _paged(operation, "conflicts", found, first, after)
    return IdentityConflictConnection(
        edges=[IdentityConflictEdge(node=node, cursor=cursor) for node, cursor in zip(page, cursors, strict=True)],
        page_info=page_info(cursors, has_next=has_next, after=after),
        total_count=len(found),
    )


def _conflict(found: Conflict) -> IdentityConflict:
    return IdentityConflict(
        id=strawberry.ID(seal("conflict", found.reason.value, found.about)),
        reason=found.reason.value,
        message=_WHY.get(found.reason, found.reason.value),
        about=found.about,
        keys=list(found.keys),
        claims=found.claims,
        state="OPEN",
    )


def suggestion_page(operation: Operation, first: int, after: str | None) -> IdentitySuggestionConnection:
    """Return one page of suggestions."""
    found = all_suggestions(operation)
    page, cursors, has_next = _paged(operation, "suggestions", found, first, after)
    edges = [
        IdentitySuggestionEdge(node=_suggestion(operation, each), cursor=cursor)
        for each, cursor in zip(page, cursors, strict=True)
    ]
    return IdentitySuggestionConnection(
        edges=edges, page_info=page_info(cursors, has_next=has_next, after=after), total_count=len(found)
    )


def all_suggestions(operation: Operation) -> tuple[Suggestion, ...]:
    """Return the suggestions of the present version that nobody has decided about."""
    declaring = operation.sources.declaring
    decided = declaring.decisions.keys() if declaring is not None else ()
    return suggestions(operation.mesh, operation.sources.identities, decided, operation.limits.suggestions_max)


def _suggestion(operation: Operation, found: Suggestion) -> IdentitySuggestion:
    a, b = (operation.mesh.register.nodes[ClassKey(key)] for key in (found.a, found.b))
    return IdentitySuggestion(
        id=strawberry.ID(found.id),
        a=operation.asset(a),
        b=operation.asset(b),
        score=found.score,
        features=[IdentityFeature(name=each.name, value=each.value, note=each.note) for each in found.features],
        state="PROPOSED",
    )


def _paged(
    operation: Operation, what: str, found: Sequence[T], first: int, after: str | None
) -> tuple[Sequence[T], list[str], bool]:
    """Return the page behind the cursor, its cursors, and whether more follows."""
    within("first", first, 0, operation.limits.page_max)
    cursors = [seal(what, place) for place in range(len(found))]
    if after is not None and after not in cursors:
        raise bad_cursor()
    begin = cursors.index(after) + 1 if after is not None else 0
    end = min(begin + first, len(found))
    return found[begin:end], cursors[begin:end], end < len(found)


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
