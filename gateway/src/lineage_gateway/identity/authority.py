"""Who speaks for the datasets of a namespace (ARCHITECTURE rule 10).

A domain owns the namespaces that start with one of its prefixes. What the gateway's operators configured comes first,
then what the agents claim for themselves; within one of these the longest matching prefix decides, and a prefix that
two domains name belongs to nobody. A prefix matches only up to a separator, so that `s3://sales` does not own
`s3://sales-archive`. Where no prefix matches, the mesh looks at who writes and who reports the dataset.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from lineage_shared.naming.namespaces import read_namespace

NAMESPACES_MAX = 10_000

_SEPARATORS = "/:|"
# A dot parts the levels of a plain name; in the authority of a URI it would lead to another host.
_SEPARATORS_OF_TEXT = "/:|."
_TEXT = "text:"


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the prefixes say about a namespace: `decided`, and then by whom it is owned (None: disputed, so nobody).

    `weight` orders what decided: the configuration before claims, a longer prefix before a shorter one.
    """

    decided: bool
    domain: str | None = None
    weight: tuple[int, int] = field(default=(0, 0), compare=False)


UNDECIDED = Ownership(decided=False)


class Authorities:
    """The prefixes of all domains: configured here, and claimed by the agents (`wire.About.namespaces`)."""

    def __init__(
        self,
        configured: Mapping[str, Iterable[str]] | None = None,
        claimed: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Both map a domain to namespace prefixes, in any certain spelling."""
        self._ranks = [_owners(configured or {}), _owners(claimed or {})]
        self._known: dict[str, Ownership] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Authorities) and self._ranks == other._ranks

    __hash__ = None  # type: ignore[assignment]  # what it remembers grows

    @property
    def domains(self) -> frozenset[str]:
        """All domains that name a prefix."""
        return frozenset(domain for owners in self._ranks for domains in owners.values() for domain in domains)

    def of(self, namespace: str) -> Ownership:
        """Tell who owns a dataset namespace."""
        known = self._known.get(namespace)
        if known is None:
            if len(self._known) >= NAMESPACES_MAX:
                self._known.clear()
            self._known[namespace] = known = self._find(_spelled(namespace))
        return known

    def of_any(self, namespaces: Collection[str]) -> Ownership:
        """Tell who owns a dataset that has names in several namespaces: the weightiest word; nobody where two tie."""
        found = [each for each in map(self.of, namespaces) if each.decided]
        if len(found) < 2:  # noqa: PLR2004 - nothing to weigh
            return found[0] if found else UNDECIDED
        most = max(each.weight for each in found)
        owners = {each.domain for each in found if each.weight == most}
        return Ownership(decided=True, domain=owners.pop() if len(owners) == 1 else None, weight=most)

    def _find(self, namespace: str) -> Ownership:
        for rank, owners in enumerate(self._ranks):
            matching = [prefix for prefix in owners if _matches(prefix, namespace)]
            if matching:
                longest = max(matching, key=len)
                owner = next(iter(owners[longest])) if len(owners[longest]) == 1 else None
                return Ownership(decided=True, domain=owner, weight=(-rank, len(longest)))
        return UNDECIDED


def _owners(prefixes: Mapping[str, Iterable[str]]) -> dict[str, Collection[str]]:
    owners: dict[str, set[str]] = {}
    for domain, given in prefixes.items():
        for prefix in given:
            if prefix:
                owners.setdefault(_spelled(prefix), set()).add(domain)
    return {prefix: frozenset(domains) for prefix, domains in owners.items()}


def _matches(prefix: str, namespace: str) -> bool:
    if not namespace.startswith(prefix):
        return False
    separators = _SEPARATORS_OF_TEXT if prefix.startswith(_TEXT) else _SEPARATORS
    return len(namespace) == len(prefix) or prefix[-1] in separators or namespace[len(prefix)] in separators


def _spelled(namespace: str) -> str:
    """Return the namespace as the rules rewrite it, so that spelling does not decide who owns it; `s3:` is `s3://`."""
    return read_namespace(f"{namespace}//" if namespace.endswith(":") else namespace).identity
