"""Details without their largest facets, for what is longer alone than an answer may be: better a part than nothing.

Producers send facets of any length (a Spark plan of 20 MB is no rarity). As few as need be are left out, the largest
first, together with what is read out of them, and `omitted` names them. What is long for another reason stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from lineage_shared import wire
from lineage_shared.wire import FacetsDetail, NodeDetails, RunDetail

# Which field is read out of a facet, and what stands there without it.
_READ_OUT: Final[Mapping[str, tuple[str, Any]]] = {
    "documentation": ("description", None),
    "sql": ("sql", None),
    "sourceCodeLocation": ("source_code", None),
    "dataQualityAssertions": ("quality", ()),
}
_READ_OUT_OF_RUN: Final[Mapping[str, tuple[str, Any]]] = {"errorMessage": ("error", None)}

Detail = TypeVar("Detail", FacetsDetail, RunDetail)


def trimmed_details(node: NodeDetails, bytes_max: int) -> NodeDetails:
    """Return a node's details in at most `bytes_max`, if leaving out facets can do that."""
    excess = _size(node) - bytes_max
    if excess <= 0 or node.facets is None:
        return node
    return msgspec.structs.replace(node, facets=_trimmed(node.facets, excess, _READ_OUT))


def trimmed_run(run: RunDetail, bytes_max: int) -> RunDetail:
    """Return a run in at most `bytes_max`, if leaving out facets can do that."""
    excess = _size(run) - bytes_max
    return run if excess <= 0 else _trimmed(run, excess, _READ_OUT_OF_RUN)


def _trimmed(detail: Detail, excess: int, read_out: Mapping[str, tuple[str, Any]]) -> Detail:
    """Return it without the largest facets, so many that they and what is read out of them are `excess` bytes."""
    sizes = {name: _size(facet) for name, facet in detail.facets.items()}
    changes: dict[str, Any] = {}
    omitted: set[str] = set()
    for name in sorted(sizes, key=lambda each: (-sizes[each], each)):
        if excess <= 0:
            break
        omitted.add(name)
        excess -= sizes[name]
        if name in read_out:
            field, empty = read_out[name]
            excess -= _size(getattr(detail, field))
            changes[field] = empty
    kept = {name: facet for name, facet in detail.facets.items() if name not in omitted}
    return msgspec.structs.replace(detail, facets=kept, omitted=tuple(sorted(omitted)), **changes)


def _size(value: Any) -> int:
    return len(wire.encode(value))
