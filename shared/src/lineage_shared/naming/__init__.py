"""From a raw reference to a canonical key: pure, total, idempotent, no network (ARCHITECTURE rules 8, 9 and 11).

`Reference` is any system's spelling (`systems` reads them), `Declarations` what people say about names, `Key` the
answer. `platforms` is the table of rules. Only what is certain is rewritten here, because a false merge is worse than a
missed one; what joins two keys beyond that is a claim, which `lineage_shared.claims` weighs.
"""

from lineage_shared.naming.canonical import canonical, canonical_column
from lineage_shared.naming.column_rules import EXACTLY, ColumnRule, column_rule
from lineage_shared.naming.columns import alike
from lineage_shared.naming.declared import Declaration, Declarations, Disagreement, as_json, read_declaration
from lineage_shared.naming.domains import DOMAIN_NAME_RULE, is_domain_name
from lineage_shared.naming.keys import RULESET, Key, Unidentifiable
from lineage_shared.naming.locality import is_local
from lineage_shared.naming.platforms import PLATFORMS, Platform
from lineage_shared.naming.reference import Reference, System, read_reference, reference_as_json
from lineage_shared.naming.spelling_back import reference_of
from lineage_shared.naming.spoken import READABLE_CHARS_MAX, readings
from lineage_shared.naming.systems.catalogs import UNBOUND

__all__ = [
    "DOMAIN_NAME_RULE",
    "EXACTLY",
    "PLATFORMS",
    "READABLE_CHARS_MAX",
    "RULESET",
    "UNBOUND",
    "ColumnRule",
    "Declaration",
    "Declarations",
    "Disagreement",
    "Key",
    "Platform",
    "Reference",
    "System",
    "Unidentifiable",
    "alike",
    "as_json",
    "canonical",
    "canonical_column",
    "column_rule",
    "is_domain_name",
    "is_local",
    "read_declaration",
    "read_reference",
    "readings",
    "reference_as_json",
    "reference_of",
]
