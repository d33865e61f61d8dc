"""JDBC URLs, with the table that was asked for. One reader per driver whose URL is not the common one.

`jdbc:{scheme}://{hosts}/{database}?{options}` is the common form; the table `_SCHEMES` says what the drivers call their
platforms. Sources: the drivers' manuals, and the forms that OpenLineage's Java client is tested with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.fold import lower
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.connections import Connection, bracketed, first, options_of, read_url
from lineage_shared.naming.systems.oracle import read_oracle

# The driver's name for a platform, up to the first colon, to OpenLineage's scheme.
_SCHEMES: Mapping[str, str] = {
    "postgresql": "postgres",
    "ch": "clickhouse",
    "hive2": "hive2",
    "mysql+srv": "mysql",
    "sap": "hana",
}
# Drivers that assume a port where the platform as a whole has none.
_PORTS: Mapping[str, str] = {"trino": "443"}
_DATABASE = ("database", "databasename", "db", "currentdatabase")
_SCHEMA = ("currentschema", "schema", "schemaname")
_MYSQL_HOST = re.compile(r"host=(?P<host>[^,()]+)(?:[),(]*port=(?P<port>[0-9]+))?")
_DB2_OPTIONS = re.compile(r"^(//[^/]*/[^/:;?]+):")
_SQLSERVER = re.compile(
    r"//(?P<host>[^\\:;/]*|\[[^\]]*\])(?:\\(?P<instance>[^:;/]+))?(?::(?P<port>[0-9]+))?(?:/(?P<database>[^;]*))?(?P<options>;.*)?",
    re.DOTALL,
)
_FILES = ("sqlite", "duckdb")


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read the URL in `id` and the table in `name`."""
    del domain, declarations
    scheme, colon, rest = reference.id.partition(":")
    if lower(scheme) != "jdbc" or not colon:
        return Unidentifiable("not-a-jdbc-url")
    driver, _, location = rest.partition(":")
    reader = _READERS.get(lower(driver), _common)
    found = reader(lower(driver), location)
    if found is None:
        return Unidentifiable("unreadable-url")
    return Spelling(found.namespace, reference.name, context=found.context, column=reference.column, rules=("jdbc",))


def _common(driver: str, location: str) -> Connection | None:
    """Between driver and `//` may stand a mode (`mysql:loadbalance://`, `ch:http://`), which is no identity."""
    url = read_url(location)
    if url is None:
        return None
    scheme = _SCHEMES.get(driver, driver)
    database = url.path[0] if url.path else first(url.options, _DATABASE)
    schema = url.path[1] if len(url.path) > 1 else first(url.options, _SCHEMA)
    hosts = _with_port(url.authority, _PORTS.get(scheme, ""))
    return Connection(f"{scheme}://{hosts}", (database, schema))


def _with_port(hosts: str, port: str) -> str:
    if not port:
        return hosts
    return ",".join(host if re.search(r":[0-9]+$", host) else f"{host}:{port}" for host in hosts.split(","))


def _mysql(driver: str, location: str) -> Connection | None:
    """MySQL also takes `address=(host=a)(port=1)` and `(host=a,port=1)` in the place of hosts."""
    if "host=" not in location.partition("?")[0]:
        return _common(driver, location)
    listed = _MYSQL_HOST.findall(location.partition("?")[0])
    hosts = ",".join(f"{bracketed(host)}:{port}" if port else bracketed(host) for host, port in listed)
    database = location.partition("?")[0].rpartition("/")[2]
    return Connection(f"mysql://{hosts}", ("" if "=" in database else database, ""))


def _db2(driver: str, location: str) -> Connection | None:
    """Behind the database a colon begins the options: `//host:port/database:name=value;`."""
    return _common(driver, _DB2_OPTIONS.sub(r"\1;", location))


def _cassandra(driver: str, location: str) -> Connection | None:
    """Cassandra's drivers part hosts by `--`, and the last one's port holds for all that have none."""
    found = _common(driver, location)
    if found is None or "--" not in location:
        return found
    scheme, _, hosts = found.namespace.partition("://")
    return found._replace(namespace=f"{scheme}://{hosts.replace('--', ',')}")


def _sqlserver(driver: str, location: str) -> Connection | None:
    r"""`//host[\instance][:port][;name=value]`; what the URL leaves out may stand in the options."""
    if driver in ("jtds", "microsoft"):
        location = location.partition(":")[2]
    match = _SQLSERVER.fullmatch(location)
    if match is None:
        return None
    options = options_of(match["options"] or "", ";")
    host = match["host"] or bracketed(options.get("servername", ""))
    port = match["port"] or first(options, ("portnumber", "port"))
    instance = match["instance"] or first(options, ("instancename", "instance"))
    database = match["database"] or first(options, ("databasename", "database"))
    place = f"{host}:{port}" if port else f"{host}/{instance}" if instance else host
    return Connection(f"mssql://{place}", (database, ""))


def _teradata(driver: str, location: str) -> Connection | None:
    """`//host/NAME=value,NAME=value`: port and database are options."""
    del driver
    host, _, options = location.removeprefix("//").partition("/")
    found = options_of(options, ",")
    port = found.get("dbs_port", "")
    return Connection(f"teradata://{host}:{port}" if port else f"teradata://{host}", (found.get("database", ""),))


def _snowflake(driver: str, location: str) -> Connection | None:
    url = read_url(location)
    if url is None:
        return None
    database = first(url.options, ("db", "database")) or (url.path[0] if url.path else "")
    return Connection(f"{driver}://{url.authority}", (database, url.options.get("schema", "")))


def _databricks(driver: str, location: str) -> Connection | None:
    """The catalog is an option; the path of the URL is a schema."""
    url = read_url(location)
    if url is None:
        return None
    schema = first(url.options, ("connschema",)) or (url.path[0] if url.path else "")
    return Connection(f"{driver}://{url.authority}", (url.options.get("conncatalog", ""), schema))


def _bigquery(driver: str, location: str) -> Connection | None:
    options = options_of(location, ";")
    return Connection(driver, (options.get("projectid", ""), options.get("defaultdataset", "")))


def _athena(driver: str, location: str) -> Connection | None:
    """The region is an option, or a part of the endpoint."""
    del driver
    options = options_of(location.removeprefix("//"), ";")
    region = first(options, ("awsregion", "region"))
    endpoint = re.match(r"//(athena\.[a-z0-9\-]+\.amazonaws\.com)", location)
    if not region and endpoint is None:
        return None
    host = endpoint[1] if endpoint else f"athena.{region}.amazonaws.com"
    return Connection(f"awsathena://{host}", (options.get("catalog", ""), first(options, ("schema", "database"))))


def _file(driver: str, location: str) -> Connection | None:
    return Connection(f"{driver}://{re.split('[?;]', location, maxsplit=1)[0]}")


def _oracle(driver: str, location: str) -> Connection | None:
    del driver
    return read_oracle(location)


_READERS: Mapping[str, Callable[[str, str], Connection | None]] = {
    "mysql": _mysql,
    "mysql+srv": _mysql,
    "db2": _db2,
    "cassandra": _cassandra,
    "sqlserver": _sqlserver,
    "jtds": _sqlserver,
    "microsoft": _sqlserver,
    "teradata": _teradata,
    "snowflake": _snowflake,
    "databricks": _databricks,
    "bigquery": _bigquery,
    "awsathena": _athena,
    "athena": _athena,
    "oracle": _oracle,
    **dict.fromkeys(_FILES, _file),
}
