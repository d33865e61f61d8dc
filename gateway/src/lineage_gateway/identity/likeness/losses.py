"""Known losses: what a tool drops from a name on its way, so that two names of one server may be one thing.

Each rule is published behaviour of a tool, and not reversible: the names are no more than a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lineage_gateway.identity.likeness.candidates import Named

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """What explains the difference of two names: `path` is what they have in common, `value` how surely, up to 1."""

    path: Path
    value: float
    note: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """One way of losing: two paths that `left` makes equal differ by no more. No platforms: any with paths."""

    left: Callable[[Path], Path]
    value: float
    note: str
    platforms: frozenset[str] = frozenset()


_METADATA = re.compile(r"[^/]*\.metadata\.json")


def _table(path: Path) -> Path:
    """Return the folder of the table that an Iceberg metadata file belongs to (usual layout; it can be configured)."""
    return path[:-2] if len(path) > 2 and path[-2] == "metadata" and _METADATA.fullmatch(path[-1]) else path  # noqa: PLR2004


def _undotted(path: Path) -> Path:
    """DataHub's older `make_s3_urn` turned the dot of an extension into an underscore (aws/s3_util.py)."""
    return (*path[:-1], path[-1].replace(".", "_"))


def _lowered(path: Path) -> Path:
    """Atlas' first model of S3 lower-cases keys (AtlasPathExtractorUtil.addS3PathEntityV1)."""
    return tuple(part.lower() for part in path)


_S3 = frozenset({"s3"})
_RULES = (
    _Rule(_table, 1.0, "one is the metadata file of the other, in the usual layout of Iceberg"),
    _Rule(_undotted, 1.0, "DataHub writes `_` for the dot of a file's extension", _S3),
    _Rule(_lowered, 0.5, "Atlas lower-cases the keys of S3", _S3),
)


def lost(mine: Named, theirs: Named, *, mentioned: bool) -> Loss | None:
    """Return what explains the difference of two names of one server; None where nothing is known to.

    Between names that one job `mentioned` for each other, a partition may stand for its folder, and a name without its
    database for the full one: column lineage is often written so (OpenLineage issues 4127 and 1665).
    """
    if mine.server != theirs.server or mine.path == theirs.path:
        return None
    for rule in _RULES:
        if mine.is_path and (not rule.platforms or mine.platform in rule.platforms):
            path = rule.left(mine.path)
            if path == rule.left(theirs.path) and _one_is_left(rule, mine.path, theirs.path):
                return Loss(path, rule.value, rule.note)
    return _of_mention(mine, theirs) if mentioned else None


def _one_is_left(rule: _Rule, mine: Path, theirs: Path) -> bool:
    """Tell whether one of the names is what the tool leaves; two that it would change both are two names."""
    return mine == rule.left(mine) or theirs == rule.left(theirs)


def _of_mention(mine: Named, theirs: Named) -> Loss | None:
    short, long = sorted((mine.path, theirs.path), key=len)
    if mine.is_path:
        inside = 0 < len(short) < len(long) and long[: len(short)] == short
        return Loss(short, 1.0, "one is a folder or file below the other") if inside else None
    tail = 0 < len(short) < len(long) and long[-len(short) :] == short
    return Loss(short, 1.0, "one is the other without its database") if tail else None
