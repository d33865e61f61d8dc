"""Warehouses, metastores and engines: spellings of one table, and near misses."""

from __future__ import annotations

from lineage_shared.naming import System
from tests.shared.naming.cases import Case, Names, alchemy, by_id, gcp, jdbc, ol, uri, urn


def full(n: Names) -> str:
    """Return the name of three levels."""
    return f"{n.database}.{n.schema}.{n.table}"


def snowflake(n: Names) -> Case:
    """An account of an organisation."""
    name, org = full(n), f"{n.account}-dwh"
    host = f"{org}.snowflakecomputing.com"
    same = (
        ol(f"snowflake://{org}", name),
        ol(f"snowflake://{org.upper()}", name.upper()),
        ol(f"snowflake://{n.account}_dwh", name),
        ol(f"snowflake://{host}", name),
        ol(f"snowflake://https://{host}:443", name),
        ol(f"snowflake://{org}.privatelink.snowflakecomputing.com", name),
        jdbc(f"snowflake://{host}/?db={n.database}&schema={n.schema}&warehouse=w", n.table),
        alchemy(f"snowflake://u:p@{org}/{n.database}/{n.schema}?role=r", n.table),
        by_id(
            System.PURVIEW,
            f"snowflake://{host}/databases/{n.database}/schemas/{n.schema}/tables/{n.table}",
            kind="snowflake_table",
        ),
        gcp(f"snowflake:{org}.{name}"),
    )
    other = (
        ol(f"snowflake://{org}2", name),
        ol(f"snowflake://{org}", f'{n.database}.{n.schema}."{n.table}"'),
        ol(f"snowflake://{org}", f"{n.database}.{n.schema}.my-table"),
        ol(f"snowflake://{n.account}", name),
        ol(f"snowflake://{org}.us-west-2.aws", name),
        ol(f"snowflake://{org}.snowflakecomputing.cn", name),
        jdbc(f"snowflake://{host}/?schema={n.schema}", n.table),
        jdbc(f"snowflake://{host}/?schema={n.database}", n.table),
    )
    return Case(same, other)


def snowflake_locator(n: Names) -> Case:
    """An account by its locator, which is in Oregon when no region is named."""
    name, locator = full(n), f"{n.account}1"
    regions = ("", ".us-west-2", ".us-west-2.aws", ".us-west-2.us-west-2.aws", ".us-west-2.aws.us-west-2.aws")
    same = tuple(ol(f"snowflake://{locator}{region}", name) for region in regions)
    others = ("us-west-1.aws", "us-west-2.azure", "us-east-1", "eu-west-1.aws")
    return Case(same, tuple(ol(f"snowflake://{locator}.{region}", name) for region in others))


def bigquery(n: Names) -> Case:
    """A table of BigQuery, whose full name is unique in the world."""
    project = f"{n.account}-data"
    name = f"{project}.{n.schema}.{n.table}"
    resource = f"projects/{project}/datasets/{n.schema}/tables/{n.table}"
    same = (
        ol("bigquery", name),
        ol("bigquery://", name),
        ol("bigquery", f"{project}:{n.schema}.{n.table}"),
        *(ol("bigquery", f"{name}{mark}") for mark in ("$20240131", "$7", "$__UNPARTITIONED__", "@1700000000000")),
        ol("bigquery", f"`{project}`.`{n.schema}`.`{n.table}`"),
        ol("bigquery", f"`{name}`"),
        *(gcp(f"{head}{resource}") for head in ("", "//bigquery.googleapis.com/")),
        gcp(f"https://bigquery.googleapis.com/bigquery/v2/{resource}"),
        gcp(f"https://www.googleapis.com/bigquery/v2/{resource}"),
        gcp(f"{project}:{n.schema}.{n.table}"),
        gcp(f"bigquery:{name}"),
        by_id(System.SPLINE, f"bigquery://{project}:{n.schema}.{n.table}"),
        by_id(System.AIRFLOW_ASSET, f"bigquery://{project}/{n.schema}/{n.table}"),
        urn("bigquery", name),
        alchemy(f"bigquery://{project}/{n.schema}", n.table),
        jdbc(f"bigquery://https://www.googleapis.com/bigquery/v2:443;ProjectId={project};", f"{n.schema}.{n.table}"),
    )
    other = (
        ol("bigquery", f"{project}.{n.schema}.{n.table.upper()}"),
        ol("bigquery", f"{name}_20240131"),
        ol("bigquery", f"{name}_2024"),
        ol("bigquery", f"x{name}"),
        ol("bigquery", f"{n.schema}.{n.table}"),
        gcp(f"bigquery:sharded:{name}"),
        gcp(f"//bigtable.googleapis.com/{resource}"),
        urn("bigquery", name, "DEV"),
        urn("bigquery", f"eu.{name}"),
    )
    return Case(same, other)


