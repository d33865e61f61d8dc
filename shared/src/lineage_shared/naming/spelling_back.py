"""From a key back to a reference that leads to it: OpenLineage's form, or that of the key's own catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lineage_shared.model import Kind
from lineage_shared.naming import parts as dotted
from lineage_shared.naming.columns import spelled_column
from lineage_shared.naming.fold import Fold
from lineage_shared.naming.keys import Key
from lineage_shared.naming.names import spelled
from lineage_shared.naming.platforms import BY_NAME, Naming, Place, platform_named
from lineage_shared.naming.reference import Reference, System

_RESERVED = re.compile("[,()%\u241f]")
_ENCODED = {",": "%2C", "(": "%28", ")": "%29", "%": "%25", "\u241f": "%E2%90%9F"}


def reference_of(key: Key, fold: Fold | None = None) -> Reference:
    """Return a reference whose key is `key`; `fold` is the case rule of its namespace, if one is declared."""
    if key.kind is Kind.JOB:
        return _job(key)
    if key.platform in _CATALOGS:
        return _CATALOGS[key.platform](key)
    row = BY_NAME[key.platform]
    column = spelled_column(key.column, row.quotes, row.column_fold if fold is None else fold) if key.column else None
    name = spelled(row, key.path, row.fold if fold is None else fold)
    return Reference(namespace=_namespace(key), name=name, column=column, domain=key.domain)


def _namespace(key: Key) -> str:
    row = BY_NAME[key.platform]
    if row.name == "glue":
        partition, _, rest = key.authority.partition(":")
        return f"arn:{partition}:glue:{rest}"
    if row.place is Place.ARN:
        return f"arn:{key.authority}"
    if row.place is Place.CONSTANT or (row.place is Place.FILES and row.naming is Naming.PATH and not key.authority):
        return row.schemes[0]
    return f"{row.schemes[0]}://{key.authority}" if row.schemes else key.authority


def _job(key: Key) -> Reference:
    system = {"atlas": System.ATLAS, "dbt": System.DBT}.get(key.platform)
    if system is not None:
        kind = key.authority if system is System.ATLAS else ""
        return Reference(system=system, id=key.path[0], type=kind, kind=Kind.JOB, domain=key.domain)
    if key.platform == "datahub":
        return _flow(key)
    return Reference(namespace=key.authority, name=key.path[0], kind=Kind.JOB, domain=key.domain)


def _flow(key: Key) -> Reference:
    orchestrator, _, cluster = key.authority.partition("/")
    urn = f"urn:li:dataFlow:({orchestrator},{_encoded(key.path[0])},{cluster})"
    if len(key.path) > 1:
        urn = f"urn:li:dataJob:({urn},{_encoded(key.path[1])})"
    return Reference(system=System.DATAHUB, id=urn, kind=Kind.JOB, domain=key.domain)


def _encoded(text: str) -> str:
    return _RESERVED.sub(lambda match: _ENCODED[match[0]], text)


def _datahub(key: Key) -> Reference:
    platform, _, env = key.authority.rpartition("/")
    row = platform_named(platform)
    quotes, fold = (row.quotes, row.column_fold) if row else ("", Fold.EXACT)
    column = spelled_column(key.column, quotes, fold) if key.column else None
    urn = f"urn:li:dataset:(urn:li:dataPlatform:{platform},{_encoded('.'.join(key.path))},{env})"
    return Reference(system=System.DATAHUB, id=urn, column=column, domain=key.domain)


def _openmetadata(key: Key) -> Reference:
    name = ".".join(_quoted(part) for part in (key.authority, *key.path))
    column = ".".join(map(_quoted, key.column)) if key.column else None
    return Reference(system=System.OPENMETADATA, id=name, column=column, domain=key.domain)


def _quoted(part: str) -> str:
    return dotted.quoted(part, '"') if dotted.needs_quotes(part) else part


def _atlas(key: Key) -> Reference:
    family, _, cluster = key.authority.partition("/")
    column = key.column[0] if key.column else None
    name = f"{'.'.join(key.path)}@{cluster}"
    return Reference(system=System.ATLAS, id=name, type=family, column=column, domain=key.domain)


def _amundsen(key: Key) -> Reference:
    schema, table = key.path
    column = f"/{key.column[0]}" if key.column else ""
    return Reference(system=System.AMUNDSEN, id=f"{key.authority}.{schema}/{table}{column}", domain=key.domain)


def _dbt(key: Key) -> Reference:
    column = key.column[0] if key.column else None
    return Reference(system=System.DBT, id=key.path[0], column=column, domain=key.domain)


def _spline(key: Key) -> Reference:
    column = key.column[0] if key.column else None
    return Reference(system=System.SPLINE, id=f"{key.authority}:{key.path[0]}", column=column, domain=key.domain)


def _gcp(key: Key) -> Reference:
    column, path = key.column[0] if key.column else None, "/".join(key.path)
    name = f"//{key.authority}.googleapis.com/{path}" if key.authority else path
    return Reference(system=System.GCP, id=name, column=column, domain=key.domain)


_CATALOGS: Mapping[str, Callable[[Key], Reference]] = {
    "datahub": _datahub,
    "openmetadata": _openmetadata,
    "atlas": _atlas,
    "amundsen": _amundsen,
    "dbt": _dbt,
    "spline": _spline,
    "gcp": _gcp,
}
