"""What two servers' names say about each other: known to stand for one another, known to be two, or nothing.

Read `_RULES` as a table; the first rule that knows anything decides. A port or instance tells two servers of one host
apart, and a Snowflake locator is unique inside its region only, so that near names are no evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineage_gateway.identity.likeness.candidates import Named
from lineage_shared.naming.platforms import BY_NAME, Place

_WINDOWS = frozenset(
    {"hive", "spark", "impala", "glue", "athena", "trino", "presto", "unity", "databricks", "catalog", "dbfs"}
    | {"file", "memory", "aws", "uri", "text"}
)
_FAMILIES = {
    **dict.fromkeys(("redshift", "cockroach", "crate", "greenplum"), "postgres"),
    **dict.fromkeys(("mariadb", "oceanbase"), "mysql"),
    "fabric": "mssql",
    "mongodb_srv": "mongodb",
    "adl": "azure",
    **dict.fromkeys(("webhdfs", "ozone"), "hdfs"),
}
_MANAGED = (
    ".rds.amazonaws.com",
    ".redshift.amazonaws.com",
    ".redshift-serverless.amazonaws.com",
    ".database.windows.net",
    ".database.azure.com",
    ".documents.azure.com",
    ".aivencloud.com",
    ".clickhouse.cloud",
    ".mongodb.net",
    ".kafka.amazonaws.com",
    ".servicebus.windows.net",
    ".confluent.cloud",
)
_MISWRITTEN_REGION = "us-west-1"


@dataclass(frozen=True, slots=True)
class Relation:
    """`value` above 0: how surely the names stand for one server; below 0: they are known to be two."""

    value: float
    note: str


def stores_apart(mine: Named, theirs: Named) -> bool:
    """Tell whether both platforms keep data of their own, so that a thing in one is at most a copy in the other.

    Engines and metastores are windows on what others keep; platforms that speak one protocol are taken for each other.
    """
    one, other = (_family(each.platform) for each in (mine, theirs))
    return one is not None and other is not None and one != other


def _family(platform: str) -> str | None:
    return None if platform in _WINDOWS or platform not in BY_NAME else _FAMILIES.get(platform, platform)


def related(mine: Named, theirs: Named) -> Relation | None:
    """Return what is known about two servers; None for nothing. Which comes first does not matter."""
    one, other = sorted((mine, theirs))
    for rule in _RULES:
        found = rule(one, other)
        if found is not None:
            return found
    return None


def _unschemed(one: Named, other: Named) -> Relation | None:
    """A producer that left the scheme out (trinodb/trino#25728)."""
    if "text" not in (one.platform, other.platform) or one.platform == other.platform:
        return None
    if not one.authority or one.authority != other.authority:
        return None
    return Relation(1.0, "one namespace is the other without its scheme")


def _snowflake(one: Named, other: Named) -> Relation | None:
    """OpenLineage's helpers write us-west-1 for a bare locator; Snowflake has no such region (OpenLineage#1195)."""
    if one.platform != "snowflake" or other.platform != "snowflake":
        return None
    mine, theirs = (each.authority.split(".") for each in (one, other))
    if mine[0] != theirs[0] or mine == theirs:
        return None
    if _MISWRITTEN_REGION in {*mine[1:2], *theirs[1:2]}:
        return Relation(1.0, "one region is the one that OpenLineage writes where it knows none")
    return Relation(-1.0, "a locator names an account in its own region only")


def _endpoint(one: Named, other: Named) -> Relation | None:
    """Another port or instance of one host."""
    if not _has_hosts(one) or not _has_hosts(other) or _family(one.platform) != _family(other.platform):
        return None
    if one.authority == other.authority or _host(one) != _host(other):
        return None
    return Relation(-1.0, "another port or instance of a host is another server")


def _account(one: Named, other: Named) -> Relation | None:
    """Another region or account of Amazon."""
    if one.platform != other.platform or one.authority == other.authority or not _is_arn(one):
        return None
    return Relation(-1.0, "another region or account is another catalog")


def _managed(one: Named, other: Named) -> Relation | None:
    """A managed database has an endpoint of its provider, and often a name in the company's own domain (a CNAME)."""
    if one.platform != other.platform or not _has_hosts(one):
        return None
    managed = [_host(each).endswith(_MANAGED) for each in (one, other)]
    own = [not ends and "." in _host(each) for ends, each in zip(managed, (one, other), strict=True)]
    if not any(managed) or not any(own):
        return None
    return Relation(0.5, "one is a provider's endpoint, of which the other may be the company's own name")


def _is_arn(name: Named) -> bool:
    row = BY_NAME.get(name.platform)
    return row is not None and row.place is Place.ARN


def _has_hosts(name: Named) -> bool:
    row = BY_NAME.get(name.platform)
    return row is not None and row.place in (Place.HOSTS, Place.INSTANCE) and bool(name.authority)


def _host(name: Named) -> str:
    return name.authority.partition("/")[0].partition(":")[0]


_RULES: tuple[Callable[[Named, Named], Relation | None], ...] = (_unschemed, _snowflake, _account, _endpoint, _managed)
