"""From what domains assert to classes: which records of which domains are the same node, and who speaks for it.

`Classifier` gives each record its key, `Identities` joins keys into classes by what is claimed and declared,
`Authorities` gives a namespace its owner. `lineage_gateway.mesh` takes whatever classes come out of it. What might be
one thing without anybody having said so is for `identity.likeness`.
"""

from lineage_gateway.identity.authority import Authorities, Ownership
from lineage_gateway.identity.claims import AssertedClaim, claims_of
from lineage_gateway.identity.classes import Classifier, ClassKey, Identified, Renaming, classify, is_raw
from lineage_gateway.identity.declared import Declared, DomainPair, Overruled, Pair, declared_of
from lineage_gateway.identity.domain_declarations import DomainDeclared, DomainLimits, Refused, declared_by
from lineage_gateway.identity.history import ConflictRecord, ConflictState
from lineage_gateway.identity.identities import Identities, spoken

__all__ = [
    "AssertedClaim",
    "Authorities",
    "ClassKey",
    "Classifier",
    "ConflictRecord",
    "ConflictState",
    "Declared",
    "DomainDeclared",
    "DomainLimits",
    "DomainPair",
    "Identified",
    "Identities",
    "Overruled",
    "Ownership",
    "Pair",
    "Refused",
    "Renaming",
    "claims_of",
    "classify",
    "declared_by",
    "declared_of",
    "is_raw",
    "spoken",
]
