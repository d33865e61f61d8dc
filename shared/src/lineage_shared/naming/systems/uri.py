"""URIs and ARNs, and Airflow's assets, which are URIs with one path segment for each level of a name.

Percent signs are decoded here and nowhere else: a URI is encoded, OpenLineage's names are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.fold import lower
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.platforms import BY_SCHEME, Naming, Place
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.web import storage_address

_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<authority>[^/]*)(?P<path>.*)", re.DOTALL)
_ONE_SLASH = re.compile(r"(?P<scheme>file|dbfs):(?P<path>/.*)", re.DOTALL | re.IGNORECASE)
_ARN = re.compile(
    r"(?:arn:)?(?P<head>aws(?:-[a-z]+)*:(?P<service>[a-z0-9\-]+):[^:]*:[^:]*):(?P<resource>.+)", re.DOTALL
)
_WEB = ("http", "https")
_ASSET_SCHEMES: Mapping[str, str] = {"mariadb": "mysql"}
_ASSET_PORTS: Mapping[str, str] = {"trino": "8080"}
_WITH_PORT = re.compile(r":[0-9]+$")
_COSMOS_SEGMENTS = 4  # dbs/{database}/colls/{collection}


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a URI of OpenLineage's making: scheme and authority are the namespace, the path is the name."""
    return _parse(reference, domain, declarations, by_level=False)


def parse_asset(
    reference: Reference, domain: str | None, declarations: Declarations
) -> Spelling | Key | Unidentifiable:
    """Read the URI of an asset: `postgres://host/database/schema/table`.

    Airflow's providers complete what an asset leaves out (their `sanitize_uri`): MariaDB's become MySQL's, Trino's get
    the port of its command line.
    """
    scheme, mark, rest = reference.id.partition("://")
    scheme = _ASSET_SCHEMES.get(lower(scheme), scheme)
    authority, slash, path = rest.partition("/")
    port = _ASSET_PORTS.get(lower(scheme), "")
    if mark and port and not _WITH_PORT.search(authority):
        authority = f"{authority.rstrip(':')}:{port}"
    given = msgspec.structs.replace(reference, id=f"{scheme}{mark}{authority}{slash}{path}")
    return _parse(given, domain, declarations, by_level=True)


def parse_leveled(
    reference: Reference, domain: str | None, declarations: Declarations
) -> Spelling | Key | Unidentifiable:
    """Read a URI with one segment for each level of a name."""
    return _parse(reference, domain, declarations, by_level=True)


def _parse(
    reference: Reference, domain: str | None, declarations: Declarations, *, by_level: bool
) -> Spelling | Key | Unidentifiable:
    text = reference.id
    if match := _ARN.fullmatch(text):
        return _from_arn(match, reference.column)
    match = _URI.fullmatch(text)
    if match is None:
        return _local(text, reference.column)
    declared = declarations.binding("uri", domain, scheme=lower(match["scheme"]), authority=match["authority"])
    if declared is not None:
        return Spelling(declared, _decoded(match["path"]), column=reference.column, rules=("namespace-binding",))
    row = BY_SCHEME.get(lower(match["scheme"]))
    if row is not None and row.naming is not Naming.PATH and row.place is not Place.FILES:
        return _leveled(match, reference.column, by_level=by_level)
    namespace, name = split_uri(text)
    return Spelling(namespace, name, column=reference.column, rules=("uri",))


def split_uri(text: str, *, decode: bool = True) -> tuple[str, str]:
    """Return OpenLineage's namespace and name of a URI in a file system or object store, or of an unknown kind."""
    match = _URI.fullmatch(text)
    if match is None:
        return "", text
    path = match["path"]
    if lower(match["scheme"]) in _WEB:
        path = re.split(r"[?#]", path, maxsplit=1)[0]
        known = storage_address(match["authority"], path.removeprefix("/"))
        if known is not None:
            return known[0], _decoded(known[1]) if decode else known[1]
        path = match["path"]
    return f"{match['scheme']}://{match['authority']}", _decoded(path) if decode else path


def _decoded(path: str) -> str:
    """Bytes that are no UTF-8 stay apart as lone surrogates: replaced, they would make two paths one."""
    return unquote(path, errors="surrogateescape") if "%" in path else path


def _from_arn(match: re.Match[str], column: str | None) -> Spelling:
    if match["head"] == "aws:s3::":
        bucket, _, key = match["resource"].partition("/")
        return Spelling(f"s3://{bucket}", key, column=column, rules=("arn",))
    return Spelling(f"arn:{match['head']}", match["resource"], column=column, rules=("arn",))


def _local(text: str, column: str | None) -> Spelling | Unidentifiable:
    match = _ONE_SLASH.fullmatch(text)
    if match is not None:
        return Spelling(lower(match["scheme"]), _decoded(match["path"]), column=column, rules=("uri",))
    if text.startswith(("/", "./", "../", "~/")):
        return Spelling("file", text, column=column)
    return Unidentifiable("not-a-uri")


def _leveled(match: re.Match[str], column: str | None, *, by_level: bool) -> Spelling | Unidentifiable:
    scheme, authority = match["scheme"], match["authority"]
    path = re.split(r"[?#]", match["path"], maxsplit=1)[0].strip("/")
    row = BY_SCHEME[lower(scheme)]
    if row.place is Place.CONSTANT:
        namespace, path = row.schemes[0], f"{authority}/{path}" if path else authority
    else:
        namespace = f"{scheme}://{authority}"
    segments = path.split("/")
    if not path:
        return Unidentifiable("root")
    if row.naming is Naming.DOTTED and (by_level or len(segments) > 1):
        return Spelling(
            namespace, parts=tuple(Part(_decoded(each)) for each in segments), column=column, rules=("uri",)
        )
    if row.name == "cosmos" and len(segments) == _COSMOS_SEGMENTS:
        namespace, path = f"{namespace}/{'/'.join(segments[:2])}", "/".join(segments[2:])
    return Spelling(namespace, _decoded(path), column=column, rules=("uri",))
