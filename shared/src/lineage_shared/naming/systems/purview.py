"""Microsoft Purview's qualified names: web addresses and URIs with a path for every level, then `#column`.

For some platforms the path says what each level is (`.../databases/D/schemas/S/tables/T`), and the host stands behind
`servers/`. Source: Microsoft's mappings from OpenLineage to Purview (Purview-ADB-Lineage-Solution-Accelerator).
"""

from __future__ import annotations

import re

import msgspec

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems import uri

_SPOKEN = re.compile(
    r"(?P<scheme>[a-z0-9]+)://(?:servers/)?(?P<host>[^/]+)/(?:databases|dbs)/(?P<database>[^/]+)"
    r"(?:/schemas/(?P<schema>[^/]+))?/(?:tables|views)/(?P<table>[^/#]+)(?P<rest>#.*)?",
    re.DOTALL,
)
_SQL_SERVER = re.compile(
    r"(?P<host>(?:mssql|sqlserver)://[^/]+)/(?P<levels>[^#]*)(?P<column>.*)", re.DOTALL | re.IGNORECASE
)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_COLUMN_TYPES = ("_column", "-column")


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a qualified name like the URI of an asset."""
    reference = msgspec.structs.replace(reference, id=_normalised(_by_level(reference.id)))
    text, mark, column = reference.id.partition("#")
    if not mark or not reference.type.endswith(_COLUMN_TYPES):
        return uri.parse_leveled(reference, domain, declarations)
    found = uri.parse_leveled(msgspec.structs.replace(reference, id=text), domain, declarations)
    if isinstance(found, Spelling):
        return msgspec.structs.replace(found, column_parts=(Part(column),))
    return found


def _normalised(text: str) -> str:
    """Take out of a name of SQL Server what Purview does: brackets around a level, and doubled slashes."""
    match = _SQL_SERVER.fullmatch(text)
    if match is None:
        return text
    levels = [_BRACKETS.sub(r"\1", level.strip()) for level in match["levels"].split("/") if level]
    return f"{match['host']}/{'/'.join(levels)}{match['column']}"


def _by_level(text: str) -> str:
    match = _SPOKEN.fullmatch(text)
    if match is None:
        return text
    levels = "/".join(filter(None, (match["host"], match["database"], match["schema"], match["table"])))
    return f"{match['scheme']}://{levels}{match['rest'] or ''}"
