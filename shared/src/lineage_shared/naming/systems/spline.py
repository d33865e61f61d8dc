"""Spline's URIs: `jdbc:...:schema.table`, `bigquery://project:dataset.table`, `kafka:topic`, those of file systems."""

from __future__ import annotations

import re

import msgspec

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems import gcp, jdbc, uri
from lineage_shared.naming.systems.catalogs import unbound

_SCHEME_ONLY = re.compile(r"(?P<scheme>[a-z][a-z0-9+\-]*):(?P<name>[^/:].*)", re.DOTALL)
_SHORTEST_JDBC = 2


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a source as Spline's agents write it."""
    text = reference.id
    if text.lower().startswith("jdbc:") and text.count(":") > _SHORTEST_JDBC:
        url, _, table = text.rpartition(":")
        return jdbc.parse(msgspec.structs.replace(reference, id=url, name=table), domain, declarations)
    if text.startswith("bigquery://"):
        plain = text.removeprefix("bigquery://")
        return gcp.parse(msgspec.structs.replace(reference, id=plain), domain, declarations)
    match = _SCHEME_ONLY.fullmatch(text)
    if match is None or match["scheme"] in ("file", "dbfs", "arn"):
        return uri.parse(reference, domain, declarations)
    return _without_authority(match, reference, domain, declarations)


def _without_authority(
    match: re.Match[str], reference: Reference, domain: str | None, declarations: Declarations
) -> Spelling | Key | Unidentifiable:
    """Spline keeps no broker; what the scheme means in a domain is declared, and otherwise local to it."""
    namespace = declarations.binding("spline", domain, scheme=match["scheme"])
    if namespace is not None:
        return Spelling(namespace, match["name"], column=reference.column, rules=("namespace-binding",))
    column = None if reference.column is None else (Part(reference.column),)
    return unbound("spline", match["scheme"], (match["name"],), column, domain=domain)
