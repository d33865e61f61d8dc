"""The names of one domain: what each denotes, by the rules and by what the domain declares.

A pure value. A gateway that follows this domain alone would read the same keys and hold the same of them to be one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from lineage_agent.declarations import own_claims
from lineage_shared.claims import Claim, ClaimKind, Trust
from lineage_shared.naming import RULESET, Declaration, Declarations, Key, Reference, as_json, canonical


class Names:
    """Reads the references of a domain under its declarations, which are scoped to it."""

    def __init__(self, domain: str, declared: Iterable[Declaration] = ()) -> None:
        self.domain = domain
        self.declarations = Declarations(declared)

    def key(self, reference: Reference) -> Key | None:
        """Return what a reference denotes, None for one that denotes nothing."""
        key = canonical(reference, self.domain, self.declarations)
        return key if isinstance(key, Key) else None

    def symlink(self, source: Key, target: Key) -> Claim:
        """Return a producer's claim that a dataset is also known by another name."""
        return Claim(ClaimKind.SYMLINK, source, target, Trust.SYMLINK, domain=self.domain)

    @cached_property
    def claims(self) -> Mapping[str, tuple[Claim, ...]]:
        """What is declared about pairs of names, by the keys that it is about."""
        found: dict[str, tuple[Claim, ...]] = {}
        for claim in own_claims(self.domain, self.declarations):
            for key in {claim.source.text, claim.target.text}:
                found[key] = (*found.get(key, ()), claim)
        return found

    @cached_property
    def spelled_out(self) -> str:
        """The declarations as JSON, in an order of their own."""
        return msgspec.json.encode(list(map(as_json, self.declarations.all)), order="sorted").decode()

    def fingerprint(self, version: str) -> str:
        """Return what changes with the keys: the rules of this `version` of the agent, and the declarations."""
        return hashlib.sha256(f"{RULESET}\n{version}\n{self.domain}\n{self.spelled_out}".encode()).hexdigest()
