"""One component of claims: which of them hold, and the classes that follow. A pure function of sets, not of sequences.

Claims are taken in by trust, one tier at a time, all of a tier at once. Where a tier would bring together what may not
be together, the claims *between* the keys in conflict are held back, all of them, and what only hangs on to one side
stays. So neither the order of arrival nor a tie decides, and a claim of less trust never undoes one of more: what a
domain declares to be different is overruled where the gateway's operators say that it is one, and else comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lineage_shared.claims.admission import Apart
from lineage_shared.claims.model import Claim, ClaimId, Reason, Status, Trust, Verdict
from lineage_shared.naming.keys import Key
from lineage_shared.naming.platforms import BY_NAME

CLASS_KEYS_MAX = 100
"""Keys in a class, unless the gateway's own declarations make it larger; more need a person's review."""

CLASS_DOMAINS_MAX = 20
"""Domains whose claims hold a class together, likewise."""

_Slot = tuple[str, str, str, bool]


class Resolution(NamedTuple):
    """The classes of more than one key, and the verdicts on claims that do not hold."""

    classes: tuple[tuple[str, ...], ...]
    verdicts: Mapping[ClaimId, Verdict]


class _Groups:
    """Keys that are joined so far: a small union-find, whose roots are the smallest members."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.members = {key: {key} for key in keys}
        self._root = {key: key for key in self.members}

    def root(self, key: str) -> str:
        return self._root[key]

    def join(self, one: str, other: str) -> None:
        keep, gone = sorted((self._root[one], self._root[other]))
        if keep != gone:
            moved = self.members.pop(gone)
            self.members[keep] |= moved
            self._root.update(dict.fromkeys(moved, keep))


def resolve(keys: Mapping[str, Key], claims: Iterable[Claim], apart: Apart) -> Resolution:
    """Resolve one component: all keys that the claims reach, and the pairs that must stay apart."""
    groups, verdicts = _Groups(keys), dict[ClaimId, Verdict]()
    by_trust: dict[Trust, list[Claim]] = {}
    for claim in claims:
        by_trust.setdefault(claim.trust, []).append(claim)
    for trust in sorted(by_trust):
        _take_in(by_trust[trust], trust, groups, verdicts, keys=keys, apart=apart)
    classes = sorted(tuple(sorted(members)) for members in groups.members.values() if len(members) > 1)
    verdicts.update(_overruled(classes, apart))
    return Resolution(tuple(classes), verdicts)


def _overruled(classes: Iterable[tuple[str, ...]], apart: Apart) -> Iterable[tuple[ClaimId, Verdict]]:
    """Give what domains hold to be different, and the gateway's operators hold to be one."""
    for members in classes:
        for key in members:
            others = apart.get(key)
            for other in others.keys() & set(members) if others else ():
                yield from (
                    (claim_id, Verdict(Status.REJECTED, Reason.OVERRULED, key))
                    for claim_id in apart[key][other]
                    if claim_id.source == key
                )


def _take_in(
    claims: list[Claim],
    trust: Trust,
    groups: _Groups,
    verdicts: dict[ClaimId, Verdict],
    *,
    keys: Mapping[str, Key],
    apart: Apart,
) -> None:
    links = _links(claims, groups)
    for component in _components(links):
        conflicting, reason = _conflicting(component, groups, keys, apart, exempt=trust is Trust.GATEWAY)
        if not conflicting and trust is not Trust.GATEWAY and _too_large(component, claims, groups):
            conflicting, reason = set(component), Reason.GROWTH
        core = _core(component, links, conflicting) if conflicting else set[str]()
        _decide([c for c in claims if groups.root(c.source.text) in component], core, reason, groups, verdicts)


def _decide(
    claims: list[Claim], core: set[str], reason: Reason, groups: _Groups, verdicts: dict[ClaimId, Verdict]
) -> None:
    roots = [(claim, groups.root(claim.source.text), groups.root(claim.target.text)) for claim in claims]
    about = min(core, default="")
    held = [claim for claim, one, other in roots if one != other and one in core and other in core]
    verdicts.update({claim.id: Verdict(Status.QUARANTINED, reason, about) for claim in held})
    kept = {claim.id for claim in held}
    for claim, _, _ in roots:
        if claim.id not in kept:
            groups.join(claim.source.text, claim.target.text)


