"""Classes: the keys that accepted claims hold to be one thing, kept up to date claim by claim.

Claims that can hold by themselves (`Admission`) are the links of a graph (`Components`). After a change, only the
components that it touches are resolved anew (`resolve`), which does not know how they came about: so the state is a
function of the set of claims, a retracted claim leaves no trace, and the cost is that of the component. What does not
hold is kept by key and by conflict (`Held`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import merge, nsmallest

from lineage_shared.claims.admission import Admission
from lineage_shared.claims.components import Component, Components
from lineage_shared.claims.held import CONFLICT_KEYS_MAX, Held
from lineage_shared.claims.model import (
    ACTIVE,
    Claim,
    ClaimId,
    ClaimKind,
    Conflict,
    ConflictId,
    Reason,
    Status,
    Verdict,
)
from lineage_shared.claims.resolve import resolve
from lineage_shared.naming.keys import Key

COMPONENT_KEYS_MAX = 500
"""Keys that claims connect, right or wrong; in a larger component nothing is joined until a person has looked at it."""


class Classes:
    """The mutable owner of all claims; every question is answered for the present set of them."""

    def __init__(self, claims: Iterable[Claim] = ()) -> None:
        self._claims: dict[ClaimId, Claim] = {}
        self._keys: dict[str, Key] = {}
        self._admission = Admission()
        self._components = Components()
        self._held = Held()
        self._class: dict[str, tuple[str, ...]] = {}
        self._overgrown: dict[int, str] = {}
        self._changed: set[str] = set()
        self.apply(claims)

    def apply(self, added: Iterable[Claim] = (), retracted: Iterable[Claim] = ()) -> frozenset[str]:
        """Take in and take back claims, as one change; return the keys whose class is another one now."""
        touched: set[ClaimId] = set()
        apart: set[str] = set()
        for claim in retracted:
            claim_id = claim.id
            known = self._claims.pop(claim_id, None)
            if known is not None:
                touched |= self._admission.remove(claim_id, known)
                apart.update(_ends_apart(claim_id))
        for claim in added:
            claim_id = claim.id
            if claim_id not in self._claims:
                self._claims[claim_id] = claim
                touched |= self._admission.add(claim_id, claim)
                apart.update(_ends_apart(claim_id))
        self._changed = set()
        dirty = self._relinked(touched)
        dirty |= self._numbers(apart)
        for number in sorted(dirty & self._components.by_number.keys()):
            self._resolve_one(number)
        return frozenset(self._changed)

    def _relinked(self, touched: set[ClaimId]) -> set[int]:
        """Make links of the claims that can hold, and unmake the others; return the components to resolve."""
        dirty: set[int] = set()
        for claim_id in sorted(touched):
            claim = self._claims.get(claim_id)
            verdict = self._admission.verdict(claim_id, claim) if claim is not None else None
            self._held.put(claim_id, verdict)
            if claim is not None and verdict is None:
                dirty.add(self._linked(claim_id, claim))
            elif self._components.has(claim_id):
                dirty.update(self._numbers(claim_id.ends))
                self._components.unlink(claim_id)
        parted, bare = self._components.parted()
        for key in bare:
            del self._keys[key]
        self._released(bare)
        self._classed(bare, ())
        self._outgrown()
        return dirty | parted

    def _linked(self, claim_id: ClaimId, claim: Claim) -> int:
        self._keys.setdefault(claim_id.source, claim.source)
        self._keys.setdefault(claim_id.target, claim.target)
        number, moved = self._components.link(claim_id)
        if number in self._overgrown:
            self._dissolve(moved)
        return number

    def _numbers(self, keys: Iterable[str]) -> set[int]:
        return {number for key in keys if (number := self._components.of(key)) is not None}

    def _outgrown(self) -> None:
        """Forget what was said of overgrown components that are others now, or none."""
        for number, about in list(self._overgrown.items()):
            component = self._components.by_number.get(number)
            if component is None or len(component.keys) <= COMPONENT_KEYS_MAX:
                del self._overgrown[number]
                self._held.touched.add((Reason.GROWTH.value, about))

    def _resolve_one(self, number: int) -> None:
        component = self._components.by_number[number]
        if len(component.keys) > COMPONENT_KEYS_MAX:
            self._overgrow(number, component)
            return
        ids = self._components.ids(component.keys)
        keys = {key: self._keys[key] for key in component.keys}
        found = resolve(keys, map(self._claims.__getitem__, ids), self._admission.apart)
        self._released(component.keys)
        for claim_id in ids | found.verdicts.keys():
            self._held.put(claim_id, found.verdicts.get(claim_id))
        self._classed(component.keys, found.classes)

    def _overgrow(self, number: int, component: Component) -> None:
        """Join nothing in a component; what holds its claims back is the component itself."""
        before = self._overgrown.get(number)
        if before is None:
            self._dissolve(component.keys)
        self._overgrown[number] = component.smallest
        self._held.touched.update((Reason.GROWTH.value, about) for about in (before, component.smallest) if about)

    def _dissolve(self, keys: Collection[str]) -> None:
        for claim_id in self._components.ids(keys):
            self._held.put(claim_id, None)
        self._released(keys)
        self._classed(keys, ())

    def _released(self, keys: Iterable[str]) -> None:
        """Let go of what overrules differences between these keys: their classes are being made anew."""
        for key in keys:
            for claim_id in list(self._held.of_kind(key, ClaimKind.DIFFERENT_FROM.value)):
                verdict = self._held.get(claim_id)
                if verdict is not None and verdict.reason is Reason.OVERRULED:
                    self._held.put(claim_id, None)

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

    def apart(self, one: str, other: str) -> bool:
        """Tell whether two keys are declared to be different."""
        return other in self._admission.apart.get(one, {})

    def differences(self, one: str, other: str) -> tuple[Claim, ...]:
        """Return the claims that tell the classes of two keys apart, in a fixed order."""
        theirs = set(self.members(other))
        apart = [self._admission.apart.get(key, {}) for key in self.members(one)]
        found = {claim_id for others in apart for key in others.keys() & theirs for claim_id in others[key]}
        return tuple(self._claims[claim_id] for claim_id in sorted(found))

    def verdict(self, claim: Claim) -> Verdict | None:
        """Return what became of a claim; None when it is not known here."""
        claim_id = claim.id
        return self._verdict(claim_id) if claim_id in self._claims else None

    def _verdict(self, claim_id: ClaimId) -> Verdict:
        number = self._components.of(claim_id.source)
        if number in self._overgrown and self._components.has(claim_id):
            return Verdict(Status.QUARANTINED, Reason.GROWTH, self._overgrown[number])
        return self._held.get(claim_id) or ACTIVE

    @property
    def known(self) -> Collection[Claim]:
        """All claims, whatever became of them."""
        return self._claims.values()

    def claims(self, key: str) -> tuple[Claim, ...]:
        """Return the claims that can hold by themselves and name the key, in a fixed order."""
        return tuple(map(self._claims.__getitem__, self._components.at(key)))

    def held_at(self, keys: Iterable[str]) -> Iterator[tuple[Claim, Verdict]]:
        """Give the claims that name one of these keys and are held back, with their verdicts, in a fixed order."""
        near = list(keys)
        overgrown = [self._components.at(key) for key in near if self._components.of(key) in self._overgrown]
        before: ClaimId | None = None
        for claim_id in merge(*overgrown, *(self._held.at(key) for key in near)):
            if claim_id != before:
                yield self._claims[claim_id], self._verdict(claim_id)
            before = claim_id

    @property
    def conflict_ids(self) -> list[ConflictId]:
        """What a person should look at, in a fixed order; a new list."""
        overgrown = [(Reason.GROWTH.value, about) for about in self._overgrown.values()]
        return sorted([*self._held.conflicts, *overgrown]) if overgrown else list(self._held.conflicts)

    def conflict(self, found: ConflictId) -> Conflict | None:
        """Return a conflict by its id; None when there is none (any more)."""
        number = self._components.of(found[1]) if found[0] == Reason.GROWTH else None
        if number is None or self._overgrown.get(number) != found[1]:
            return self._held.conflict(found)
        component = self._components.by_number[number]
        first = nsmallest(CONFLICT_KEYS_MAX, component.keys)
        return Conflict(Reason.GROWTH, found[1], tuple(first), component.claims)

    def conflicts(self) -> tuple[Conflict, ...]:
        """Return all conflicts, in their order."""
        found = map(self.conflict, self.conflict_ids)
        return tuple(each for each in found if each is not None)

    @property
    def has_touched_conflicts(self) -> bool:
        """Whether `touched_conflicts` has something to tell."""
        return bool(self._held.touched)

    def touched_conflicts(self) -> set[ConflictId]:
        """Return the conflicts that may have come or gone since the last call."""
        touched, self._held.touched = self._held.touched, set()
        return touched


def _ends_apart(claim_id: ClaimId) -> tuple[str, ...]:
    return claim_id.ends if claim_id.kind == ClaimKind.DIFFERENT_FROM else ()
