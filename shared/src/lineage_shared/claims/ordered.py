"""Claim ids by subject, in order: what several claims have in common, a key or a conflict.

Nearly always there is one claim, which stands there by itself; a hundred thousand of them, in a sorted list, take a few
microseconds to change, and the first ones can be had without a look at the others.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Generic, TypeVar

from lineage_shared.claims.model import ClaimId

Subject = TypeVar("Subject")


class Ordered(Generic[Subject]):
    """A subject without claims is not there."""

    def __init__(self) -> None:
        self._ids: dict[Subject, ClaimId | list[ClaimId]] = {}

    def __contains__(self, subject: Subject) -> bool:
        return subject in self._ids

    def of(self, subject: Subject) -> Sequence[ClaimId]:
        """Return the claims of a subject, in order; not to be changed."""
        ids = self._ids.get(subject, ())
        return (ids,) if isinstance(ids, ClaimId) else ids

    def of_kind(self, subject: Subject, kind: str) -> Sequence[ClaimId]:
        """Return those of one kind."""
        ids = self.of(subject)
        begin = bisect_left(ids, ClaimId(kind, "", ""))
        return ids[begin : bisect_left(ids, ClaimId(kind + "\0", "", ""), begin)]

    def add(self, subject: Subject, claim_id: ClaimId) -> None:
        """Add a claim that is not there."""
        ids = self._ids.get(subject)
        if ids is None:
            self._ids[subject] = claim_id
        elif isinstance(ids, list):
            insort(ids, claim_id)
        else:
            self._ids[subject] = sorted((ids, claim_id))

    def remove(self, subject: Subject, claim_id: ClaimId) -> None:
        """Remove a claim that is there."""
        ids = self._ids[subject]
        if not isinstance(ids, list):
            del self._ids[subject]
            return
        del ids[bisect_left(ids, claim_id)]
        if len(ids) == 1:
            self._ids[subject] = ids[0]

    def has(self, subject: Subject, claim_id: ClaimId) -> bool:
        """Tell whether a claim is there."""
        ids = self.of(subject)
        at = bisect_left(ids, claim_id)
        return at < len(ids) and ids[at] == claim_id

    def has_pair(self, subject: Subject, claim_id: ClaimId) -> bool:
        """Tell whether a claim of this kind about this pair of keys is there."""
        ids = self.of(subject)
        at = bisect_left(ids, ClaimId(claim_id.kind, claim_id.source, claim_id.target))
        return at < len(ids) and ids[at].kind == claim_id.kind and ids[at].ends == claim_id.ends
