"""What became of conflicts: since when each is there, and which ones have been resolved.

Kept in memory, from the gateway's start: that a conflict is there follows from what is claimed and declared, and only
its times are remembered here. A conflict that comes back is the same one again, and no longer a resolved one.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from lineage_shared.claims import Classes
from lineage_shared.claims.model import ConflictId
from lineage_shared.naming.declared import Disagreement

RESOLVED_MAX = 1_000
"""Resolved conflicts that are kept, the newest ones."""


class ConflictState(StrEnum):
    """Whether a conflict is there."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class ConflictRecord(msgspec.Struct, frozen=True, gc=False):
    """One conflict, which `reason` and `about` tell apart from others. Times are microseconds since 1970.

    `claims` are those held back by it, or were when it was resolved; `said` are declarations that disagree.
    """

    reason: str
    about: str
    keys: tuple[str, ...]
    claims: int
    said: tuple[str, ...]
    opened_us: int
    resolved_us: int | None = None

    @property
    def id(self) -> ConflictId:
        """What tells conflicts apart."""
        return self.reason, self.about

    @property
    def state(self) -> ConflictState:
        """Whether it is there."""
        return ConflictState.OPEN if self.resolved_us is None else ConflictState.RESOLVED


class ConflictHistory:
    """The records of conflicts that are there, and of the last ones that were."""

    def __init__(self) -> None:
        self._open: dict[ConflictId, ConflictRecord] = {}
        self._resolved: dict[ConflictId, ConflictRecord] = {}
        self._disagreements: dict[ConflictId, Disagreement] = {}

    def disagreeing(self, found: Iterable[Disagreement]) -> set[ConflictId]:
        """Take it that these declarations disagree; return the conflicts that came or went with that."""
        before = self._disagreements
        self._disagreements = {(f"disagreement-{each.kind}", each.about): each for each in found}
        return {
            each
            for each in before.keys() | self._disagreements.keys()
            if before.get(each) != self._disagreements.get(each)
        }

    @property
    def disagreements(self) -> Iterable[ConflictId]:
        """The conflicts of declarations that disagree."""
        return self._disagreements.keys()

    def note(self, conflict: ConflictId, classes: Classes, now_us: int) -> ConflictRecord | None:
        """Bring the record of a conflict up to date; return it while the conflict is there."""
        known = self._open.pop(conflict, None)
        found = self._found(conflict, classes, known.opened_us if known is not None else now_us)
        if found is not None:
            self._resolved.pop(conflict, None)
            self._open[conflict] = found
        elif known is not None:
            self._resolved[conflict] = msgspec.structs.replace(known, resolved_us=now_us)
            if len(self._resolved) > RESOLVED_MAX:
                del self._resolved[next(iter(self._resolved))]
        return found

    def _found(self, conflict: ConflictId, classes: Classes, opened_us: int) -> ConflictRecord | None:
        disagreement = self._disagreements.get(conflict)
        if disagreement is not None:
            said = disagreement.said
            return ConflictRecord(*conflict, keys=(), claims=len(said), said=said, opened_us=opened_us)
        claims = classes.conflict(conflict)
        if claims is None:
            return None
        return ConflictRecord(*conflict, keys=claims.keys, claims=claims.claims, said=(), opened_us=opened_us)

    @property
    def resolved(self) -> list[ConflictRecord]:
        """The conflicts that are there no more, the last ones first; a new list."""
        return list(reversed(self._resolved.values()))
