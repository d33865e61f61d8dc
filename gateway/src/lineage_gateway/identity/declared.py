"""What is declared, brought together: the configuration's word, then what was added over the API, then the domains'.

Declarations about namespaces act inside `canonical`, as one `Declarations`; those about pairs are claims. Where a later
declaration says the opposite of an earlier one's, it is overruled: kept, shown, and without effect. A domain's act on
what that domain reports and nothing else, so that domains do not come in each other's way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from lineage_gateway.identity.domain_declarations import DomainDeclared
from lineage_shared.claims import Claim, ClaimKind, declared_claim
from lineage_shared.naming import Declaration, Declarations
from lineage_shared.naming.canonical import pinned
from lineage_shared.naming.declared import (
    Alias,
    CasePolicy,
    CatalogBinding,
    DatabaseAlias,
    DifferentFrom,
    InstanceDefault,
    JobNamespaceAlias,
    NameDefaults,
    NamespaceAlias,
    NamespaceBinding,
    PathSpec,
    ShardPolicy,
    Symlink,
)

Pair = Alias | Symlink | DifferentFrom

CONFIGURED = "the configuration says otherwise"
BY_OPERATORS = "what is declared at the gateway says otherwise"
_ALIASES = (NamespaceAlias, JobNamespaceAlias)
_ABOUT_NAMES = (
    CasePolicy,
    CatalogBinding,
    DatabaseAlias,
    InstanceDefault,
    NameDefaults,
    NamespaceBinding,
    PathSpec,
    ShardPolicy,
)
NOTHING = "one of its names denotes nothing"


class DomainPair(NamedTuple):
    """A pair that a domain declares, in its agent's configuration."""

    domain: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class Overruled:
    """A declaration that has no effect, and why; `domain` is the one whose it is, None for the API's."""

    declaration: Declaration
    why: str = CONFIGURED
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """All that holds: `names` for `canonical`, pairs to be weighed as claims, and what is overruled.

    `pairs` are the operators', `domain_pairs` those of domains, `said` is everything that domains declare.
    """

    names: Declarations = field(default_factory=Declarations)
    pairs: frozenset[Pair] = frozenset()
    domain_pairs: frozenset[DomainPair] = frozenset()
    overruled: tuple[Overruled, ...] = ()
    said: tuple[DomainDeclared, ...] = ()
    reading: bytes = b""
    """Equal where every reference has the same key under both."""

    def reads_like(self, other: Declared) -> bool:
        """Tell whether every reference has the same key under both."""
        return self.reading == other.reading


def declared_of(
    configured: Iterable[Declaration], added: Iterable[Declaration], said: Iterable[DomainDeclared] = ()
) -> Declared:
    """Bring declarations together; the outcome does not depend on their order.

    It takes about ten seconds for a hundred thousand of them, agreeing or not: the server calls it in a thread.
    """
    own, further = frozenset(configured), frozenset(added)
    domains = tuple(sorted(said, key=lambda each: each.domain))
    operators, overruled = _operators_names(own, sorted(further - own, key=repr))
    pairs = {each for each in own if isinstance(each, Pair)}
    opposed = _opposed(pairs, operators)
    for each in further - own:
        if isinstance(each, Pair):
            if opposed and _is_opposed(each, operators, opposed):
                overruled.append(Overruled(each))
            else:
                pairs.add(each)
    names, beaten = _domains_names(operators, domains)
    domain_pairs, without_effect = _of_domains(domains, names, _opposed(pairs, operators), beaten)
    _ = names.disagreements  # worked out here, in the caller's thread
    return Declared(
        names,
        frozenset(pairs),
        frozenset(domain_pairs),
        tuple(sorted((*overruled, *beaten, *without_effect), key=repr)),
        domains,
        _reading(names),
    )


def _operators_names(own: frozenset[Declaration], further: list[Declaration]) -> tuple[Declarations, list[Overruled]]:
    """Return what acts inside `canonical`: a pair joins nothing there, but a `different_from` keeps names apart."""
    base = [each for each in own if not isinstance(each, Alias | Symlink)]
    candidates = [each for each in further if not isinstance(each, Alias | Symlink)]
    names = Declarations([*base, *candidates])
    configured = Declarations(base)
    if not base or names.disagreements == configured.disagreements:
        return names, []
    overruled = [
        Overruled(each) for each in candidates if not isinstance(each, DifferentFrom) and configured.disputes(each)
    ]
    refused = {each.declaration for each in overruled}
    return Declarations([*base, *(each for each in candidates if each not in refused)]), overruled


