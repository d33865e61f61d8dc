"""Object stores and file systems: spellings of one dataset, and near misses."""

from __future__ import annotations

from lineage_shared.naming import Reference, System
from tests.shared.naming.cases import Case, Maker, Names, by_id, gcp, ol, uri, urn

S3_WEB = (
    "https://{bucket}.s3.eu-north-1.amazonaws.com/{key}",
    "https://{bucket}.s3.amazonaws.com:443/{key}?versionId=3",
    "https://{bucket}.s3.dualstack.us-east-1.amazonaws.com/{key}",
    "https://{bucket}.s3-accelerate.amazonaws.com/{key}",
    "https://{bucket}.s3-fips.us-east-1.amazonaws.com/{key}",
    "https://s3-us-west-2.amazonaws.com/{bucket}/{key}",
    "https://s3.dualstack.us-east-1.amazonaws.com/{bucket}/{key}",
    "arn:aws:s3:::{bucket}/{key}",
)
S3_OTHER = (
    "https://{bucket}.s3.us-gov-west-1.amazonaws.com/{key}",
    "https://{bucket}.s3.cn-north-1.amazonaws.com.cn/{key}",
    "https://{bucket}-1.s3-accesspoint.us-west-2.amazonaws.com/{key}",
    "https://minio.example/{bucket}/{key}",
    "arn:aws-us-gov:s3:::{bucket}/{key}",
    "arn:aws:s3:us-west-2:1:accesspoint/{bucket}/object/{key}",
)
GCS_WEB = (
    "https://storage.googleapis.com/{bucket}/{key}",
    "https://{bucket}.storage.googleapis.com/{key}",
    "https://storage.cloud.google.com/{bucket}/{key}",
    "https://storage.googleapis.com/storage/v1/b/{bucket}/o/{encoded}?alt=media",
    "https://www.googleapis.com/storage/v1/b/{bucket}/o/{encoded}",
)
GCS_OTHER = (
    "https://storage.googleapis.com/{bucket}/o/{key}",
    "https://www.googleapis.com/{bucket}/{key}",
    "https://storage.googleapis.com/storage/v1/b/{bucket}",
)


def bucket(
    scheme: str, aliases: tuple[str, ...], web: tuple[str, ...], strange: tuple[str, ...], catalog: str
) -> Maker:
    """Return the cases of an object store whose buckets are unique in the world."""

    def made(n: Names) -> Case:
        name, key = f"{n.account}-lake", f"{n.schema}/{n.table}"
        folder = (key, f"/{key}", f"{key}/", f"{key}/day=2024-01-31/hour=05", f"{key}/_delta_log/0001.json")
        same = [
            ol(f"{each}://{name}{end}", text) for each in (scheme, *aliases) for end in ("", "/") for text in folder
        ]
        same += [
            uri(f"{scheme}://{name}/{key}/{file}") for file in ("part-00003-4f5c-c000.snappy.parquet", "*.parquet")
        ]
        same += [ol(f"{scheme}://{name}/{n.schema}", f"/{n.table}"), ol(f"{scheme}://KEY:secret@{name}", key)]
        values = {"bucket": name, "key": key, "encoded": key.replace("/", "%2F")}
        same += [uri(text.format(**values)) for text in web]
        same += [urn(catalog, f"{name}/{key}"), gcp(f"{catalog}:{name}.`{key}`")]
        other = [ol(f"{scheme}://{name}", text) for text in (n.schema, f"{key}2", key.upper(), f"{key}/2024-01-31")]
        other += [ol(f"{scheme}://{each}", key) for each in (f"{name}2", name.upper(), f"x{name}")]
        other += [ol(f"{scheme}://{name}", f"{n.schema}//{n.table}"), ol(f"file://{name}", f"/{key}")]
        other += [
            ol(f"{scheme}://{name}", f"{key}/metadata/00001-a.metadata.json"),
            urn(catalog, f"{name}/{key}", "DEV"),
        ]
        other += [uri(text.format(**values)) for text in strange]
        return Case(tuple(same), tuple(other))

    return made


