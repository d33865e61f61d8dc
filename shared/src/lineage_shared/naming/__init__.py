"""From a raw reference to a canonical key: pure, total, idempotent, no network (ARCHITECTURE rules 8, 9 and 11).

Only rewrites that are certain on every platform are made here, because a false merge is worse than a missed one.
Rules that hold on one platform alone (default ports, folding, scheme aliases) belong to the reconciler.
"""

from lineage_shared.naming.domains import DOMAIN_NAME_RULE, is_domain_name
from lineage_shared.naming.keys import RULESET, Key, canonical
from lineage_shared.naming.locality import is_local

__all__ = ["DOMAIN_NAME_RULE", "RULESET", "Key", "canonical", "is_domain_name", "is_local"]
