"""Google's names: `project:dataset.table`, resource paths (`projects/p/datasets/d/tables/t`), full resource names."""

from __future__ import annotations

import re

from lineage_shared.naming import parts as dotted
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable, key_of
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.uri import split_uri

_SERVICE = re.compile(
    r"(?:https?:)?//(?P<service>[a-z0-9\-]+)\.googleapis\.com/(?:[a-z]+/v[0-9]+/)?(?P<path>.+)", re.DOTALL
)
_TABLE = re.compile(r"projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)", re.DOTALL)
_MESSAGES = re.compile(r"projects/(?P<project>[^/]+)/(?P<kind>topic|subscription)s/(?P<id>[^/]+)", re.DOTALL)
_SPANNER = re.compile(r"projects/([^/]+)/instances/([^/]+)/databases/([^/]+)/tables/([^/]+)", re.DOTALL)
_OBJECT = re.compile(r"(?:projects/[^/]+/buckets/|b/)?(?P<bucket>[^/]+)(?:/objects/|/o/|/)(?P<key>.+)", re.DOTALL)
# A project of a company domain is `example.com:project`; the colon before the dataset is the last one.
_LEGACY = re.compile(r"(?P<project>[^`/]+):(?P<dataset>[^.:`/]+)\.(?P<table>[^.:`/]+)", re.DOTALL)


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a name of BigQuery, Pub/Sub, Spanner or Cloud Storage; others stay Google's own."""
    del domain, declarations
    text = reference.id.removeprefix("bigquery:") if not reference.id.startswith("bigquery://") else reference.id
    service, path = "", text
    if match := _SERVICE.fullmatch(text):
        service, path = match["service"], match["path"]
    if text.startswith(("gs://", "bq://", "bigquery://")):
        return _from_uri(text, reference.column)
    if service == "storage":
        return _stored(path, reference.column)
    return _resource(path, reference.column) or _table(path, reference.column)


def _from_uri(text: str, column: str | None) -> Spelling | Key | Unidentifiable:
    if text.startswith("gs://"):
        return Spelling(*split_uri(text, decode=False), column=column)
    return _table(text.partition("://")[2].strip("/").replace("/", "."), column)


def _stored(path: str, column: str | None) -> Spelling | Unidentifiable:
    match = _OBJECT.fullmatch(path)
    return Spelling(f"gs://{match['bucket']}", match["key"], column=column) if match else Unidentifiable("root")


def _resource(path: str, column: str | None) -> Spelling | None:
    if match := _TABLE.fullmatch(path):
        return Spelling("bigquery", parts=tuple(map(Part, match.groups())), column=column, rules=("resource-path",))
    if match := _MESSAGES.fullmatch(path):
        name = f"{match['kind']}:{match['project']}:{match['id']}"
        return Spelling("pubsub", name, column=column, rules=("resource-path",))
    if match := _SPANNER.fullmatch(path):
        project, instance, *rest = match.groups()
        return Spelling(f"spanner://{project}:{instance}", parts=tuple(map(Part, rest)), column=column)
    return None


def _table(text: str, column: str | None) -> Spelling | Key | Unidentifiable:
    bare = text.replace("`", "").strip("/")
    if match := _LEGACY.fullmatch(bare):
        return Spelling("bigquery", parts=tuple(map(Part, match.groups())), column=column, rules=("legacy-form",))
    if "/" not in bare and len(dotted.split(bare, "")) >= 3:  # noqa: PLR2004 -- project, dataset, table
        return Spelling("bigquery", bare, column=column)
    if not bare:
        return Unidentifiable("empty-name")
    return key_of("gcp", "", tuple(bare.split("/")))
