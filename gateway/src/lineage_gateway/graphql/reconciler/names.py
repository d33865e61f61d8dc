"""The names of an asset: each with the key that it has by itself, and the claims that join it to the others.

So a class can be looked at as if nothing were joined (IDENTIFIERS 4.7).
"""

from __future__ import annotations

import strawberry

from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.nodes import resolved
from lineage_gateway.graphql.reconciler.claims import IdentityClaim, shown_claim
from lineage_gateway.identity import is_raw, spoken
from lineage_gateway.mesh import Member, NodeView
from lineage_shared.claims import Claim, claim_path
from lineage_shared.ids import asset_id
from lineage_shared.naming import Key, Reference, canonical


@strawberry.type(description="One name under which an asset was reported.")
class AssetAlias:
    """One name under which an asset was reported."""

    joined: strawberry.Private[tuple[Claim, ...]]

    id: strawberry.ID = strawberry.field(description="The id of this name; it resolves to the same asset.")
    namespace: str = strawberry.field(description="The namespace as reported.")
    name: str = strawberry.field(description="The name as reported.")
    domain: str = strawberry.field(description="The domain that reported it.")
    canonical_key: str | None = strawberry.field(
        description="The key of this name alone: names with different keys would be several assets if no claim joined "
        "them. Null when it denotes nothing."
    )
    reasons: list[str] = strawberry.field(
        description="Why it is this asset: the rules that rewrote the name, then the claims that join it."
    )

    @resolved("The fewest claims that join it to the asset's key; empty when its own key is that one.")
    def claims(self, info: Info) -> list[IdentityClaim]:
        """Return the claims that join it."""
        return [shown_claim(info.context, claim, None) for claim in self.joined]


@strawberry.type(description="Why records of several domains are one asset.")
class AssetIdentity:
    """Why records of several domains are one asset."""

    canonical_key: str | None = strawberry.field(description="The key that all its names lead to.")
    aliases: list[AssetAlias] = strawberry.field(description="All names under which it was reported.")
    authority: str | None = strawberry.field(description="The domain that speaks for it; null when nobody does.")


def identity_of(operation: Operation, view: NodeView) -> AssetIdentity:
    """Return the names of an asset."""
    aliases = {(alias.id, alias.domain): alias for alias in (_alias(operation, view, each) for each in view.members)}
    key = None if is_raw(view.key) else view.key
    return AssetIdentity(canonical_key=key, aliases=list(aliases.values()), authority=view.domain)


def _alias(operation: Operation, view: NodeView, member: Member) -> AssetAlias:
    record = member.record
    reference = Reference(namespace=record.namespace, name=record.name, kind=record.kind)
    key = canonical(reference, member.domain, operation.mesh.declarations)
    joined = claim_path(view.key, key.text, operation.sources.identities.classes) if isinstance(key, Key) else ()
    return AssetAlias(
        joined=joined,
        id=strawberry.ID(asset_id(record.kind, record.namespace, record.name, member.scope)),
        namespace=record.namespace,
        name=record.name,
        domain=member.domain,
        canonical_key=key.text if isinstance(key, Key) else None,
        reasons=[*key.rules, *map(spoken, joined)],
    )