def spanner(n: Names) -> Case:
    """A table of an instance of Spanner."""
    instance = f"projects/{n.account}-data/instances/{n.host.partition('.')[0]}"
    place = f"spanner://{n.account}-data:{n.host.partition('.')[0]}"
    name = f"{n.schema}.{n.table}"
    same = (
        ol(place, f"{n.database}.{name}"),
        jdbc(f"cloudspanner:/{instance}/databases/{n.database}?credentials=x", name),
        alchemy(f"spanner+spanner:///{instance}/databases/{n.database}", name),
    )
    other = (
        ol(f"{place}0", f"{n.database}.{name}"),
        ol(place, f"{n.database}.{name}".upper()),
        gcp(f"{instance}/databases/{n.database}/tables/{n.table}"),
        jdbc(f"cloudspanner:/{instance}/databases/{n.schema}", name),
        gcp(f"//spanner.googleapis.com/{instance}"),
    )
    return Case(same, other)


def redshift(n: Names) -> Case:
    """A cluster by its endpoint; the driver of Postgres reaches it as well."""
    host, name = f"{n.account}.abc123.eu-west-1.redshift.amazonaws.com", full(n)
    same = (
        ol(f"redshift://{host}", name),
        ol(f"redshift://{host}:5439", name.upper()),
        ol(f"postgresql://{host}:5439", name),
        jdbc(f"redshift://{host}:5439/{n.database}", f"{n.schema}.{n.table}"),
        jdbc(f"redshift:iam://{host}:5439/{n.database}", f"{n.schema}.{n.table}"),
        alchemy(f"redshift+redshift_connector://u:p@{host}/{n.database}", f"{n.schema}.{n.table}"),
    )
    other = (
        ol(f"redshift://{n.account}.eu-west-1:5439", name),
        ol(f"postgres://{host}", name),
        ol(f"redshift://{host}", f'{n.database}.{n.schema}."{n.table.title()}"'),
        ol(f"redshift://{n.account}.123456789012.eu-west-1.redshift-serverless.amazonaws.com", name),
        gcp(f"redshift:{n.account}.eu-west-1.5439.{name}"),
    )
    return Case(same, other)


def fabric(n: Names) -> Case:
    """A warehouse of Fabric, which SQL Server's drivers reach."""
    host, name = f"{n.account}.datawarehouse.fabric.microsoft.com", full(n)
    same = (
        ol(f"fabric-warehouse://{host}", name),
        ol(f"fabric-warehouse://{host.upper()}:1433", name),
        jdbc(f"sqlserver://{host}:1433;databaseName={n.database}", f"{n.schema}.{n.table}"),
    )
    other = (
        ol(f"fabric-warehouse://x{host}", name),
        ol(f"fabric-warehouse://{host}", name.upper()),
        ol(f"mssql://{n.account}.database.windows.net", name),
    )
    return Case(same, other)


def hive(n: Names) -> Case:
    """A metastore; a server in front of it, or ZooKeepers, are other names."""
    name = f"{n.schema}.{n.table}"
    zoo = f"hive2://{n.host}:2181/{n.schema};serviceDiscoveryMode=zooKeeper;zooKeeperNamespace"
    same = tuple(
        ol(namespace, text)
        for namespace in (f"hive://{n.host}", f"hive://{n.host}:9083", f"thrift://{n.host}:9083")
        for text in (name, name.upper(), f"`{n.schema}`.`{n.table}`")
    )
    other = (
        ol(f"hive://{n.host}:10000", name),
        ol(f"hive://{n.host}0", name),
        jdbc(f"hive2://{n.host}:10000/{n.schema}", n.table),
        jdbc(f"{zoo}=hs2", n.table),
        by_id(System.ATLAS, f"{name}@{n.account}", kind="hive_table"),
    )
    return Case(same, other)


def hive_server(n: Names) -> Case:
    """HiveServer2, whose port is not the metastore's; each cluster behind ZooKeepers has its name there."""
    zoo = f"hive2://{n.host}:2181/{n.schema};serviceDiscoveryMode=zooKeeper;zooKeeperNamespace"
    same = (
        ol(f"hive://{n.host}:10000", f"{n.schema}.{n.table}"),
        jdbc(f"hive2://{n.host}/{n.schema};ssl=true", n.table),
        alchemy(f"hive://u:p@{n.host}/{n.schema}", n.table),
    )
    return Case(same, tuple(jdbc(f"{zoo}={name}", n.table) for name in ("hs2", "llap")))