def _domains_names(
    operators: Declarations, domains: tuple[DomainDeclared, ...]
) -> tuple[Declarations, list[Overruled]]:
    """Add what domains declare about their own namespaces: aliases first, since the rest is about what they lead to.

    Then come the names that they declare to be different, but for those that the operators' word makes one.
    """
    aliases, overruled = _sorted_out(domains, _ALIASES, operators.say_otherwise)
    resolved = Declarations([*operators.all, *aliases]) if aliases else operators
    others, beaten = _sorted_out(domains, _ABOUT_NAMES, resolved.say_otherwise)
    apart, denied = _sorted_out(domains, (DifferentFrom,), partial(_makes_one, operators))
    further = [*others, *apart]
    return Declarations([*resolved.all, *further]) if further else resolved, [*overruled, *beaten, *denied]


def _sorted_out(
    domains: tuple[DomainDeclared, ...], kinds: tuple[type, ...], otherwise: Callable[[Any], bool]
) -> tuple[list[Declaration], list[Overruled]]:
    """Return what domains declare of some kinds: what holds, and what the operators declare otherwise."""
    given = [(said.domain, each) for said in domains for each in said.declarations if isinstance(each, kinds)]
    beaten = [Overruled(each, BY_OPERATORS, domain) for domain, each in given if otherwise(each)]
    refused = {(each.domain, each.declaration) for each in beaten}
    return [each for domain, each in given if (domain, each) not in refused], beaten


def _makes_one(operators: Declarations, declared: DifferentFrom) -> bool:
    """Tell whether declarations of operators, and not the rules alone, make one of what is declared to be different."""
    claim, bare = (declared_claim(declared, names) for names in (operators, operators.none))
    return claim is not None and bare is not None and len({*claim.pair}) < len({*bare.pair})


def _of_domains(
    domains: tuple[DomainDeclared, ...], names: Declarations, opposed: set[_Opposed], beaten: list[Overruled]
) -> tuple[list[DomainPair], list[Overruled]]:
    """Return the pairs that domains declare, and those that come to nothing."""
    pairs: list[DomainPair] = []
    overruled: list[Overruled] = []
    known = {(each.domain, each.declaration) for each in beaten}
    for domain, each in ((said.domain, each) for said in domains for each in said.declarations):
        if isinstance(each, Pair) and (domain, each) not in known:
            claim = declared_claim(each, names)
            if claim is None:
                overruled.append(Overruled(each, NOTHING, domain))
            elif (_differs(claim), *claim.pair) in opposed:
                overruled.append(Overruled(each, BY_OPERATORS, domain))
            else:
                pairs.append(DomainPair(domain, each))
    return pairs, overruled


_Opposed = tuple[bool, str, str]


def _opposed(pairs: Iterable[Pair], names: Declarations) -> set[_Opposed]:
    """Return what some pairs forbid: (says that they differ, one key, other key)."""
    found = (claim for each in pairs if (claim := declared_claim(each, names)) is not None)
    return {(not _differs(claim), *claim.pair) for claim in found}


def _is_opposed(declared: Pair, names: Declarations, opposed: set[_Opposed]) -> bool:
    claim = declared_claim(declared, names)
    return claim is not None and (_differs(claim), *claim.pair) in opposed


def _differs(claim: Claim) -> bool:
    return claim.kind is ClaimKind.DIFFERENT_FROM


def _reading(names: Declarations) -> bytes:
    spoken = [each for each in names.all if not isinstance(each, DifferentFrom)]
    kept = sorted(map(repr, pinned(names)))
    return _digest(map(repr, (*spoken, kept))) if spoken or kept else b""


def _digest(texts: Iterator[str]) -> bytes:
    found = hashlib.blake2b(digest_size=16)
    for text in texts:
        found.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return found.digest()
