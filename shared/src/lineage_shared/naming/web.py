"""Web addresses of object stores: `https://bucket.s3.region.amazonaws.com/key` is `s3://bucket` and `key`.

Only the providers' own public hosts are known; a private endpoint (MinIO) stays the web address that it is. Sovereign
clouds have buckets and accounts of their own under the same names, so Amazon's Chinese hosts are not S3's.
"""

from __future__ import annotations

import re

from lineage_shared.naming.fold import lower

_REGION = (
    r"(?:[.-](?:dualstack\.|fips[.-])?[a-z]{2}(?:-[a-z]+)+-[0-9]|-fips(?:\.dualstack)?\.[a-z]{2}(?:-[a-z]+)+-[0-9])?"
)
_S3_BUCKET = re.compile(rf"(?P<bucket>.+)\.s3(?:{_REGION}|-accelerate(?:\.dualstack)?)\.amazonaws\.com")
_S3 = re.compile(rf"s3{_REGION}\.amazonaws\.com")
_GCS_BUCKET = re.compile(r"(?P<bucket>.+)\.storage\.googleapis\.com")
_GCS = frozenset({"storage.googleapis.com", "storage.cloud.google.com"})
_GCS_API = re.compile(r"(?:(?:download|upload)/)?storage/v1/b/(?P<bucket>[^/]+)/o/(?P<key>.+)", re.DOTALL)
_AZURE = re.compile(r"[^.]+\.(?:blob|dfs)\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)")
_AZURE_FILE = re.compile(r"[^.]+\.file\.core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)")
_COSMOS = re.compile(r"[^.]+\.documents\.azure\.com(?::443)?")


def storage_address(host: str, path: str) -> tuple[str, str] | None:
    """Return (OpenLineage namespace, path) of the object store that answers at the host, or None.

    `path` comes without its leading slash, query and fragment, and is not decoded here.
    """
    name = lower(host).removesuffix(".")
    if match := _S3_BUCKET.fullmatch(name) or _GCS_BUCKET.fullmatch(name):
        scheme = "gs" if match.re is _GCS_BUCKET else "s3"
        return f"{scheme}://{match['bucket']}", path
    if _S3.fullmatch(name) or name in _GCS:
        return _path_style("s3" if name.endswith("amazonaws.com") else "gs", path)
    return _azure(name, path)


def _path_style(scheme: str, path: str) -> tuple[str, str] | None:
    if scheme == "gs" and (match := _GCS_API.fullmatch(path)):
        return f"gs://{match['bucket']}", match["key"].replace("%2F", "/").replace("%2f", "/")
    bucket, _, key = path.lstrip("/").partition("/")
    return (f"{scheme}://{bucket}", key) if bucket else None


def _azure(name: str, path: str) -> tuple[str, str] | None:
    if _AZURE.fullmatch(name):
        container, _, rest = path.lstrip("/").partition("/")
        return (f"abfss://{container}@{name}", rest) if container else None
    if _AZURE_FILE.fullmatch(name):
        return f"azurefile://{name}", path
    if _COSMOS.fullmatch(name) and (match := re.fullmatch(r"(dbs/[^/]+)/(colls/[^/]+)/?", path)):
        return f"azurecosmos://{name.removesuffix(':443')}/{match[1]}", match[2]
    return None
