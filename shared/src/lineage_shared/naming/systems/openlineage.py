"""OpenLineage's own form: a namespace and a name."""

from __future__ import annotations

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling:
    """Take the reference as it is, unless the domain's namespace is bound to another one (`unity-catalog`)."""
    bound = declarations.binding("openlineage", domain, namespace=reference.namespace)
    if bound is not None:
        return Spelling(bound, reference.name, column=reference.column, rules=("namespace-binding",))
    return Spelling(reference.namespace, reference.name, column=reference.column)
