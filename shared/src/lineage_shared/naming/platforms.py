"""One row per platform: the published rules by which it names what it holds. Read it as a table.

`schemes` are the URI schemes that mean the platform, OpenLineage's own first; `port` is stripped, since it is what a
missing port means. `levels` is the number of parts of a full name. `overflow` says what more parts than that mean, and
`fold` and `column_fold` how letter case counts. The rules are read by `namespaces`, `names` and `columns`; a platform
that has no row keeps its names exactly as they are written.

Where a rule is not certain for every installation (a collation, a setting of the server, two ports of one server), the
row has the cautious choice, and a declaration gives the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from lineage_shared.naming.fold import Fold


class Place(Enum):
    """What stands in the namespace behind the scheme."""

    HOSTS = auto()  # host[:port], or a list of them
    INSTANCE = auto()  # host[:port][/instance], as SQL Server has it
    BUCKET = auto()  # an exact name without host rules
    AZURE = auto()  # container@account.endpoint
    OZONE = auto()  # a service with volumes (`ofs`), or a bucket and volume in front of it (`o3fs`)
    SNOWFLAKE = auto()  # an account identifier
    ARN = auto()  # region and account inside an Amazon resource name
    CONSTANT = auto()  # nothing: names are unique in the world
    FILES = auto()  # nothing, or a machine


class Naming(Enum):
    """How a name is built."""

    DOTTED = auto()  # parts with dots between them, quoted or not
    PATH = auto()  # a path in an object store or file system
    OPAQUE = auto()  # one text without structure
    GLUE = auto()  # table/database/table
    PUBSUB = auto()  # topic:project:name
    TOPIC = auto()  # persistent://tenant/namespace/topic


class Overflow(Enum):
    """What a dotted name with more parts than the platform has levels means."""

    KEEP = auto()  # unknown: all parts stay
    DROP = auto()  # a producer put the connection's database in front of a complete name
    FIRST = auto()  # the first part holds dots itself (a service name, a project of a company domain)
    LAST = auto()  # the last part holds dots itself


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Platform:
    """One row; see the module."""

    name: str
    schemes: tuple[str, ...]
    place: Place = Place.HOSTS
    port: int | None = None
    naming: Naming = Naming.DOTTED
    levels: int = 2
    overflow: Overflow = Overflow.KEEP
    fold: Fold = Fold.EXACT
    column_fold: Fold = Fold.EXACT
    quotes: str = '"'
    ports: Mapping[str, int] = field(default_factory=dict)
    """Other schemes of the platform, whose default port is another one."""
    object_store: bool = False
    """One key of such a platform to a class: a dataset does not lie in two buckets."""
    local: bool = False
    """Names mean nothing outside of the domain that reports them, whatever the namespace says."""
    collapse: bool = False
    """Doubled slashes in a path count as one."""
    unique: bool = False
    """Full names are unique in the world, so that a catalog's spelling needs no binding."""


_ALL = '"`['
_EXACT, _UPPER, _LOWER, _NONE = Fold.EXACT, Fold.UPPER, Fold.LOWER, Fold.INSENSITIVE
_DROP, _FIRST, _LAST = Overflow.DROP, Overflow.FIRST, Overflow.LAST
_HDFS = 8020


