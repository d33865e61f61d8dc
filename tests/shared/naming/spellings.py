"""Fresh names through every rule row: for each platform the cases whose keys it decides.

Written from the platforms' conventions, not from the corpus: the tests draw names that nobody has seen. The tests fail
when a row of the table has no case here.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.shared.naming import databases as db
from tests.shared.naming import stores as store
from tests.shared.naming import streams as stream
from tests.shared.naming import warehouses as wh
from tests.shared.naming.cases import Maker
from tests.shared.naming.databases import CASELESS, EXACT, FOLDED, server

ROWS: Mapping[str, tuple[Maker, ...]] = {
    "postgres": (server("postgres", 5432, 3, EXACT, "postgresql", more=db.postgres),),
    "redshift": (wh.redshift,),
    "cockroach": (server("cockroach", 26257, 3, EXACT, "cockroachdb"),),
    "crate": (server("crate", 5432, 3, EXACT, more=db.crate),),
    "greenplum": (server("greenplum", 5432, 3, EXACT),),
    "vertica": (server("vertica", 5433, 3, CASELESS, more=db.vertica),),
    "mssql": (server("mssql", 1433, 3, EXACT, "sqlserver", more=db.mssql),),
    "fabric": (wh.fabric,),
    "oracle": (server("oracle", 1521, 3, FOLDED, more=db.oracle),),
    "db2": (server("db2", None, 3, FOLDED, more=db.db2),),
    "hana": (server("hana", None, 3, FOLDED, "sap", more=db.hana),),
    "mysql": (server("mysql", 3306, 2, EXACT, more=db.mysql),),
    "mariadb": (server("mariadb", 3306, 2, EXACT, more=db.mariadb),),
    "oceanbase": (server("oceanbase", 2881, 2, EXACT, more=db.oceanbase),),
    "clickhouse": (server("clickhouse", 8123, 2, EXACT, more=db.clickhouse),),
    "teradata": (server("teradata", 1025, 2, CASELESS, more=db.teradata),),
    "cassandra": (server("cassandra", 9042, 2, EXACT, more=db.cassandra),),
    "mongodb": (server("mongodb", 27017, 2, EXACT, more=db.mongodb),),
    "mongodb_srv": (db.mongodb_srv,),
    "milvus": (server("milvus", 19530, 2, EXACT, more=stream.milvus),),
    "elasticsearch": (stream.index("elasticsearch"),),
    "opensearch": (stream.index("opensearch"),),
    "cosmos": (stream.cosmos,),
    "kusto": (stream.kusto,),
    "snowflake": (wh.snowflake, wh.snowflake_locator),
    "bigquery": (wh.bigquery,),
    "spanner": (wh.spanner,),
    "hive": (wh.hive, wh.hive_server),
    "spark": (server("spark", None, 2, CASELESS),),
    "impala": (server("impala", 21050, 2, CASELESS, more=wh.impala),),
    "glue": (wh.glue,),
    "athena": (wh.athena,),
    "trino": (server("trino", None, 3, CASELESS, more=wh.trino), wh.trino_asset),
    "presto": (server("presto", None, 3, CASELESS, more=wh.presto),),
    "unity": (server("unitycatalog", None, 3, CASELESS),),
    "databricks": (server("databricks", 443, 3, CASELESS, more=wh.databricks),),
    "kafka": (stream.kafka, stream.broker),
    "pulsar": (stream.pulsar, stream.pulsar_short),
    "pubsub": (stream.pubsub,),
    "s3": (store.bucket("s3", ("s3a", "s3n"), store.S3_WEB, store.S3_OTHER, "s3"),),
    "gcs": (store.bucket("gs", ("gcs",), store.GCS_WEB, store.GCS_OTHER, "gcs"), store.google_objects),
    "azure": (store.azure, store.onelake),
    "adl": (store.adl,),
    "azure_file": (store.azure_file,),
    "hdfs": (store.hdfs,),
    "webhdfs": (store.webhdfs,),
    "ozone": (store.ozone,),
    "dbfs": (store.machine("dbfs"),),
    "file": (store.machine("file"),),
    "duckdb": (store.embedded("duckdb"),),
    "sqlite": (store.embedded("sqlite"),),
    "memory": (stream.memory,),
    "aws": (stream.aws,),
    "uri": (stream.address,),
    "text": (stream.plain, stream.metastore),
    "catalog": (stream.folder_catalog,),
}
