"""Streams, indexes and services, and names of no platform: spellings of one thing, and near misses."""

from __future__ import annotations

from lineage_shared.naming import System
from tests.shared.naming.cases import Case, Maker, Names, by_id, gcp, ol, uri, urn


def kafka(n: Names) -> Case:
    """A topic of a cluster of two brokers."""
    topic = f"{n.schema}.{n.table}"
    one, two = f"a-{n.host}:9092", f"b-{n.host}:9092"
    lists = (
        f"{one},{two}", f"{two},{one}", f"{one};{two}", f"{one},{two},{one}", f"{one.upper()},{two}",
        f"PLAINTEXT://{one},PLAINTEXT://{two}", f"SASL_SSL://{two},{one}",
    )  # fmt: skip
    same = tuple(ol(f"kafka://{hosts}", topic) for hosts in lists)
    other = (
        ol(f"kafka://{one}", topic),
        ol(f"kafka://{one},{two}", topic.upper()),
        ol(f"kafka://{one},{two}", topic.replace(".", "_")),
        ol(f"kafka://{one},{two}0", topic),
        by_id(System.ATLAS, f"{topic}@cm", kind="kafka_topic"),
        by_id(System.SPLINE, f"kafka:{topic}"),
    )
    return Case(same, other)


def broker(n: Names) -> Case:
    """A topic behind one address."""
    same = (
        ol(f"kafka://{n.host}:9092", n.table),
        uri(f"kafka://{n.host}:9092/{n.table}"),
        gcp(f"kafka:`{n.host}:9092`.{n.table}"),
    )
    return Case(same, (ol(f"kafka://{n.host}", n.table), ol(f"kafka://{n.host}:9093", n.table)))


def pulsar(n: Names) -> Case:
    """A topic of Pulsar, which reads short names as long ones."""
    full = f"persistent://{n.database}/{n.schema}/{n.table}"
    same = (
        ol(f"pulsar://{n.host}:6650", full),
        ol(f"pulsar://{n.host.upper()}", f"{n.database}/{n.schema}/{n.table}"),
        uri(f"pulsar://{n.host}/{full}"),
    )
    other = (
        ol(f"pulsar://{n.host}", f"non-{full}"),
        ol(f"pulsar://{n.host}", n.table),
        ol(f"pulsar://{n.host}", f"{n.schema}/{n.table}"),
        ol(f"pulsar://{n.host}", f"{full}-partition-0"),
        ol(f"pulsar+ssl://{n.host}", full),
        uri(full),
    )
    return Case(same, other)


def pulsar_short(n: Names) -> Case:
    """A topic of the default tenant and namespace."""
    names = (n.table, f"public/default/{n.table}", f"persistent://public/default/{n.table}")
    same = tuple(ol(f"pulsar+ssl://{n.host}{port}", name) for name in names for port in ("", ":6651"))
    return Case(same, (ol(f"pulsar+ssl://{n.host}", n.table.upper()), ol(f"pulsar://{n.host}", n.table)))


def pubsub(n: Names) -> Case:
    """A topic of Pub/Sub."""
    project = f"{n.account}-events"
    same = (
        ol("pubsub", f"topic:{project}:{n.table}"),
        gcp(f"projects/{project}/topics/{n.table}"),
        gcp(f"//pubsub.googleapis.com/projects/{project}/topics/{n.table}"),
        gcp(f"https://pubsub.googleapis.com/v1/projects/{project}/topics/{n.table}"),
        gcp(f"pubsub:topic:{project}.{n.table}"),
    )
    other = (
        ol("pubsub", f"subscription:{project}:{n.table}"),
        ol("pubsub", f"topic:{project}2:{n.table}"),
        ol("pubsub", n.table),
        gcp(f"pubsub:subscription:{project}.{n.table}"),
        urn("pubsub", f"{project}.{n.table}"),
    )
    return Case(same, other)


def index(scheme: str) -> Maker:
    """Return the cases of a search engine's index."""

    def made(n: Names) -> Case:
        same = tuple(
            ol(f"{scheme}://{host}", n.table) for host in (n.host, f"{n.host}:9200", f"u:p@{n.host.upper()}./")
        )
        other = [ol(f"{scheme}://{n.host}", name) for name in (f"{n.table}-2024.01.31", n.table.upper())]
        other += [ol(f"{scheme}://{host}", n.table) for host in (f"{n.host}:9201", f"x{n.host}", f"{n.host}:92000")]
        return Case(
            (*same, uri(f"{scheme}://{n.host}:9200/{n.table}")), (*other, ol(f"https://{n.host}:9200", n.table))
        )

    return made


def milvus(n: Names) -> Case:
    """A collection of a database of Milvus."""
    return Case((uri(f"milvus://{n.host}:19530/{n.schema}/{n.table}"),), (ol(f"milvus://{n.host}", n.table),))


