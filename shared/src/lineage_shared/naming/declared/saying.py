"""Whether a declaration says anything: a table of those that can never have an effect, whatever else is declared.

What a pair says depends on what its names denote; `lineage_shared.claims.unusable` looks at that too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lineage_shared.naming.declared import kinds
from lineage_shared.naming.declared.kinds import Declaration
from lineage_shared.naming.namespaces import read_namespace
from lineage_shared.naming.platforms import Naming
from lineage_shared.naming.reference import System

BOUND_SYSTEMS = (*System, "dbfs")
"""Whose scopes and instances may be declared: every naming system, and the mounts of Databricks' file system."""


def says_nothing(declared: Declaration) -> str | None:
    """Return why a declaration can have no effect; None where it may have one."""
    rule = _RULES.get(type(declared))
    return rule(declared) if rule is not None else None


def _aliased(declared: kinds.NamespaceAlias | kinds.JobNamespaceAlias) -> str | None:
    # As texts: spellings that a rule makes one today are redundant, and none that a file should be refused for.
    return "its aliases are its canonical" if set(declared.aliases) == {declared.canonical} else None


def _of_a_system(declared: kinds.NamespaceBinding | kinds.InstanceDefault) -> str | None:
    if declared.system in BOUND_SYSTEMS:
        return None
    return f"its system {declared.system[:80]!r} is none of {', '.join(BOUND_SYSTEMS)}"


def _of_dotted_names(declared: kinds.NameDefaults | kinds.DatabaseAlias) -> str | None:
    row = read_namespace(declared.namespace).platform
    return f"the names of {row.name} are paths, without a database" if row.naming is Naming.PATH else None


def _of_databases(declared: kinds.DatabaseAlias) -> str | None:
    return "its names are one" if len(set(declared.names)) == 1 else _of_dotted_names(declared)


def _onto_itself(declared: kinds.CatalogBinding) -> str | None:
    same = declared.target == declared.namespace and declared.database in ("", declared.catalog)
    return "it binds a catalog to itself" if same else None


_RULES: Mapping[type, Callable[[Any], str | None]] = {
    kinds.NamespaceAlias: _aliased,
    kinds.JobNamespaceAlias: _aliased,
    kinds.NamespaceBinding: _of_a_system,
    kinds.InstanceDefault: _of_a_system,
    kinds.NameDefaults: _of_dotted_names,
    kinds.DatabaseAlias: _of_databases,
    kinds.CatalogBinding: _onto_itself,
}
