"""The scopes of other catalogs' names: what a `namespace_binding` names in place of the server that they leave out.

A scope is given only where the catalog's own word for the platform, if it has one, is that of the other key: a URN of
MySQL is bound to no Kafka.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lineage_shared.model import Kind
from lineage_shared.naming import Key
from lineage_shared.naming.platforms import platform_named

Scope = Mapping[str, str | None]


def scopes_of(key: Key, other: Key) -> Iterator[Scope]:
    """Give the scopes that a name of another catalog may have, when it is to denote what `other` does."""
    if key.platform in _SCOPES:
        yield from _SCOPES[key.platform](key, other)


def _scopes_of_datahub(key: Key, other: Key) -> Iterator[Scope]:
    platform, _, label = key.authority.rpartition("/")
    if key.kind is Kind.JOB:
        yield {"orchestrator": platform, "cluster": label}
    elif _is_called(platform, other):
        for parts in range(len(key.path)):
            yield {"platform": platform, "instance": ".".join(key.path[:parts]) or None, "env": label}


def _scopes_of_openmetadata(key: Key, _: Key) -> Iterator[Scope]:
    yield {"service": key.authority}


def _scopes_of_atlas(key: Key, other: Key) -> Iterator[Scope]:
    family, _, cluster = key.authority.partition("/")
    if _is_called(family.partition("_")[0], other):
        yield {"type": family, "cluster": cluster}


def _scopes_of_amundsen(key: Key, other: Key) -> Iterator[Scope]:
    database, _, cluster = key.authority.partition("://")
    if _is_called(database, other):
        yield {"database": database, "cluster": cluster}


def _scopes_of_spline(key: Key, other: Key) -> Iterator[Scope]:
    if _is_called(key.authority, other):
        yield {"scheme": key.authority, **({"domain": key.domain} if key.domain is not None else {})}


def _is_called(name: str, key: Key) -> bool:
    """Tell whether a catalog's word for a platform is that of the key's platform."""
    row = platform_named(name)
    return row is not None and row.name == key.platform


_SCOPES: Mapping[str, Callable[[Key, Key], Iterator[Scope]]] = {
    "datahub": _scopes_of_datahub,
    "openmetadata": _scopes_of_openmetadata,
    "atlas": _scopes_of_atlas,
    "amundsen": _scopes_of_amundsen,
    "spline": _scopes_of_spline,
}
