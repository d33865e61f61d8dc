"""From what domains assert to classes: which records of which domains are the same node, and who speaks for it.

`Classifier` gives each record its key, `Identities` joins keys into classes by what is claimed and declared,
`Authorities` gives a namespace its owner. `lineage_gateway.mesh` takes whatever classes come out of it.
"""

from lineage_gateway.identity.authority import Authorities, Ownership
from lineage_gateway.identity.claims import AssertedClaim, claims_of
from lineage_gateway.identity.classes import Classifier, ClassKey, Identified, classify, is_raw, renamed_keys
from lineage_gateway.identity.declared import Declared, Overruled, Pair, declared_of
from lineage_gateway.identity.identities import Before, Identities, spoken
from lineage_gateway.identity.suggestions import Candidate, Feature, Suggestion, suggested

__all__ = [
    "AssertedClaim",
    "Authorities",
    "Before",
    "Candidate",
    "ClassKey",
    "Classifier",
    "Declared",
    "Feature",
    "Identified",
    "Identities",
    "Overruled",
    "Ownership",
    "Pair",
    "Suggestion",
    "claims_of",
    "classify",
    "declared_of",
    "is_raw",
    "renamed_keys",
    "spoken",
    "suggested",
]
