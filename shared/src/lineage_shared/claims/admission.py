"""What can be said of a claim without looking at where it leads: can it hold at all, does its target identify.

A symlink's target that two sources claim identifies neither of them, and a source with very many targets is not one
thing either. Then *all* its symlinks are held back, the first one included, so that order cannot matter; they come back
when the others are retracted.
"""

from __future__ import annotations

from lineage_shared.claims.model import ACTIVE, Claim, ClaimId, ClaimKind, Reason, Status, Verdict

SOURCES_MAX = 1
"""Sources whose symlinks may point at one target."""

TARGETS_MAX = 32
"""Targets that the symlinks of one source may name."""

_SESSION = ("default_catalog.default_database.", "`default_catalog`.`default_database`.")
_Index = dict[str, dict[str, set[ClaimId]]]


class Admission:
    """Counts of sources and targets, and the pairs that are different: what `Classes` asks before it links a claim."""

    def __init__(self) -> None:
        self.apart: dict[str, dict[str, int]] = {}
        self._sources: _Index = {}
        self._targets: _Index = {}

    def add(self, claim: Claim) -> set[ClaimId]:
        """Count a claim in; return the claims whose verdict may have changed."""
        if _inherent(claim) is not None:
            if claim.kind is ClaimKind.DIFFERENT_FROM and _inherent(claim) == ACTIVE:
                self._told_apart(claim, 1)
        elif claim.kind is ClaimKind.SYMLINK:
            one, other = claim.source.text, claim.target.text
            self._sources.setdefault(other, {}).setdefault(one, set()).add(claim.id)
            self._targets.setdefault(one, {}).setdefault(other, set()).add(claim.id)
            return self._crossing(one, other, 1) | {claim.id}
        return {claim.id}

    def remove(self, claim: Claim) -> set[ClaimId]:
        """Count a claim out again; return the claims whose verdict may have changed, itself included."""
        if _inherent(claim) is not None:
            if claim.kind is ClaimKind.DIFFERENT_FROM and _inherent(claim) == ACTIVE:
                self._told_apart(claim, -1)
        elif claim.kind is ClaimKind.SYMLINK:
            one, other = claim.source.text, claim.target.text
            _uncounted(self._sources, other, one, claim.id)
            _uncounted(self._targets, one, other, claim.id)
            return self._crossing(one, other, 0) | {claim.id}
        return {claim.id}

    def _crossing(self, source: str, target: str, over: int) -> set[ClaimId]:
        """Only where a limit is just crossed do other claims change, so that a flood costs no more than its claims."""
        found: set[ClaimId] = set()
        for index, key, limit in ((self._sources, target, SOURCES_MAX), (self._targets, source, TARGETS_MAX)):
            others = index.get(key, {})
            if len(others) == limit + over:
                found.update(claim_id for ids in others.values() for claim_id in ids)
        return found

    def _told_apart(self, claim: Claim, by: int) -> None:
        for one, other in ((claim.source.text, claim.target.text), (claim.target.text, claim.source.text)):
            others = self.apart.setdefault(one, {})
            others[other] = others.get(other, 0) + by
            if not others[other]:
                del others[other]
            if not others:
                del self.apart[one]

    def verdict(self, claim: Claim) -> Verdict | None:
        """Return the verdict that is certain already, or None for a claim that its component decides about."""
        certain = _inherent(claim)
        if certain is not None or claim.kind is not ClaimKind.SYMLINK:
            return certain
        if len(self._sources.get(claim.target.text, ())) > SOURCES_MAX:
            return Verdict(Status.QUARANTINED, Reason.FAN_IN, claim.target.text)
        if len(self._targets.get(claim.source.text, ())) > TARGETS_MAX:
            return Verdict(Status.QUARANTINED, Reason.FAN_OUT, claim.source.text)
        return None


def _inherent(claim: Claim) -> Verdict | None:
    source, target = claim.source, claim.target
    if claim.awaits:
        return Verdict(Status.WAITING, Reason.OWNER, target.text)
    if source.text == target.text:
        refused = claim.kind is ClaimKind.DIFFERENT_FROM
        return Verdict(Status.REJECTED, Reason.ONE_KEY, source.text) if refused else ACTIVE
    if claim.kind is ClaimKind.DIFFERENT_FROM:
        return ACTIVE
    if source.kind is not target.kind or bool(source.column) is not bool(target.column):
        return Verdict(Status.REJECTED, Reason.KINDS, source.text)
    if claim.kind is ClaimKind.SYMLINK and any("/".join(key.path).startswith(_SESSION) for key in (source, target)):
        return Verdict(Status.REJECTED, Reason.SESSION, target.text)
    return None


def _uncounted(index: _Index, key: str, other: str, claim_id: ClaimId) -> None:
    ids = index.get(key, {}).get(other)
    if ids is None:
        return
    ids.discard(claim_id)
    if not ids:
        del index[key][other]
    if not index[key]:
        del index[key]
