"""What a person types: one text, from whatever tool it was copied, as the references that it may be.

A text does not say which system wrote it, and some can be read in several ways: all readings are given, the likeliest
first, and whoever asks looks which of them exists. Two words are a namespace and a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind
from lineage_shared.naming.namespaces import TEXT_CHARS_MAX
from lineage_shared.naming.reference import Reference, System, read_reference

READABLE_CHARS_MAX = 2 * TEXT_CHARS_MAX
"""Characters of a text: a namespace and a name."""

_BY_START: tuple[tuple[str, System], ...] = (
    ("urn:li:", System.DATAHUB),
    ("jdbc:", System.JDBC),
    ("arn:", System.URI),
    ("//", System.GCP),
    ("projects/", System.GCP),
)
_DRIVER = re.compile(r"[a-z0-9]+\+[a-z0-9_]+://")
_CONNECTION = re.compile(r"[a-z][a-z0-9_]*://")
_QUALIFIED = re.compile(r"[a-z][a-z0-9_\-]*:[^/\s]")
_ATLAS_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://.+@[^@/\s]+", re.DOTALL)
_DBT = re.compile(r"(?:model|source|seed|snapshot)\.[^/\s]+")
_PATH = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*:)?\.{0,2}/.*", re.DOTALL)
# Atlas has a type for each kind of storage, and reads the addresses of all of them in the same way.
_ATLAS_PATH_TYPE = "fs_path"
_CATALOGS = (System.DBT, System.OPENMETADATA, System.AMUNDSEN, System.ATLAS, System.PURVIEW, System.SPLINE)


def readings(text: str, kind: Kind = Kind.DATASET, domain: str | None = None) -> tuple[Reference, ...]:
    """Return the references that a text may be, each once; none for an empty or overlong one."""
    given = text.strip()
    if not given or len(given) > READABLE_CHARS_MAX:
        return ()
    return tuple(dict.fromkeys(_readings(given, kind, domain)))


def _readings(text: str, kind: Kind, domain: str | None) -> Iterator[Reference]:
    if text.startswith("{"):
        yield from _from_json(text, domain)
        return
    system = next((system for start, system in _BY_START if text.startswith(start)), None)
    namespace, _, name = text.partition(" ")
    if system is not None:
        # What stands behind a connection's address is the table asked for.
        address, table = (namespace, name.strip()) if system is System.JDBC else (text, "")
        yield Reference(system=system, id=address, name=table, kind=kind, domain=domain)
    if name.strip():
        yield Reference(namespace=namespace, name=name.strip(), kind=kind, domain=domain)
    if kind is Kind.DATASET:
        yield from _datasets(text, domain)


def _datasets(text: str, domain: str | None) -> Iterator[Reference]:
    namespace, _, name = text.partition(" ")
    if _DRIVER.match(text):
        yield Reference(system=System.SQLALCHEMY, id=namespace, name=name.strip(), domain=domain)
    if "://" in text or _PATH.fullmatch(text):
        for read_as in (System.URI, System.AIRFLOW_ASSET):
            yield Reference(system=read_as, id=text, domain=domain)
    if _DBT.fullmatch(text):
        yield Reference(system=System.DBT, id=text, domain=domain)
    for catalog in _CATALOGS:
        yield Reference(system=catalog, id=text, domain=domain)
    if "." in text and not name:
        # BigQuery's and other constant namespaces are left out when people talk.
        yield Reference(namespace="bigquery", name=text, domain=domain)
    yield from _least_likely(text, namespace, name.strip(), domain)


def _least_likely(text: str, namespace: str, name: str, domain: str | None) -> Iterator[Reference]:
    """Give the spellings that look like another system's, which comes first because it is met more often."""
    if name and _CONNECTION.match(namespace):
        yield Reference(system=System.SQLALCHEMY, id=namespace, name=name, domain=domain)
    if _QUALIFIED.match(text):
        yield Reference(system=System.GCP, id=text, domain=domain)
    if _ATLAS_PATH.fullmatch(text):
        yield Reference(system=System.ATLAS, id=text, type=_ATLAS_PATH_TYPE, domain=domain)


def _from_json(text: str, domain: str | None) -> Iterator[Reference]:
    try:
        yield read_reference(json.loads(text), domain=domain)
    except (ValueError, RecursionError, InvalidInput):
        return
