"""When a claim was made, and by which event: what the agents know of producers' symlinks, and the file of declarations.

All that is asked for at once goes out as one round (`lineage_gateway.details`). Times of events move with every run, so
that nothing of it is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from lineage_gateway.declarations import declaration_id
from lineage_gateway.details import Failure
from lineage_gateway.graphql.context import Operation
from lineage_gateway.identity import AssertedClaim
from lineage_gateway.mesh import Member
from lineage_shared.claims import Claim
from lineage_shared.model import Kind
from lineage_shared.wire import ClaimsDetail, SourceEvent


@dataclass(frozen=True, slots=True)
class Sighting:
    """When a claim was first and last made, in microseconds, and the newest event; None where nobody says.

    `failures` are the domains that could not be asked.
    """

    first_us: int | None = None
    last_us: int | None = None
    event: SourceEvent | None = None
    failures: tuple[Failure, ...] = ()


async def sightings(operation: Operation, claims: Iterable[Claim]) -> list[Sighting]:
    """Return when each claim was made, in one round over the domains that make them."""
    return list(await asyncio.gather(*(sighting(operation, claim) for claim in claims)))


async def sighting(operation: Operation, claim: Claim) -> Sighting:
    """Return when a claim was made; the newest of several events counts."""
    asserted = operation.sources.identities.assertions_of(claim)
    if not asserted:
        return Sighting(first_us=_declared_us(operation, claim))
    told = await asyncio.gather(*(_told(operation, each) for each in asserted))
    found = [each for each in told if not isinstance(each, Failure)]
    times = [each.first_us for each in found if each.first_us is not None]
    events = [each.event for each in found if each.event is not None]
    newest = max(events, key=lambda event: (event.at_us, event.id), default=None)
    return Sighting(
        first_us=min(times, default=None),
        last_us=newest.at_us if newest is not None else None,
        event=newest,
        failures=tuple(each for each in told if isinstance(each, Failure)),
    )


def _declared_us(operation: Operation, claim: Claim) -> int | None:
    declaring = operation.sources.declaring
    stored = declaring.stored if declaring is not None and claim.domain is None else {}
    made = (stored.get(declaration_id(each)) for each in operation.sources.identities.declarations_of(claim))
    return min((each.declared_us for each in made if each is not None), default=None)


async def _told(operation: Operation, asserted: AssertedClaim) -> Sighting | Failure:
    member = _member(operation, asserted)
    if member is None or member.domain not in operation.details.epochs:
        # The claim has come, or gone, since this operation began.
        return Sighting()
    detail = await operation.details.claims(member.domain, member.number)
    return detail if isinstance(detail, Failure) else _seen(detail, asserted)


def _member(operation: Operation, asserted: AssertedClaim) -> Member | None:
    source = asserted.source
    nodes = operation.mesh.find(Kind.DATASET, source.namespace, source.name, asserted.domain)
    members = (member for node in nodes for member in operation.mesh.entry(node).members)
    return next(
        (
            each
            for each in members
            if (each.domain, each.record.namespace, each.record.name)
            == (asserted.domain, source.namespace, source.name)
        ),
        None,
    )


def _seen(detail: ClaimsDetail, asserted: AssertedClaim) -> Sighting:
    wanted = (asserted.target.namespace, asserted.target.name, asserted.type)
    for each in detail.symlinks:
        if (each.namespace, each.name, each.type) == wanted:
            return Sighting(each.first_seen_us, event=detail.event)
    return Sighting()
