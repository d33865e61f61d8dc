"""Single rules of single platforms, each with what publishes it: pairs that are one, and pairs that are not.

What holds for whole rows is tested with drawn names in `test_rows`; these are the corners.
"""

from __future__ import annotations

import pytest

from lineage_shared.model import Kind
from lineage_shared.naming import Declarations, Key, Reference, System, Unidentifiable, canonical, reference_of
from lineage_shared.naming.namespaces import TEXT_CHARS_MAX
from tests.shared.naming.cases import alchemy, by_id, gcp, jdbc, ol, uri, urn

ASSET, PURVIEW, DATAHUB = System.AIRFLOW_ASSET, System.PURVIEW, System.DATAHUB
NONE = Declarations()

SAME: list[tuple[Reference, Reference, str]] = [
    (by_id(ASSET, "mariadb://h/d/t"), ol("mysql://h:3306", "d.t"), "airflow providers/mysql assets: sanitize_uri"),
    (by_id(ASSET, "trino://h/c/s/t"), ol("trino://h:8080", "c.s.t"), "airflow providers/trino assets: sanitize_uri"),
    (by_id(ASSET, "trino://h:/c/s/t"), by_id(ASSET, "trino://h:8080/c/s/t"), "airflow providers/trino assets"),
    (by_id(PURVIEW, "mssql://h/[d]/dbo/[a b]"), ol("mssql://h", "d.dbo.a b"), "Purview asset normalization: brackets"),
    (by_id(PURVIEW, "mssql://h/d/dbo/t#c", kind="azure_sql_column"), ol("mssql://h", "d.dbo.t", "c"), "a column"),
    (by_id(PURVIEW, "mssql://H//d//dbo/t"), ol("mssql://h", "d.dbo.t"), "Purview asset normalization: duplicate slash"),
    (by_id(PURVIEW, "mssql://h/d/dbo/%5Bt"), ol("mssql://h", "d.dbo.[t"), "brackets that do not close are a name's"),
    (by_id(PURVIEW, "https://a.azuredatalakestore.net/f"), ol("adl://a.azuredatalakestore.net", "f"),
     "Purview asset normalization: convert to ADL scheme"),
    (by_id(PURVIEW, "db2://servers/h:50000/databases/d/schemas/s/tables/t"), ol("db2://h:50000", "d.s.t"),
     "microsoft/Purview-ADB-Lineage-Solution-Accelerator OlToPurviewMappings"),
    (ol("snowflake://a.eu-west-3.gcp.eu-west-3.gcp", "d.s.t"), ol("snowflake://a.eu-west-3.gcp", "d.s.t"),
     "apache/airflow#50831: region and cloud twice"),
    (alchemy("snowflake://u:p@loc/d/s?region=eu-west-3.gcp", "t"), ol("snowflake://loc.eu-west-3.gcp", "d.s.t"),
     "snowflake-sqlalchemy: region as an option"),
    (alchemy("snowflake://u:p@loc/x?account=loc.eu-west-3.gcp&database=d&schema=s", "t"),
     ol("snowflake://loc.eu-west-3.gcp", "d.s.t"), "SQLAlchemy engine/default.py: options override the URL"),
    (alchemy("postgresql://u:p@a/x?host=b&dbname=d", "s.t"), ol("postgres://b", "d.s.t"),
     "SQLAlchemy engine/default.py: options override the URL"),
    (ol("postgres://h?dbname=a&user=x&password=y", "s.t"), ol("postgres://h?password=z&DBNAME=a", "s.t"), "secrets"),
    (ol("snowflake://o-a/", "d.s.t"), ol("snowflake://https://o-a.snowflakecomputing.com", "d.s.t"), "no path"),
    (ol("bigquery", "p.d.t$17"), ol("bigquery", "p.d.t"), "BigQuery: integer-range partition decorators"),
    (ol("bigquery", "p.d.t$20240131@1700"), ol("bigquery", "p.d.t"), "BigQuery: decorators"),
    (ol("bigquery", "example.com:p:d.t"), ol("bigquery", "`example.com:p`.d.t"), "BigQuery: domain-scoped projects"),
    (gcp("projects/p/datasets/d/tables/t/"), ol("bigquery", "p.d.t"), "Google: resource names"),
    (ol("BigQuery://u:p@.", "p.d.t"), ol("bigquery", "p.d.t"), "nothing is left behind the scheme"),
    (gcp("bq://p.d.t"), ol("bigquery", "p.d.t"), "Vertex AI: BigQuery URIs"),
    (gcp("bigquery://p/d/t"), ol("bigquery", "p.d.t"), "OpenLineage naming and Airflow assets"),
    (gcp("https://www.googleapis.com/storage/v1/b/b/o/a%2Fk"), ol("gs://b", "a/k"), "Cloud Storage: selfLink"),
    (uri("https://www.googleapis.com/download/storage/v1/b/b/o/a%2Fk?alt=media"), ol("gs://b", "a/k"), "mediaLink"),
    (uri("s3://b/k/dt=*/*.parquet"), ol("s3://b", "k"), "a pattern for all files of all partitions"),
    (ol("s3://b", "t//dt=1"), ol("s3://b", "t"), "slashes at the end, whatever was behind them"),
    (jdbc("cassandra://xn--mnchen-3ya.example--b/k", "t"), ol("cassandra://xn--mnchen-3ya.example,b", "k.t"),
     "RFC 5890"),
    (jdbc("postgresql:d", "s.t"), ol("postgres://localhost", "d.s.t"), "pgjdbc: connection URLs without host"),
    (jdbc("postgresql:/", "d.s.t"), ol("postgres://localhost:5432", "d.s.t"), "pgjdbc: connection URLs without host"),
    (jdbc("mysql:///d", "t"), ol("mysql://localhost:3306", "d.t"), "Connector/J: the default host"),
    (jdbc("p6spy:mysql://h/d", "t"), ol("mysql://h", "d.t"), "p6spy: a driver around another"),
    (jdbc("mysql://h?db=d", "t"), ol("mysql://h", "d.t"), "options may name the database"),
    (jdbc("postgresql://h/d?options=-csearch_path%3Ds", "t"), ol("postgres://h", "d.s.t"), "libpq: options"),
    (alchemy("postgresql://h/d?options=-csearch_path%3Ds%2Cpublic", "t"), ol("postgres://h", "d.s.t"),
     "libpq: options"),
    (alchemy("postgresql://u:p@/d?host=b:1&host=a", "s.t"), ol("postgres://a,b:1", "d.s.t"),
     "SQLAlchemy: psycopg2 hosts"),
    (alchemy("postgresql://u:p@/d?host=b,a&port=5432,1", "s.t"), ol("postgres://b,a:1", "d.s.t"),
     "SQLAlchemy: psycopg2"),
    (alchemy("mssql+pyodbc:///?odbc_connect=SERVER%3Dh%3BPORT%3D1433%3BDATABASE%3Dd", "s.t"), ol("mssql://h", "d.s.t"),
     "SQLAlchemy: pass-through ODBC strings"),
    (ol("mssql://tcp:h.example,1500", "d.s.t"), ol("mssql://h.example:1500", "d.s.t"), "SQL Server: tcp:host,port"),
    (jdbc("awsathena://AwsRegion=eu-west-1;Schema=d", "t"), ol("awsathena://athena.eu-west-1.amazonaws.com",
     "AwsDataCatalog.d.t"), "Athena JDBC: default catalog"),
    (ol("azurecosmos://a.documents.azure.com:443/dbs/d", "colls/c"), by_id(PURVIEW,
     "https://a.documents.azure.com/dbs/d/colls/c"), "Cosmos: the port of its endpoints"),
    (by_id(DATAHUB, "urn:li:schemaField:(urn:li:dataset:(urn:li:dataPlatform:bigquery,p.d.t,PROD),a)"),
     ol("bigquery", "p.d.t", "A"), "BigQuery: columns have no case"),
    (by_id(System.OPENMETADATA, "s.d.c.t.col", kind="column"),
     Reference(system=System.OPENMETADATA, id="s.d.c.t", column="col"),
     "OpenMetadata: FQNs of columns"),
    (uri("s3://b/a%20b"), ol("s3://b", "a b"), "RFC 3986: a URI is encoded"),
    (uri("./x"), ol("file", "./x"), "a path is a file's"),
    (ol("https://storage.googleapis.com/b/a", "/k"), ol("gs://b", "a/k"), "a web address as a namespace"),
    (ol("https://b.s3.amazonaws.com", "a/k"), ol("s3://b", "a/k"), "a web address as a namespace"),
    (ol("mysql://h", "a.b.c.d"), ol("mysql://H:3306", "a.b.c.d"), "four parts are not understood, and stay"),
    (jdbc("oracle:thin:@(DESCRIPTION=(ADDRESS=(PORT=1))(ADDRESS=(HOST=h))(CONNECT_DATA=(SID=x)))", "s.t"),
     ol("oracle://h", "x.s.t"), "Oracle: an address without host is none"),
    (jdbc("postgresql://h?currentSchema=x", "s.t"), ol("postgres://h", "s.t"), "a schema that is written comes first"),
    (jdbc("mysql://h?useSSL=false", "d.t"), ol("mysql://h", "d.t"), "no database in the URL"),
    (alchemy("postgresql://h?sslmode=require", "t"), ol("postgres://h", "t"), "neither database nor schema"),
]  # fmt: skip

