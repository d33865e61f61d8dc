"""What can be said of a claim without looking at where it leads: can it hold at all, does its target identify.

A symlink's target that two sources claim identifies neither of them, and a source with very many targets is not one
thing either. Then *all* its symlinks are held back, the first one included, so that order cannot matter; they come back
when the others are retracted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

from lineage_shared.claims.model import ACTIVE, Claim, ClaimId, ClaimKind, Reason, Status, Verdict
from lineage_shared.claims.ordered import Ordered
from lineage_shared.naming.keys import Key

SOURCES_MAX = 1
"""Sources whose symlinks may point at one target."""

TARGETS_MAX = 32
"""Targets that the symlinks of one source may name."""

_SESSION = "default_catalog.default_database."
"""How Flink calls the tables of a session's own catalog."""

_SYMLINK = ClaimKind.SYMLINK.value

Apart = Mapping[str, Mapping[str, set[ClaimId]]]
"""Key -> key -> the claims that tell them apart; both ways."""


class Admission:
    """Counts of sources and targets, and the pairs that are different: what `Classes` asks before it links a claim."""

    def __init__(self) -> None:
        self._apart: dict[str, dict[str, set[ClaimId]]] = {}
        self._onto = _Crowds(attrgetter("target"), SOURCES_MAX, Reason.FAN_IN)
        self._from = _Crowds(attrgetter("source"), TARGETS_MAX, Reason.FAN_OUT)

    @property
    def apart(self) -> Apart:
        """The pairs that are declared to be different."""
        return self._apart

    def add(self, claim_id: ClaimId, claim: Claim) -> set[ClaimId]:
        """Count a claim in; return the claims whose verdict may have changed."""
        if _inherent(claim) is not None:
            self._tell_apart(claim_id, claim)
        elif claim_id.kind == _SYMLINK:
            return self._onto.add(claim_id) | self._from.add(claim_id) | {claim_id}
        return {claim_id}

    def remove(self, claim_id: ClaimId, claim: Claim) -> set[ClaimId]:
        """Count a claim out again; return the claims whose verdict may have changed, itself included."""
        if _inherent(claim) is not None:
            self._forget_apart(claim_id, claim)
        elif claim_id.kind == _SYMLINK:
            return self._onto.remove(claim_id) | self._from.remove(claim_id) | {claim_id}
        return {claim_id}

    def _tell_apart(self, claim_id: ClaimId, claim: Claim) -> None:
        if _tells_apart(claim):
            for one, other in (claim_id.ends, claim_id.ends[::-1]):
                self._apart.setdefault(one, {}).setdefault(other, set()).add(claim_id)

    def _forget_apart(self, claim_id: ClaimId, claim: Claim) -> None:
        if _tells_apart(claim):
            for one, other in (claim_id.ends, claim_id.ends[::-1]):
                others = self._apart[one]
                others[other].discard(claim_id)
                if not others[other]:
                    del others[other]
                if not others:
                    del self._apart[one]

    def verdict(self, claim_id: ClaimId, claim: Claim) -> Verdict | None:
        """Return the verdict that is certain already, or None for a claim that its component decides about."""
        certain = _inherent(claim)
        if certain is not None or claim_id.kind != _SYMLINK:
            return certain
        return self._onto.verdict(claim_id) or self._from.verdict(claim_id)


class _Crowds:
    """The symlinks that share an end, and how many different keys they have at the other."""

    def __init__(self, end: Callable[[ClaimId], str], most: int, reason: Reason) -> None:
        """`end` gives the shared key of a claim."""
        self._end = end
        self._most = most
        self._reason = reason
        self._ids = Ordered[str]()
        self._others: dict[str, int] = {}

    def add(self, claim_id: ClaimId) -> set[ClaimId]:
        """Add a symlink; return the others, if it is one too many for them.

        Only where the limit is just crossed do others change, so that a flood costs no more than its claims.
        """
        key = self._end(claim_id)
        known = self._ids.has_pair(key, claim_id)
        self._ids.add(key, claim_id)
        if not known:
            self._others[key] = self._others.get(key, 0) + 1
        return set(self._ids.of(key)) if not known and self._others[key] == self._most + 1 else set()

    def remove(self, claim_id: ClaimId) -> set[ClaimId]:
        """Remove a symlink; return the others, if they are few enough now."""
        key = self._end(claim_id)
        self._ids.remove(key, claim_id)
        if self._ids.has_pair(key, claim_id):
            return set()
        self._others[key] -= 1
        if not self._others[key]:
            del self._others[key]
        return set(self._ids.of(key)) if self._others.get(key) == self._most else set()

    def verdict(self, claim_id: ClaimId) -> Verdict | None:
        """Return the verdict on a symlink that shares its end with too many."""
        key = self._end(claim_id)
        crowded = self._others.get(key, 0) > self._most
        return Verdict(Status.QUARANTINED, self._reason, key) if crowded else None


def _tells_apart(claim: Claim) -> bool:
    return claim.kind is ClaimKind.DIFFERENT_FROM and _inherent(claim) == ACTIVE


def _inherent(claim: Claim) -> Verdict | None:
    source, target = claim.source, claim.target
    if claim.unreported or claim.awaits:
        unreported = Verdict(Status.WAITING, Reason.UNREPORTED, source.text)
        return unreported if claim.unreported else Verdict(Status.WAITING, Reason.OWNER, target.text)
    if source.text == target.text:
        refused = claim.kind is ClaimKind.DIFFERENT_FROM
        return Verdict(Status.REJECTED, Reason.ONE_KEY, source.text) if refused else ACTIVE
    if claim.kind is ClaimKind.DIFFERENT_FROM:
        return ACTIVE
    if source.kind is not target.kind or bool(source.column) is not bool(target.column):
        return Verdict(Status.REJECTED, Reason.KINDS, source.text)
    if claim.kind is ClaimKind.SYMLINK and (_of_session(source) or _of_session(target)):
        return Verdict(Status.REJECTED, Reason.SESSION, target.text)
    return None


def _of_session(key: Key) -> bool:
    return ".".join(key.path[:3]).replace("`", "").lower().startswith(_SESSION)
