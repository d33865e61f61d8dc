"""Claims as GraphQL shows them: what is said of two keys, by whom, when, and what became of it."""

from __future__ import annotations

import strawberry

from lineage_gateway.declarations import declaration_id
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.errors import failed
from lineage_gateway.graphql.nodes import resolved
from lineage_gateway.graphql.reconciler.declarations import IdentityDeclaration, declarations_of
from lineage_gateway.graphql.reconciler.sightings import Sighting, sighting
from lineage_gateway.graphql.scalars import Instant
from lineage_gateway.identity import AssertedClaim
from lineage_shared.claims import Claim, Reason, Verdict
from lineage_shared.wire import SourceEvent

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
    Reason.UNREPORTED: "the domain declares it about names that it does not report",
    Reason.OVERRULED: "the gateway's operators hold them to be one",
    Reason.ONE_KEY: "the rules hold both names to be one",
}


@strawberry.type(description="The event in which a producer said something.")
class IdentityEvent:
    """The event in which a producer said something."""

    id: strawberry.ID = strawberry.field(description="The hash of its content: one event has one, in every agent.")
    at: Instant = strawberry.field(description="Its time, as the producer set it.")
    producer: str | None = strawberry.field(description="What sent it.")
    run_id: str | None = strawberry.field(description="The runId in it.")
    job_namespace: str | None = strawberry.field(description="The namespace of the job in it.")
    job_name: str | None = strawberry.field(description="The name of the job in it.")

    @classmethod
    def of(cls, event: SourceEvent) -> IdentityEvent:
        """Show an event."""
        return cls(
            id=strawberry.ID(event.id),
            at=Instant(event.at_us),
            producer=event.producer or None,
            run_id=event.run_id or None,
            job_namespace=event.job_namespace or None,
            job_name=event.job_name or None,
        )


@strawberry.type(description="What a producer said in a `symlinks` facet, word for word.")
class IdentityAssertion:
    """What a producer said in a `symlinks` facet, word for word."""

    domain: str = strawberry.field(description="The domain whose producer said it.")
    namespace: str = strawberry.field(description="The namespace of the dataset.")
    name: str = strawberry.field(description="The name of the dataset.")
    other_namespace: str = strawberry.field(description="The namespace of its other name.")
    other_name: str = strawberry.field(description="Its other name.")
    type: str | None = strawberry.field(description="What kind of name the other is: TABLE, LOCATION, ...")

    @classmethod
    def of(cls, asserted: AssertedClaim) -> IdentityAssertion:
        """Show what was said."""
        return cls(
            domain=asserted.domain,
            namespace=asserted.source.namespace,
            name=asserted.source.name,
            other_namespace=asserted.target.namespace,
            other_name=asserted.target.name,
            type=asserted.type or None,
        )


@strawberry.type(
    description="What somebody says of two keys, and what became of it. The event and the times of a symlink are asked "
    "of its agent; in an explanation they are null where that cannot be had, and `domains` there says why."
)
class IdentityClaim:
    """What somebody says of two keys, and what became of it."""

    claim: strawberry.Private[Claim]
    seen: strawberry.Private[Sighting | None]

    kind: str = strawberry.field(description="symlink, alias or different_from.")
    a: str = strawberry.field(description="One key.")
    b: str = strawberry.field(description="The other key.")
    asserted_by: str = strawberry.field(description="The domain, person or configuration that says it.")
    status: str = strawberry.field(description="active, quarantined, rejected or waiting.")
    reason: str | None = strawberry.field(description="Why it is not active; null when it is.")
    declarations: list[strawberry.ID] = strawberry.field(
        description="The declarations that make it; retract with them."
    )

    @resolved("The declarations that make it, with who made them, when and where.")
    def declared(self, info: Info) -> list[IdentityDeclaration]:
        """Return the declarations."""
        return declarations_of(info.context, self.claim)

    @resolved("What producers said, in the names that they used; empty for a declaration.")
    def assertions(self, info: Info) -> list[IdentityAssertion]:
        """Return what producers said."""
        asserted = info.context.sources.identities.assertions_of(self.claim)
        return [IdentityAssertion.of(each) for each in asserted]

    @resolved("The time of the first event that said so, or of the declaration (asks an agent).")
    async def first_seen(self, info: Info) -> Instant | None:
        """Return when it was first said."""
        return _instant((await self._sighting(info.context)).first_us)

    @resolved("The time of the newest event that said so; null for a declaration (asks an agent).")
    async def last_seen(self, info: Info) -> Instant | None:
        """Return when it was last said."""
        return _instant((await self._sighting(info.context)).last_us)

    @resolved("The newest event that said so; null for a declaration (asks an agent).")
    async def event(self, info: Info) -> IdentityEvent | None:
        """Return the event."""
        event = (await self._sighting(info.context)).event
        return IdentityEvent.of(event) if event is not None else None

    async def _sighting(self, operation: Operation) -> Sighting:
        """Return what the explanation found, else ask; what nobody can say is an error then, which names the domain."""
        if self.seen is not None:
            return self.seen
        found = await sighting(operation, self.claim)
        if found.failures and found.event is None:
            raise failed(found.failures[0])
        return found


def shown_claim(
    operation: Operation, claim: Claim, verdict: Verdict | None, seen: Sighting | None = None
) -> IdentityClaim:
    """Return a claim with who made it; `seen`, where the agents have been asked already."""
    pairs = operation.sources.identities.declarations_of(claim)
    return IdentityClaim(
        claim=claim,
        seen=seen,
        kind=claim.kind.value,
        a=claim.source.text,
        b=claim.target.text,
        asserted_by=claim.domain or claim.by or "the gateway",
        status=verdict.status.value if verdict is not None else "active",
        reason=WHY.get(verdict.reason) if verdict is not None else None,
        declarations=[strawberry.ID(declaration_id(each, claim.domain)) for each in pairs],
    )


def _instant(at_us: int | None) -> Instant | None:
    return Instant(at_us) if at_us is not None else None