APART: list[tuple[Reference, Reference, str]] = [
    (jdbc("postgresql://h?currentSchema=a", "t"), jdbc("postgresql://h?currentSchema=b", "t"), "two schemas"),
    (jdbc("databricks://h:443/a", "t"), jdbc("databricks://h:443/b", "t"), "two schemas of an unknown catalog"),
    (alchemy("teradatasql://h?database=a", "t"), alchemy("teradatasql://h?database=b", "t"), "two databases"),
    (alchemy("postgresql://u:p@/d?host=a", "s.t"), alchemy("postgresql://u:p@/d?host=b", "s.t"), "two hosts"),
    (jdbc("oracle:thin:@x:1521/s", "t"), jdbc("oracle:thin:@x:1521/s2", "t"), "two services"),
    (ol("snowflake://o-a/db1", "s.t"), ol("snowflake://o-a/db2", "s.t"), "the path names a database"),
    (ol("snowflake://o-a?db=db1", "s.t"), ol("snowflake://o-a?db=db2", "s.t"), "an option names a database"),
    (ol("postgres://h?dbname=a", "s.t"), ol("postgres://h?dbname=b", "s.t"), "libpq: dbname"),
    (ol("postgres://h?dbname=a", "s.t"), ol("postgres://h", "s.t"), "libpq: dbname"),
    (ol("spanner://p:i/databases/a", "s.t"), ol("spanner://p:i/databases/b", "s.t"), "the path names a database"),
    (ol("hdfs://n/wh#1", "d.t"), ol("hdfs://n/wh#2", "d.t"), "a folder may hold a hash"),
    (ol("hdfs://n/wh?1", "d.t"), ol("hdfs://n/wh?2", "d.t"), "a folder may hold a question mark"),
    (ol("snowflake://o-a", "d.s.my-table"), ol("snowflake://o-a", "D.S.MY-TABLE"),
     "Snowflake: an identifier with a dash can only have been quoted"),
    (ol("hana://h", "S.pkg::t"), ol("hana://h", "S.PKG::T"), "HANA: undelimited identifiers"),
    (ol("oracle://h", "x.s.2024"), ol("oracle://h", 'x.s."2024x"'), "two names"),
    (ol("kafka://SSL://b\x00r:9093", "t"), ol("kafka://br:9093", "t"), "a control character is no mark of ours"),
    (ol("https://a.documents.azure.com/dbs/d/colls/a", "x"), ol("https://a.documents.azure.com/dbs/d/colls/b", "x"),
     "two collections"),
    (ol("ofs://om", "/v/b/k"), ol("o3fs://om", "/v/b/k"), "Ozone: o3fs begins with bucket and volume"),
    (uri("https://b.s3.us-gov-west-1.amazonaws.com/k"), uri("https://b.s3.us-east-1.amazonaws.com/k"),
     "S3: bucket names are unique within a partition"),
    (ol("s3://Bucket", "k"), ol("s3://bucket", "k"), "S3: buckets of us-east-1 before March 2018 have case"),
    (gcp("https://storage.googleapis.com/b/o/k"), ol("gs://b", "k"), "o/ is a folder, but for the API"),
    (gcp("//bigtable.googleapis.com/projects/p/instances/i"), gcp("//spanner.googleapis.com/projects/p/instances/i"),
     "AIP-122: a resource name is of a service"),
    (gcp("bigquery:sharded:p.d.t"), ol("bigquery", "p.d.t"), "Knowledge Catalog: a set of shards"),
    (gcp("gcs:b.a.b"), ol("bigquery", "gcs:b.a.b"), "a path with an unquoted dot"),
    (by_id(ASSET, "mysql://h/d/a%2Fb"), by_id(ASSET, "mysql://h/a/b"), "an encoded slash is a letter"),
    (uri("s3://b/lake/*/*.parquet"), ol("s3://b", "lake"), "files of many folders are many datasets"),
    (jdbc("hive2://z:2181/d;serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=a", "t"),
     jdbc("hive2://z:2181/d;serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=b", "t"), "Hive: two servers' names"),
    (ol("redshift://h", "d.s.t"), ol("postgres://h", "d.s.t"), "another platform"),
    (urn("kafka", "a.b"), urn("kafka", "a/b"), "two topics"),
    (by_id(DATAHUB, "urn:li:dataFlow:(airflow,a.b,prod)"),
     by_id(DATAHUB, "urn:li:dataJob:(urn:li:dataFlow:(airflow,a,prod),b)"),
     "a task is not its DAG"),
]  # fmt: skip