def _links(claims: list[Claim], groups: _Groups) -> dict[str, set[str]]:
    links: dict[str, set[str]] = {}
    for claim in claims:
        one, other = groups.root(claim.source.text), groups.root(claim.target.text)
        if one != other:
            links.setdefault(one, set()).add(other)
            links.setdefault(other, set()).add(one)
    return links


def _components(links: Mapping[str, set[str]]) -> list[set[str]]:
    found: list[set[str]] = []
    seen: set[str] = set()
    for start in sorted(links):
        if start in seen:
            continue
        component, frontier = {start}, [start]
        while frontier:
            fresh = links[frontier.pop()] - component
            component |= fresh
            frontier.extend(fresh)
        seen |= component
        found.append(component)
    return found


def _conflicting(
    component: set[str], groups: _Groups, keys: Mapping[str, Key], apart: Apart, *, exempt: bool
) -> tuple[set[str], Reason]:
    """Return the groups of a component that may not be together, and the weightiest reason."""
    told = _told_apart(component, groups, apart, Trust.GATEWAY if exempt else Trust.DERIVED)
    if exempt:
        return told, Reason.DIFFERENT_FROM
    exclusive, local = _sharing_a_slot(component, groups, keys), _of_several_domains(component, groups, keys)
    reasons = ((told, Reason.DIFFERENT_FROM), (exclusive, Reason.EXCLUSIVE), (local, Reason.LOCAL))
    return told | exclusive | local, next((reason for found, reason in reasons if found), Reason.NONE)


def _told_apart(component: set[str], groups: _Groups, apart: Apart, least: Trust) -> set[str]:
    """Return the groups that are told apart from others of the component by somebody of at least this trust."""
    members = {key: root for root in component for key in groups.members[root] if key in apart}
    return {
        root
        for key, root in members.items()
        for other in apart[key].keys() & members.keys()
        if members[other] != root and any(claim_id.trust <= least for claim_id in apart[key][other])
    }


def slot_of(key: Key) -> _Slot:
    """Return the place of which a class holds one key only: a server or account; the platform for object stores."""
    row = BY_NAME.get(key.platform)
    authority = "" if row is not None and row.object_store else key.authority
    return key.platform, authority, key.domain or "", bool(key.column)


def _sharing_a_slot(component: set[str], groups: _Groups, keys: Mapping[str, Key]) -> set[str]:
    holders: dict[_Slot, set[str]] = {}
    for root in component:
        for key in groups.members[root]:
            holders.setdefault(slot_of(keys[key]), set()).add(root)
    return {root for roots in holders.values() if len(roots) > 1 for root in roots}


def _of_several_domains(component: set[str], groups: _Groups, keys: Mapping[str, Key]) -> set[str]:
    scopes = {root: {keys[key].domain for key in groups.members[root]} - {None} for root in component}
    return {root for root, own in scopes.items() if own} if len(set().union(*scopes.values())) > 1 else set()


def _too_large(component: set[str], claims: list[Claim], groups: _Groups) -> bool:
    size = sum(len(groups.members[root]) for root in component)
    domains = {claim.domain for claim in claims if groups.root(claim.source.text) in component}
    return size > CLASS_KEYS_MAX or len(domains) > CLASS_DOMAINS_MAX


def _core(component: set[str], links: Mapping[str, set[str]], conflicting: set[str]) -> set[str]:
    """Return what lies between the groups in conflict: ends that are not in conflict themselves fall away."""
    degree = {root: len(links[root] & component) for root in component}
    core = set(component)
    ends = [root for root in component if degree[root] == 1 and root not in conflicting]
    while ends:
        end = ends.pop()
        core.discard(end)
        for other in links[end] & core:
            degree[other] -= 1
            if degree[other] == 1 and other not in conflicting:
                ends.append(other)
    return core
