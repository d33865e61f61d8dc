"""The `columnLineage` facet of a dataset in its three forms, as one flat list of column edges.

    1-0  fields.COLUMN.inputFields[] with transformationType and transformationDescription of the column
    1-1  fields.COLUMN.inputFields[].transformations[], several per input
    1-2  besides, dataset[]: inputs that affect every column

`lineage` holds the newer facet, which reads its fields with the same functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lineage_shared.model import DatasetRef
from lineage_shared.openlineage.facets.shape import dataset_ref, flag, mapping, objects, text

EVERY_COLUMN = ""


class ColumnInput(msgspec.Struct, frozen=True, order=True):
    """Column `input` of `source` feeds column `output`, where '' stands for every column of the output dataset.

    `kind` is DIRECT or INDIRECT. `masking` is None where the producer did not say.
    """

    output: str
    source: DatasetRef
    input: str
    kind: str
    subtype: str = ""
    description: str = ""
    masking: bool | None = None


class ColumnLineage(msgspec.Struct, frozen=True):
    """All column edges into one dataset, each once, in the producer's order."""

    edges: tuple[ColumnInput, ...] = ()


class Transformation(msgspec.Struct, frozen=True):
    """How an input becomes an output."""

    kind: str
    subtype: str = ""
    description: str = ""
    masking: bool | None = None


DIRECT = Transformation("DIRECT")
INDIRECT = Transformation("INDIRECT")


def column_lineage(facet: Any) -> ColumnLineage:
    """Read a `columnLineage` facet.

    An input without transformations is DIRECT, with the column's own transformationType as its subtype (MASKED also
    says that it masks); in `dataset[]` it is INDIRECT, because it feeds no column in particular.
    """
    found = mapping(facet)
    edges: list[ColumnInput] = []
    for output, column in mapping(found.get("fields")).items():
        if not output:
            continue  # An empty name would read as every column.
        stated = _of_column(column)
        for item in objects(mapping(column).get("inputFields")):
            edges.extend(column_inputs(item, output, stated))
    for item in objects(found.get("dataset")):
        edges.extend(column_inputs(item, EVERY_COLUMN, INDIRECT))
    return ColumnLineage(tuple(dict.fromkeys(edges)))


def column_inputs(item: Mapping[str, Any], output: str, unstated: Transformation) -> Iterator[ColumnInput]:
    """Give one edge for each transformation of an input field, or the `unstated` one; none if it names no column."""
    source, column = dataset_ref(item), text(item, "field")
    if source is None or not column:
        return
    for how in _transformations(item.get("transformations")) or [unstated]:
        yield ColumnInput(output, source, column, how.kind, how.subtype, how.description, how.masking)


def _transformations(value: Any) -> list[Transformation]:
    return [
        Transformation(
            "INDIRECT" if text(item, "type").upper() == "INDIRECT" else "DIRECT",
            text(item, "subtype"),
            text(item, "description"),
            flag(item, "masking"),
        )
        for item in objects(value)
    ]


def _of_column(column: Any) -> Transformation:
    subtype, description = text(column, "transformationType"), text(column, "transformationDescription")
    if not subtype and not description:
        return DIRECT
    return Transformation("DIRECT", subtype, description, True if subtype == "MASKED" else None)