def google_objects(n: Names) -> Case:
    """An object by its resource name."""
    name, key = f"{n.account}-lake", f"{n.schema}/{n.table}"
    same = (
        ol(f"gs://{name}", key),
        gcp(f"gs://{name}/{key}"),
        gcp(f"//storage.googleapis.com/projects/_/buckets/{name}/objects/{key}"),
        gcp(f"//storage.googleapis.com/{name}/{key}"),
        gcp(f"https://storage.googleapis.com/{name}/{key}"),
    )
    other = (
        gcp(f"//storage.googleapis.com/{name}/o/{key}"),
        gcp(f"https://storage.googleapis.com/{name}/objects/{key}"),
    )
    return Case(same, other)


def azure(n: Names) -> Case:
    """One container of an Azure account, through all its endpoints."""
    account, key = f"{n.account}store", f"{n.schema}/{n.table}"
    schemes = (("abfss", "dfs"), ("abfs", "dfs"), ("wasbs", "blob"), ("wasb", "blob"), ("wasbs", "dfs"))
    same = [ol(f"{scheme}://{n.database}@{account}.{kind}.core.windows.net", key) for scheme, kind in schemes]
    same += [uri(f"https://{account}.{kind}.core.windows.net/{n.database}/{key}?sv=1") for kind in ("dfs", "blob")]
    same += [ol(f"abfss://{n.database}@{account.upper()}.DFS.core.windows.net", f"/{key}/")]
    same += [urn("abs", f"{account}/{n.database}/{key}"), gcp(f"abs:{account}.{n.database}.`{key}`")]
    same += [urn("abs", f"{n.database}@{account}.dfs.core.windows.net/{key}")]
    same += [by_id(System.ATLAS, f"abfs://{n.database}@{account}/{key}@cm", kind="adls_gen2_directory")]
    other = (
        ol(f"abfss://{n.database}@{account}.dfs.core.chinacloudapi.cn", key),
        ol(f"abfss://x{n.database}@{account}.dfs.core.windows.net", key),
        ol(f"abfss://{n.database}@{account}2.dfs.core.windows.net", key),
        ol(f"abfss://{n.database}@{account}.dfs.core.windows.net", key.upper()),
        uri(f"adl://{account}.azuredatalakestore.net/{key}"),
        uri(f"https://{account}.file.core.windows.net/{n.database}/{key}"),
        uri(f"https://{account}-secondary.blob.core.windows.net/{n.database}/{key}"),
    )
    return Case(tuple(same), other)


def onelake(n: Names) -> Case:
    """A workspace of OneLake, through both its endpoints; its ids are other names."""
    path = f"{n.database}.Lakehouse/Tables/{n.table}"
    hosts = tuple(f"onelake.{kind}.fabric.microsoft.com" for kind in ("dfs", "blob"))
    same = tuple(ol(f"abfss://{n.schema}@{host}", path) for host in hosts)
    same += tuple(uri(f"https://{host}/{n.schema}/{path}") for host in hosts)
    other = (
        ol(f"abfss://{n.schema.title()}@{hosts[0]}", path),
        ol(f"abfss://{n.schema}@westus-{hosts[0]}", path),
        ol(f"abfss://{n.schema}@{hosts[0]}", path.replace(".Lakehouse", "")),
        ol(f"abfss://{n.schema}@onelake.dfs.core.windows.net", path),
    )
    return Case(same, other)


def adl(n: Names) -> Case:
    """The first generation of Azure's data lake."""
    host, key = f"{n.account}.azuredatalakestore.net", f"{n.schema}/{n.table}"
    same = (ol(f"adl://{host}", f"/{key}"), uri(f"adl://{host.upper()}/{key}/"), uri(f"https://{host}/{key}"))
    other = (ol(f"adl://x{host}", key), ol(f"adl://{host}", key.upper()), ol(f"adl://{host}", n.table))
    return Case(same, other)


def azure_file(n: Names) -> Case:
    """A share of Azure Files."""
    host, key = f"{n.account}.file.core.windows.net", f"{n.schema}/{n.table}"
    same = (
        ol(f"azurefile://{host}", f"/{key}"),
        ol(f"azurefile://{host}/{n.schema}", f"/{n.table}"),
        uri(f"https://{host}/{key}?sv=1"),
        by_id(System.PURVIEW, f"https://{host}//{n.schema}//{n.table}", kind="azure_file"),
    )
    other = (
        ol(f"azurefile://{host}", f"/{n.database}/{n.table}"),
        uri(f"https://{n.account}.blob.core.windows.net/{key}"),
        ol(f"azurefile://x{host}", f"/{key}"),
    )
    return Case(same, other)


