"""Google's names: `project:dataset.table`, resource paths (`projects/p/datasets/d/tables/t`), full resource names.

A resource path means something within a service only, so that names that stay Google's own keep the service.
"""

from __future__ import annotations

import re

from lineage_shared.naming import parts as dotted
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.names import LEGACY
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.catalogs import unbound
from lineage_shared.naming.systems.knowledge import read_qualified
from lineage_shared.naming.systems.uri import split_uri

# Links of the older APIs are all at `www`, and name their service in the path: `www.googleapis.com/bigquery/v2/...`.
_SERVICE = re.compile(
    r"(?:https?:)?//(?P<service>[a-z0-9\-]+)\.googleapis\.com/(?:(?:(?P<api>[a-z]+)/)?v[0-9]+/)?(?P<path>.+)", re.DOTALL
)
_TABLE = re.compile(r"projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)", re.DOTALL)
_MESSAGES = re.compile(r"projects/(?P<project>[^/]+)/(?P<kind>topic|subscription)s/(?P<id>[^/]+)", re.DOTALL)
_SPANNER = re.compile(r"projects/([^/]+)/instances/([^/]+)/databases/([^/]+)/tables/([^/]+)", re.DOTALL)
_OBJECT = re.compile(r"projects/[^/]+/buckets/(?P<bucket>[^/]+)/objects/(?P<key>.+)", re.DOTALL)


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a name of BigQuery, Pub/Sub, Spanner or Cloud Storage; others stay Google's own."""
    del domain, declarations
    text, column = reference.id.rstrip("/"), reference.column
    if text.startswith(("gs://", "bq://", "bigquery://")):
        return _from_uri(text, column)
    if match := _SERVICE.fullmatch(text):
        return _of_service(match, text, column)
    if text.startswith("//"):
        return Unidentifiable("not-a-resource-name")
    found = (
        read_qualified(text, column) or _resource("", text, column) or _table(text.removeprefix("bigquery:"), column)
    )
    return found or _own("", text, column)


def _of_service(match: re.Match[str], text: str, column: str | None) -> Spelling | Key | Unidentifiable:
    service = match["service"] if match["service"] != "www" else match["api"] or "www"
    if service == "storage":
        return _stored(match["path"], text, column)
    return _resource(service, match["path"], column) or _own(service, match["path"], column)


def _from_uri(text: str, column: str | None) -> Spelling | Key | Unidentifiable:
    if text.startswith("gs://"):
        return Spelling(*split_uri(text, decode=False), column=column)
    plain = text.partition("://")[2].strip("/").replace("/", ".")
    return _table(plain, column) or _own("", plain, column)


def _stored(path: str, text: str, column: str | None) -> Spelling | Unidentifiable:
    if match := _OBJECT.fullmatch(path):
        return Spelling(f"gs://{match['bucket']}", match["key"], column=column, rules=("resource-path",))
    namespace, key = split_uri(f"https:{text}" if text.startswith("//") else text, decode=text.startswith("http"))
    return Spelling(namespace, key, column=column) if namespace.startswith("gs:") else Unidentifiable("root")


def _resource(service: str, path: str, column: str | None) -> Spelling | None:
    if service in ("", "bigquery") and (match := _TABLE.fullmatch(path)):
        return Spelling("bigquery", parts=tuple(map(Part, match.groups())), column=column, rules=("resource-path",))
    if service in ("", "pubsub") and (match := _MESSAGES.fullmatch(path)):
        name = f"{match['kind']}:{match['project']}:{match['id']}"
        return Spelling("pubsub", name, column=column, rules=("resource-path",))
    if service in ("", "spanner") and (match := _SPANNER.fullmatch(path)):
        project, instance, *rest = match.groups()
        place = f"spanner://{project}:{instance}"
        return Spelling(place, parts=tuple(map(Part, rest)), column=column, rules=("resource-path",))
    return None


def _table(text: str, column: str | None) -> Spelling | None:
    bare = text.replace("`", "").strip("/")
    if match := LEGACY.fullmatch(bare):
        return Spelling("bigquery", parts=tuple(map(Part, match.groups())), column=column, rules=("legacy-form",))
    system, colon, _ = bare.partition(":")
    of_a_system = colon and "." not in system  # Only a company's domain, which has dots, stands before a project.
    if "/" not in bare and not of_a_system and len(dotted.split(bare, "")) >= 3:  # noqa: PLR2004 -- project, dataset, table
        return Spelling("bigquery", bare, column=column)
    return None


def _own(service: str, path: str, column: str | None) -> Key | Unidentifiable:
    return unbound("gcp", service, tuple(path.split("/")), None if column is None else (Part(column),))
