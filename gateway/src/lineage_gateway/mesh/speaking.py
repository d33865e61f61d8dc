"""Who speaks for a node, and which of its references stands for it (IDENTIFIERS 4.5, ARCHITECTURE rules 8 and 10).

A job's domain speaks for it. Of a dataset: the owner of its namespace, by the longest prefix over all its spellings;
else the domain that its `ownership` facets name; else its only writer; else the only domain that reports it.
The anchor is the owner's own reference, else a name in a catalog before a path, else the smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

from lineage_gateway.identity import Authorities
from lineage_gateway.mesh.nodes import Member, reporting
from lineage_shared.model import Kind
from lineage_shared.naming.namespaces import read_namespace
from lineage_shared.naming.platforms import Naming

NAMESPACES_REMEMBERED = 10_000

Writers = Callable[[], Collection[str]]
_Order = tuple[bool, bool, str, str, str, int]


def authority_of(
    members: Sequence[Member], authorities: Authorities, writers: Writers, domains: Collection[str]
) -> str | None:
    """Return who speaks for a node with these members; `writers` gives the domains that write it."""
    first = members[0]
    if first.record.kind is Kind.JOB:
        return min(member.domain for member in members)
    ownership = authorities.of_any(namespaces_of(members))
    if ownership.decided:
        return ownership.domain
    named = _named_owners(members, domains)
    if len(named) == 1:
        return named.pop()
    if len(members) == 1:
        return None if first.record.mentioned else first.domain
    writing = set(writers())
    if len(writing) == 1:
        return writing.pop()
    reporters = reporting(members, mentions=False)
    return reporters[0] if len(reporters) == 1 else None


def namespaces_of(members: Iterable[Member]) -> set[str]:
    """Return the namespaces under which a node is reported."""
    return {member.record.namespace for member in members}


def in_order(members: Sequence[Member], authorities: Authorities) -> tuple[Member, ...]:
    """Return the members in their order: the anchor first."""
    if len(members) == 1:
        return tuple(members)
    namespaces = namespaces_of(members)
    ownership = authorities.of_any(namespaces) if members[0].record.kind is Kind.DATASET else None
    owner = ownership.domain if ownership is not None and ownership.decided else None
    several = len(namespaces) > 1

    def order(member: Member) -> _Order:
        record = member.record
        own = owner is not None and member.domain == owner and not record.mentioned
        path = several and _is_path(record.namespace)
        return (not own, path, record.namespace, record.name, member.domain, member.number)

    return tuple(sorted(members, key=order))


def _named_owners(members: Sequence[Member], domains: Collection[str]) -> set[str]:
    """Return the domains that ownership facets name: as `domain`, or `kind:domain`."""
    owners = (owner.name for member in members if not member.record.mentioned for owner in member.record.owners)
    return {name for owner in owners if (name := owner.rpartition(":")[2]) in domains}


@lru_cache(NAMESPACES_REMEMBERED)
def _is_path(namespace: str) -> bool:
    return read_namespace(namespace).platform.naming is Naming.PATH
