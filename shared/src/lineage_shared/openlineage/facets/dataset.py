"""Facets of datasets: schema, symlinks, lifecycle, type and version, quality, statistics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from lineage_shared.model import DatasetRef
from lineage_shared.openlineage.facets.shape import count, dataset_ref, flag, mapping, objects, text
from lineage_shared.wire import Assertion, SchemaField

LIFECYCLE_CHANGES = frozenset({"ALTER", "CREATE", "DROP", "OVERWRITE", "RENAME", "TRUNCATE"})


class DatasetSymlink(msgspec.Struct, frozen=True, order=True):
    """Another name of a dataset, with its type: TABLE, LOCATION, ..."""

    target: DatasetRef
    type: str = ""


class Lifecycle(msgspec.Struct, frozen=True):
    """A change of a dataset's life; `previous` is the former name where a RENAME told it."""

    change: str
    previous: DatasetRef | None = None


class Statistics(msgspec.Struct, frozen=True):
    """How much was read, written or looked at: whole numbers as text, '' where unknown."""

    row_count: str = ""
    bytes: str = ""
    file_count: str = ""


def schema_fields(facet: Any) -> tuple[SchemaField, ...] | None:
    """Read a `schema` facet; None when it reports no list of fields, which is not the same as an empty list.

    A nested field follows its parent, under a dotted path.
    """
    listed = mapping(facet).get("fields")
    return tuple(_fields(listed, "")) if isinstance(listed, list) else None


def _fields(listed: Any, prefix: str) -> Iterator[SchemaField]:
    for item in objects(listed):
        name = text(item, "name")
        if name:
            yield SchemaField(prefix + name, text(item, "type"), text(item, "description"))
            yield from _fields(item.get("fields"), f"{prefix}{name}.")


def symlinks(facet: Any) -> tuple[DatasetSymlink, ...]:
    """Read a `symlinks` facet."""
    found = ((dataset_ref(item), text(item, "type")) for item in objects(mapping(facet).get("identifiers")))
    return tuple(dict.fromkeys(DatasetSymlink(target, kind) for target, kind in found if target is not None))


def lifecycle(facet: Any) -> Lifecycle | None:
    """Read a `lifecycleStateChange` facet; None for a change that the spec does not know."""
    change = text(facet, "lifecycleStateChange").upper()
    if change not in LIFECYCLE_CHANGES:
        return None
    previous = dataset_ref(mapping(facet).get("previousIdentifier")) if change == "RENAME" else None
    return Lifecycle(change, previous)


def dataset_type(facet: Any) -> str:
    """Read a `datasetType` facet: TABLE, VIEW, FILE, TOPIC, STREAM, MODEL, ... in capitals."""
    return text(facet, "datasetType").upper()


def dataset_version(facet: Any) -> str:
    """Read a `version` facet."""
    return text(facet, "datasetVersion")


def assertions(facet: Any) -> tuple[Assertion, ...]:
    """Read a `dataQualityAssertions` facet; an assertion without a name or a result is passed over."""
    return tuple(
        Assertion(text(item, "assertion"), success, text(item, "column") or None, text(item, "severity"))
        for item in objects(mapping(facet).get("assertions"))
        if text(item, "assertion") and (success := flag(item, "success")) is not None
    )


def statistics(facet: Any) -> Statistics:
    """Read an `outputStatistics`, `inputStatistics` or `dataQualityMetrics` facet, which spell the size in two ways."""
    return Statistics(
        count(facet, "rowCount"), count(facet, "size") or count(facet, "bytes"), count(facet, "fileCount")
    )