NOTHING: list[tuple[Reference, str]] = [
    (ol("null", "t"), "a failed look-up"),
    (ol("None", "t"), "a failed look-up"),
    (ol("postgres://h\n", "d.s.t"), "a control character is no space"),
    (ol("postgres://\u00a0h", "d.s.t"), "a no-break space is no space"),
    (ol("duckdb://:memory:", "main.t"), "a database in memory is gone with its connection"),
    (jdbc("sqlite:", "t"), "SQLite in memory"),
    (alchemy("sqlite://", "t"), "SQLite in memory"),
    (alchemy("mssql+pyodbc://u:p@dsn", "d.s.t"), "SQLAlchemy: a host without database is a DSN"),
    (alchemy("mssql+pyodbc:///?odbc_connect=DSN%3Dx", "d.s.t"), "a DSN"),
    (alchemy("oracle+oracledb://u:p@alias", "s.t"), "SQLAlchemy: a net service name"),
    (jdbc("oracle:thin:@alias?TNS_ADMIN=/etc", "s.t"), "Oracle: a net service name"),
    (jdbc("oracle:oci:@(DESCRIPTION=(CONNECT_DATA=(SID=x)))", "s.t"), "no address"),
    (jdbc("postgresql:///d?cloudSqlInstance=p:r:i", "s.t"), "Cloud SQL connector"),
    (jdbc("sqlserver://localhost;socketFactoryConstructorArg=p:r:i", "d.s.t"), "Cloud SQL connector"),
    (alchemy("postgresql://u@/d?host=/cloudsql/p:r:i", "s.t"), "a socket"),
    (alchemy("mysql+pymysql://u@/d?unix_socket=/x", "t"), "a socket"),
    (alchemy("spanner+spanner:///projects/p/instances/i", "t"), "no database"),
    (jdbc("cloudspanner:/projects/p", "t"), "no database"),
    (jdbc("snowflake:o-a", "t"), "no URL"),
    (jdbc("databricks:h", "t"), "no URL"),
    (jdbc("awsathena://", "t"), "no region"),
    (jdbc("cassandra:h--b", "t"), "no URL"),
    (jdbc("hive2:h", "t"), "no URL"),
    (gcp("https://storage.googleapis.com/storage/v1/b/b"), "a bucket"),
    (gcp("//storage.googleapis.com/bucket"), "a bucket"),
    (gcp("//bigquery:x/projects/p"), "no resource name"),
    (gcp(""), "nothing"),
    (ol("pubsub", ""), "nothing"),
    (ol("pulsar://h", ""), "nothing"),
    (ol("pulsar://h", "/"), "nothing"),
    (by_id(System.ATLAS, "x@c", kind="a/b"), "no type has a slash"),
    (by_id(System.ATLAS, "@c", kind="hive_table"), "no name"),
    (by_id(System.ATLAS, "1x://b/k@c", kind="hdfs_path"), "no scheme begins with a digit"),
    (by_id(PURVIEW, "nothing#c", kind="azure_sql_column"), "no address"),
    (by_id(System.AMUNDSEN, "hive://c.s"), "no key"),
    (by_id(System.OPENMETADATA, "service"), "no name"),
    (by_id(System.DBT, "model.x"), "no id"),
    (Reference(system=System.AMUNDSEN, id="hive://c.s/t", column=""), "no column"),
    (Reference(system=System.DATAHUB, id="urn:li:dataFlow:(a/b,c,d)", kind=Kind.JOB), "no orchestrator has a slash"),
    (Reference(system=System.URI, id="s3://b/k", kind=Kind.JOB), "no job"),
    (Reference(namespace="n", name="x" * (TEXT_CHARS_MAX + 1), kind=Kind.JOB), "too long"),
]

