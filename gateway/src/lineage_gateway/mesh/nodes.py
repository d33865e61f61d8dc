"""What the mesh knows of one node: who reports it, who speaks for it, and the attributes that follow from that.

An `Entry` is made anew whenever a member of the node changed. It holds ready what filters, search and ordering look at;
the rest of a `NodeView` is read from the members' records when somebody asks. Rule 10: an authority that reports the
node describes it alone; where nobody has authority, or the authority reports nothing, the domains' descriptions are
merged in the order of their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from lineage_shared.ids import AssetId
from lineage_shared.model import Kind, NodeRecord, Owner, RunState

T = TypeVar("T")


class Member(msgspec.Struct, frozen=True, gc=False):
    """One domain's record of a node. A domain has several where it spells one node in several ways.

    `scope` is the domain that the reference is scoped to, for its id; None for a global one. `narrowed` tells that it
    is scoped only because the domain reads it in another way than others (see `lineage_gateway.identity.classes`). It
    unpacks as (domain, number, record). No tuple, because the garbage collector would look at each of them.
    """

    domain: str
    number: int
    record: NodeRecord
    scope: str | None = None
    narrowed: bool = False

    def __iter__(self) -> Iterator[Any]:
        return iter((self.domain, self.number, self.record))


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One node: its members, ordered by (namespace, name, domain, number), and what is asked for most.

    `domain` is the authority; `namespace` and `name` are as the authority spells them, else as the anchor does.
    """

    kind: Kind
    namespace: str
    name: str
    domain: str | None
    tags: tuple[str, ...]
    members: tuple[Member, ...]


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """All that the mesh knows of a node.

    `domain` is the authority, None when nobody is; `domains` are all that report it, by name. `aliases` are its
    distinct raw references with their ids, the anchor first. `updated_us` is in microseconds since 1970.
    """

    id: AssetId
    key: str
    kind: Kind
    namespace: str
    name: str
    domain: str | None
    domains: tuple[str, ...]
    type: str
    integration: str
    tags: tuple[str, ...]
    owners: tuple[Owner, ...]
    state: RunState | None
    updated_us: int | None
    mentioned: bool
    members: tuple[Member, ...]


def make_entry(members: tuple[Member, ...], authority: str | None) -> Entry:
    """Return the entry of a node; `members` is not empty and in order."""
    first = members[0]
    if len(members) == 1:
        record = first.record
        return Entry(record.kind, record.namespace, record.name, authority, record.tags, members)
    spoken = next((member for member in members if member.domain == authority), first).record
    tags = _union(member.record.tags for member in describing(members, authority))
    return Entry(spoken.kind, spoken.namespace, spoken.name, authority, tags, members)


def reporting(members: Sequence[Member], *, mentions: bool = True) -> list[str]:
    """Return the domains that report a node, by name; where all only mention it, those that do, if `mentions`."""
    if len(members) == 1:
        only = members[0]
        return [only.domain] if mentions or not only.record.mentioned else []
    domains = {member.domain for member in members if not member.record.mentioned}
    if not domains and mentions:
        domains = {member.domain for member in members}
    return sorted(domains)


def describing(members: tuple[Member, ...], authority: str | None) -> list[Member]:
    """Return the members whose attributes count, in the order in which they count."""
    if len(members) == 1:
        return list(members)
    own = [member for member in members if member.domain == authority and not member.record.mentioned]
    return own or sorted(members, key=lambda member: (member.record.mentioned, member.domain))


def view(entry: Entry, asset_id: AssetId, key: str) -> NodeView:
    """Return all that is known of a node."""
    return (_view_of_one if len(entry.members) == 1 else _view_of_many)(entry, asset_id, key)


def _view_of_one(entry: Entry, asset_id: AssetId, key: str) -> NodeView:
    """What `_view_of_many` says when there is nothing to merge, as in most of a large answer: a fifth of its cost."""
    only = entry.members[0]
    record = only.record
    return NodeView(
        id=asset_id,
        key=key,
        kind=entry.kind,
        namespace=entry.namespace,
        name=entry.name,
        domain=entry.domain,
        domains=(only.domain,),
        type=record.type,
        integration=record.integration,
        tags=entry.tags,
        owners=record.owners,
        state=record.volatile.state,
        updated_us=record.volatile.updated_us,
        mentioned=record.mentioned,
        members=entry.members,
    )


def _view_of_many(entry: Entry, asset_id: AssetId, key: str) -> NodeView:
    members = entry.members
    described = [member.record for member in describing(members, entry.domain)]
    newest = max(members, key=_moved)
    return NodeView(
        id=asset_id,
        key=key,
        kind=entry.kind,
        namespace=entry.namespace,
        name=entry.name,
        domain=entry.domain,
        domains=tuple(reporting(members)),
        type=next((record.type for record in described if record.type), ""),
        integration=next((record.integration for record in described if record.integration), ""),
        tags=entry.tags,
        owners=_union(record.owners for record in described),
        state=newest.record.volatile.state,
        updated_us=newest.record.volatile.updated_us,
        mentioned=all(member.record.mentioned for member in members),
        members=members,
    )


def _moved(member: Member) -> tuple[int, str]:
    updated_us = member.record.volatile.updated_us
    return (-(2**63) if updated_us is None else updated_us, member.domain)


def _union(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """Return the values in the order in which they first come."""
    given = [part for part in parts if part]
    if len(given) <= 1:
        return given[0] if given else ()
    return tuple(dict.fromkeys(value for part in given for value in part))
