"""Every reference that the mesh knows, with what it denotes now; and what is declared and claimed, so that it does.

With the declarations and claims given here, `lineage_shared.claims.identify` joins what the mesh joins: so the rules of
another version, or other declarations, can be compared with those in force. Claims that wait for an owner say nothing
yet, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lineage_gateway.identity import Identities, Pair, is_raw
from lineage_gateway.lineage.view import MeshView
from lineage_gateway.mesh import Member
from lineage_gateway.mesh.listing import Place, member_of, records
from lineage_shared.claims import ACTIVE, ClaimKind, Status, declared_claim
from lineage_shared.model import DatasetRef
from lineage_shared.naming import Declaration
from lineage_shared.naming.declared import DifferentFrom


@dataclass(frozen=True, slots=True)
class KnownReference:
    """A record's reference, what stands for it (None: it identifies nothing), and its other names by claims."""

    member: Member
    canonical: str | None
    symlinks: tuple[DatasetRef, ...] = ()

    @property
    def place(self) -> Place:
        """Its place in the order of all."""
        return self.member.domain, self.member.number


def known_references(view: MeshView, identities: Identities, first: int, after: Place | None) -> list[KnownReference]:
    """Return the `first` references behind a place."""
    return [_known(view, identities, *found) for found in islice(records(view.mesh, after), first)]


def _known(view: MeshView, identities: Identities, node: int, member: Member) -> KnownReference:
    key = view.mesh.register.keys[node]
    symlinks = tuple(_symlinks(view, identities, member))
    return KnownReference(member, None if is_raw(key) else key, symlinks)


def _symlinks(view: MeshView, identities: Identities, member: Member) -> Iterator[DatasetRef]:
    mesh, domain = view.mesh, member.domain
    for claim in member.record.claims:
        node = mesh.node_of(domain, claim.target)
        if node is None:
            continue
        source, target = (mesh.register.keys[mesh.numbers[domain][each]] for each in (member.number, claim.target))
        if not _waits(source, target, domain, identities):
            record = member_of(mesh, node, domain, claim.target).record
            yield DatasetRef(record.namespace, record.name)


def _waits(source: str, target: str, domain: str, identities: Identities) -> bool:
    """Tell whether a domain's symlink between two keys waits for an owner's word."""
    symlink = (ClaimKind.SYMLINK, source, target, domain)
    return any(
        verdict.status is Status.WAITING
        for claim, verdict in identities.classes.held_at([source])
        if (claim.kind, claim.source.text, claim.target.text, claim.domain) == symlink
    )


def in_force(identities: Identities) -> list[Declaration]:
    """Return what is declared and has an effect, in a fixed order."""
    declared = identities.declared
    names = [each for each in declared.names.all if not isinstance(each, DifferentFrom)]
    pairs = [*declared.pairs, *(each.pair for each in declared.domain_pairs if _holds(each.pair, identities))]
    return [*names, *sorted(set(pairs), key=repr)]


def _holds(pair: Pair, identities: Identities) -> bool:
    claim = declared_claim(pair, identities.names)
    if claim is None:
        return False
    one, other = claim.pair
    if claim.kind is ClaimKind.DIFFERENT_FROM:
        return identities.classes.apart(one, other)
    found = (each for each in identities.classes.claims(one) if each.pair == claim.pair and each.kind is claim.kind)
    return any(identities.classes.verdict(each) == ACTIVE for each in found)
