"""The key of a record: the canonical key of its reference (`lineage_shared.naming`, ARCHITECTURE rules 8 and 9).

Records with the same key are one node; claims may join further keys (`identity.claimed`). A reference that denotes
nothing (`Unidentifiable`) is a node of its own domain, under a raw key that no claim can name. The scope of a record's
*id* follows from the rules alone, without declarations, so that an id outlives whatever is declared. Only where a
domain declares that its names are to be read in another way than everybody's, one spelling means two things: then it
is *narrowed*, its id is one of the domain, and the common id leads to it as long as it means nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, NewType

from lineage_gateway.identity.claims import AssertedClaim
from lineage_shared.model import Kind, NodeRecord
from lineage_shared.naming import Declarations, Key, Reference, Unidentifiable, canonical
from lineage_shared.naming.canonical import pinned
from lineage_shared.naming.declared.policy import Policy
from lineage_shared.naming.keys import escaped

ClassKey = NewType("ClassKey", str)

RAW = "raw1"


NOBODY = "\0"
"""A domain that there is none of, to see how a name is read by somebody who declares nothing."""
"""A domain of which nothing is declared."""


class Identified(NamedTuple):
    """A record's key, and the domain that its reference is scoped to (jobs, local names, nothing at all), else None.

    `narrowed` tells that it is so only because the domain reads it in another way than others.
    """

    key: ClassKey
    scope: str | None
    narrowed: bool = False


def classify(record: NodeRecord, domain: str) -> Identified:
    """Return the key of one record that `domain` published, by rules alone."""
    return Classifier(domain, Declarations()).classify(record.kind, record.namespace, record.name)


class Classifier:
    """From the references of one domain to their keys, under the declarations of the mesh."""

    def __init__(self, domain: str, declarations: Declarations) -> None:
        self._domain = domain
        self._declarations = declarations
        self._reads_otherwise = domain in declarations.domains

    def classify(self, kind: Kind, namespace: str, name: str) -> Identified:
        """Return the key of a reference that the domain published."""
        return self.identified(Reference(namespace=namespace, name=name, kind=kind))

    def identified(self, reference: Reference) -> Identified:
        """Return the key of a reference in any system's spelling, read as one of the domain."""
        key = canonical(reference, self._domain, self._declarations)
        bare = canonical(reference, self._domain, self._declarations.none) if self._declarations.all else key
        scope = bare.domain if isinstance(bare, Key) else self._domain
        narrowed = scope is None and self._reads_otherwise and self._is_read_otherwise(reference, key)
        text = self._raw(reference) if isinstance(key, Unidentifiable) else ClassKey(key.text)
        return Identified(text, self._domain if narrowed else scope, narrowed)

    def _is_read_otherwise(self, reference: Reference, key: Key | Unidentifiable) -> bool:
        common = canonical(reference, NOBODY, self._declarations)
        return _text(common) != _text(key)

    def _raw(self, reference: Reference) -> ClassKey:
        parts = (reference.kind.value, reference.namespace, reference.name)
        return ClassKey(f"{RAW}@{escaped(self._domain)}:{'/'.join(map(escaped, parts))}")


class Renaming:
    """Which references other declarations may rename.

    Most declarations concern few namespaces, and a look at each namespace is cheaper than one at each reference.
    """

    def __init__(self, before: Declarations, after: Declarations) -> None:
        self._before = before
        self._after = after
        self._everything = pinned(before) != pinned(after)
        self._known: dict[tuple[str, Kind, str], bool] = {}

    def concerns(self, domain: str, kind: Kind, namespace: str) -> bool:
        """Tell whether names that a domain writes in a namespace may have other keys."""
        at = (domain, kind, namespace)
        known = self._known.get(at)
        if known is None:
            self._known[at] = known = self._everything or _reading(self._before, *at) != _reading(self._after, *at)
        return known

    def concerns_claim(self, claim: AssertedClaim) -> bool:
        """Tell whether one of the names in a claim may have another key."""
        ends = (claim.source.namespace, claim.target.namespace)
        return any(self.concerns(claim.domain, Kind.DATASET, namespace) for namespace in ends)

    def identified(self, domain: str, records: Iterable[tuple[int, NodeRecord]]) -> dict[int, Identified]:
        """Return the keys of those records of a domain that may have other ones now, by number."""
        classifier = Classifier(domain, self._after)
        return {
            number: classifier.classify(record.kind, record.namespace, record.name)
            for number, record in records
            if self.concerns(domain, record.kind, record.namespace)
        }


def _reading(declarations: Declarations, domain: str, kind: Kind, namespace: str) -> object:
    """Return how a domain reads the names of a namespace, and whether others read them so."""
    reads = _reads(declarations, domain, kind, namespace)
    return reads, domain in declarations.domains and _reads(declarations, NOBODY, kind, namespace)


def _reads(declarations: Declarations, domain: str, kind: Kind, namespace: str) -> object:
    """Return all that declarations say about the names of a namespace."""
    if kind is Kind.JOB:
        return declarations.job_namespace(namespace, domain)
    bound = declarations.binding("openlineage", domain, namespace=namespace)
    read = declarations.policy(bound or namespace, domain)
    return bound, read, _targets(declarations, read, domain), declarations.mounts(domain)


def _targets(declarations: Declarations, read: Policy, domain: str) -> object:
    """Return what is said about the namespaces on which catalogs of this one are a window."""
    return [(name, declarations.policy(each.target, domain)) for name, each in sorted(read.catalogs.items())]


def _text(key: Key | Unidentifiable) -> str | None:
    return key.text if isinstance(key, Key) else None


def is_raw(key: str) -> bool:
    """Tell whether a key is that of a reference which denotes nothing."""
    return key.startswith(f"{RAW}@")
