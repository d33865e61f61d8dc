"""Declarations: values (`kinds`), their JSON form (`reading`), and what they amount to together (`Declarations`)."""

from lineage_shared.naming.declared.agreement import Disagreement
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.declared.kinds import (
    Alias,
    Case,
    CasePolicy,
    CatalogBinding,
    DatabaseAlias,
    Declaration,
    DifferentFrom,
    InstanceDefault,
    JobNamespaceAlias,
    NameDefaults,
    NamespaceAlias,
    NamespaceBinding,
    PathSpec,
    ShardPolicy,
    Symlink,
    TwoPart,
)
from lineage_shared.naming.declared.reading import BY_CHARS_MAX, as_json, domains_named, read_declaration
from lineage_shared.naming.declared.saying import says_nothing

__all__ = [
    "BY_CHARS_MAX",
    "Alias",
    "Case",
    "CasePolicy",
    "CatalogBinding",
    "DatabaseAlias",
    "Declaration",
    "Declarations",
    "DifferentFrom",
    "Disagreement",
    "InstanceDefault",
    "JobNamespaceAlias",
    "NameDefaults",
    "NamespaceAlias",
    "NamespaceBinding",
    "PathSpec",
    "ShardPolicy",
    "Symlink",
    "TwoPart",
    "as_json",
    "domains_named",
    "read_declaration",
    "says_nothing",
]
