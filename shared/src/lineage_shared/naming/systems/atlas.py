"""Apache Atlas' qualified names: `db.table@cluster` for Hive, `topic@cluster`, and a whole URI in front of `@cluster`.

What stands behind the last `@` is Atlas' metadata namespace, not a host. A bucket or account in a URI is unique without
it. The older model of S3 (`aws_s3_pseudo_dir`) lower-cases keys, so that its names stay Atlas' own.
"""

from __future__ import annotations

from collections.abc import Mapping

from lineage_shared.model import Kind
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.fold import Fold, lower
from lineage_shared.naming.keys import Key, Unidentifiable, key_of
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.catalogs import bound, unbound
from lineage_shared.naming.systems.uri import split_uri

# The types of one family share their bindings.
_FAMILY: Mapping[str, str] = {"hive_column": "hive_table", "hive_db": "hive_table", "hive_table": "hive_table"}
_LOCATIONS = frozenset(
    {
        "hdfs_path",
        "fs_path",
        "aws_s3_v2_directory",
        "aws_s3_v2_object",
        "adls_gen2_directory",
        "adls_gen2_blob",
        "gcp_storage_directory",
        "gcp_storage_virtual_directory",
        "gcp_storage_object",
        "ozone_volume",
        "ozone_bucket",
        "ozone_key",
        "ozone_parent",
    }
)
_COLUMN_PARTS = 3
_PUBLIC_AZURE = ".dfs.core.windows.net"


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a qualified name by its type."""
    if reference.kind is Kind.JOB:
        return key_of("atlas", reference.type, (reference.id,), kind=Kind.JOB, domain=domain)
    name, at, cluster = reference.id.rpartition("@")
    if not at or not name or "/" in reference.type:
        return Unidentifiable("not-a-qualified-name")
    if reference.type in _LOCATIONS and "://" in name:
        return _location(name)
    return _named(reference, name, cluster, domain, declarations)


def _location(name: str) -> Spelling | Unidentifiable:
    """A URI, unencoded; of an Azure account Atlas leaves out the endpoint."""
    namespace, path = split_uri(name, decode=False)
    if namespace.startswith(("abfs", "wasb")) and "." not in namespace:
        namespace += _PUBLIC_AZURE
    return Spelling(namespace, path, rules=("qualified-name",))


def _named(
    reference: Reference, name: str, cluster: str, domain: str | None, declarations: Declarations
) -> Spelling | Key | Unidentifiable:
    family = _FAMILY.get(reference.type, reference.type)
    hive = family == "hive_table"
    parts = tuple(Part(part) for part in (lower(name).split(".") if hive else [name]))
    column = None if reference.column is None else (Part(reference.column),)
    if reference.type == "hive_column" and len(parts) >= _COLUMN_PARTS:
        parts, column = parts[:2], (Part(".".join(part.text for part in parts[2:])),)
    namespace = declarations.binding("atlas", domain, type=family, cluster=cluster)
    if namespace is not None:
        found = bound(namespace, parts, column, domain, declarations)
        if found is not None:
            return found
    path = tuple(part.text for part in parts)
    fold = Fold.INSENSITIVE if hive else Fold.EXACT
    return unbound("atlas", f"{family}/{cluster}", path, column, fold, domain=domain)
