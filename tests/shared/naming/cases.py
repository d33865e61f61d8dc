"""What the cases of `spellings` are made of."""

from __future__ import annotations

from typing import NamedTuple

from lineage_shared.naming import Reference, System


class Names(NamedTuple):
    """A host, account-like words and three levels, all lower case and different from each other."""

    host: str
    account: str
    database: str
    schema: str
    table: str


class Case(NamedTuple):
    """Spellings of one thing, and of others."""

    same: tuple[Reference, ...]
    other: tuple[Reference, ...]


def ol(namespace: str, name: str, column: str | None = None) -> Reference:
    """Return a reference in OpenLineage's form."""
    return Reference(namespace=namespace, name=name, column=column)


def by_id(system: System, text: str, name: str = "", kind: str = "") -> Reference:
    """Return a reference in the form of another system."""
    return Reference(system=system, id=text, name=name, type=kind)
