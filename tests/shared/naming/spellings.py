"""Fresh names through every rule row, in several spellings of one thing, and near misses.

Written from the platforms' conventions, not from the corpus: the tests draw names that nobody has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lineage_shared.naming import Reference, System
from tests.shared.naming.cases import Case, Names, by_id, ol
from tests.shared.naming.stores import GCS_WEB, S3_WEB, azure, bucket, hdfs, kafka, pubsub


def _server(
    scheme: str, aliases: tuple[str, ...], port: int, fold: Callable[[str], str] | None
) -> Callable[[Names], Case]:
    """A platform with three levels, host and default port."""

    def case(n: Names) -> Case:
        name = f"{n.database}.{n.schema}.{n.table}"
        same = [
            ol(f"{each}://{n.host}{mark}", name)
            for each in (scheme, *aliases)
            for mark in ("", f":{port}", f".:{port}")
        ]
        same.append(ol(f"{scheme}://{n.host.upper()}:{port}", name))
        same.append(ol(f"{scheme}://user:secret@{n.host}:{port}", name))
        same.append(by_id(System.AIRFLOW_ASSET, f"{scheme}://{n.host}/{n.database}/{n.schema}/{n.table}"))
        other = [
            ol(f"{scheme}://{n.host}:{port + 1}", name),
            ol(f"{scheme}://{n.host}0:{port}", name),
            ol(f"{scheme}://x{n.host}:{port}", name),
            ol(f"{scheme}://{n.host}:{port}", f"{n.schema}.{n.table}"),
            ol(f"{scheme}://{n.host}:{port}", f"{n.database}.{n.table}.{n.schema}"),
            ol(f"{scheme}://{n.host}:{port}", f"{name}_v2"),
            ol(f"{scheme}://{n.host}:{port}", f'{n.database}.{n.schema}."{n.table}.old"'),
            ol(f"kafka://{n.host}:{port}", name),
        ]
        upper = ol(f"{scheme}://{n.host}", f"{n.database}.{n.schema}.{n.table.upper()}")
        (other if fold is None else same).append(upper)
        quoted = f'{n.database}.{n.schema}."{n.table.title()}"'
        if fold is not str.casefold:
            other.append(ol(f"{scheme}://{n.host}", quoted))
        return Case(tuple(same), tuple(other))

    return case


def _two_level(scheme: str, port: int, *, drops: bool) -> Callable[[Names], Case]:
    def case(n: Names) -> Case:
        name = f"{n.database}.{n.table}"
        same = [ol(f"{scheme}://{n.host}{mark}", name) for mark in ("", f":{port}", "/")]
        if drops:
            same.append(ol(f"{scheme}://{n.host}", f"{n.schema}.{name}"))
        other = [
            ol(f"{scheme}://{n.host}", f"{n.schema}.{n.table}"),
            ol(f"{scheme}://{n.host}:{port}0", name),
            ol(f"{scheme}://{n.host}", f"{n.table}.{n.database}"),
            ol(f"{scheme}://{n.host}", n.table),
        ]
        return Case(tuple(same), tuple(other))

    return case


def _postgres(n: Names) -> Case:
    name = f"{n.schema}.{n.table}"
    same = (
        ol(f"postgres://{n.host}:5432", f"{n.database}.{name}"),
        by_id(System.JDBC, f"jdbc:postgresql://{n.host}/{n.database}?ssl=true", name),
        by_id(System.JDBC, f"jdbc:postgresql://{n.host}:5432/{n.database}?currentSchema={n.schema}", n.table),
        by_id(System.SQLALCHEMY, f"postgresql+asyncpg://u:p@{n.host}/{n.database}", name),
        by_id(System.SPLINE, f"jdbc:postgresql://{n.host}:5432/{n.database}:{name}"),
        by_id(System.URI, f"postgresql://{n.host}/{n.database}.{name}"),
        by_id(
            System.PURVIEW, f"postgresql://{n.host}/{n.database}/{n.schema}/{n.table}", kind="azure_postgresql_table"
        ),
        Reference(
            system=System.DBT, namespace=f"postgres://{n.host}:5432", name=f'"{n.database}"."{n.schema}"."{n.table}"'
        ),
    )
    other = (
        by_id(System.JDBC, f"jdbc:postgresql://{n.host}/{n.schema}", name),
        by_id(System.JDBC, f"jdbc:postgresql://{n.host}/{n.database}", n.table),
        ol(f"postgres://{n.host}", f"{n.database}.{n.table}"),
        by_id(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:postgres,{n.database}.{name},PROD)"),
        by_id(System.OPENMETADATA, f"svc.{n.database}.{name}"),
    )
    return Case(same, other)


def _mssql(n: Names) -> Case:
    name = f"{n.schema}.{n.table}"
    full = f"{n.database}.{name}"
    same = (
        ol(f"mssql://{n.host}", full),
        ol(f"sqlserver://{n.host}:1433", full),
        ol(f"mssql://{n.host}:1433", f"[{n.database}].[{n.schema}].[{n.table}]"),
        by_id(System.JDBC, f"jdbc:sqlserver://{n.host};databaseName={n.database};encrypt=true", name),
        by_id(System.JDBC, f"jdbc:sqlserver://;serverName={n.host};portNumber=1433;database={n.database}", name),
        by_id(System.JDBC, f"jdbc:jtds:sqlserver://{n.host}:1433/{n.database};user=x", name),
        by_id(System.SQLALCHEMY, f"mssql+pymssql://u:p@{n.host}/{n.database}", name),
        by_id(System.PURVIEW, f"mssql://{n.host}/{n.database}/{n.schema}/{n.table}", kind="azure_sql_table"),
    )
    other = (
        ol(f"mssql://{n.host}/inst", full),
        ol(f"mssql://{n.host}:1433/inst", full),
        by_id(System.JDBC, f"jdbc:sqlserver://{n.host};instanceName=inst;databaseName={n.database}", name),
        ol(f"mssql://{n.host}", f"{n.database}.{n.schema}.{n.table.upper()}"),
    )
    return Case(same, other)


def _oracle(n: Names) -> Case:
    name = f"{n.schema}.{n.table}"
    tns = f"(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST={n.host})(PORT=1521))(CONNECT_DATA=(SERVICE_NAME={n.database})))"
    same = (
        ol(f"oracle://{n.host}:1521", f"{n.database}.{name}"),
        ol(f"oracle://{n.host}", f"{n.database}.{name}".upper()),
        ol(f"oracle://{n.host}", f'"{n.database.upper()}".{n.schema}."{n.table.upper()}"'),
        by_id(System.JDBC, f"jdbc:oracle:thin:@//{n.host}:1521/{n.database}", name),
        by_id(System.JDBC, f"jdbc:oracle:thin:@{n.host}:{n.database}", name),
        by_id(System.JDBC, f"jdbc:oracle:thin:u/p@{n.host}:1521:{n.database}", name),
        by_id(System.JDBC, f"jdbc:oracle:oci:@{tns}", name),
        by_id(System.SQLALCHEMY, f"oracle+oracledb://u:p@{n.host}:1521/?service_name={n.database}", name),
    )
    other = (
        ol(f"oracle://{n.host}", f'{n.database}.{n.schema}."{n.table}"'),
        ol(f"oracle://{n.host}:1522", f"{n.database}.{name}"),
        by_id(System.JDBC, f"jdbc:oracle:thin:@{n.host}:1521:{n.schema}", name),
    )
    return Case(same, other)


def _mysql(n: Names) -> Case:
    name = f"{n.database}.{n.table}"
    same = (
        ol(f"mysql://{n.host}", name),
        ol(f"mysql://{n.host}:3306", f"`{n.database}`.`{n.table}`"),
        ol(f"mysql://{n.host}:3306", f"{n.schema}.{name}"),
        by_id(System.JDBC, f"jdbc:mysql://{n.host}/{n.database}?useSSL=false", n.table),
        by_id(System.JDBC, f"jdbc:mysql:loadbalance://{n.host}:3306/{n.schema}", name),
        by_id(System.JDBC, f"jdbc:mysql://address=(host={n.host})(port=3306)/{n.database}", n.table),
        by_id(System.SQLALCHEMY, f"mysql+pymysql://u:p@{n.host}/{n.database}", n.table),
        by_id(System.AIRFLOW_ASSET, f"mysql://{n.host}/{n.database}/{n.table}"),
    )
    other = (ol(f"mysql://{n.host}", f"{n.database}.{n.table.upper()}"), ol(f"mariadb://{n.host}", name))
    return Case(same, other)


def _snowflake(n: Names) -> Case:
    name = f"{n.database}.{n.schema}.{n.table}"
    org = f"{n.account}-dwh"
    same = (
        ol(f"snowflake://{org}", name),
        ol(f"snowflake://{org.upper()}", name.upper()),
        ol(f"snowflake://{org}.snowflakecomputing.com", name),
        ol(f"snowflake://https://{org}.snowflakecomputing.com:443", name),
        ol(f"snowflake://{org}.privatelink.snowflakecomputing.com", name),
        by_id(
            System.JDBC,
            f"jdbc:snowflake://{org}.snowflakecomputing.com/?db={n.database}&schema={n.schema}&warehouse=w",
            n.table,
        ),
        by_id(System.SQLALCHEMY, f"snowflake://u:p@{org}/{n.database}/{n.schema}?role=r", n.table),
    )
    other = (
        ol(f"snowflake://{org}2", name),
        ol(f"snowflake://{org}", f'{n.database}.{n.schema}."{n.table}"'),
        ol(f"snowflake://{n.account}", name),
        ol(f"snowflake://{org}.us-west-2.aws", name),
    )
    return Case(same, other)


def _locator(n: Names) -> Case:
    name = f"{n.database}.{n.schema}.{n.table}"
    locator = f"{n.account}1"
    same = tuple(
        ol(f"snowflake://{text}", name)
        for text in (locator, f"{locator}.us-west-2", f"{locator}.us-west-2.aws", f"{locator}.us-west-2.us-west-2.aws")
    )
    regions = ("us-west-1.aws", "us-west-2.azure", "us-east-1", "eu-west-1.aws")
    return Case(same, tuple(ol(f"snowflake://{locator}.{region}", name) for region in regions))


def _bigquery(n: Names) -> Case:
    name = f"{n.account}-data.{n.schema}.{n.table}"
    project = f"{n.account}-data"
    resource = f"projects/{project}/datasets/{n.schema}/tables/{n.table}"
    same = (
        ol("bigquery", name),
        ol("bigquery://", name),
        ol("bigquery", f"{name}$20240131"),
        ol("bigquery", f"{name}@1700000000000"),
        ol("bigquery", f"`{project}`.`{n.schema}`.`{n.table}`"),
        ol("bigquery", f"`{name}`"),
        by_id(System.GCP, resource),
        by_id(System.GCP, f"//bigquery.googleapis.com/{resource}"),
        by_id(System.GCP, f"{project}:{n.schema}.{n.table}"),
        by_id(System.GCP, f"bigquery:{name}"),
        by_id(System.SPLINE, f"bigquery://{project}:{n.schema}.{n.table}"),
        by_id(System.AIRFLOW_ASSET, f"bigquery://{project}/{n.schema}/{n.table}"),
        by_id(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:bigquery,{name},PROD)"),
        by_id(System.SQLALCHEMY, f"bigquery://{project}/{n.schema}", n.table),
    )
    other = (
        ol("bigquery", f"{project}.{n.schema}.{n.table.upper()}"),
        ol("bigquery", f"{name}_20240131"),
        ol("bigquery", f"{name}_2024"),
        ol("bigquery", f"x{name}"),
        by_id(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:bigquery,{name},DEV)"),
    )
    return Case(same, other)


def _folding(scheme: str, port: int | None, quotes: str) -> Callable[[Names], Case]:
    def case(n: Names) -> Case:
        name = f"{n.database}.{n.schema}.{n.table}"
        quoted = ".".join(f"{quotes}{part.title()}{quotes}" for part in (n.database, n.schema, n.table))
        same = [ol(f"{scheme}://{n.host}", text) for text in (name, name.upper(), quoted)]
        if port is not None:
            same.append(ol(f"{scheme}://{n.host}:{port}", name))
        other = [ol(f"{scheme}://{n.host}:1", name), ol(f"{scheme}://{n.host}", f"{n.schema}.{n.table}")]
        return Case(tuple(same), tuple(other))

    return case


def _hive(n: Names) -> Case:
    name = f"{n.database}.{n.table}"
    same = tuple(
        ol(namespace, text)
        for namespace in (f"hive://{n.host}", f"hive://{n.host}:9083", f"thrift://{n.host}:9083")
        for text in (name, name.upper(), f"`{n.database}`.`{n.table}`")
    )
    other = (
        ol(f"hive://{n.host}:10000", name),
        by_id(System.JDBC, f"jdbc:hive2://{n.host}:10000/{n.database}", n.table),
        by_id(System.ATLAS, f"{name}@{n.account}", kind="hive_table"),
    )
    return Case(same, other)


def _glue(n: Names) -> Case:
    account = "arn:aws:glue:eu-north-1:112233445566"
    same = (
        ol(account, f"table/{n.database}/{n.table}"),
        ol(account.removeprefix("arn:"), f"table/{n.database}/{n.table.upper()}"),
        by_id(System.URI, f"{account}:table/{n.database}/{n.table}"),
    )
    other = (
        ol(account.replace("north", "south"), f"table/{n.database}/{n.table}"),
        ol(account.replace("66", "67"), f"table/{n.database}/{n.table}"),
        ol(account.replace("aws:", "aws-cn:"), f"table/{n.database}/{n.table}"),
    )
    return Case(same, other)


def _redshift(n: Names) -> Case:
    host = f"{n.account}.abc123.eu-west-1.redshift.amazonaws.com"
    name = f"{n.database}.{n.schema}.{n.table}"
    same = (
        ol(f"redshift://{host}", name),
        ol(f"redshift://{host}:5439", name.upper()),
        ol(f"postgresql://{host}:5439", name),
        by_id(System.JDBC, f"jdbc:redshift://{host}:5439/{n.database}", f"{n.schema}.{n.table}"),
        by_id(System.SQLALCHEMY, f"redshift+redshift_connector://u:p@{host}/{n.database}", f"{n.schema}.{n.table}"),
    )
    other = (
        ol(f"redshift://{n.account}.eu-west-1:5439", name),
        ol(f"postgres://{host}", name),
        ol(f"redshift://{host}", f'{n.database}.{n.schema}."{n.table.title()}"'),
    )
    return Case(same, other)


ROWS: Mapping[str, Callable[[Names], Case]] = {
    "postgres": _postgres,
    "postgres server": _server("postgres", ("postgresql",), 5432, None),
    "cockroach": _server("cockroach", ("cockroachdb",), 26257, None),
    "crate": _server("crate", (), 5432, None),
    "mssql": _mssql,
    "mssql server": _server("mssql", ("sqlserver",), 1433, None),
    "oracle": _oracle,
    "oracle server": _server("oracle", (), 1521, str.upper),
    "vertica": _server("vertica", (), 5433, str.casefold),
    "mysql": _mysql,
    "mariadb": _two_level("mariadb", 3306, drops=True),
    "oceanbase": _two_level("oceanbase", 2881, drops=True),
    "clickhouse": _two_level("clickhouse", 8123, drops=True),
    "teradata": _two_level("teradata", 1025, drops=True),
    "cassandra": _two_level("cassandra", 9042, drops=False),
    "mongodb": _two_level("mongodb", 27017, drops=False),
    "milvus": _two_level("milvus", 19530, drops=False),
    "snowflake": _snowflake,
    "snowflake locator": _locator,
    "bigquery": _bigquery,
    "redshift": _redshift,
    "hive": _hive,
    "glue": _glue,
    "trino": _folding("trino", None, '"'),
    "unity": _folding("unitycatalog", None, "`"),
    "databricks": _folding("databricks", 443, "`"),
    "athena": _folding("awsathena", 443, '"'),
    "s3": bucket("s3", ("s3a", "s3n"), S3_WEB, "s3"),
    "gcs": bucket("gs", ("gcs",), GCS_WEB, "gcs"),
    "azure": azure,
    "hdfs": hdfs,
    "kafka": kafka,
    "pubsub": pubsub,
}
