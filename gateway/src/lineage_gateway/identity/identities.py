"""The owner of everything that is claimed about names: producers' symlinks, declarations, and the classes they make.

The mesh asks for a key's class (`members`) and is told, after every change, the keys whose class is another one now;
only what hangs together with the change is weighed anew. Claims of domains about what another one owns wait until the
owner says the same (IDENTIFIERS 4.3, rule 5); owners here are those of configured or claimed namespaces, because who
writes a dataset is for the mesh to say, which rests on the classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from lineage_gateway.identity.authority import Authorities
from lineage_gateway.identity.claims import Asserted, AssertedClaim, ByRecord
from lineage_gateway.identity.declared import Declared, Pair
from lineage_gateway.mirror import Change
from lineage_shared.claims import Claim, ClaimKind, Classes, Trust, assessed, declared_claim
from lineage_shared.claims.model import ClaimId
from lineage_shared.model import DatasetRef, NodeRecord
from lineage_shared.naming import Declarations, Key, Reference, Unidentifiable, canonical

_PairOfKeys = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Before:
    """What a domain's records claimed before a change, to be put back should the change come to nothing."""

    domain: str
    claims: ByRecord


class Identities:
    """The mutable owner of claims and classes; every question is answered for the present set of claims."""

    def __init__(self, authorities: Authorities | None = None, declared: Declared | None = None) -> None:
        self._authorities = authorities or Authorities()
        self._asserted = Asserted()
        self._said: dict[_PairOfKeys, dict[AssertedClaim, int]] = {}
        self._effective: dict[_PairOfKeys, frozenset[Claim]] = {}
        self._pairs: dict[Pair, Claim | None] = {}
        self._made: dict[ClaimId, int] = {}
        self.declared = Declared()
        self.classes = Classes()
        if declared is not None:
            self.declare(declared)

    @property
    def names(self) -> Declarations:
        """The declarations that act on names."""
        return self.declared.names

    def members(self, key: str) -> tuple[str, ...]:
        """Return the class of a key, in order."""
        return self.classes.members(key)

    def take(
        self, domain: str, change: Change, records: Mapping[int, NodeRecord], part: Iterable[int] | None = None
    ) -> tuple[frozenset[str], Before]:
        """Take a change of a domain's records; return the keys whose class changed, and how it was before.

        With `part`, only what these numbers of the change bring about; all parts together are the whole change.
        """
        return self._put(domain, self._asserted.changed_by(domain, change, records, part))

    def put_back(self, before: Before) -> None:
        """Make it as if a change had not been taken."""
        self._put(before.domain, before.claims)

    def _put(self, domain: str, claims: ByRecord) -> tuple[frozenset[str], Before]:
        before = self._asserted.put(domain, claims) if claims else {}
        pairs: set[_PairOfKeys] = set()
        for number, now in claims.items():
            if before[number].claims != now.claims:
                pairs.update(self._count(claim, -1) for claim in before[number].claims)
                pairs.update(self._count(claim, 1) for claim in now.claims)
        return self._weigh(pairs), Before(domain, before)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of keys about which producers say something."""
        return list(self._said)

    def govern(self, authorities: Authorities, pairs: Iterable[tuple[str, str]] | None = None) -> frozenset[str]:
        """Use other owners of namespaces; return the keys whose class changed, of these `pairs` or of all."""
        self._authorities = authorities
        return self._weigh(self._said.keys() if pairs is None else pairs)

    def declare(self, declared: Declared) -> tuple[frozenset[str], bool]:
        """Use other declarations; return the keys whose class changed, and whether any reference may have a new key."""
        renames = not declared.reads_like(self.declared)
        gone = set(self._pairs) if renames else self._pairs.keys() - declared.pairs
        new = declared.pairs if renames else declared.pairs - self._pairs.keys()
        retracted = [self._pairs.pop(pair) for pair in gone]
        self.declared = declared
        added = {pair: declared_claim(pair, declared.names) for pair in new}
        self._pairs.update(added)
        changed = self.classes.apply(*self._tallied(added.values(), retracted))
        return (changed | self._recount(), True) if renames else (changed, False)

    def _tallied(
        self, added: Iterable[Claim | None], retracted: Iterable[Claim | None]
    ) -> tuple[list[Claim], list[Claim]]:
        """Return the claims that came and went; two declarations may make one claim."""
        claims: dict[ClaimId, tuple[Claim, int]] = {}
        for by, given in ((1, added), (-1, retracted)):
            for claim in given:
                if claim is not None:
                    claims[claim.id] = (claim, claims.get(claim.id, (claim, 0))[1] + by)
        came, went = [], []
        for claim_id, (claim, by) in claims.items():
            before = self._made.pop(claim_id, 0)
            if before + by:
                self._made[claim_id] = before + by
            if not before and by:
                came.append(claim)
            elif before and not before + by:
                went.append(claim)
        return came, went

    def apart(self, one: str, other: str) -> bool:
        """Tell whether two keys are declared to be different."""
        return any(
            claim.kind is ClaimKind.DIFFERENT_FROM and {claim.source.text, claim.target.text} == {one, other}
            for claim in self._pairs.values()
            if claim is not None
        )

    def claim_of(self, declared: Pair) -> Claim | None:
        """Return the claim that a declared pair makes now; None for one that is not declared, or overruled."""
        return self._pairs.get(declared)

    def declarations_of(self, claim: Claim) -> list[Pair]:
        """Return the declared pairs that make a claim."""
        return sorted((pair for pair, made in self._pairs.items() if made == claim), key=repr)

    def assertions_of(self, claim: Claim) -> list[AssertedClaim]:
        """Return what producers said that makes a claim."""
        said = self._said.get(_ordered(claim.source.text, claim.target.text), {})
        return sorted(each for each in said if each.domain == claim.domain)

    def _recount(self) -> frozenset[str]:
        """Read every asserted claim anew, under the present declarations."""
        pairs = set(self._said)
        self._said = {}
        pairs.update(self._count(claim, 1) for claim in self._asserted)
        return self._weigh(pairs)

    def _count(self, claim: AssertedClaim, by: int) -> _PairOfKeys:
        source, target = self._key(claim.source, claim.domain), self._key(claim.target, claim.domain)
        if isinstance(source, Unidentifiable) or isinstance(target, Unidentifiable):
            return ("", "")
        pair = _ordered(source.text, target.text)
        said = self._said.setdefault(pair, {})
        said[claim] = said.get(claim, 0) + by
        if not said[claim]:
            del said[claim]
        if not said:
            del self._said[pair]
        return pair

    def _weigh(self, pairs: Iterable[_PairOfKeys]) -> frozenset[str]:
        """Bring the claims about these pairs up to date."""
        added: set[Claim] = set()
        retracted: set[Claim] = set()
        for pair in list(pairs):
            before = self._effective.pop(pair, frozenset())
            now = frozenset(self._claims(pair))
            if now:
                self._effective[pair] = now
            added |= now - before
            retracted |= before - now
        return self.classes.apply(added, retracted) if added or retracted else frozenset()

    def _claims(self, pair: _PairOfKeys) -> Iterable[Claim]:
        """Give the claims that what is said about a pair amounts to: an owner's word lets another domain's in."""
        said = self._said.get(pair, {})
        agreeing = {each.domain for each in said}
        for each in said:
            source, target = self._key(each.source, each.domain), self._key(each.target, each.domain)
            if isinstance(source, Key) and isinstance(target, Key):
                claim = Claim(ClaimKind.SYMLINK, source, target, Trust.SYMLINK, domain=each.domain)
                owners = [self._authorities.of(end.namespace).domain for end in (each.source, each.target)]
                silent = [owner if owner not in agreeing else each.domain for owner in owners]
                yield assessed(claim, *silent)

    def _key(self, ref: DatasetRef, domain: str) -> Key | Unidentifiable:
        key = canonical(Reference(namespace=ref.namespace, name=ref.name), domain, self.names)
        # Rules explain a key, and are no part of what is claimed.
        return msgspec.structs.replace(key, rules=()) if isinstance(key, Key) else key


def _ordered(one: str, other: str) -> _PairOfKeys:
    return (one, other) if one <= other else (other, one)


def spoken(claim: Claim) -> str:
    """Return a claim as a reason: what says it, and who."""
    by = claim.domain or claim.by or "the gateway's operators"
    return f"{claim.kind.value} by {by}"
