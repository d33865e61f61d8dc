"""The key of a record: the canonical key of its reference (`lineage_shared.naming`, ARCHITECTURE rules 8 and 9).

Records with the same key are one node; claims may join further keys (`identity.claimed`). A reference that denotes
nothing (`Unidentifiable`) is a node of its own domain, under a raw key that no claim can name. The scope of a record's
*id* follows from the rules alone, without declarations, so that an id outlives whatever is declared.
"""

from __future__ import annotations

from typing import NamedTuple, NewType

from lineage_shared.model import Kind, NodeRecord
from lineage_shared.naming import Declarations, Key, Reference, Unidentifiable, canonical
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


def is_raw(key: str) -> bool:
    """Tell whether a key is that of a reference which denotes nothing."""
    return key.startswith(f"{RAW}@")
