"""Whose word a claim is (IDENTIFIERS 4.3, rule 5): gateway, owner, other domains, symlinks, guesses.

A domain may claim about keys that it reports: until it does, what it declares waits. So does a claim on a key that
another domain owns, until that owner says the same.
"""

from __future__ import annotations

import msgspec

from lineage_shared.claims.model import Claim, ClaimKind, Trust


def assessed(claim: Claim, source_owner: str | None, target_owner: str | None, *, reported: bool = True) -> Claim:
    """Return the claim of a domain with its trust, given who owns either key (None: nobody)."""
    if claim.domain is None:
        return msgspec.structs.replace(claim, trust=Trust.GATEWAY, awaits="", unreported=False)
    owners = {owner for owner in (source_owner, target_owner) if owner is not None}
    others = owners - {claim.domain}
    trust = _trust(claim, owns=owners == {claim.domain})
    return msgspec.structs.replace(claim, trust=trust, awaits=min(others, default=""), unreported=not reported)


def _trust(claim: Claim, *, owns: bool) -> Trust:
    if claim.kind is ClaimKind.SYMLINK:
        return Trust.SYMLINK
    return Trust.OWNER if owns else Trust.DOMAIN
