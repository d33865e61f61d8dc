"""Microsoft Purview's qualified names: web addresses and URIs with a path for every level, then `#column`."""

from __future__ import annotations

import msgspec

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems import uri

_COLUMN_TYPES = ("_column", "-column")


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a qualified name like the URI of an asset."""
    text, mark, column = reference.id.partition("#")
    if not mark or not reference.type.endswith(_COLUMN_TYPES):
        return uri.parse_asset(reference, domain, declarations)
    found = uri.parse_asset(msgspec.structs.replace(reference, id=text), domain, declarations)
    if isinstance(found, Spelling):
        return msgspec.structs.replace(found, column_parts=(Part(column),))
    return found
