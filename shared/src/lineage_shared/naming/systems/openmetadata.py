"""OpenMetadata's fully qualified names: `service.database.schema.table`, quoted only around a part that holds a dot.

The service is a name that people chose; a binding says which namespace it is. For engines without schemas OpenMetadata
writes a database of its own (`default`) in front of theirs.
"""

from __future__ import annotations

from lineage_shared.naming import parts as dotted
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.platforms import Naming
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.catalogs import bound, unbound

_TABLE_PARTS = 4  # service, database, schema, table


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read a name; of a reference of type `column`, the parts behind the table are the column."""
    found = tuple(Part(part.text) for part in dotted.split(reference.id, '"'))
    column = None if reference.column is None else dotted.split(reference.column, '"')
    if reference.type.lower() == "column":
        found, column = found[:_TABLE_PARTS], tuple(Part(part.text, quoted=True) for part in found[_TABLE_PARTS:])
    if len(found) < 2 or not found[0].text:  # noqa: PLR2004 -- a service and something in it
        return Unidentifiable("no-service")
    service, rest = found[0].text, found[1:]
    namespace = declarations.binding("openmetadata", domain, service=service)
    if namespace is not None:
        spelling = bound(namespace, _levelled(namespace, rest, domain, declarations), column, domain, declarations)
        if spelling is not None:
            return spelling
    return unbound("openmetadata", service, tuple(part.text for part in rest), column, domain=domain)


def _levelled(
    namespace: str, rest: tuple[Part, ...], domain: str | None, declarations: Declarations
) -> tuple[Part, ...]:
    row = declarations.policy(namespace, domain).row
    if row.naming in (Naming.DOTTED, Naming.GLUE) and row.levels == 2 and len(rest) == row.levels + 1:  # noqa: PLR2004
        return rest[1:]
    return rest