def glue(n: Names) -> Case:
    """The catalog of an account in a region."""
    account = f"arn:aws:glue:eu-north-1:{_digits(n.account)}"
    name = f"table/{n.database}/{n.table}"
    same = (
        ol(account, name),
        ol(account.removeprefix("arn:"), name.upper().replace("TABLE/", "table/", 1)),
        ol(account, f"{n.database}.{n.table}"),
        uri(f"{account}:{name}"),
        gcp(f"aws_glue:table:eu-north-1.{_digits(n.account)}.{n.database}.{n.table}"),
    )
    changed = (account.replace("north", "south"), f"{account}7", account.replace("aws:", "aws-cn:", 1))
    return Case(same, tuple(ol(each, name) for each in changed))


def _digits(word: str) -> str:
    return "".join(f"{ord(letter) % 100:02}" for letter in word)


def athena(n: Names) -> Case:
    """A region's endpoint, which all accounts share; the catalog of its drivers is Glue's unless they name one."""
    host, name = "athena.eu-west-1.amazonaws.com", f"awsdatacatalog.{n.schema}.{n.table}"
    same = (
        ol(f"awsathena://{host}", name),
        ol(f"awsathena://{host}:443", f'"AwsDataCatalog"."{n.schema}"."{n.table}"'),
        jdbc(f"awsathena://AwsRegion=eu-west-1;Schema={n.schema}", n.table),
        jdbc(f"athena://{host}:443;Catalog=AwsDataCatalog", f"{n.schema}.{n.table}"),
        alchemy(f"awsathena+rest://:@{host}:443/{n.schema}?s3_staging_dir=s3://x", n.table),
        gcp(f"athena:AwsDataCatalog.eu-west-1.{n.schema}.{n.table}"),
    )
    other = (
        ol("awsathena://athena.eu-west-2.amazonaws.com", name),
        ol(f"awsathena://{host}", f"other.{n.schema}.{n.table}"),
        ol(f"awsathena://{host}", f"{n.schema}.{n.table}"),
    )
    return Case(same, other)


def trino(n: Names) -> Case:
    """Trino's drivers differ about the port that is left out."""
    levels = f"{n.schema}.{n.table}"
    same = (ol(f"trino://{n.host}", f"{n.database}.{levels}"), gcp(f"trino:`{n.host}`.{n.database}.{levels}"))
    other = (
        jdbc(f"trino://{n.host}/{n.database}", levels),
        alchemy(f"trino://u@{n.host}/{n.database}", levels),
        by_id(System.AIRFLOW_ASSET, f"trino://{n.host}/{n.database}/{n.schema}/{n.table}"),
    )
    return Case(same, other)


def trino_asset(n: Names) -> Case:
    """The port of Airflow's assets, and of the dialect, is that of plain HTTP."""
    same = (
        ol(f"trino://{n.host}:8080", full(n)),
        by_id(System.AIRFLOW_ASSET, f"trino://{n.host}/{n.database}/{n.schema}/{n.table}"),
        alchemy(f"trino://u@{n.host}/{n.database}/{n.schema}", n.table),
    )
    return Case(same, (jdbc(f"trino://{n.host}/{n.database}/{n.schema}", n.table),))


def presto(n: Names) -> Case:
    """Presto's URL has the catalog and schema."""
    return Case((jdbc(f"presto://{n.host}/{n.database}/{n.schema}", n.table),), (ol(f"trino://{n.host}", full(n)),))


def databricks(n: Names) -> Case:
    """A workspace; the path of its URL is a schema, and names without a catalog are no full ones."""
    levels = f"{n.schema}.{n.table}"
    same = (
        jdbc(f"databricks://{n.host}:443/default;httpPath=/x;ConnCatalog={n.database}", levels),
        alchemy(f"databricks://token:x@{n.host}?http_path=/x&catalog={n.database}&schema={n.schema}", n.table),
    )
    other = (
        jdbc(f"databricks://{n.host}:443/{n.schema}", n.table),
        jdbc(f"databricks://{n.host}:443/{n.database}", n.table),
        ol(f"unitycatalog://{n.host}", full(n)),
        ol(f"spark://{n.host}:443", full(n)),
    )
    return Case(same, other)


def impala(n: Names) -> Case:
    """Impala under its own scheme; Hive's driver reaches it on another name."""
    same = (jdbc(f"impala://{n.host}:21050/{n.schema}", n.table), alchemy(f"impala://{n.host}/{n.schema}", n.table))
    return Case(same, (jdbc(f"hive2://{n.host}:21050/{n.schema}", n.table),))
