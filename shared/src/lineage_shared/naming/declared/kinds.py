"""Declarations: what people and agents say about names, as values.

Those about a whole namespace act inside `canonical` (`Declarations` reads them); those about a pair (`Symlink`,
`Alias`, `DifferentFrom`) are claims between two keys, which `lineage_shared.claims` weighs.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from lineage_shared.model import Kind
from lineage_shared.naming.reference import Reference


class TwoPart(StrEnum):
    """What the two parts of a name mean on a platform that has three."""

    SCHEMA_TABLE = "schema.table"
    DATABASE_TABLE = "database.table"


class Case(StrEnum):
    """How a server treats case, where its platform leaves it to a setting."""

    SENSITIVE = "sensitive"
    INSENSITIVE = "insensitive"


class _Declared(msgspec.Struct, frozen=True, order=True, kw_only=True, tag_field="type", omit_defaults=True):
    """`domain` narrows a declaration to what one domain reports; one about a local name needs it."""

    domain: str | None = None


class Symlink(_Declared, frozen=True, order=True, kw_only=True, tag="symlink"):
    """A producer's facet: the dataset `of` is also known as `symlink`."""

    of: Reference
    symlink: Reference


class Alias(_Declared, frozen=True, order=True, kw_only=True, tag="alias"):
    """Two names of one thing; `by` is who says so."""

    a: Reference
    b: Reference
    by: str = ""


class DifferentFrom(_Declared, frozen=True, order=True, kw_only=True, tag="different_from"):
    """Two names of two things, whatever else is claimed."""

    a: Reference
    b: Reference
    by: str = ""


class NamespaceAlias(_Declared, frozen=True, order=True, kw_only=True, tag="namespace_alias"):
    """Several namespaces (hosts, bootstrap lists, a name service) that are one."""

    canonical: str
    aliases: tuple[str, ...]


class NamespaceBinding(_Declared, frozen=True, order=True, kw_only=True, tag="namespace_binding"):
    """The namespace that a scope of another catalog stands for; `scope` is sorted by its names."""

    system: str
    scope: tuple[tuple[str, str | None], ...]
    namespace: str
    object: Kind = Kind.DATASET


class NameDefaults(_Declared, frozen=True, order=True, kw_only=True, tag="name_defaults"):
    """The database, or schema, that two-part names of a namespace leave out."""

    namespace: str
    two_part: TwoPart
    database: str = ""
    schema: str = ""


class CasePolicy(_Declared, frozen=True, order=True, kw_only=True, tag="case_policy"):
    """Whether case counts on a server."""

    namespace: str
    case: Case


class PathSpec(_Declared, frozen=True, order=True, kw_only=True, tag="path_spec"):
    """Which folders below a path are partitions, e.g. `s3://bucket/exports/{table}/{date}`."""

    spec: str


class ShardPolicy(_Declared, frozen=True, order=True, kw_only=True, tag="shard_policy"):
    """Tables that are the shards of one, e.g. `project.dataset.events_YYYYMMDD`."""

    spec: str
    namespace: str = "bigquery"


class DatabaseAlias(_Declared, frozen=True, order=True, kw_only=True, tag="database_alias"):
    """Several names of one database (service name and SID)."""

    namespace: str
    names: tuple[str, ...]


class CatalogBinding(_Declared, frozen=True, order=True, kw_only=True, tag="catalog_binding"):
    """A catalog of an engine (Trino) that is a window on another namespace, or on one `database` there."""

    namespace: str
    catalog: str
    target: str
    database: str = ""


class InstanceDefault(_Declared, frozen=True, order=True, kw_only=True, tag="instance_default"):
    """The platform instance of names that leave it out."""

    system: str
    platform: str
    instance: str
    env: str = ""


class JobNamespaceAlias(_Declared, frozen=True, order=True, kw_only=True, tag="job_namespace_alias"):
    """Several job namespaces that are one."""

    canonical: str
    aliases: tuple[str, ...]


Declaration = (
    Symlink
    | Alias
    | DifferentFrom
    | NamespaceAlias
    | NamespaceBinding
    | NameDefaults
    | CasePolicy
    | PathSpec
    | ShardPolicy
    | DatabaseAlias
    | CatalogBinding
    | InstanceDefault
    | JobNamespaceAlias
)
