"""What domains say about pairs of names, by pair of keys: in producers' facets, and in their agents' configuration.

`Sayings` counts them in and out, and weighs a pair: whose word it is, and whether it waits. A claim on a name that
another domain owns waits until the owner says the same; what a domain declares waits until it reports one of the names,
a symlink until it reports the one that has the other name. Owners here are those of configured or claimed namespaces,
because who writes a dataset is for the mesh to say, which rests on the classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from lineage_gateway.identity.authority import Authorities
from lineage_gateway.identity.claims import AssertedClaim
from lineage_gateway.identity.declared import DomainPair, Pair
from lineage_gateway.identity.reported import Reported
from lineage_shared.claims import Claim, ClaimKind, Trust, assessed, declared_claim, ends
from lineage_shared.claims.model import PairOfKeys, pair_of
from lineage_shared.model import DatasetRef, Kind
from lineage_shared.naming import Declarations, Key, Reference, canonical, reference_of
from lineage_shared.naming.declared import Alias, DifferentFrom
from lineage_shared.naming.reference import System

KEYS_REMEMBERED = 1_000
"""Keys of references that are kept at hand; beyond, the memory starts anew."""


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """What a domain declares about two names; `namespaces` are those of the two, that of the claim's source first."""

    domain: str
    pair: Pair
    namespaces: tuple[str, str]


Said = AssertedClaim | Spoken


class Move(msgspec.Struct, frozen=True, gc=False):
    """Something said about two keys, the first of which has the other name, is counted in (1) or out (-1)."""

    said: Said
    source: Key
    target: Key
    by: int

    @property
    def pair(self) -> PairOfKeys:
        """The texts of the two keys, in order."""
        return pair_of(self.source.text, self.target.text)

    def says_like(self, other: Move) -> bool:
        """Tell whether both are about the same said of the same two keys, in the same direction."""
        own, others = ((each.said, each.source.text, each.target.text) for each in (self, other))
        return own == others

    @property
    def back(self) -> Move:
        """What undoes it."""
        return Move(self.said, self.source, self.target, -self.by)


class _Pair(msgspec.Struct, gc=False):
    """What is said about two keys: that the first one has the second's name, the reverse, and the claims they make."""

    one: Key
    other: Key
    forth: tuple[Said, ...] = ()
    back: tuple[Said, ...] = ()
    claims: tuple[Claim, ...] = ()


class Sayings:
    """All that domains say, by pair of keys."""

    def __init__(self) -> None:
        self._pairs: dict[PairOfKeys, _Pair] = {}
        self._keys: dict[tuple[DatasetRef, str], Key | None] = {}

    @property
    def pairs(self) -> list[PairOfKeys]:
        """The pairs of keys about which something is said; a new list."""
        return list(self._pairs)

    def of(self, pair: PairOfKeys, source: str) -> tuple[Said, ...]:
        """Return what is said about a pair with this key first."""
        known = self._pairs.get(pair)
        if known is None:
            return ()
        return known.forth if source == known.one.text else known.back

    def move(self, asserted: AssertedClaim, by: int, names: Declarations) -> Move | None:
        """Return what counting a producer's claim in or out comes to; None where a name denotes nothing."""
        source = self._key(asserted.source, asserted.domain, names)
        target = self._key(asserted.target, asserted.domain, names)
        return Move(asserted, source, target, by) if source is not None and target is not None else None

    def _key(self, ref: DatasetRef, domain: str, names: Declarations) -> Key | None:
        at = (ref, domain)
        if at not in self._keys:
            if len(self._keys) >= KEYS_REMEMBERED:
                self._keys.clear()
            self._keys[at] = key_of(ref, domain, names)
        return self._keys[at]

    def forget_keys(self) -> None:
        """Forget the keys at hand: they were those of other declarations."""
        self._keys.clear()

    def make(self, moves: Iterable[Move]) -> set[PairOfKeys]:
        """Count in and out; return the pairs to be weighed."""
        touched: set[PairOfKeys] = set()
        for move in moves:
            flipped = move.target.text < move.source.text
            one, other = (move.target, move.source) if flipped else (move.source, move.target)
            pair = PairOfKeys(one.text, other.text)
            known = self._pairs.get(pair)
            if known is None:
                self._pairs[pair] = known = _Pair(one, other)
            if flipped:
                known.back = _counted(known.back, move)
            else:
                known.forth = _counted(known.forth, move)
            touched.add(pair)
        return touched

    def weigh(
        self, pairs: Iterable[PairOfKeys], authorities: Authorities, reported: Reported
    ) -> tuple[list[Claim], list[Claim]]:
        """Bring the claims about these pairs up to date; return those that came and those that went."""
        came: list[Claim] = []
        went: list[Claim] = []
        for pair in pairs:
            known = self._pairs.get(pair)
            if known is None:
                continue
            now = tuple(dict.fromkeys(_claims(known, authorities, reported)))
            came += [claim for claim in now if claim not in known.claims]
            went += [claim for claim in known.claims if claim not in now]
            known.claims = now
            if not known.forth and not known.back:
                del self._pairs[pair]
        return came, went