def hdfs(n: Names) -> Case:
    """A path below a namenode."""
    path = f"/data/{n.schema}/{n.table}"
    same = (
        ol(f"hdfs://{n.host}", path),
        ol(f"hdfs://{n.host}:8020", f"{path}/"),
        uri(f"hdfs://{n.host.upper()}:8020/data//{n.schema}/{n.table}/dt=1"),
        by_id(System.ATLAS, f"hdfs://{n.host}:8020{path}@cm", kind="hdfs_path"),
        gcp(f"hdfs:`{n.host}:8020`.`{path}`"),
    )
    other = (
        ol(f"hdfs://{n.host}:9000", path),
        ol(f"webhdfs://{n.host}", path),
        ol(f"hdfs://{n.host}{path}", "default.t"),
        ol(f"hdfs://{n.host}", path.upper()),
    )
    return Case(same, other)


def webhdfs(n: Names) -> Case:
    """The same files over HTTP are another name, since its port says nothing of the namenode's."""
    path = f"/data/{n.schema}/{n.table}"
    same = (ol(f"webhdfs://{n.host}", path), uri(f"webhdfs://{n.host.upper()}:9870{path}/"))
    other = (ol(f"hdfs://{n.host}", path), ol(f"webhdfs://{n.host}:50070", path), ol(f"swebhdfs://{n.host}", path))
    return Case(same, other)


def ozone(n: Names) -> Case:
    """A key of Ozone, by the path of its bucket and by the bucket's own file system."""
    key = f"{n.table}/x"
    same = (
        ol(f"ofs://{n.host}", f"/{n.database}/{n.schema}/{key}"),
        ol(f"ofs://{n.host.upper()}/{n.database}", f"/{n.schema}/{key}/"),
        ol(f"o3fs://{n.schema}.{n.database}.{n.host}", f"/{key}"),
        uri(f"o3fs://{n.schema}.{n.database}.{n.host}/{key}"),
        by_id(System.ATLAS, f"ofs://{n.host}/{n.database}/{n.schema}/{key}@cm", kind="ozone_key"),
    )
    other = (
        ol(f"ofs://{n.host}", f"/{n.schema}/{n.database}/{key}"),
        ol(f"o3fs://{n.schema}.{n.database}", f"/{key}"),
        ol(f"o3fs://{n.database}.{n.schema}.{n.host}", f"/{key}"),
        ol(f"ofs://{n.schema}.{n.database}.{n.host}", f"/{key}"),
    )
    return Case(same, other)


def machine(scheme: str) -> Maker:
    """Return the cases of files by their path."""

    def made(n: Names) -> Case:
        path = f"/{n.database}/{n.schema}/{n.table}"
        same = (
            ol(scheme, path),
            ol(f"{scheme}:/{n.database}", f"/{n.schema}/{n.table}"),
            *(uri(f"{scheme}:{head}{path}/") for head in ("", "//", "//localhost")),
            uri(f"{scheme}:///{n.database}//{n.schema}/{n.table}/day=1"),
        )
        other = (
            ol(f"{scheme}://{n.host}", path),
            ol(scheme, path.upper()),
            ol(scheme, f"{path}2"),
            ol("dbfs" if scheme == "file" else "file", path),
        )
        return Case(same, other)

    return made


def embedded(scheme: str) -> Maker:
    """Return the cases of a database in a file; one in memory is none."""

    def made(n: Names) -> Case:
        file, name = f"/{n.account}/{n.schema}.db", f"main.{n.table}"
        same: tuple[Reference, ...] = (
            ol(f"{scheme}://{file}", name),
            by_id(System.JDBC, f"jdbc:{scheme}:{file}?x=1", name),
            by_id(System.SQLALCHEMY, f"{scheme}:///{file}?mode=ro", name),
        )
        other = (
            by_id(System.JDBC, f"jdbc:{scheme}:", name),
            by_id(System.JDBC, f"jdbc:{scheme}::memory:", name),
            by_id(System.SQLALCHEMY, f"{scheme}://", name),
            by_id(System.SQLALCHEMY, f"{scheme}:///{file.removeprefix('/')}", name),
            ol(f"{scheme}://{file}", f"main.{n.table}".upper()),
        )
        return Case(same, other)

    return made
