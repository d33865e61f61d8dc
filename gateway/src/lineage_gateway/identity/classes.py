"""The key of a record: the canonical key of its reference (`lineage_shared.naming`, ARCHITECTURE rules 8 and 9).

Records with the same key are one node; claims may join further keys (`identity.claimed`). A reference that denotes
nothing (`Unidentifiable`) is a node of its own domain, under a raw key that no claim can name. The scope of a record's
*id* follows from the rules alone, without declarations, so that an id outlives whatever is declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, NewType

from lineage_shared.model import Kind, NodeRecord
from lineage_shared.naming import Declarations, Key, Reference, Unidentifiable, canonical
from lineage_shared.naming.canonical import pinned
from lineage_shared.naming.declared.policy import Policy
from lineage_shared.naming.keys import escaped

ClassKey = NewType("ClassKey", str)

RAW = "raw1"


class Identified(NamedTuple):
    """A record's key, and the domain that its reference is scoped to (jobs, local names, nothing at all), else None."""

    key: ClassKey
    scope: str | None


def classify(record: NodeRecord, domain: str) -> Identified:
    """Return the key of one record that `domain` published, by rules alone."""
    return Classifier(domain, Declarations()).classify(record.kind, record.namespace, record.name)


class Classifier:
    """From the references of one domain to their keys, under the declarations of the mesh."""

    def __init__(self, domain: str, declarations: Declarations) -> None:
        self._domain = domain
        self._declarations = declarations

    def classify(self, kind: Kind, namespace: str, name: str) -> Identified:
        """Return the key of a reference that the domain published."""
        return self.identified(Reference(namespace=namespace, name=name, kind=kind))

    def identified(self, reference: Reference) -> Identified:
        """Return the key of a reference in any system's spelling, read as one of the domain."""
        key = canonical(reference, self._domain, self._declarations)
        bare = canonical(reference, self._domain, self._declarations.none) if self._declarations.all else key
        scope = bare.domain if isinstance(bare, Key) else self._domain
        return Identified(self._raw(reference) if isinstance(key, Unidentifiable) else ClassKey(key.text), scope)

    def _raw(self, reference: Reference) -> ClassKey:
        parts = (reference.kind.value, reference.namespace, reference.name)
        return ClassKey(f"{RAW}@{escaped(self._domain)}:{'/'.join(map(escaped, parts))}")


def renamed_keys(
    domain: str, records: Mapping[int, NodeRecord], before: Declarations, after: Declarations
) -> dict[int, ClassKey]:
    """Return the keys of the records of a domain that other declarations may rename, by number.

    Most declarations concern few namespaces, and a look at each namespace is cheaper than one at each record.
    """
    kept_apart = pinned(before) != pinned(after)
    concerned: dict[tuple[Kind, str], bool] = {}
    classifier = Classifier(domain, after)
    found: dict[int, ClassKey] = {}
    for number, record in records.items():
        at = (record.kind, record.namespace)
        if at not in concerned:
            concerned[at] = kept_apart or _reads(before, domain, *at) != _reads(after, domain, *at)
        if concerned[at]:
            found[number] = classifier.classify(record.kind, record.namespace, record.name).key
    return found


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


def is_raw(key: str) -> bool:
    """Tell whether a key is that of a reference which denotes nothing."""
    return key.startswith(f"{RAW}@")
