"""SQLAlchemy URLs, with the table that was asked for: `dialect+driver://user:password@host:port/database?options`."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.connections import Connection, Url, first, read_url

# Where a dialect's word is not OpenLineage's scheme, or its driver talks to another port than the platform's usual one.
_DIALECTS: Mapping[str, str] = {
    "postgresql": "postgres",
    "cockroachdb": "cockroach",
    "hive": "hive2",
    "teradatasql": "teradata",
    "ibm_db_sa": "db2",
    "awsathena": "awsathena",
    "hana": "hana",
    "kinetica": "kinetica",
}
_PORTS: Mapping[tuple[str, str], str] = {
    ("trino", ""): "8080",
    ("clickhouse", "native"): "9000",
    ("clickhouse", "asynch"): "9000",
}
_FILES = ("sqlite", "duckdb")


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read the URL in `id` and the table in `name`."""
    del domain, declarations
    url = read_url(reference.id)
    if url is None or not url.scheme:
        return Unidentifiable("unreadable-url")
    dialect, _, driver = url.scheme.partition("+")
    found = _connection(_DIALECTS.get(dialect, dialect), driver, url, reference.id)
    return Spelling(
        found.namespace, reference.name, context=found.context, column=reference.column, rules=("sqlalchemy",)
    )


def _connection(scheme: str, driver: str, url: Url, text: str) -> Connection:
    path = (*url.path, "", "")
    if scheme in _FILES:
        return Connection(f"{scheme}://{text.partition('://')[2].partition('?')[0].removeprefix('/')}")
    if scheme == "bigquery":
        return Connection("bigquery", (url.authority, path[0]))
    if scheme == "databricks":
        return Connection(
            f"{scheme}://{url.authority}", (url.options.get("catalog", ""), url.options.get("schema", ""))
        )
    if scheme == "awsathena":
        return Connection(f"{scheme}://{url.authority}", (url.options.get("catalog_name", ""), path[0]))
    if scheme == "oracle":
        database = path[0] or first(url.options, ("service_name", "sid"))
        return Connection(f"{scheme}://{url.authority}", (database,))
    host = url.authority.rpartition("@")[2]
    port = _PORTS.get((scheme, driver), "")
    authority = f"{host}:{port}" if port and ":" not in host else url.authority
    return Connection(f"{scheme}://{authority}", (path[0], path[1]))
