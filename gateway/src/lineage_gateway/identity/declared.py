"""What people declared, brought together: the configuration's word, then what was added over the API.

Declarations about namespaces act inside `canonical`, as one `Declarations`; those about pairs are claims. Where an
added declaration says the opposite of the configuration, it is overruled: kept, shown, and without effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lineage_shared.claims import Claim, ClaimKind, declared_claim
from lineage_shared.naming import Declaration, Declarations
from lineage_shared.naming.canonical import pinned
from lineage_shared.naming.declared import Alias, DifferentFrom, Symlink

Pair = Alias | Symlink | DifferentFrom

CONFIGURED = "the configuration says otherwise"


@dataclass(frozen=True, slots=True)
class Overruled:
    """An added declaration that has no effect, and why."""

    declaration: Declaration
    why: str = CONFIGURED


@dataclass(frozen=True, slots=True)
class Declared:
    """All that holds: `names` for `canonical`, `pairs` to be weighed as claims, and what is overruled."""

    names: Declarations = field(default_factory=Declarations)
    pairs: frozenset[Pair] = frozenset()
    overruled: tuple[Overruled, ...] = ()

    def reads_like(self, other: Declared) -> bool:
        """Tell whether every reference has the same key under both."""
        if self.names is other.names:
            return True
        spoken, others = (
            [each for each in declared.names.all if not isinstance(each, DifferentFrom)] for declared in (self, other)
        )
        return spoken == others and pinned(self.names) == pinned(other.names)


def declared_of(configured: Iterable[Declaration], added: Iterable[Declaration]) -> Declared:
    """Bring declarations together; the outcome does not depend on their order."""
    own, further = frozenset(configured), frozenset(added)
    names, overruled = _names(own, sorted(further - own, key=repr))
    pairs = frozenset(each for each in own if isinstance(each, Pair))
    opposed = _opposed(pairs, names)
    for each in further - own:
        if isinstance(each, Pair):
            if opposed and _is_opposed(each, names, opposed):
                overruled.append(Overruled(each))
            else:
                pairs |= {each}
    return Declared(names, pairs, tuple(sorted(overruled, key=repr)))


def _names(own: frozenset[Declaration], further: list[Declaration]) -> tuple[Declarations, list[Overruled]]:
    """Return what acts inside `canonical`: a pair joins nothing there, but a `different_from` keeps names apart."""
    base = [each for each in own if not isinstance(each, Alias | Symlink)]
    candidates = [each for each in further if not isinstance(each, Alias | Symlink)]
    names = Declarations([*base, *candidates])
    allowed = Declarations(base).disagreements
    if not base or names.disagreements == allowed:
        return names, []
    overruled = [
        Overruled(each)
        for each in candidates
        if not isinstance(each, DifferentFrom) and Declarations([*base, each]).disagreements != allowed
    ]
    refused = {each.declaration for each in overruled}
    return Declarations([*base, *(each for each in candidates if each not in refused)]), overruled


def _opposed(pairs: frozenset[Pair], names: Declarations) -> set[tuple[bool, str, str]]:
    """Return what the configured pairs forbid: (says that they differ, one key, other key)."""
    found = (claim for each in pairs if (claim := declared_claim(each, names)) is not None)
    return {(not _differs(claim), *_ends(claim)) for claim in found}


def _is_opposed(declared: Pair, names: Declarations, opposed: set[tuple[bool, str, str]]) -> bool:
    claim = declared_claim(declared, names)
    return claim is not None and (_differs(claim), *_ends(claim)) in opposed


def _differs(claim: Claim) -> bool:
    return claim.kind is ClaimKind.DIFFERENT_FROM


def _ends(claim: Claim) -> tuple[str, str]:
    one, other = sorted((claim.source.text, claim.target.text))
    return one, other
