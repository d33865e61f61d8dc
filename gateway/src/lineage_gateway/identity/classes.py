"""The class of a record: the canonical key of its reference (`lineage_shared.naming`, ARCHITECTURE rules 8 and 9).

Records of several domains with the same key are one node. A key depends on the namespace far more than on the name, and
a domain uses few namespaces, so `Classifier` remembers what the rules made of each.
"""

from __future__ import annotations

from typing import NamedTuple, NewType

from lineage_shared.model import Kind, NodeRecord
from lineage_shared.naming import canonical

ClassKey = NewType("ClassKey", str)

NAMESPACES_MAX = 10_000

_PROBE = "x"
_RELATIVE = ("./", "../")


class Identified(NamedTuple):
    """The key of a record's class, and the domain that its reference is scoped to (jobs, local names), else None."""

    key: ClassKey
    scope: str | None


def classify(record: NodeRecord, domain: str) -> Identified:
    """Return the class of one record that `domain` published."""
    key = canonical(record.kind, record.namespace, record.name, domain)
    return Identified(ClassKey(key.text), key.domain)


class Classifier:
    """`classify` for one domain, remembering at most `NAMESPACES_MAX` namespaces."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._known: dict[tuple[Kind, str], tuple[str, str | None]] = {}

    def classify(self, kind: Kind, namespace: str, name: str) -> Identified:
        """Return the class of a reference that the domain published."""
        if name.startswith(_RELATIVE):
            # The one thing about a name that matters to its key: a relative path is local.
            key = canonical(kind, namespace, name, self._domain)
            return Identified(ClassKey(key.text), key.domain)
        known = self._known.get((kind, namespace))
        if known is None:
            known = self._learn(kind, namespace)
        return Identified(ClassKey(known[0] + name), known[1])

    def _learn(self, kind: Kind, namespace: str) -> tuple[str, str | None]:
        if len(self._known) >= NAMESPACES_MAX:
            self._known.clear()
        key = canonical(kind, namespace, _PROBE, self._domain)
        self._known[kind, namespace] = learned = (key.text.removesuffix(_PROBE), key.domain)
        return learned
