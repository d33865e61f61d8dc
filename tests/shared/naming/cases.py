"""What the cases of the rule rows are made of."""

from __future__ import annotations

from collections.abc import Callable
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
    """Spellings of one thing, and of others. `ignored` are the names that mean nothing somewhere in them."""

    same: tuple[Reference, ...]
    other: tuple[Reference, ...]
    ignored: frozenset[str] = frozenset()


Maker = Callable[[Names], Case]


def ol(namespace: str, name: str, column: str | None = None) -> Reference:
    """Return a reference in OpenLineage's form."""
    return Reference(namespace=namespace, name=name, column=column)


def by_id(system: System, text: str, name: str = "", kind: str = "") -> Reference:
    """Return a reference in the form of another system."""
    return Reference(system=system, id=text, name=name, type=kind)


def jdbc(url: str, table: str) -> Reference:
    """Return the table that a JDBC connection is asked for."""
    return by_id(System.JDBC, f"jdbc:{url}", table)


def alchemy(url: str, table: str) -> Reference:
    """Return the table that an SQLAlchemy connection is asked for."""
    return by_id(System.SQLALCHEMY, url, table)


def gcp(text: str) -> Reference:
    """Return a name in one of Google's forms."""
    return by_id(System.GCP, text)


def uri(text: str) -> Reference:
    """Return a URI."""
    return by_id(System.URI, text)


def urn(platform: str, name: str, env: str = "PROD") -> Reference:
    """Return a dataset of DataHub."""
    return by_id(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:{platform},{name},{env})")
