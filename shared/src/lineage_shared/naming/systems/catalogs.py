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


def bound(
    namespace: str,
    parts: Sequence[Part],
    column: tuple[Part, ...] | None,
    domain: str | None,
    declarations: Declarations,
) -> Spelling | None:
    """Return the spelling in the bound namespace, or None when the name has more parts than its platform."""
    row = declarations.policy(namespace, domain).row
    if row.naming is Naming.OPAQUE:
        parts = (Part(".".join(part.text for part in parts)),)
    if not parts or (row.naming in (Naming.DOTTED, Naming.GLUE) and len(parts) > row.levels):
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
    """Return the catalog's own key: the same within the catalog, and nothing outside of it."""
    if not path or not path[-1]:
        return Unidentifiable("empty-name")
    key = key_of(catalog, scope, path, domain=domain, rules=("unbound",))
    if column is None:
        return key
    segments = folded_path(column, fold)
    return with_column(key, segments) if segments else Unidentifiable("empty-column")