LOCAL: list[tuple[Reference, str]] = [
    (ol("awsathena://athena.eu-west-1.amazonaws.com", "c.d.t"), "an endpoint of all accounts of a region"),
    (ol("bigquery", "d.t"), "a project is left out"),
    (ol("pubsub", "orders"), "a project is left out"),
    (uri("persistent://public/default/t"), "Pulsar: a cluster is left out"),
    (ol("default", "t"), "OpenLineage: the namespace where nobody configured one"),
    (ol("kafka://kafka.data.svc.cluster.local:9092", "t"), "Kubernetes: DNS for services"),
    (ol("kafka://kafka.data.svc:9092", "t"), "Kubernetes: DNS for services"),
    (ol("postgres://unknown:5432", "d.s.t"), "nobody knows the host"),
    (ol("unknown", "d.s.t"), "nobody knows the namespace"),
    (ol("local", "d.s.t"), "whose machine is not said"),
    (ol("postgres://host.docker.internal", "d.s.t"), "Docker: the host"),
    (ol("postgres://host.containers.internal", "d.s.t"), "Podman: the host"),
    (ol("postgres://printer.local", "d.s.t"), "RFC 6762, section 3"),
    (ol("postgres://169.254.7.9", "d.s.t"), "RFC 3927"),
    (ol("postgres://[fe80::1]", "d.s.t"), "RFC 4291"),
    (ol("postgres://ip6-loopback", "d.s.t"), "/etc/hosts"),
    (ol("hdfs://nameservice1", "/d/t"), "Cloudera Manager: the name service of every cluster"),
    (ol("hdfs://", "/d/t"), "the configured default"),
    (ol("o3fs://b.v", "/k"), "the configured default"),
    (ol("snowflake://localhost:4566", "d.s.t"), "an emulator"),
    (by_id(System.SPLINE, "kafka:t"), "Spline: a broker is left out"),
]
GLOBAL = [ol("postgres://db.corp.local", "d.s.t"), ol("bigquery", "p.d.t"), ol("postgres://10.0.0.7", "d.s.t")]


