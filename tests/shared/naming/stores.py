"""Object stores, file systems and streams: spellings of one thing, and near misses."""

from __future__ import annotations

from collections.abc import Callable

from lineage_shared.naming import System
from tests.shared.naming.cases import Case, Names, by_id, ol


def bucket(scheme: str, aliases: tuple[str, ...], web: tuple[str, ...], urn: str) -> Callable[[Names], Case]:
    """Return the cases of an object store whose buckets are unique in the world."""

    def case(n: Names) -> Case:
        bucket, key = f"{n.account}-lake", f"{n.schema}/{n.table}"
        names = (
            key,
            f"/{key}",
            f"{key}/",
            f"{key}/day=2024-01-31/hour=05",
            f"{key}/_delta_log/00000000000000000001.json",
        )
        same = [
            ol(f"{each}://{bucket}{end}", text) for each in (scheme, *aliases) for end in ("", "/") for text in names
        ]
        same += [by_id(System.URI, f"{scheme}://{bucket}/{key}/part-00003-4f5c-c000.snappy.parquet")]
        same += [
            by_id(System.URI, f"{scheme}://{bucket}/{key}/*.parquet"),
            ol(f"{scheme}://{bucket}/{n.schema}", f"/{n.table}"),
        ]
        same += [by_id(System.URI, text.format(bucket=bucket, key=key)) for text in web]
        same += [by_id(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:{urn},{bucket}/{key},PROD)")]
        other = [ol(f"{scheme}://{bucket}", text) for text in (n.schema, f"{key}2", key.upper(), f"{key}/2024-01-31")]
        other += [ol(f"{scheme}://{bucket}2", key), ol(f"{scheme}://{bucket}", f"{n.schema}//{n.table}")]
        other += [
            ol(f"{scheme}://{bucket}", f"{key}/metadata/00001-a.metadata.json"),
            ol(f"file://{bucket}", f"/{key}"),
        ]
        return Case(tuple(same), tuple(other))

    return case


def azure(n: Names) -> Case:
    """One container of an Azure account, through all its endpoints."""
    account, key = f"{n.account}store", f"{n.schema}/{n.table}"
    schemes = (("abfss", "dfs"), ("abfs", "dfs"), ("wasbs", "blob"), ("wasb", "blob"), ("wasbs", "dfs"))
    same = [ol(f"{scheme}://gold@{account}.{kind}.core.windows.net", key) for scheme, kind in schemes]
    same += [
        by_id(System.URI, f"https://{account}.{kind}.core.windows.net/gold/{key}?sv=1") for kind in ("dfs", "blob")
    ]
    same += [ol(f"abfss://gold@{account.upper()}.DFS.core.windows.net", f"/{key}/")]
    same += [by_id(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:abs,{account}/gold/{key},PROD)")]
    same += [by_id(System.ATLAS, f"abfs://gold@{account}/{key}@cm", kind="adls_gen2_directory")]
    other = (
        ol(f"abfss://gold@{account}.dfs.core.chinacloudapi.cn", key),
        ol(f"abfss://silver@{account}.dfs.core.windows.net", key),
        ol(f"abfss://gold@{account}2.dfs.core.windows.net", key),
        ol(f"abfss://gold@{account}.dfs.core.windows.net", key.upper()),
        by_id(System.URI, f"adl://{account}.azuredatalakestore.net/{key}"),
        by_id(System.URI, f"https://{account}.file.core.windows.net/gold/{key}"),
    )
    return Case(tuple(same), other)


def hdfs(n: Names) -> Case:
    """A path below a namenode."""
    path = f"/data/{n.schema}/{n.table}"
    same = (
        ol(f"hdfs://{n.host}", path),
        ol(f"hdfs://{n.host}:8020", f"{path}/"),
        by_id(System.URI, f"hdfs://{n.host.upper()}:8020/data//{n.schema}/{n.table}/dt=1"),
        by_id(System.ATLAS, f"hdfs://{n.host}:8020{path}@cm", kind="hdfs_path"),
    )
    other = (
        ol(f"hdfs://{n.host}:9000", path),
        ol(f"webhdfs://{n.host}", path),
        ol(f"hdfs://{n.host}{path}", "default.t"),
        ol(f"hdfs://{n.host}", path.upper()),
    )
    return Case(same, other)


def kafka(n: Names) -> Case:
    """A topic of a cluster of two brokers."""
    topic = f"{n.schema}.{n.table}"
    one, two = f"a-{n.host}:9092", f"b-{n.host}:9092"
    same = tuple(
        ol(f"kafka://{hosts}", topic)
        for hosts in (f"{one},{two}", f"{two},{one}", f"{one};{two}", f"{one},{two},{one}", f"{one.upper()},{two}",
                      f"PLAINTEXT://{one},PLAINTEXT://{two}", f"SASL_SSL://{two},{one}")
    )  # fmt: skip
    other = (
        ol(f"kafka://{one}", topic),
        ol(f"kafka://{one},{two}", topic.upper()),
        ol(f"kafka://{one},{two}", topic.replace(".", "_")),
        by_id(System.ATLAS, f"{topic}@cm", kind="kafka_topic"),
    )
    return Case(same, other)


def pubsub(n: Names) -> Case:
    """A topic of Pub/Sub."""
    project = f"{n.account}-events"
    same = (
        ol("pubsub", f"topic:{project}:{n.table}"),
        by_id(System.GCP, f"projects/{project}/topics/{n.table}"),
        by_id(System.GCP, f"//pubsub.googleapis.com/projects/{project}/topics/{n.table}"),
    )
    other = (ol("pubsub", f"subscription:{project}:{n.table}"), ol("pubsub", f"topic:{project}2:{n.table}"))
    return Case(same, other)


S3_WEB = (
    "https://{bucket}.s3.eu-north-1.amazonaws.com/{key}",
    "https://{bucket}.s3.amazonaws.com/{key}?versionId=3",
    "https://s3-us-west-2.amazonaws.com/{bucket}/{key}",
    "https://s3.dualstack.us-east-1.amazonaws.com/{bucket}/{key}",
    "arn:aws:s3:::{bucket}/{key}",
)
GCS_WEB = (
    "https://storage.googleapis.com/{bucket}/{key}",
    "https://{bucket}.storage.googleapis.com/{key}",
    "https://storage.cloud.google.com/{bucket}/{key}",
)
