"""Names: from the text behind a namespace to the parts of a key's path, by the rules of the platform's row.

Each reader takes what is written and gives the path, or raises `Nameless` when the name denotes nothing (`/`, an empty
table, `None`); `placing` turns that into an `Unidentifiable`. `spelled` is the way back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lineage_shared.naming import parts as dotted
from lineage_shared.naming import paths
from lineage_shared.naming.fold import Fold, folded, upper
from lineage_shared.naming.parts import NOTHING, Part
from lineage_shared.naming.platforms import Naming, Overflow, Platform

# No name of a table holds these signs: behind them stands a partition, or a moment.
_DECORATED = re.compile(r"(?P<table>[^$@]+)(?:\$(?:[0-9]+|__[A-Z]+__)|@-?[0-9]+(?:--?[0-9]*)?)+", re.DOTALL)
# A project of a company domain is `example.com:project`; the colon before the dataset is the last one.
LEGACY = re.compile(r"(?P<project>[^`/]+):(?P<dataset>[^.:`/]+)\.(?P<table>[^.:`/]+)", re.DOTALL)
_TOPIC = re.compile(
    r"(?:(?P<kind>(?:non-)?persistent)://)?(?P<tenant>[^/:]+)/(?P<namespace>[^/:]+)/(?P<topic>[^/]+)", re.DOTALL
)
_PUBSUB = re.compile(r"(?P<kind>topic|subscription):(?P<project>.+):(?P<id>[^:]+)", re.DOTALL)
_GLUE = re.compile(r"table/(?P<database>[^/]+)/(?P<table>[^/]+)", re.DOTALL)
_GLUE_LEVELS = 2

SESSION_CATALOG = "default_catalog"
"""How Flink calls the catalog of a session; a name that begins with it is none of a server's."""


class Nameless(Exception):
    """The name denotes nothing; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def written_parts(row: Platform, name: str, rules: list[str]) -> tuple[Part, ...]:
    """Split a dotted or Glue name as it is written; other names are one part."""
    if row.naming is Naming.GLUE:
        return _glue(name, row.quotes)
    if row.naming is not Naming.DOTTED:
        return (Part(name, quoted=True),)
    found = dotted.split(name, row.quotes) if row.name != "bigquery" else _standard(name, rules)
    if any(part.quoted for part in found):
        rules.append("quotes")
    return found


def _standard(name: str, rules: list[str]) -> tuple[Part, ...]:
    """BigQuery's names: `project:dataset.table` in its older language, and quotes around the whole."""
    found = dotted.split(name, "`")
    whole = found[0].text if len(found) == 1 and found[0].quoted else name
    if ":" in whole and (match := LEGACY.fullmatch(whole)):
        rules.append("legacy-form")
        return tuple(map(Part, match.groups()))
    return dotted.split(whole, "") if whole is not name else found


def _glue(name: str, quotes: str) -> tuple[Part, ...]:
    if match := _GLUE.fullmatch(name):
        return Part(match["database"]), Part(match["table"])
    found = dotted.split(name, quotes)
    return found if "/" not in name and len(found) == _GLUE_LEVELS else (Part(name, quoted=True),)


def dotted_path(row: Platform, found: Sequence[Part], fold: Fold, rules: list[str]) -> tuple[str, ...]:
    """Return the path of the parts of a name, full or not."""
    if row.naming is Naming.PUBSUB:
        return _pubsub(found[-1].text)
    if row.naming is Naming.TOPIC:
        return _topic(found[-1].text)
    if not found or not found[-1].text or found[-1].text == "/":
        raise Nameless("empty-name")
    if any(part.text in NOTHING and (not part.quoted or len(found) == 1) for part in found):
        raise Nameless("failed-look-up")
    fitting = _fitted(row, found, rules)
    path = tuple([folded(part.text, fold, quoted=part.quoted) for part in fitting])
    if row.name == "oracle" and len(path) == row.levels:
        path = (stored_database(row, path[0], fold), *path[1:])
    if row.name == "bigquery":
        path = (*path[:-1], _undecorated(path[-1], rules))
    if path != tuple([part.text for part in fitting]):
        rules.append(f"fold-{fold.value}")
    return path


