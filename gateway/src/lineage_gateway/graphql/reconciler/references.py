"""All references that the mesh knows, with what they denote: for comparing rules and declarations before a change."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from lineage_gateway.graphql.connections import page_info
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.nodes import PageInfo, resolved
from lineage_gateway.graphql.scalars import AssetKind
from lineage_gateway.lineage import KnownReference, bad_cursor, in_force, known_references, seal, unseal, within
from lineage_shared.model import Kind
from lineage_shared.naming import RULESET, as_json

_CURSOR = "reference"


@strawberry.type(description="Another name of a dataset, by a producer's word that is taken into account.")
class IdentitySymlink:
    """Another name of a dataset."""

    namespace: str = strawberry.field(description="The namespace as reported.")
    name: str = strawberry.field(description="The name as reported.")


@strawberry.type(description="A name as one domain reported it, and what it denotes.")
class IdentityReference:
    """A name as one domain reported it, and what it denotes."""

    domain: str = strawberry.field(description="The domain that reported it.")
    kind: AssetKind = strawberry.field(description="What it names.")
    namespace: str = strawberry.field(description="The namespace as reported.")
    name: str = strawberry.field(description="The name as reported.")
    canonical: str | None = strawberry.field(
        description="Equal for references that are held to be the same; null when it identifies nothing."
    )
    symlinks: list[IdentitySymlink] = strawberry.field(description="Other names of it that producers told.")


@strawberry.type(description="A reference with its place in the connection.")
class IdentityReferenceEdge:
    """A reference with its place in the connection."""

    node: IdentityReference = strawberry.field(description="The reference.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="References, by domain.")
class IdentityReferenceConnection:
    """References, by domain."""

    edges: list[IdentityReferenceEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    ruleset: str = strawberry.field(description="The version of the rules.")

    @resolved("What is declared and has an effect, in the form of the configuration.")
    def declarations(self, info: Info) -> list[JSON]:
        """Return the declarations in force."""
        return [JSON(as_json(each)) for each in in_force(info.context.sources.identities)]


def reference_page(operation: Operation, first: int, after: str | None) -> IdentityReferenceConnection:
    """Return one page of references."""
    within("first", first, 0, operation.limits.page_max)
    place = unseal(after, str, str, int) if after is not None else None
    if after is not None and (place is None or place[0] != _CURSOR):
        raise bad_cursor()
    behind = (place[1], place[2]) if place is not None else None
    found = known_references(operation.view, operation.sources.identities, first + 1, behind)
    edges = [IdentityReferenceEdge(node=_shown(each), cursor=seal(_CURSOR, *each.place)) for each in found[:first]]
    cursors = [each.cursor for each in edges]
    return IdentityReferenceConnection(
        edges=edges, page_info=page_info(cursors, has_next=len(found) > first, after=after), ruleset=RULESET
    )


def _shown(found: KnownReference) -> IdentityReference:
    record = found.member.record
    return IdentityReference(
        domain=found.member.domain,
        kind=AssetKind.JOB if record.kind is Kind.JOB else AssetKind.DATASET,
        namespace=record.namespace,
        name=record.name,
        canonical=found.canonical,
        symlinks=[IdentitySymlink(namespace=each.namespace, name=each.name) for each in found.symlinks],
    )
