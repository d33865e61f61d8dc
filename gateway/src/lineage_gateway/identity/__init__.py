"""From what domains assert to classes: which records of which domains are the same node, and who speaks for it.

`Classifier` gives each record its class key, `Authorities` gives a namespace its owner, `claims_of` collects what
producers claim about names. Claims join nothing yet: this package is where the reconciler has its place, and
`lineage_gateway.mesh` takes whatever classes come out of it.
"""

from lineage_gateway.identity.authority import Authorities, Ownership
from lineage_gateway.identity.claims import AssertedClaim, claims_of
from lineage_gateway.identity.classes import Classifier, ClassKey, Identified, classify

__all__ = [
    "AssertedClaim",
    "Authorities",
    "ClassKey",
    "Classifier",
    "Identified",
    "Ownership",
    "claims_of",
    "classify",
]