def stored_database(row: Platform, name: str, fold: Fold) -> str:
    """Return a database in the case of its server; Oracle's services are no identifiers of SQL, and have none."""
    return upper(name) if row.name == "oracle" and fold is Fold.UPPER else folded(name, fold)


def _fitted(row: Platform, found: Sequence[Part], rules: list[str]) -> Sequence[Part]:
    extra = len(found) - row.levels
    if extra <= 0 or row.naming is not Naming.DOTTED or row.overflow is Overflow.KEEP:
        return found
    if row.overflow is Overflow.DROP:
        if extra > 1 or found[0].text == SESSION_CATALOG:
            return found
        rules.append("connection-database")
        return found[1:]
    if row.overflow is Overflow.FIRST:
        return _joined(found[: extra + 1]), *found[extra + 1 :]
    return *found[: row.levels - 1], _joined(found[row.levels - 1 :])


def _joined(found: Sequence[Part]) -> Part:
    return Part(".".join(part.text for part in found), any(part.quoted for part in found))


def _undecorated(table: str, rules: list[str]) -> str:
    match = _DECORATED.fullmatch(table)
    if match is None:
        return table
    rules.append("decorator")
    return match["table"]


def _pubsub(name: str) -> tuple[str, ...]:
    if not name or name in NOTHING:
        raise Nameless("empty-name")
    match = _PUBSUB.fullmatch(name)
    return (match["kind"], match["project"], match["id"]) if match else (name,)


def _topic(name: str) -> tuple[str, ...]:
    """Pulsar reads `topic` as `persistent://public/default/topic`, and `a/b/topic` as `persistent://a/b/topic`."""
    if not name or name in NOTHING or name == "/":
        raise Nameless("empty-name")
    if match := _TOPIC.fullmatch(name):
        return (match["kind"] or "persistent", match["tenant"], match["namespace"], match["topic"])
    return (name,) if "/" in name else ("persistent", "public", "default", name)


def folder_path(row: Platform, base: str, name: str, rules: list[str]) -> tuple[str, ...]:
    """Return the path of a dataset in an object store or file system."""
    if name in NOTHING or not name:
        raise Nameless("empty-name")
    found = paths.segments(name, collapse=row.collapse, rules=rules)
    if base:
        found = [*base.split("/"), *found]
    found = paths.folder(found, rules)
    if not any(found):
        raise Nameless("root")
    # A file's name may be relative; everywhere else a path begins at the root.
    return ("", *found) if row.name == "file" and (base or name.startswith("/")) else tuple(found)


def spelled(row: Platform, path: tuple[str, ...], fold: Fold) -> str:
    """Return the name, as OpenLineage writes it, that reads as `path`."""
    if row.naming is Naming.PATH:
        return "/".join(path) if row.object_store or row.name == "file" else "/" + "/".join(path)
    if row.naming is Naming.PUBSUB:
        return ":".join(path)
    if row.naming is Naming.GLUE:
        return f"table/{path[0]}/{path[1]}" if len(path) == _GLUE_LEVELS else path[0]
    if row.naming is Naming.TOPIC and len(path) > 1:
        return f"{path[0]}://{'/'.join(path[1:])}"
    if row.naming in (Naming.OPAQUE, Naming.TOPIC):
        return path[0]
    return ".".join(_spelled_part(part, row, fold) for part in path)


def _spelled_part(part: str, row: Platform, fold: Fold) -> str:
    if dotted.needs_quotes(part) or folded(part, fold) != part or (row.name == "bigquery" and ":" in part):
        return dotted.quoted(part, row.quotes)
    return part
