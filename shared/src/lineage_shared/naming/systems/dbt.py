"""dbt: a relation as dbt quotes it, or the unique id of a node (`model.project.customers`), which names no server."""

from __future__ import annotations

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable, key_of, with_column
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.catalogs import UNBOUND


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a relation like OpenLineage's name; an id stays dbt's own until the manifest's alias says more."""
    del declarations
    if not reference.id:
        return Spelling(reference.namespace, reference.name, column=reference.column)
    if reference.id.count(".") < 2:  # noqa: PLR2004 -- resource type, package, name
        return Unidentifiable("not-a-dbt-id")
    key = key_of("dbt", "", (reference.id,), domain=domain, rules=(UNBOUND,))
    return key if reference.column is None else with_column(key, (reference.column,))
