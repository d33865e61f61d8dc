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
from lineage_shared.naming.systems.connections import (
    ATHENA_CATALOG,
    IN_MEMORY,
    Connection,
    bracketed,
    database_of,
    first,
    has_hidden_server,
    options_of,
    read_url,
    schema_of,
)
from lineage_shared.naming.systems.oracle import read_oracle

# The driver's name for a platform, up to the first colon, to OpenLineage's scheme.
_SCHEMES: Mapping[str, str] = {
    "postgresql": "postgres",
    "ch": "clickhouse",
    "hive2": "hive2",
    "mysql+srv": "mysql",
    "sap": "hana",
}
# Drivers around another driver: what follows is that one's URL.
_WRAPPERS = ("aws-wrapper", "otel", "p6spy", "tracing")
# Drivers that assume a port where the platform as a whole has none.
_PORTS: Mapping[str, str] = {"trino": "443"}
# Drivers that connect to the machine itself when no host is named.
_AT_HOME = frozenset({"postgresql", "mysql", "mariadb"})
_MYSQL_HOST = re.compile(r"host=(?P<host>[^,()]+)(?:[),(]*port=(?P<port>[0-9]+))?")
_DASHES = re.compile(r"(?<!\bxn)--")  # But for those of a host in Punycode.
_DB2_OPTIONS = re.compile(r"^(//[^/]*/[^/:;?]+):")
_SPANNER = re.compile(
    r"(?://spanner\.googleapis\.com)?/projects/(?P<project>[^/]+)/instances/(?P<instance>[^/]+)/databases/(?P<database>[^/?;]+)(?:[?;].*)?",
    re.DOTALL,
)
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
    if lower(driver) in _WRAPPERS:
        driver, _, location = location.partition(":")
    reader = _READERS.get(lower(driver), _common)
    found = reader(lower(driver), location)
    if found is None:
        return Unidentifiable("unreadable-url")
    return Spelling(found.namespace, reference.name, context=found.context, column=reference.column, rules=("jdbc",))


def _common(driver: str, location: str) -> Connection | None:
    """Between driver and `//` may stand a mode (`mysql:loadbalance://`, `ch:http://`), which is no identity."""
    url = read_url(location)
    if url is None or has_hidden_server(url.options):
        return None
    scheme = _SCHEMES.get(driver, driver)
    database = url.path[0] if url.path else database_of(url.options)
    schema = url.path[1] if len(url.path) > 1 else schema_of(url.options)
    hosts = _with_port(url.authority, _PORTS.get(scheme, ""))
    if not hosts and driver in _AT_HOME:
        hosts = "localhost"
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


def _postgres(driver: str, location: str) -> Connection | None:
    """Without slashes there is no host: `jdbc:postgresql:database`, `jdbc:postgresql:/`."""
    if not location or location.startswith("//"):
        return _common(driver, location)
    return _common(driver, f"///{location.removeprefix('/')}")


def _hive(driver: str, location: str) -> Connection | None:
    """A list of ZooKeepers leads to servers only together with the name under which those are registered there."""
    found, options = _common(driver, location), options_of(location.partition(";")[2], ";?#")
    if found is None or lower(options.get("servicediscoverymode", "")) != "zookeeper":
        return found
    registered = options.get("zookeepernamespace", "hiveserver2")
    return found._replace(namespace=f"{found.namespace}/{registered.strip('/')}")


def _spanner(driver: str, location: str) -> Connection | None:
    """`[//host]/projects/p/instances/i/databases/d`, of which the host is an endpoint of all instances."""
    del driver
    match = _SPANNER.fullmatch(location)
    return match and Connection(f"spanner://{match['project']}:{match['instance']}", (match["database"], ""))


def _db2(driver: str, location: str) -> Connection | None:
    """Behind the database a colon begins the options: `//host:port/database:name=value;`."""
    return _common(driver, _DB2_OPTIONS.sub(r"\1;", location))


def _cassandra(driver: str, location: str) -> Connection | None:
    """Cassandra's drivers part hosts by `--`, and the last one's port holds for all that have none."""
    found = _common(driver, location)
    if found is None or "--" not in location:
        return found
    scheme, _, hosts = found.namespace.partition("://")
    return found._replace(namespace=f"{scheme}://{_DASHES.sub(',', hosts)}")


def _sqlserver(driver: str, location: str) -> Connection | None:
    r"""`//host[\instance][:port][;name=value]`; what the URL leaves out may stand in the options."""
    if driver in ("jtds", "microsoft"):
        location = location.partition(":")[2]
    match = _SQLSERVER.fullmatch(location)
    if match is None:
        return None
    options = options_of(match["options"] or "", ";")
    if has_hidden_server(options):
        return None
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
    catalog = options.get("catalog", ATHENA_CATALOG)
    return Connection(f"awsathena://{host}", (catalog, first(options, ("schema", "database"))))


def _file(driver: str, location: str) -> Connection | None:
    return Connection(f"{driver}://{re.split('[?;]', location, maxsplit=1)[0] or IN_MEMORY}")


def _oracle(driver: str, location: str) -> Connection | None:
    del driver
    return read_oracle(location)


_READERS: Mapping[str, Callable[[str, str], Connection | None]] = {
    "postgresql": _postgres,
    "hive2": _hive,
    "cloudspanner": _spanner,
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