PLATFORMS: tuple[Platform, ...] = (
    # Databases with schemas. Postgres and its kin report catalog names, so that mixed case can only have been quoted.
    Platform(name="postgres", schemes=("postgres", "postgresql"), port=5432, levels=3),
    Platform(name="redshift", schemes=("redshift",), port=5439, levels=3, fold=_LOWER, column_fold=_LOWER),
    Platform(name="cockroach", schemes=("cockroach", "cockroachdb"), port=26257, levels=3),
    Platform(name="crate", schemes=("crate",), port=5432, levels=3),
    Platform(name="greenplum", schemes=("greenplum",), port=5432, levels=3),
    Platform(name="vertica", schemes=("vertica",), port=5433, levels=3, fold=_NONE, column_fold=_NONE),
    Platform(name="mssql", schemes=("mssql", "sqlserver"), place=Place.INSTANCE, port=1433, levels=3, quotes='"['),
    Platform(name="fabric", schemes=("fabric-warehouse",), port=1433, levels=3, quotes='"['),
    Platform(name="oracle", schemes=("oracle",), port=1521, levels=3, overflow=_FIRST, fold=_UPPER, column_fold=_UPPER),
    Platform(name="db2", schemes=("db2",), levels=3, fold=_UPPER, column_fold=_UPPER),
    Platform(name="hana", schemes=("hana", "sap"), levels=3, fold=_UPPER, column_fold=_UPPER),
    # Databases without schemas. A third part in front is the database of the connection (OpenLineage before 1.47).
    Platform(name="mysql", schemes=("mysql",), port=3306, overflow=_DROP, column_fold=_NONE, quotes='`"'),
    Platform(name="mariadb", schemes=("mariadb",), port=3306, overflow=_DROP, column_fold=_NONE, quotes='`"'),
    Platform(name="oceanbase", schemes=("oceanbase",), port=2881, overflow=_DROP, column_fold=_NONE, quotes='`"'),
    Platform(name="clickhouse", schemes=("clickhouse",), port=8123, overflow=_DROP, quotes='`"'),
    Platform(name="teradata", schemes=("teradata",), port=1025, overflow=_DROP, fold=_NONE, column_fold=_NONE),
    Platform(name="cassandra", schemes=("cassandra",), port=9042),
    Platform(name="mongodb", schemes=("mongodb",), port=27017, overflow=_LAST, quotes=""),
    # The name of a record that lists the hosts, not a host.
    Platform(name="mongodb_srv", schemes=("mongodb+srv",), overflow=_LAST, quotes=""),
    Platform(name="milvus", schemes=("milvus",), port=19530),
    Platform(name="elasticsearch", schemes=("elasticsearch",), port=9200, naming=Naming.OPAQUE),
    Platform(name="opensearch", schemes=("opensearch",), port=9200, naming=Naming.OPAQUE),
    Platform(name="cosmos", schemes=("azurecosmos",), port=443, naming=Naming.OPAQUE),
    Platform(name="kusto", schemes=("azurekusto",), port=443, naming=Naming.OPAQUE),
    # Warehouses.
    Platform(
        name="snowflake", schemes=("snowflake",), place=Place.SNOWFLAKE, levels=3, fold=_UPPER, column_fold=_UPPER
    ),
    Platform(
        name="bigquery",
        schemes=("bigquery",),
        place=Place.CONSTANT,
        levels=3,
        overflow=_FIRST,
        column_fold=_NONE,
        quotes="`",
        unique=True,
    ),
    Platform(name="spanner", schemes=("spanner",), place=Place.BUCKET, levels=3, quotes='`"'),
    # Metastores and engines over them store lower case, whatever was written, quoted or not.
    Platform(
        name="hive",
        schemes=("hive", "thrift"),
        port=9083,
        fold=_NONE,
        column_fold=_NONE,
        quotes=_ALL,
        ports={"hive2": 10000},
    ),
    Platform(name="spark", schemes=("spark",), levels=2, fold=_NONE, column_fold=_NONE, quotes=_ALL),
    Platform(name="impala", schemes=("impala",), port=21050, fold=_NONE, column_fold=_NONE, quotes=_ALL),
    Platform(name="glue", schemes=(), place=Place.ARN, naming=Naming.GLUE, fold=_NONE, column_fold=_NONE, quotes=_ALL),
    # An endpoint of Athena is a region's, and the same for all accounts there.
    Platform(
        name="athena",
        schemes=("awsathena",),
        port=443,
        levels=3,
        fold=_NONE,
        column_fold=_NONE,
        quotes=_ALL,
        local=True,
    ),
    Platform(name="trino", schemes=("trino",), levels=3, fold=_NONE, column_fold=_NONE, quotes=_ALL),
    Platform(name="presto", schemes=("presto",), levels=3, fold=_NONE, column_fold=_NONE, quotes=_ALL),
    Platform(name="unity", schemes=("unitycatalog",), levels=3, fold=_NONE, column_fold=_NONE, quotes=_ALL),
    Platform(
        name="databricks", schemes=("databricks",), port=443, levels=3, fold=_NONE, column_fold=_NONE, quotes=_ALL
    ),
    # Streams.
    Platform(name="kafka", schemes=("kafka",), naming=Naming.OPAQUE),
    Platform(name="pulsar", schemes=("pulsar",), port=6650, naming=Naming.TOPIC, ports={"pulsar+ssl": 6651}),
    Platform(name="pubsub", schemes=("pubsub",), place=Place.CONSTANT, naming=Naming.PUBSUB, levels=3, unique=True),
    # Object stores and file systems.
    Platform(
        name="s3", schemes=("s3", "s3a", "s3n"), place=Place.BUCKET, naming=Naming.PATH, object_store=True, unique=True
    ),
    Platform(name="gcs", schemes=("gs", "gcs"), place=Place.BUCKET, naming=Naming.PATH, object_store=True, unique=True),
    Platform(
        name="azure",
        schemes=("abfss", "abfs", "wasbs", "wasb"),
        place=Place.AZURE,
        naming=Naming.PATH,
        object_store=True,
        unique=True,
    ),
    Platform(name="adl", schemes=("adl",), naming=Naming.PATH, object_store=True),
    Platform(name="azure_file", schemes=("azurefile",), naming=Naming.PATH, collapse=True),
    Platform(name="hdfs", schemes=("hdfs",), port=_HDFS, naming=Naming.PATH, collapse=True),
    Platform(name="webhdfs", schemes=("webhdfs",), port=9870, naming=Naming.PATH, collapse=True),
    Platform(name="ozone", schemes=("ofs", "o3fs"), place=Place.OZONE, naming=Naming.PATH, collapse=True),
    # Local ones: equal text from two domains is no evidence.
    Platform(name="dbfs", schemes=("dbfs",), place=Place.FILES, naming=Naming.PATH, collapse=True, local=True),
    Platform(name="file", schemes=("file",), place=Place.FILES, naming=Naming.PATH, collapse=True, local=True),
    Platform(name="duckdb", schemes=("duckdb",), place=Place.FILES, levels=3, local=True),
    Platform(name="sqlite", schemes=("sqlite",), place=Place.FILES, levels=2, local=True),
    Platform(name="memory", schemes=("inmemory",), place=Place.FILES, naming=Naming.OPAQUE, local=True),
    # No platform's rules: another service of Amazon, any other URI, any other text.
    Platform(name="aws", schemes=(), place=Place.ARN, naming=Naming.OPAQUE),
    Platform(name="uri", schemes=(), naming=Naming.OPAQUE),
    Platform(name="text", schemes=(), naming=Naming.OPAQUE),
    # A table of a catalog that is itself only known by the folder of its warehouse.
    Platform(name="catalog", schemes=(), naming=Naming.OPAQUE),
)

BY_NAME: Mapping[str, Platform] = {row.name: row for row in PLATFORMS}
BY_SCHEME: Mapping[str, Platform] = {
    **{scheme: row for row in PLATFORMS for scheme in row.schemes},
    **{scheme: row for row in PLATFORMS for scheme in row.ports},
}

# Namespaces that every producer of a kind writes alike, so that they tell no installation from another.
CONSTANT_NAMESPACES = frozenset(
    {"default", "local", "unknown", "unity-catalog", *(scheme for scheme, row in BY_SCHEME.items() if not row.unique)}
)

# The same platforms as the catalogs call them, where that is another name than the row's or a scheme's.
CATALOG_NAMES: Mapping[str, str] = {
    "abs": "azure",
    "adlsGen2": "azure",
    "unity-catalog": "unity",
    "cockroachdb": "cockroach",
    "gcs": "gcs",
    "athena": "athena",
    "mongo": "mongodb",
    "cosmosdb": "cosmos",
}


def platform_named(name: str) -> Platform | None:
    """Return the row that a catalog's platform name (`postgres`, `abs`, ...) means."""
    return BY_NAME.get(CATALOG_NAMES.get(name, name)) or BY_SCHEME.get(name)
