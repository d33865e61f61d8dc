"""Web addresses of object stores: `https://bucket.s3.region.amazonaws.com/key` is `s3://bucket` and `key`.

Only the providers' own public hosts are known; a private endpoint (MinIO) stays the web address that it is. Names of
buckets are unique within a partition of Amazon's only, so that the hosts of the others (China, GovCloud) are not those
of `s3://`. A host has no case, so that a bucket in it is in lower case, as Amazon reads it; elsewhere buckets keep
their case, since those made before March 2018 in us-east-1 may have upper-case letters.
"""

from __future__ import annotations

import re

from lineage_shared.naming.fold import lower

_REGION = (
    r"(?:[.-](?:dualstack\.|fips[.-])?(?!us-gov-|cn-)[a-z]{2}(?:-[a-z]+)+-[0-9]"
    r"|-fips(?:\.dualstack)?\.(?!us-gov-|cn-)[a-z]{2}(?:-[a-z]+)+-[0-9])?"
)
_S3_BUCKET = re.compile(rf"(?P<bucket>.+)\.s3(?:{_REGION}|-accelerate(?:\.dualstack)?)\.amazonaws\.com")
_S3 = re.compile(rf"s3{_REGION}\.amazonaws\.com")
_GCS_BUCKET = re.compile(r"(?P<bucket>.+)\.storage\.googleapis\.com")
_GCS = frozenset({"storage.googleapis.com", "storage.cloud.google.com"})
_GCS_API = re.compile(r"(?:(?:download|upload)/)?storage/v1/(?:b/(?P<bucket>[^/]+)/o/(?P<key>.+)|.*)", re.DOTALL)
_GOOGLE = "www.googleapis.com"
_AZURE = re.compile(r"[^.]+\.(?:blob|dfs)\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)")
_AZURE_FILE = re.compile(r"[^.]+\.file\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)")
_ONELAKE = re.compile(r"(?:[a-z0-9\-]+-)?onelake\.(?:blob|dfs)\.fabric\.microsoft\.com")
_ADL = re.compile(r"[^.]+\.azuredatalakestore\.net")
_KUSTO = re.compile(r"[a-z0-9\-]+(?:\.[a-z0-9\-]+)?\.kusto\.windows\.net")
_COSMOS = re.compile(r"[^.]+\.documents\.azure\.com")


def storage_address(host: str, path: str) -> tuple[str, str] | None:
    """Return (OpenLineage namespace, path) of the object store that answers at the host, or None.

    `path` comes without its leading slash, query and fragment, and is not decoded here.
    """
    name = lower(host.rpartition("@")[2]).removesuffix(":443").removesuffix(":80").removesuffix(".")
    if match := _S3_BUCKET.fullmatch(name) or _GCS_BUCKET.fullmatch(name):
        scheme = "gs" if match.re is _GCS_BUCKET else "s3"
        return f"{scheme}://{match['bucket']}", path
    if name in _GCS or name == _GOOGLE:
        return _google(name, path)
    return _path_style("s3", path) if _S3.fullmatch(name) else _azure(name, path)


def _google(name: str, path: str) -> tuple[str, str] | None:
    """The API's path comes before a bucket's; its keys are encoded, slashes included."""
    if match := _GCS_API.fullmatch(path):
        return (
            (f"gs://{match['bucket']}", match["key"].replace("%2F", "/").replace("%2f", "/")) if match["key"] else None
        )
    return _path_style("gs", path) if name in _GCS else None


def _path_style(scheme: str, path: str) -> tuple[str, str] | None:
    bucket, _, key = path.lstrip("/").partition("/")
    return (f"{scheme}://{bucket}", key) if bucket else None


def _azure(name: str, path: str) -> tuple[str, str] | None:
    if _AZURE.fullmatch(name) or _ONELAKE.fullmatch(name):
        container, _, rest = path.lstrip("/").partition("/")
        return (f"abfss://{container}@{name}", rest) if container else None
    if _AZURE_FILE.fullmatch(name):
        return f"azurefile://{name}", path
    if _ADL.fullmatch(name):
        return f"adl://{name}", path
    if _KUSTO.fullmatch(name) and re.fullmatch(r"[^/]+/[^/]+/?", path):
        return f"azurekusto://{name}", path.rstrip("/")
    if _COSMOS.fullmatch(name) and (match := re.fullmatch(r"(dbs/[^/]+)/(colls/[^/]+)/?", path)):
        return f"azurecosmos://{name}/{match[1]}", match[2]
    return None