def cosmos(n: Names) -> Case:
    """A collection of an account of Cosmos."""
    host = f"{n.account}.documents.azure.com"
    same = (
        ol(f"azurecosmos://{host}/dbs/{n.schema}", f"colls/{n.table}"),
        ol(f"azurecosmos://{host.upper()}:443/dbs/{n.schema}", f"colls/{n.table}"),
        uri(f"azurecosmos://{host}/dbs/{n.schema}/colls/{n.table}"),
        by_id(
            System.PURVIEW, f"https://{host}/dbs/{n.schema}/colls/{n.table}", kind="azure_cosmosdb_sqlapi_collection"
        ),
        gcp(f"cosmos-db:`{host}`.{n.schema}.{n.table}"),
    )
    other = (
        ol(f"azurecosmos://{host}/dbs/{n.database}", f"colls/{n.table}"),
        ol(f"azurecosmos://x{host}/dbs/{n.schema}", f"colls/{n.table}"),
        ol(f"azurecosmos://{host}/dbs/{n.schema}", f"colls/{n.table.upper()}"),
        ol(f"https://{host}/dbs/{n.schema}/colls/a", n.table),
        ol(f"https://{host}/dbs/{n.schema}/colls/b", n.table),
    )
    return Case(same, other)


def kusto(n: Names) -> Case:
    """A table of a cluster of Azure Data Explorer."""
    host, name = f"{n.account}.eastus.kusto.windows.net", f"{n.schema}/{n.table}"
    same = (
        ol(f"azurekusto://{host}", name),
        ol(f"azurekusto://{host.upper()}:443", name),
        by_id(System.PURVIEW, f"https://{host}/{name}", kind="azure_data_explorer_table"),
        uri(f"azurekusto://{host}/{name}"),
        gcp(f"kusto:{n.account}.eastus.{n.schema}.{n.table}"),
    )
    other = (
        ol(f"azurekusto://{n.account}.westus.kusto.windows.net", name),
        ol(f"azurekusto://{n.account}.kusto.windows.net", name),
        ol(f"azurekusto://{host}", f"{n.schema}/{n.table.upper()}"),
        ol(f"azurekusto://{host}", f"{n.table}/{n.schema}"),
    )
    return Case(same, other)


def memory(n: Names) -> Case:
    """A dataset that its producer holds in memory."""
    same = (ol("inmemory", n.table), ol("inmemory://", n.table))
    return Case(same, (ol("inmemory://", n.table.upper()), ol("file", n.table)))


def aws(n: Names) -> Case:
    """A resource of another service of Amazon, by its full name only."""
    arn = "arn:aws:dynamodb:eu-west-1:123456789012"
    same = (
        ol(arn, f"table/{n.table}"),
        ol(arn.removeprefix("arn:"), f"table/{n.table}"),
        uri(f"{arn}:table/{n.table}"),
    )
    changed = (
        arn.replace("eu", "us"),
        f"{arn}3",
        arn.replace("dynamodb", "kinesis"),
        arn.replace("aws:", "aws-cn:", 1),
    )
    other = tuple(ol(each, f"table/{n.table}") for each in changed)
    return Case(same, (*other, ol(arn, f"table/{n.table.upper()}")))


def address(n: Names) -> Case:
    """A URI of no platform: only what holds for every one with a host is rewritten."""
    same = (
        ol(f"redis://{n.host}:6379", n.table),
        ol(f"REDIS://{n.host.upper()}.:6379", n.table),
        ol(f"redis://u:p@{n.host}:6379/", n.table),
    )
    other = (
        ol(f"redis://{n.host}", n.table),
        ol(f"redis://{n.host}:6379/1", n.table),
        ol(f"redis://{n.host}:6379", n.table.upper()),
        ol(f"http://{n.host}:6379", n.table),
    )
    return Case(same, other)


def plain(n: Names) -> Case:
    """Any other text stands for itself."""
    other = (
        ol(n.host.upper(), n.table),
        ol(n.host, n.table.upper()),
        ol(f"{n.host} ", n.table),
        ol(n.host, f"{n.table} "),
    )
    return Case((ol(n.host, n.table),), other)


def metastore(n: Names) -> Case:
    """Google's managed metastore has its full name for a name."""
    name = f"dataproc_metastore:{n.account}.eu.{n.host.partition('.')[0]}.{n.schema}.{n.table}"
    return Case((ol("dataproc_metastore", name), gcp(name)), (ol("dataproc_metastore", f"{name}2"),))


def folder_catalog(n: Names) -> Case:
    """A table of a catalog that is known by the folder of its warehouse."""
    name = f"{n.schema}.{n.table}"
    same = (
        ol(f"hdfs://{n.host}/{n.account}/warehouse", name),
        ol(f"hdfs://{n.host.upper()}:8020/{n.account}//warehouse/", name),
    )
    other = (
        ol(f"hdfs://{n.host}/{n.account}/warehouse2", name),
        ol(f"hdfs://{n.host}", f"/{n.account}/warehouse/{name}"),
        ol(f"hdfs://{n.host}/{n.account}/warehouse", name.upper()),
        ol(f"s3://{n.account}/warehouse", name),
    )
    return Case(same, other)
