"""What callers may change: declarations about names. Each is durable, and visible in the mesh, before the answer."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from lineage_gateway.declarations import Decision
from lineage_gateway.declaring import Declaring
from lineage_gateway.graphql.assets import Asset
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.inputs import AssetRef, reference
from lineage_gateway.graphql.nodes import LEFT_OUT, given, resolved
from lineage_gateway.graphql.reconciler.claims import IdentityClaim, shown_claim
from lineage_gateway.graphql.reconciler.declarations import IdentityDeclaration, shown
from lineage_gateway.graphql.reconciler.suggestions import suggesting
from lineage_gateway.identity import Pair
from lineage_gateway.lineage import spelled
from lineage_shared.errors import InvalidInput, Unavailable
from lineage_shared.naming import Declaration, Reference, read_declaration
from lineage_shared.naming.declared import BY_CHARS_MAX, Alias, DifferentFrom

One = Annotated[AssetRef, strawberry.argument(description="The one name; the mesh need not know it.")]
Other = Annotated[AssetRef, strawberry.argument(description="The other name; the mesh need not know it.")]
By = Annotated[str | None, strawberry.argument(description="Who says so, to be shown in explanations.")]
Body = Annotated[JSON, strawberry.argument(description="A declaration, in the form of the configuration.")]
DeclarationId = Annotated[strawberry.ID, strawberry.argument(description="The id of the declaration.")]
SuggestionId = Annotated[strawberry.ID, strawberry.argument(description="The id of the suggestion.")]


@strawberry.type(description="What a change of declarations came to.")
class IdentityChange:
    """What a change of declarations came to."""

    declaration: IdentityDeclaration = strawberry.field(description="The declaration that was made or retracted.")
    assets: list[Asset] = strawberry.field(
        description="The assets that the declared names denote now: one where they are joined, two where they are not."
    )
    claim: IdentityClaim | None = strawberry.field(
        description="What became of it as a claim; null when it is about a namespace, or retracted."
    )
    version: str = strawberry.field(description="The version of the mesh that shows the change.")


@strawberry.type(description="Where every change begins: declarations about names, which can all be taken back.")
class Mutation:
    """Where every change begins."""

    @resolved("Declare two names to be one thing.")
    async def declare_alias(self, info: Info, a: One, b: Other, by: By = LEFT_OUT) -> IdentityChange | None:
        """Declare an alias."""
        one, other = _ends(info.context, a, b)
        return await _declare(info.context, Alias(a=one, b=other, by=_by(by)), _by(by))

    @resolved("Declare two names to be two things, whatever else is claimed.")
    async def declare_different(self, info: Info, a: One, b: Other, by: By = LEFT_OUT) -> IdentityChange | None:
        """Declare a difference."""
        one, other = _ends(info.context, a, b)
        return await _declare(info.context, DifferentFrom(a=one, b=other, by=_by(by)), _by(by))

    @resolved("Declare anything that the configuration may declare: aliases of namespaces, bindings, case rules, ...")
    async def declare(self, info: Info, declaration: Body, by: By = LEFT_OUT) -> IdentityChange | None:
        """Declare anything."""
        return await _declare(info.context, read_declaration(declaration, known_fields_only=True), _by(by))

    @resolved("Take back what was declared here, as if it had never been said.")
    async def retract_claim(self, info: Info, id: DeclarationId, by: By = LEFT_OUT) -> IdentityChange | None:  # noqa: A002 - as in `node`
        """Retract a declaration."""
        stored = await _declaring(info.context).retract(str(id), _by(by))
        return _changed(info.context, shown(info.context, stored), stored.declaration)

    @resolved("Declare the two assets of a suggestion to be one thing.")
    async def accept_suggestion(self, info: Info, id: SuggestionId, by: By = LEFT_OUT) -> IdentityChange | None:  # noqa: A002
        """Accept a suggestion."""
        return _decided(info.context, await suggesting(info.context).accept(str(id), _by(by)))

    @resolved("Declare the two assets of a suggestion to be different; it is not made again.")
    async def reject_suggestion(self, info: Info, id: SuggestionId, by: By = LEFT_OUT) -> IdentityChange | None:  # noqa: A002
        """Reject a suggestion."""
        return _decided(info.context, await suggesting(info.context).reject(str(id), _by(by)))


def _ends(operation: Operation, a: AssetRef, b: AssetRef) -> tuple[Reference, Reference]:
    return _ordered(*(spelled(operation.view, reference(each)) for each in (a, b)))


def _ordered(one: Reference, other: Reference) -> tuple[Reference, Reference]:
    first, second = sorted((one, other), key=repr)
    return first, second


def _by(by: str | None) -> str:
    name = given(by) or ""
    if len(name) > BY_CHARS_MAX:
        raise InvalidInput(f"`by` is longer than {BY_CHARS_MAX} characters", code="BAD_USER_INPUT")
    return name


async def _declare(operation: Operation, declaration: Declaration, by: str) -> IdentityChange:
    # Read again from its own text, so that what is declared here and in a file is one value.
    stored = await _declaring(operation).declare(declaration, by)
    return _changed(operation, shown(operation, stored), stored.declaration)


def _changed(operation: Operation, declared: IdentityDeclaration, declaration: Declaration) -> IdentityChange:
    operation.renew(_declaring(operation).mesh)
    ends = (declaration.a, declaration.b) if isinstance(declaration, Alias | DifferentFrom) else ()
    found = (operation.mesh.find_reference(end, end.domain) for end in ends)
    nodes = dict.fromkeys(node for each in found for node in each)
    identities = operation.sources.identities
    claim = identities.claim_of(declaration) if isinstance(declaration, Pair) else None
    return IdentityChange(
        declaration=declared,
        assets=[operation.asset(node) for node in nodes],
        claim=shown_claim(operation, claim, identities.classes.verdict(claim)) if claim is not None else None,
        version=operation.version,
    )


def _declaring(operation: Operation) -> Declaring:
    declaring = operation.sources.declaring
    if declaring is None:
        raise Unavailable("this gateway keeps no declarations", code="DECLARATIONS_READ_ONLY")
    return declaring


def _decided(operation: Operation, decision: Decision) -> IdentityChange:
    stored = _declaring(operation).stored[decision.declaration]
    return _changed(operation, shown(operation, stored), stored.declaration)
