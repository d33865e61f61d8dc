"""The claims that do not hold: each with its verdict, by the keys that it names, and by the conflict that it is in.

A conflict is all that is held back for one reason about one key. It is found by (reason, key), so that it is the same
one whenever it comes back, and in another process as well.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from itertools import islice

from lineage_shared.claims.model import ACTIVE, ClaimId, Conflict, ConflictId, Reason, Verdict
from lineage_shared.claims.ordered import Ordered

CONFLICT_KEYS_MAX = 20
"""Keys that a conflict names."""


class Held:
    """Verdicts of claims that are held back; `touched` are the conflicts that may have come, gone or changed."""

    def __init__(self) -> None:
        self.touched: set[ConflictId] = set()
        self._verdicts: dict[ClaimId, Verdict] = {}
        self._by_conflict = Ordered[ConflictId]()
        self._by_key = Ordered[str]()
        self._order: list[ConflictId] = []

    def put(self, claim_id: ClaimId, verdict: Verdict | None) -> None:
        """Keep the verdict on a claim in place of the one before; nothing is kept of one that holds."""
        before = self._verdicts.get(claim_id)
        now = None if verdict == ACTIVE else verdict
        if before == now:
            return
        if before is not None:
            self._drop(claim_id, before)
        if now is not None:
            self._keep(claim_id, now)

    def _keep(self, claim_id: ClaimId, verdict: Verdict) -> None:
        conflict = (verdict.reason.value, verdict.about)
        self.touched.add(conflict)
        alike = self._by_conflict.of(conflict)
        if not alike:
            insort(self._order, conflict)
        # A flood of claims has one verdict, and one value for it.
        self._verdicts[claim_id] = self._verdicts[alike[0]] if alike else verdict
        self._by_conflict.add(conflict, claim_id)
        for key in {*claim_id.ends}:
            self._by_key.add(key, claim_id)

    def _drop(self, claim_id: ClaimId, verdict: Verdict) -> None:
        conflict = (verdict.reason.value, verdict.about)
        self.touched.add(conflict)
        del self._verdicts[claim_id]
        self._by_conflict.remove(conflict, claim_id)
        if conflict not in self._by_conflict:
            del self._order[bisect_left(self._order, conflict)]
        for key in {*claim_id.ends}:
            self._by_key.remove(key, claim_id)

    def get(self, claim_id: ClaimId) -> Verdict | None:
        """Return the verdict on a claim; None for one that holds, or is not known."""
        return self._verdicts.get(claim_id)

    def at(self, key: str) -> Sequence[ClaimId]:
        """Return the claims that name a key and are held back, in order."""
        return self._by_key.of(key)

    def of_kind(self, key: str, kind: str) -> Sequence[ClaimId]:
        """Return those of one kind that name a key and are held back."""
        return self._by_key.of_kind(key, kind)

    @property
    def conflicts(self) -> Sequence[ConflictId]:
        """All conflicts, in order; not to be changed."""
        return self._order

    def conflict(self, found: ConflictId) -> Conflict | None:
        """Return a conflict; None when there is none of this id."""
        ids = self._by_conflict.of(found)
        return (
            conflict_of(self._verdicts[ids[0]].reason, found[1], islice(ids, CONFLICT_KEYS_MAX), len(ids))
            if ids
            else None
        )


def conflict_of(reason: Reason, about: str, ids: Iterable[ClaimId], claims: int) -> Conflict:
    """Return a conflict of so many claims, with the keys of some of them."""
    keys = sorted({key for claim_id in ids for key in claim_id.ends})
    return Conflict(reason, about, tuple(keys[:CONFLICT_KEYS_MAX]), claims)
