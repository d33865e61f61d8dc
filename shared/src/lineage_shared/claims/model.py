"""Claims: what is said about a pair of keys, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum, StrEnum

import msgspec

from lineage_shared.naming.keys import Key


class ClaimKind(StrEnum):
    """What a claim says of its two keys."""

    SYMLINK = "symlink"
    ALIAS = "alias"
    DIFFERENT_FROM = "different_from"


class Trust(IntEnum):
    """Whose word it is; a lower number comes first, and a later one never undoes an earlier one."""

    GATEWAY = 0
    OWNER = 1
    DOMAIN = 2
    SYMLINK = 3
    DERIVED = 4


class Status(StrEnum):
    """What became of a claim. None is ever thrown away: retracting what blocks one lets it in."""

    ACTIVE = "active"
    QUARANTINED = "quarantined"  # it is in conflict with others of its own trust, or with none and too large
    REJECTED = "rejected"  # it cannot hold, whatever else is said
    WAITING = "waiting"  # it is about another domain's key, and the owner has not spoken


class Reason(StrEnum):
    """Why a claim is not active."""

    NONE = ""
    DIFFERENT_FROM = "different-from"
    EXCLUSIVE = "exclusive"  # a class would hold two keys of one server, account or bucket store
    FAN_IN = "fan-in"  # several sources share the target, so that it identifies none of them
    FAN_OUT = "fan-out"
    LOCAL = "local-names"  # names that are local to several domains would become one
    SESSION = "session-catalog"
    KINDS = "different-kinds"
    GROWTH = "growth"
    OWNER = "awaits-owner"
    UNREPORTED = "not-reported"  # a domain declares something about names that it does not report
    OVERRULED = "overruled"  # the gateway's operators hold to be one what a domain declares to be different
    ONE_KEY = "one-key"  # the rules hold both names to be one


class Claim(msgspec.Struct, frozen=True, gc=False):
    """`by` says that `source` and `target` are one, or (`different_from`) are not.

    `domain` is the domain that asserts it, None for the gateway's operators. `awaits` names the owner whose word is
    missing, `unreported` tells that the domain does not report what it declares about (see `trust.assessed`).
    """

    kind: ClaimKind
    source: Key
    target: Key
    trust: Trust = Trust.GATEWAY
    by: str = ""
    domain: str | None = None
    awaits: str = ""
    unreported: bool = False

    @property
    def id(self) -> ClaimId:
        """What tells claims apart."""
        waits = self.awaits + "!" * self.unreported
        source, target = self.source.text, self.target.text
        return ClaimId(self.kind.value, source, target, int(self.trust), self.by, self.domain or "", waits)

    @property
    def pair(self) -> PairOfKeys:
        """The texts of the two keys, in order."""
        return pair_of(self.source.text, self.target.text)


class ClaimId(msgspec.Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """What tells claims apart, in the order in which they are listed.

    No tuple, because the garbage collector would look at each of them, and at every table that one is put into.
    """

    kind: str
    source: str
    target: str
    trust: int = 0
    by: str = ""
    domain: str = ""
    waits: str = ""

    @property
    def ends(self) -> tuple[str, str]:
        """The texts of the two keys."""
        return self.source, self.target


class PairOfKeys(msgspec.Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """The texts of two keys, in order; unpacks as such. No tuple, like `ClaimId`."""

    one: str
    other: str

    def __iter__(self) -> Iterator[str]:
        return iter((self.one, self.other))


def pair_of(one: str, other: str) -> PairOfKeys:
    """Return two keys in order, whoever names them."""
    return PairOfKeys(one, other) if one <= other else PairOfKeys(other, one)


class Verdict(msgspec.Struct, frozen=True, order=True, gc=False):
    """What became of a claim, why, and the key that the conflict is about."""

    status: Status
    reason: Reason = Reason.NONE
    about: str = ""


ACTIVE = Verdict(Status.ACTIVE)


ConflictId = tuple[str, str]
"""Reason and key: the same one whenever such a conflict is there, in any process."""


class Conflict(msgspec.Struct, frozen=True, order=True):
    """Claims that do not fit together: some of the keys concerned, and how many claims are held back by it."""

    reason: Reason
    about: str
    keys: tuple[str, ...]
    claims: int

    @property
    def id(self) -> ConflictId:
        """What tells conflicts apart."""
        return self.reason.value, self.about
