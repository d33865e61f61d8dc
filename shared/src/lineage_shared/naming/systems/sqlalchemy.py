"""SQLAlchemy URLs, with the table that was asked for: `dialect+driver://user:password@host:port/database?options`.

One reader per dialect whose URL is not the common one. Sources: SQLAlchemy's manual, and those of the dialects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.connections import (
    ATHENA_CATALOG,
    IN_MEMORY,
    Connection,
    Url,
    database_of,
    first,
    has_hidden_server,
    options_of,
    read_url,
    schema_of,
)

# Where a dialect's word is not OpenLineage's scheme, or its driver talks to another port than the platform's usual one.
_DIALECTS: Mapping[str, str] = {
    "postgresql": "postgres",
    "clickhousedb": "clickhouse",
    "cockroachdb": "cockroach",
    "hive": "hive2",
    "teradatasql": "teradata",
    "ibm_db_sa": "db2",
}
_PORTS: Mapping[tuple[str, str], str] = {
    ("trino", ""): "8080",
    ("crate", ""): "4200",
    ("clickhouse", "native"): "9000",
    ("clickhouse", "asynch"): "9000",
}
# A password may hold what ends the server's part of any other URL; the dialects' own reader ends it at the `@` only.
_PASSWORD = re.compile(r"^(?P<scheme>[\w+]+://)[^:/@?#]*:[^@?]*@")
_ODBC = frozenset({"pyodbc", "aioodbc", "turbodbc"})
_SPANNER = ("projects", "instances", "databases")


class _Asked(NamedTuple):
    """A URL in pieces, and as it is written but for the password."""

    scheme: str
    driver: str
    url: Url
    text: str

    @property
    def database(self) -> str:
        """The first level of the path, or nothing."""
        return self.url.path[0] if self.url.path else ""


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read the URL in `id` and the table in `name`."""
    del domain, declarations
    text = _PASSWORD.sub(r"\g<scheme>", reference.id, count=1)
    url = read_url(text)
    if url is None or not url.scheme:
        return Unidentifiable("unreadable-url")
    dialect, _, driver = url.scheme.partition("+")
    asked = _Asked(_DIALECTS.get(dialect, dialect), driver, url, text)
    found = _READERS.get(asked.scheme, _common)(asked)
    if found is None:
        return Unidentifiable("server-elsewhere")
    return Spelling(
        found.namespace, reference.name, context=found.context, column=reference.column, rules=("sqlalchemy",)
    )


def _common(asked: _Asked) -> Connection | None:
    """Options come before what stands in the URL (`?host=a:1&host=b`); a socket of the machine names no server."""
    url, options = asked.url, asked.url.options
    host = _listed(asked.text) or url.authority.rpartition("@")[2]
    if has_hidden_server(options) or host.startswith("/"):
        return None
    port = _PORTS.get((asked.scheme, asked.driver), "")
    schema = schema_of(options) or (url.path[1] if len(url.path) > 1 else "")
    authority = f"{host}:{port}" if port and ":" not in host else host
    return Connection(f"{asked.scheme}://{authority}", (database_of(options) or asked.database, schema))


def _listed(text: str) -> str:
    """Return the hosts of options: one each, or one list of hosts and one of ports."""
    hosts = ",".join(map(unquote, re.findall(r"[?&]host=([^&#]*)", text))).split(",")
    ports = ",".join(map(unquote, re.findall(r"[?&]port=([^&#]*)", text))).split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return ",".join(f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=False))


def _file(asked: _Asked) -> Connection:
    file = asked.text.partition("://")[2].partition("?")[0].removeprefix("/")
    return Connection(f"{asked.scheme}://{file or IN_MEMORY}")


def _bigquery(asked: _Asked) -> Connection:
    return Connection("bigquery", (asked.url.authority, asked.database))


def _databricks(asked: _Asked) -> Connection:
    options = asked.url.options
    context = (options.get("catalog", ""), options.get("schema", asked.database))
    return Connection(f"databricks://{asked.url.authority}", context)


def _athena(asked: _Asked) -> Connection:
    catalog = asked.url.options.get("catalog_name", ATHENA_CATALOG)
    return Connection(f"awsathena://{asked.url.authority}", (catalog, asked.database))


def _oracle(asked: _Asked) -> Connection | None:
    """A host without port and database is a net service name, which a file of the machine explains."""
    service = asked.database or first(asked.url.options, ("service_name", "sid"))
    alone = not service and ":" not in asked.url.authority.rpartition("@")[2]
    return None if alone else Connection(f"oracle://{asked.url.authority}", (service,))


def _snowflake(asked: _Asked) -> Connection:
    """Account, region, database and schema may all be options."""
    url, options = asked.url, asked.url.options
    account = options.get("account", "") or url.authority.rpartition("@")[2]
    if (region := options.get("region", "")) and "." not in account:
        account = f"{account}.{region}"
    schema = options.get("schema", "") or (url.path[1] if len(url.path) > 1 else "")
    return Connection(f"snowflake://{account}", (options.get("database", "") or asked.database, schema))


def _spanner(asked: _Asked) -> Connection | None:
    """`spanner+spanner:///projects/p/instances/i/databases/d`."""
    path = asked.url.path
    if path[::2] != _SPANNER or len(path) != 2 * len(_SPANNER):
        return None
    project, instance, database = path[1::2]
    return Connection(f"spanner://{project}:{instance}", (database, ""))


def _mssql(asked: _Asked) -> Connection | None:
    """With ODBC a host without database is the name of a data source, which is the machine's own."""
    if asked.driver not in _ODBC:
        return _common(asked)
    if said := asked.url.options.get("odbc_connect"):
        return _odbc(options_of(said, ";"))
    return _common(asked) if asked.database and asked.url.authority else None


def _odbc(options: Mapping[str, str]) -> Connection | None:
    server = first(options, ("server", "addr", "address"))
    port = f":{options['port']}" if "port" in options and "," not in server else ""
    return Connection(f"mssql://{server}{port}", (options.get("database", ""), "")) if server else None


_READERS: Mapping[str, Callable[[_Asked], Connection | None]] = {
    "awsathena": _athena,
    "bigquery": _bigquery,
    "databricks": _databricks,
    "duckdb": _file,
    "mssql": _mssql,
    "oracle": _oracle,
    "snowflake": _snowflake,
    "spanner": _spanner,
    "sqlite": _file,
}
