"""From what domains assert to classes: which records of which domains are the same node, and who speaks for it.

`Classifier` gives each record its key, `Identities` joins keys into classes by what is claimed and declared,
`Authorities` gives a namespace its owner. `lineage_gateway.mesh` takes whatever classes come out of it.
"""

from lineage_gateway.identity.authority import Authorities, Ownership
from lineage_gateway.identity.claims import AssertedClaim, claims_of
from lineage_gateway.identity.classes import Classifier, ClassKey, Identified, classify, is_raw, renamed_keys
from lineage_gateway.identity.declared import Declared, Overruled, Pair, declared_of
from lineage_gateway.identity.identities import Identities

__all__ = [
    "AssertedClaim",
    "Authorities",
    "ClassKey",
    "Classifier",
    "Declared",
    "Identified",
    "Identities",
    "Overruled",
    "Ownership",
    "Pair",
    "claims_of",
    "classify",
    "declared_of",
    "is_raw",
    "renamed_keys",
]
