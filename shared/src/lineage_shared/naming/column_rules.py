"""How the columns of one dataset are read: the rule by which `canonical` reads each of them, found once for all.

A rule turns a column as somebody wrote it into its *name*: the segments of its path, in the platform's case, with dots
between them. Two texts of one dataset have equal names exactly when `canonical` gives both the same key.
"""

from __future__ import annotations

from typing import NamedTuple

from lineage_shared.naming.canonical import canonical, reading
from lineage_shared.naming.columns import column_path, spelled_column
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.fold import Fold
from lineage_shared.naming.keys import Unidentifiable
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.spelling_back import reference_of

_QUOTES = '"'


class ColumnRule(NamedTuple):
    """The quotes of the platform, and how case counts in its columns."""

    quotes: str
    fold: Fold

    def name(self, text: str) -> str:
        """Return the name of a column; one that cannot be read as a path is its own name."""
        path = column_path(text, self.quotes, self.fold)
        return spelled_column(path, _QUOTES, Fold.EXACT) if path else text


EXACTLY = ColumnRule(_QUOTES, Fold.EXACT)
"""Nothing but quotes and arrays is rewritten; every name reads as itself."""


def column_rule(reference: Reference, domain: str | None, declarations: Declarations) -> ColumnRule:
    """Return the rule for the columns of a dataset in OpenLineage's form that `domain` reported."""
    key = canonical(reference, domain, declarations)
    if isinstance(key, Unidentifiable):
        return EXACTLY
    scope = reference.domain or domain
    policy = reading(reference, scope, declarations).policy(reference_of(key).namespace, scope)
    return ColumnRule(policy.row.quotes, policy.column_fold)
