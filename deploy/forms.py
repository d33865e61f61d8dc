"""One line per platform for docs/identifiers.md: spellings of one dataset, which the rules join without being told.

Examples, not the whole: the rules hold for any names. `deploy.identifiers` writes them with the rules that they take,
and a test reads every one of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from lineage_shared.naming import Reference, System


def _ol(namespace: str, name: str) -> Reference:
    return Reference(namespace=namespace, name=name)


def _of(system: System, text: str, name: str = "", kind: str = "") -> Reference:
    return Reference(system=system, id=text, name=name, type=kind)


def _jdbc(url: str, name: str) -> Reference:
    return _of(System.JDBC, url, name)


def _alchemy(url: str, name: str) -> Reference:
    return _of(System.SQLALCHEMY, url, name)


def _asset(text: str) -> Reference:
    return _of(System.AIRFLOW_ASSET, text)


def _uri(text: str) -> Reference:
    return _of(System.URI, text)


def _gcp(text: str) -> Reference:
    return _of(System.GCP, text)


def _purview(text: str, kind: str) -> Reference:
    return _of(System.PURVIEW, text, kind=kind)


def _urn(platform: str, name: str) -> Reference:
    return _of(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:{platform},{name},PROD)")


def _server(scheme: str, port: int, *more: Reference, name: str = "shop.public.orders") -> tuple[Reference, ...]:
    return (_ol(f"{scheme}://h:{port}", name), _ol(f"{scheme}://user:secret@H.", name), *more)


FORMS: Mapping[str, tuple[Reference, ...]] = {
    "postgres": (
        _ol("postgres://h:5432", "shop.public.orders"),
        _ol("postgresql://H", '"shop"."public"."orders"'),
        _jdbc("jdbc:postgresql://h/shop?currentSchema=public", "orders"),
        _alchemy("postgresql+psycopg2://u:p@/shop?host=h:5432", "public.orders"),
        _asset("postgres://h/shop/public/orders"),
        _gcp("postgresql:`h:5432`.shop.public.orders"),
    ),
    "redshift": (
        _ol("redshift://c.abc.eu-west-1.redshift.amazonaws.com:5439", "dev.public.orders"),
        _jdbc("jdbc:postgresql://c.abc.eu-west-1.redshift.amazonaws.com:5439/dev", "PUBLIC.ORDERS"),
    ),
    "cockroach": _server("cockroach", 26257, _alchemy("cockroachdb://u@h/shop", "public.orders")),
    "crate": _server("crate", 5432, _jdbc("jdbc:crate://h/shop", "public.orders")),
    "greenplum": _server("greenplum", 5432),
    "vertica": _server("vertica", 5433, _jdbc("jdbc:vertica://h:5433/shop", "PUBLIC.Orders")),
    "mssql": (
        _ol("mssql://h:1433", "shop.dbo.orders"),
        _ol("sqlserver://tcp:h,1433", "[shop].[dbo].[orders]"),
        _jdbc("jdbc:sqlserver://;serverName=h;databaseName=shop", "dbo.orders"),
        _alchemy("mssql+pyodbc:///?odbc_connect=SERVER%3Dh%2C1433%3BDATABASE%3Dshop", "dbo.orders"),
        _purview("mssql://h/[shop]/dbo/orders", "azure_sql_table"),
    ),
    "fabric": (
        _ol("fabric-warehouse://x.datawarehouse.fabric.microsoft.com", "wh.dbo.orders"),
        _jdbc("jdbc:sqlserver://x.datawarehouse.fabric.microsoft.com:1433;database=wh", "dbo.orders"),
    ),
    "oracle": (
        _ol("oracle://h:1521", "ORCL.SALES.ORDERS"),
        _jdbc("jdbc:oracle:thin:@//h:1521/orcl", "sales.orders"),
        _jdbc("jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=h)(PORT=1521))(CONNECT_DATA=(SID=orcl)))", "sales.orders"),
        _alchemy("oracle+oracledb://u:p@h:1521/?service_name=orcl", "sales.orders"),
    ),
    "db2": (
        _ol("db2://h:50000", "SHOP.SALES.ORDERS"),
        _jdbc("jdbc:db2://h:50000/shop:currentSchema=sales;", "orders"),
        _purview("db2://servers/h:50000/databases/SHOP/schemas/SALES/tables/ORDERS", "db2_table"),
    ),
    "hana": (
        _ol("hana://h:30015", "HXE.SALES.ORDERS"),
        _jdbc("jdbc:sap://h:30015/?databaseName=HXE&currentschema=SALES", "orders"),
    ),
    "mysql": (
        _ol("mysql://h:3306", "shop.orders"),
        _ol("mysql://h", "connection_db.shop.orders"),
        _jdbc("jdbc:mysql:loadbalance://address=(host=h)(port=3306)/shop", "`orders`"),
        _asset("mariadb://h/shop/orders"),
    ),
    "mariadb": _server("mariadb", 3306, _jdbc("jdbc:mariadb:sequential://h/shop", "orders"), name="shop.orders"),
    "oceanbase": _server("oceanbase", 2881, _jdbc("jdbc:oceanbase:hamode://h/shop", "orders"), name="shop.orders"),
    "clickhouse": _server(
        "clickhouse",
        8123,
        _jdbc("jdbc:ch:http://h/shop", "orders"),
        _alchemy("clickhousedb://h/shop", "orders"),
        name="shop.orders",
    ),
    "teradata": _server("teradata", 1025, _jdbc("jdbc:teradata://h/DATABASE=Shop", "Orders"), name="shop.orders"),
    "cassandra": _server("cassandra", 9042, _jdbc("jdbc:cassandra://h/shop", "orders"), name="shop.orders"),
    "mongodb": _server("mongodb", 27017, _uri("mongodb://h/shop.orders"), name="shop.orders"),
    "mongodb_srv": (
        _ol("mongodb+srv://c0.abc.mongodb.net", "shop.orders"),
        _uri("mongodb+srv://u:p@C0.abc.mongodb.net/shop.orders"),
    ),
    "milvus": _server("milvus", 19530, name="shop.orders"),
    "elasticsearch": _server("elasticsearch", 9200, _uri("elasticsearch://h/orders"), name="orders"),
    "opensearch": _server("opensearch", 9200, name="orders"),
    "cosmos": (
        _ol("azurecosmos://a.documents.azure.com/dbs/shop", "colls/orders"),
        _purview("https://a.documents.azure.com/dbs/shop/colls/orders", "azure_cosmosdb_sqlapi_collection"),
    ),
    "kusto": (
        _ol("azurekusto://c.eastus.kusto.windows.net", "shop/orders"),
        _purview("https://c.eastus.kusto.windows.net/shop/orders", "azure_data_explorer_table"),
        _gcp("kusto:c.eastus.shop.orders"),
    ),
    "snowflake": (
        _ol("snowflake://org-acct", "SHOP.PUBLIC.ORDERS"),
        _ol("snowflake://https://ORG-ACCT.privatelink.snowflakecomputing.com", "shop.public.orders"),
        _jdbc("jdbc:snowflake://org_acct.snowflakecomputing.com/?db=shop&schema=public", "orders"),
        _purview(
            "snowflake://org-acct.snowflakecomputing.com/databases/SHOP/schemas/PUBLIC/tables/ORDERS", "snowflake_table"
        ),
    ),
    "bigquery": (
        _ol("bigquery", "p.shop.orders"),
        _ol("bigquery", "`p`.shop.orders$20240131"),
        _gcp("p:shop.orders"),
        _gcp("//bigquery.googleapis.com/projects/p/datasets/shop/tables/orders"),
        _asset("bigquery://p/shop/orders"),
        _urn("bigquery", "p.shop.orders"),
    ),
    "spanner": (
        _ol("spanner://p:i", "shop.sales.orders"),
        _jdbc("jdbc:cloudspanner:/projects/p/instances/i/databases/shop", "sales.orders"),
        _alchemy("spanner+spanner:///projects/p/instances/i/databases/shop", "sales.orders"),
    ),
    "hive": (_ol("hive://ms:9083", "shop.orders"), _ol("thrift://ms", "Shop.`ORDERS`")),
    "spark": (_ol("spark://h:7077", "shop.orders"), _ol("spark://H:7077", "SHOP.Orders")),
    "impala": _server("impala", 21050, _jdbc("jdbc:impala://h/shop", "Orders"), name="shop.orders"),
    "glue": (
        _ol("arn:aws:glue:eu-west-1:123456789012", "table/shop/orders"),
        _ol("aws:glue:eu-west-1:123456789012", "Shop.Orders"),
        _uri("arn:aws:glue:eu-west-1:123456789012:table/shop/orders"),
        _gcp("aws_glue:table:eu-west-1.123456789012.shop.orders"),
    ),
    "athena": (
        _ol("awsathena://athena.eu-west-1.amazonaws.com", "AwsDataCatalog.shop.orders"),
        _jdbc("jdbc:awsathena://AwsRegion=eu-west-1;Schema=shop", "orders"),
    ),
    "trino": (
        _ol("trino://h:8080", "hive.shop.orders"),
        _asset("trino://h/hive/shop/orders"),
        _alchemy("trino://u@h/Hive/shop", "orders"),
    ),
    "presto": (_ol("presto://h:8080", "hive.shop.orders"), _jdbc("jdbc:presto://h:8080/hive/shop", "ORDERS")),
    "unity": (
        _ol("unitycatalog://adb-1.azuredatabricks.net", "main.shop.orders"),
        _ol("unitycatalog://ADB-1.azuredatabricks.net", "Main.Shop.Orders"),
    ),
    "databricks": (
        _ol("databricks://adb-1.azuredatabricks.net", "main.shop.orders"),
        _jdbc("jdbc:databricks://adb-1.azuredatabricks.net:443/default;ConnCatalog=main", "shop.Orders"),
        _alchemy("databricks://token:x@adb-1.azuredatabricks.net?catalog=main&schema=shop", "orders"),
    ),
    "kafka": (
        _ol("kafka://b1:9092,b2:9092", "orders"),
        _ol("kafka://SASL_SSL://B2:9092;b1:9092", "orders"),
        _uri("kafka://b2:9092,b1:9092/orders"),
    ),
    "pulsar": (
        _ol("pulsar://h:6650", "persistent://public/default/orders"),
        _ol("pulsar://h", "orders"),
        _uri("pulsar://h/public/default/orders"),
    ),
    "pubsub": (
        _ol("pubsub", "topic:p:orders"),
        _gcp("projects/p/topics/orders"),
        _gcp("//pubsub.googleapis.com/projects/p/topics/orders"),
        _gcp("pubsub:topic:p.orders"),
    ),
    "s3": (
        _ol("s3://lake", "shop/orders"),
        _ol("s3a://lake/shop", "/orders/day=2024-01-31/"),
        _uri("https://lake.s3.eu-west-1.amazonaws.com/shop/orders"),
        _uri("https://s3.eu-west-1.amazonaws.com/lake/shop/orders/part-00000.parquet"),
        _uri("arn:aws:s3:::lake/shop/orders"),
        _urn("s3", "lake/shop/orders"),
    ),
    "gcs": (
        _ol("gs://lake", "shop/orders"),
        _ol("gcs://lake", "/shop/orders/*.parquet"),
        _uri("https://storage.googleapis.com/lake/shop/orders"),
        _uri("https://storage.googleapis.com/storage/v1/b/lake/o/shop%2Forders"),
        _gcp("gcs:lake.`shop/orders`"),
    ),
    "azure": (
        _ol("abfss://gold@acme.dfs.core.windows.net", "shop/orders"),
        _ol("wasbs://gold@ACME.blob.core.windows.net", "/shop/orders/"),
        _uri("https://acme.blob.core.windows.net/gold/shop/orders?sv=1"),
        _urn("abs", "acme/gold/shop/orders"),
        _of(System.ATLAS, "abfs://gold@acme/shop/orders@cm", kind="adls_gen2_directory"),
    ),
    "adl": (
        _ol("adl://acme.azuredatalakestore.net", "/shop/orders"),
        _uri("https://acme.azuredatalakestore.net/shop/orders"),
    ),
    "azure_file": (
        _ol("azurefile://acme.file.core.windows.net", "share/orders"),
        _uri("https://acme.file.core.windows.net/share/orders"),
    ),
    "hdfs": (
        _ol("hdfs://nn:8020", "/data/orders"),
        _uri("hdfs://NN/data//orders/day=1/"),
        _of(System.ATLAS, "hdfs://nn:8020/data/orders@cm", kind="hdfs_path"),
    ),
    "webhdfs": (_ol("webhdfs://nn:9870", "/data/orders"), _uri("webhdfs://nn/data/orders/")),
    "ozone": (_ol("ofs://om", "/volume/bucket/orders"), _ol("o3fs://bucket.volume.om", "/orders")),
    "dbfs": (_ol("dbfs", "/mnt/orders"), _uri("dbfs:/mnt/orders/"), _uri("dbfs:///mnt/orders")),
    "file": (_ol("file", "/srv/orders.csv"), _uri("file:///srv/orders.csv"), _uri("file://localhost/srv//orders.csv")),
    "duckdb": (_ol("duckdb:///srv/shop.db", "main.orders"), _jdbc("jdbc:duckdb:/srv/shop.db", "main.orders")),
    "sqlite": (_ol("sqlite:///srv/shop.db", "orders"), _alchemy("sqlite:////srv/shop.db", "orders")),
    "memory": (_ol("inmemory", "orders"), _ol("inmemory://", "orders")),
    "aws": (
        _ol("arn:aws:dynamodb:eu-west-1:123456789012", "table/orders"),
        _uri("arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
    ),
    "uri": (_ol("redis://h:6379", "orders"), _ol("Redis://u:p@H:6379/", "orders")),
    "text": (
        _ol("dataproc_metastore", "dataproc_metastore:p.eu.ms.shop.orders"),
        _gcp("dataproc_metastore:p.eu.ms.shop.orders"),
    ),
    "catalog": (_ol("hdfs://nn:8020/warehouse", "shop.orders"), _ol("hdfs://NN//warehouse/", "shop.orders")),
}