def moved(asserted: AssertedClaim, by: int, names: Declarations) -> Move | None:
    """Return what `Sayings.move` does, whatever names are used now."""
    source, target = (key_of(ref, asserted.domain, names) for ref in (asserted.source, asserted.target))
    return Move(asserted, source, target, by) if source is not None and target is not None else None


def key_of(ref: DatasetRef, domain: str, names: Declarations) -> Key | None:
    """Return the key of a dataset, without the rules that led to it: they are no part of what is said."""
    key = canonical(Reference(namespace=ref.namespace, name=ref.name), domain, names)
    return msgspec.structs.replace(key, rules=()) if isinstance(key, Key) else None


def declared_move(declared: DomainPair, names: Declarations, by: int) -> Move | None:
    """Return what counting a domain's declaration in or out comes to; None where a name denotes nothing."""
    claim = declared_claim(declared.pair, names)
    if claim is None:
        return None
    source, target = (msgspec.structs.replace(key, rules=()) for key in (claim.source, claim.target))
    first, second = ends(declared.pair)
    if canonical(first, declared.domain, names) != claim.source:
        first, second = second, first
    said = Spoken(declared.domain, declared.pair, (_namespace(first, source), _namespace(second, target)))
    return Move(said, source, target, by)


def _namespace(end: Reference, key: Key) -> str:
    """Return the namespace by which an owner is found: as it was written where that is OpenLineage's way.

    A job, and a name that means something inside one domain, is that domain's.
    """
    if key.kind is Kind.JOB or key.domain is not None:
        return ""
    written = end.namespace if end.system is System.OPENLINEAGE else ""
    return written or reference_of(key).namespace


def _counted(said: tuple[Said, ...], move: Move) -> tuple[Said, ...]:
    if move.by > 0:
        return (*said, move.said)
    at = said.index(move.said)
    return (*said[:at], *said[at + 1 :])


def _claims(pair: _Pair, authorities: Authorities, reported: Reported) -> Iterator[Claim]:
    everything = (*pair.forth, *pair.back)
    same = {said.domain for said in everything if not _differs(said)}
    different = {said.domain for said in everything if _differs(said)}
    for given, source, target in ((pair.forth, pair.one, pair.other), (pair.back, pair.other, pair.one)):
        for said in given:
            owners = (authorities.of(namespace).domain for namespace in _namespaces(said))
            # An owner who says the same lets another domain's word in.
            agreeing = different if _differs(said) else same
            silent = [owner if owner not in agreeing else said.domain for owner in owners]
            yield assessed(_claim(said, source, target), *silent, reported=_reports(said, source, target, reported))


def _differs(said: Said) -> bool:
    return isinstance(said, Spoken) and isinstance(said.pair, DifferentFrom)


def _claim(said: Said, source: Key, target: Key) -> Claim:
    if isinstance(said, Spoken) and isinstance(said.pair, Alias | DifferentFrom):
        kind = ClaimKind.DIFFERENT_FROM if isinstance(said.pair, DifferentFrom) else ClaimKind.ALIAS
        return Claim(kind, source, target, Trust.DOMAIN, said.pair.by, said.domain)
    return Claim(ClaimKind.SYMLINK, source, target, Trust.SYMLINK, domain=said.domain)


def _reports(said: Said, source: Key, target: Key, reported: Reported) -> bool:
    if isinstance(said, AssertedClaim):
        return True
    either = isinstance(said.pair, Alias | DifferentFrom)
    return reported.reports(said.domain, source.dataset_text, *((target.dataset_text,) if either else ()))


def _namespaces(said: Said) -> tuple[str, str]:
    return (said.source.namespace, said.target.namespace) if isinstance(said, AssertedClaim) else said.namespaces
