"""Classes: the keys that accepted claims hold to be one thing, kept up to date claim by claim.

Claims that can hold by themselves (`Admission`) are the links of a graph. Adding a link unites two components, the
smaller into the larger; taking one away splits only its own component. After either, that component alone is resolved
anew (`resolve`), which does not know how it came about: so the state is a function of the set of claims, a retracted
claim leaves no trace, and the cost is that of the component.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nsmallest

from lineage_shared.claims.admission import Admission
from lineage_shared.claims.model import ACTIVE, Claim, ClaimId, ClaimKind, Conflict, Reason, Status, Verdict
from lineage_shared.claims.resolve import resolve
from lineage_shared.naming.keys import Key

COMPONENT_KEYS_MAX = 500
"""Keys that claims connect, right or wrong; in a larger component nothing is joined until a person has looked at it."""

CONFLICT_KEYS_MAX = 20
"""Keys that a conflict names."""


class Classes:
    """The mutable owner of all claims; every question is answered for the present set of them."""

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self._claims: dict[ClaimId, Claim] = {}
        self._keys: dict[str, Key] = {}
        self._admission = Admission()
        self._links: dict[str, dict[str, set[ClaimId]]] = {}
        self._component: dict[str, int] = {}
        self._members: dict[int, set[str]] = {}
        self._class: dict[str, tuple[str, ...]] = {}
        self._verdicts: dict[ClaimId, Verdict] = {}
        self._overgrown: set[int] = set()
        self._changed: set[str] = set()
        self._next = 0
        self.apply(claims)

    def apply(self, added: Iterable[Claim] = (), retracted: Iterable[Claim] = ()) -> frozenset[str]:
        """Take in and take back claims, as one change; return the keys whose class is another one now."""
        touched: set[ClaimId] = set()
        apart: set[str] = set()
        for claim in retracted:
            if self._claims.pop(claim.id, None) is not None:
                touched |= self._admission.remove(claim)
                self._noted(claim, apart)
        for claim in added:
            if claim.id not in self._claims:
                self._claims[claim.id] = claim
                touched |= self._admission.add(claim)
                self._noted(claim, apart)
        self._changed = set()
        dirty = self._relinked(touched)
        dirty.update(self._component[key] for key in apart if key in self._component)
        for number in sorted(dirty & self._members.keys()):
            self._resolve_one(number)
        return frozenset(self._changed)

    @staticmethod
    def _noted(claim: Claim, apart: set[str]) -> None:
        if claim.kind is ClaimKind.DIFFERENT_FROM:
            apart.update((claim.source.text, claim.target.text))

    def _relinked(self, touched: set[ClaimId]) -> set[int]:
        """Make links of the claims that can hold, and unmake the others; return the components to resolve."""
        dirty: set[int] = set()
        split: set[int] = set()
        for claim_id in sorted(touched):
            claim = self._claims.get(claim_id)
            verdict = self._admission.verdict(claim) if claim is not None else None
            if claim is not None and verdict is None:
                dirty.add(self._link(claim, claim_id))
                continue
            split |= self._unlink(claim_id)
            self._verdicts.pop(claim_id, None)
            if verdict is not None:
                self._verdicts[claim_id] = verdict
        for number in split & self._members.keys():
            dirty |= self._split(number)
        return dirty

    def _link(self, claim: Claim, claim_id: ClaimId) -> int:
        one, other = claim.source.text, claim.target.text
        for key in (claim.source, claim.target):
            self._keys.setdefault(key.text, key)
            if key.text not in self._component:
                self._component[key.text] = self._next
                self._members[self._next] = {key.text}
                self._next += 1
        self._links.setdefault(one, {}).setdefault(other, set()).add(claim_id)
        self._links.setdefault(other, {}).setdefault(one, set()).add(claim_id)
        self._verdicts.pop(claim_id, None)
        return self._united(self._component[one], self._component[other])

    def _united(self, one: int, other: int) -> int:
        if one == other:
            return one
        small, large = sorted((one, other), key=lambda number: (len(self._members[number]), number))
        moved = self._members.pop(small)
        self._component.update(dict.fromkeys(moved, large))
        self._members[large] |= moved
        self._overgrown.discard(small)
        if large in self._overgrown:
            self._dissolve(moved)
        return large

    def _unlink(self, claim_id: ClaimId) -> set[int]:
        """Take a claim's link away; return its component, if it was one."""
        one, other = claim_id[1], claim_id[2]
        ids = self._links.get(one, {}).get(other)
        if ids is None or claim_id not in ids:
            return set()
        ids.discard(claim_id)
        self._links[other][one].discard(claim_id)
        if not ids:
            del self._links[one][other]
            self._links[other].pop(one, None)
        return {self._component[one]}

    def _split(self, number: int) -> set[int]:
        """Part a component into what still hangs together; a key without links is forgotten."""
        left = self._members.pop(number)
        self._overgrown.discard(number)
        parts: set[int] = set()
        while left:
            part = self._reached(next(iter(left)))
            left -= part
            if len(part) == 1 and not self._links.get(next(iter(part))):
                self._forget(next(iter(part)))
                continue
            self._members[self._next] = part
            self._component.update(dict.fromkeys(part, self._next))
            parts.add(self._next)
            self._next += 1
        return parts

    def _reached(self, start: str) -> set[str]:
        seen, frontier = {start}, [start]
        while frontier:
            for other in self._links.get(frontier.pop(), {}):
                if other not in seen:
                    seen.add(other)
                    frontier.append(other)
        return seen

    def _forget(self, key: str) -> None:
        for known in (self._links, self._component, self._keys):
            known.pop(key, None)
        self._classed((key,), ())

    def _resolve_one(self, number: int) -> None:
        members = self._members[number]
        if len(members) > COMPONENT_KEYS_MAX:
            if number not in self._overgrown:
                self._overgrown.add(number)
                self._dissolve(members)
            return
        ids = self._ids(members)
        claims = map(self._claims.__getitem__, ids)
        found = resolve({key: self._keys[key] for key in members}, claims, self._admission.apart)
        for claim_id in ids:
            self._verdicts.pop(claim_id, None)
        self._verdicts.update(found.verdicts)
        self._classed(members, found.classes)

    def _ids(self, members: Iterable[str]) -> set[ClaimId]:
        return {claim_id for key in members for ids in self._links.get(key, {}).values() for claim_id in ids}

    def _dissolve(self, members: Iterable[str]) -> None:
        """Join nothing among these keys; what holds their claims back is their component."""
        for claim_id in self._ids(members):
            self._verdicts.pop(claim_id, None)
        self._classed(members, ())

    def _classed(self, members: Iterable[str], classes: Iterable[tuple[str, ...]]) -> None:
        now = {key: joined for joined in classes for key in joined}
        changed = {key for key in members if self._class.get(key) != now.get(key)}
        for key in changed:
            self._class.pop(key, None)
        self._class.update(now)
        self._changed |= changed

    def members(self, key: str) -> tuple[str, ...]:
        """Return the class of a key, in order; a key of which nothing is claimed is a class of its own."""
        return self._class.get(key, (key,))

    def representative(self, key: str) -> str:
        """Return the member that stands for the class: the smallest."""
        return self.members(key)[0]

    @property
    def all(self) -> Mapping[str, tuple[str, ...]]:
        """Every key that shares its class with another one, with that class."""
        return self._class

    def verdict(self, claim: Claim) -> Verdict | None:
        """Return what became of a claim; None when it is not known here."""
        if claim.id not in self._claims:
            return None
        held = self._verdicts.get(claim.id)
        if held is None and self._component.get(claim.source.text) in self._overgrown:
            return Verdict(Status.QUARANTINED, Reason.GROWTH)
        return held or ACTIVE

    def claims(self, key: str) -> tuple[Claim, ...]:
        """Return the claims that can hold by themselves and name the key, in a fixed order."""
        return tuple(self._claims[claim_id] for claim_id in sorted(self._ids((key,))))

    def held_back(self) -> Mapping[ClaimId, Verdict]:
        """Return the verdicts of the claims that are not active, but for those of overgrown components."""
        return {claim_id: verdict for claim_id, verdict in self._verdicts.items() if verdict is not ACTIVE}

    def claim(self, claim_id: ClaimId) -> Claim:
        """Return a claim that is known here."""
        return self._claims[claim_id]

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return what a person should look at, in a fixed order."""
        held: dict[tuple[Reason, str], list[ClaimId]] = {}
        for claim_id, verdict in self.held_back().items():
            held.setdefault((verdict.reason, verdict.about), []).append(claim_id)
        for number in self._overgrown:
            members = self._members[number]
            held[Reason.GROWTH, min(members)] = list(self._ids(members))
        return tuple(sorted(_conflict(reason, about, ids) for (reason, about), ids in held.items()))


def _conflict(reason: Reason, about: str, ids: list[ClaimId]) -> Conflict:
    keys = nsmallest(CONFLICT_KEYS_MAX, {key for claim_id in ids for key in claim_id[1:3]})
    return Conflict(reason, about, tuple(keys), len(ids))
