"""Names: from the text behind a namespace to the parts of a key's path, by the rules of the platform's row.

Each reader takes what is written and gives the path, or raises `Nameless` when the name denotes nothing (`/`, an empty
table, `None`); `placing` turns that into an `Unidentifiable`. `spelled` is the way back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lineage_shared.naming import parts as dotted
from lineage_shared.naming import paths
from lineage_shared.naming.fold import Fold, folded
from lineage_shared.naming.parts import NOTHING, Part
from lineage_shared.naming.platforms import Naming, Overflow, Platform

_DECORATOR = re.compile(r"(?:\$(?:[0-9]{4,10}|__[A-Z]+__)|@-?[0-9]+(?:--?[0-9]*)?)$")
_PUBSUB = re.compile(r"(?P<kind>topic|subscription):(?P<project>.+):(?P<id>[^:]+)", re.DOTALL)
_GLUE = re.compile(r"table/(?P<database>[^/]+)/(?P<table>[^/]+)", re.DOTALL)
_GLUE_LEVELS = 2


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
    found = dotted.split(name, row.quotes)
    if row.name == "bigquery" and len(found) == 1 and found[0].quoted:
        found = dotted.split(found[0].text, "")
    if any(part.quoted for part in found):
        rules.append("quotes")
    return found


def _glue(name: str, quotes: str) -> tuple[Part, ...]:
    if match := _GLUE.fullmatch(name):
        return Part(match["database"]), Part(match["table"])
    found = dotted.split(name, quotes)
    return found if "/" not in name and len(found) == _GLUE_LEVELS else (Part(name, quoted=True),)


def dotted_path(row: Platform, found: Sequence[Part], fold: Fold, rules: list[str]) -> tuple[str, ...]:
    """Return the path of the parts of a name, full or not."""
    if row.naming is Naming.PUBSUB:
        return _pubsub(found[-1].text)
    if not found or not found[-1].text or found[-1].text == "/":
        raise Nameless("empty-name")
    if any(part.text in NOTHING and (not part.quoted or len(found) == 1) for part in found):
        raise Nameless("failed-look-up")
    fitting = _fitted(row, found, rules)
    path = tuple([folded(part.text, fold, quoted=part.quoted) for part in fitting])
    if row.name == "bigquery":
        path = (*path[:-1], _undecorated(path[-1], rules))
    if path != tuple([part.text for part in fitting]):
        rules.append(f"fold-{fold.value}")
    return path


def _fitted(row: Platform, found: Sequence[Part], rules: list[str]) -> Sequence[Part]:
    extra = len(found) - row.levels
    if extra <= 0 or row.naming is not Naming.DOTTED or row.overflow is Overflow.KEEP:
        return found
    if row.overflow is Overflow.DROP:
        if extra > 1:
            return found
        rules.append("connection-database")
        return found[1:]
    if row.overflow is Overflow.FIRST:
        return _joined(found[: extra + 1]), *found[extra + 1 :]
    return *found[: row.levels - 1], _joined(found[row.levels - 1 :])


def _joined(found: Sequence[Part]) -> Part:
    return Part(".".join(part.text for part in found), any(part.quoted for part in found))


def _undecorated(table: str, rules: list[str]) -> str:
    shorter = _DECORATOR.sub("", table)
    if shorter in (table, ""):
        return table
    if "decorator" not in rules:
        rules.append("decorator")
    return _undecorated(shorter, rules)


def _pubsub(name: str) -> tuple[str, ...]:
    if not name or name in NOTHING:
        raise Nameless("empty-name")
    match = _PUBSUB.fullmatch(name)
    return (match["kind"], match["project"], match["id"]) if match else (name,)


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
    if row.naming is Naming.OPAQUE:
        return path[0]
    return ".".join(_spelled_part(part, row, fold) for part in path)


def _spelled_part(part: str, row: Platform, fold: Fold) -> str:
    if dotted.needs_quotes(part) or folded(part, fold) != part:
        return dotted.quoted(part, row.quotes)
    return part