def text(reference: Reference, domain: str | None = "sales") -> str:
    """Return the key's text; that nothing is identified is an error here."""
    key = canonical(reference, domain, NONE)
    assert isinstance(key, Key), (reference, key)
    return key.text


@pytest.mark.parametrize(("one", "other", "source"), SAME)
def test_published_forms_of_one_thing_are_one(one: Reference, other: Reference, source: str) -> None:
    """Both spellings denote the same by the published rule."""
    assert text(one) == text(other), source


@pytest.mark.parametrize(("one", "other", "source"), APART)
def test_two_things_are_two(one: Reference, other: Reference, source: str) -> None:
    """No rewrite makes one of what may be two, and both lead back to themselves."""
    if one.id.startswith("urn:li:data") and "Flow" in one.id:
        one, other = (Reference(system=DATAHUB, id=each.id, kind=Kind.JOB) for each in (one, other))
    assert text(one) != text(other), source
    for each in (one, other):
        key = canonical(each, "sales", NONE)
        assert isinstance(key, Key)
        assert text(reference_of(key)) == key.text


@pytest.mark.parametrize(("reference", "source"), NOTHING)
def test_what_leads_nowhere_identifies_nothing(reference: Reference, source: str) -> None:
    """It is refused with a reason."""
    found = canonical(reference, "sales", NONE)
    assert isinstance(found, Unidentifiable), source
    assert found.reason


@pytest.mark.parametrize(("reference", "source"), LOCAL)
def test_what_another_domain_cannot_mean_is_local(reference: Reference, source: str) -> None:
    """Equal text of two domains is no evidence."""
    assert text(reference, "sales") != text(reference, "finance"), source
    assert text(reference, "sales") == text(reference, "sales")


@pytest.mark.parametrize("reference", GLOBAL)
def test_what_everybody_means_is_global(reference: Reference) -> None:
    """A full name, a name of several labels and an address of a private network mean the same in a mesh."""
    assert text(reference, "sales") == text(reference, "finance")


def test_a_local_name_of_no_known_domain_is_local_to_none() -> None:
    """Where nobody says whose a local name is, it is one with itself, and with that of no domain that is known."""
    reference = ol("postgres://localhost", "d.s.t")
    assert text(reference, None) == text(reference, None)
    assert text(reference, None) != text(reference, "sales")
    assert text(Reference(namespace="postgres://localhost", name="d.s.t", domain="crm"), "sales") == text(
        reference, "crm"
    )


@pytest.mark.parametrize(
    ("namespace", "piece"),
    [
        ("bigquery", "@1"),
        ("s3://b", "/*"),
        ("s3://b", "/k=v"),
        ("s3://b", "/part-00000"),
        ("postgres://h", '."'),
        ("x", "["),
    ],
)
@pytest.mark.parametrize("system", System)
def test_names_of_any_depth_are_read(system: System, namespace: str, piece: str) -> None:
    """Rules that take one piece after another off a name have no depth at which they fail."""
    name = "p.d.t" + piece * 1_200
    for text_of in (name, f"jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS={' ()' * 1_000} x", f"{namespace}/{name}"):
        canonical(Reference(system=system, namespace=namespace, name=name, id=text_of), None, NONE)
