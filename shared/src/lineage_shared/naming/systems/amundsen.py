"""Amundsen's keys: `{database}://{cluster}.{schema}/{table}[/{column}]`. They look like a URL and are none.

The cluster is a label that people chose; a binding says which namespace it is. It may carry the database that names
there begin with (`database` in the binding's scope is Amundsen's word for the platform).
"""

from __future__ import annotations

import re

from lineage_shared.naming.columns import folded_path
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.fold import Fold, folded
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.platforms import platform_named
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.catalogs import bound, unbound

_KEY = re.compile(
    r"(?P<database>[^:/]+)://(?P<cluster>[^./]+)\.(?P<schema>[^/]+)/(?P<table>[^/]+)(?:/(?P<column>.+))?", re.DOTALL
)


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read the key of a table or column."""
    match = _KEY.fullmatch(reference.id)
    if match is None:
        return Unidentifiable("not-an-amundsen-key")
    written = match["column"] if reference.column is None else reference.column
    column = None if written is None else (Part(written),)
    parts = (Part(match["schema"]), Part(match["table"]))
    namespace = declarations.binding("amundsen", domain, database=match["database"], cluster=match["cluster"])
    if namespace is not None:
        found = bound(namespace, parts, column, domain, declarations)
        if found is not None:
            return found
    row = platform_named(match["database"])
    fold, column_fold = (row.fold, row.column_fold) if row else (Fold.EXACT, Fold.EXACT)
    path = tuple(folded(part.text, fold) for part in parts)
    if column is not None and not folded_path(column, column_fold):
        return Unidentifiable("empty-column")
    return unbound("amundsen", f"{match['database']}://{match['cluster']}", path, column, column_fold, domain=domain)
