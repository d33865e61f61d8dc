"""Claims: what is said about a pair of keys, by whom, and what became of it."""

from __future__ import annotations

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
    ONE_KEY = "one-key"  # the rules hold both names to be one


class Claim(msgspec.Struct, frozen=True):
    """`by` says that `source` and `target` are one, or (`different_from`) are not.

    `domain` is the domain that asserts it, None for the gateway's operators. `awaits` names the owner whose word is
    missing (see `trust.assessed`).
    """

    kind: ClaimKind
    source: Key
    target: Key
    trust: Trust = Trust.GATEWAY
    by: str = ""
    domain: str | None = None
    awaits: str = ""

    @property
    def id(self) -> ClaimId:
        """What tells claims apart."""
        return (self.kind, self.source.text, self.target.text, self.trust, self.by, self.domain or "", self.awaits)


ClaimId = tuple[str, str, str, int, str, str, str]


class Verdict(msgspec.Struct, frozen=True, order=True):
    """What became of a claim, why, and the key that the conflict is about."""

    status: Status
    reason: Reason = Reason.NONE
    about: str = ""


ACTIVE = Verdict(Status.ACTIVE)


class Conflict(msgspec.Struct, frozen=True, order=True):
    """Claims that do not fit together: some of the keys concerned, and how many claims are held back by it."""

    reason: Reason
    about: str
    keys: tuple[str, ...]
    claims: int
