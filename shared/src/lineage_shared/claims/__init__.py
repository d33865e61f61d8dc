"""Claims and classes: which keys are held to be one thing, why, and what is held back (IDENTIFIERS 4.3).

`Claim` is what somebody says of two keys, `Classes` weighs all claims and keeps the outcome, `explain` says why.
`identify` does it all at once for a list of references. Values in, values out; the gateway keeps the records.
"""

from lineage_shared.claims.classes import Classes
from lineage_shared.claims.explain import Difference, Explanation, claim_path, explain
from lineage_shared.claims.identify import declared_claim, declared_claims, ends, identify, unusable, why_unusable
from lineage_shared.claims.model import ACTIVE, Claim, ClaimKind, Conflict, Reason, Status, Trust, Verdict
from lineage_shared.claims.trust import assessed

__all__ = [
    "ACTIVE",
    "Claim",
    "ClaimKind",
    "Classes",
    "Conflict",
    "Difference",
    "Explanation",
    "Reason",
    "Status",
    "Trust",
    "Verdict",
    "assessed",
    "claim_path",
    "declared_claim",
    "declared_claims",
    "ends",
    "explain",
    "identify",
    "unusable",
    "why_unusable",
]
