"""What the parsers of other catalogs share: names that leave out the server, and their bindings."""

from __future__ import annotations

from collections.abc import Sequence

from lineage_shared.naming.columns import folded_path
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.fold import Fold
from lineage_shared.naming.keys import Key, Unidentifiable, key_of, with_column
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.platforms import Naming

RULE = "namespace-binding"
UNBOUND = "unbound"


def bound(
    namespace: str,
    parts: Sequence[Part],
    column: tuple[Part, ...] | None,
    domain: str | None,
    declarations: Declarations,
) -> Spelling | None:
    """Return the spelling in the bound namespace, or None when the name has more parts than its platform."""
    row = declarations.policy(namespace, domain).row
    levels = (
        row.levels if row.naming in (Naming.DOTTED, Naming.GLUE) else len(parts) if row.naming is Naming.PATH else 1
    )
    if not parts or len(parts) > levels:
        return None
    return Spelling(namespace, parts=tuple(parts), column_parts=column, rules=(RULE,))


def unbound(
    catalog: str,
    scope: str,
    path: tuple[str, ...],
    column: tuple[Part, ...] | None = None,
    fold: Fold = Fold.EXACT,
    *,
    domain: str | None = None,
) -> Key | Unidentifiable:
    """Return the catalog's own key: the same within the catalog, and nothing outside of it.

    Every domain may have a catalog of its own, under the names that all of them come with: `domain` is part of the key,
    unless nobody says whose catalog it is.
    """
    if not path or not path[-1]:
        return Unidentifiable("empty-name")
    key = key_of(catalog, scope, path, domain=domain, rules=(UNBOUND,))
    if column is None:
        return key
    segments = folded_path(column, fold)
    return with_column(key, segments) if segments else Unidentifiable("empty-column")
