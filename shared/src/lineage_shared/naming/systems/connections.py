"""What connection URLs of all drivers have in common: hosts, a database (and schema), options that are not identity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from lineage_shared.naming.fold import lower

ATHENA_CATALOG = "AwsDataCatalog"
"""The catalog of Athena's drivers where none is named."""

IN_MEMORY = ":memory:"
"""The database of SQLite and DuckDB where none is named."""

_URL = re.compile(r"(?P<scheme>[^/]*?):?//(?P<authority>[^/?#;]*)(?P<path>/[^?#;]*)?(?P<options>[?#;].*)?", re.DOTALL)


# Options that name the server itself: a socket of this machine, or an instance that a connector finds by another name.
_SERVERS = ("cloudsqlinstance", "socketfactoryconstructorarg", "alloydbinstancename", "unix_socket", "unix_sock")


_SEARCH_PATH = re.compile(r"search_path=(?P<schema>[^\s,]+)")


class Connection(NamedTuple):
    """A server, as an OpenLineage namespace, and the database and schema that unqualified names are looked for in."""

    namespace: str
    context: tuple[str, ...] = ()


class Url(NamedTuple):
    """The parts of a URL; options have lower-case names."""

    scheme: str
    authority: str
    path: tuple[str, ...]
    options: Mapping[str, str]


def read_url(text: str) -> Url | None:
    """Split `scheme://authority/path?options` or `;options`; None when it has no authority."""
    match = _URL.fullmatch(text)
    if match is None:
        return None
    segments = tuple(
        unquote(part, errors="surrogateescape") for part in (match["path"] or "").strip("/").split("/") if part
    )
    return Url(lower(match["scheme"]), match["authority"], segments, options_of(match["options"] or ""))


def options_of(text: str, separators: str = "?&;#,") -> dict[str, str]:
    """Return `name=value` options, names in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for option in re.split(f"[{re.escape(separators)}]", text):
        name, equals, value = option.partition("=")
        if equals:
            found.setdefault(lower(name.strip()), unquote(value.strip(), errors="surrogateescape"))
    return found


def has_hidden_server(options: Mapping[str, str]) -> bool:
    """Tell whether the server is not the one that the URL names; then the URL identifies none."""
    return any(options.get(name) for name in _SERVERS)


def database_of(options: Mapping[str, str]) -> str:
    """Return the database that options name."""
    return first(options, ("database", "databasename", "dbname", "db", "currentdatabase"))


def schema_of(options: Mapping[str, str]) -> str:
    """Return the schema that options name; Postgres' drivers hand over a search path, whose first one counts."""
    path = _SEARCH_PATH.search(options.get("options", ""))
    return first(options, ("currentschema", "schema", "schemaname")) or (path["schema"] if path else "")


def first(options: Mapping[str, str], names: Iterable[str]) -> str:
    """Return the first of these options that is set."""
    return next((options[name] for name in names if options.get(name)), "")


def bracketed(host: str) -> str:
    """Return a host as it stands in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
