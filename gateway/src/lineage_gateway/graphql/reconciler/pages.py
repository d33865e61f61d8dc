"""Pages of what is worked out anew for each version of the mesh: a cursor is a place in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from lineage_gateway.graphql.context import Operation
from lineage_gateway.lineage import bad_cursor, seal, within

T = TypeVar("T")


def paged(
    operation: Operation, what: str, found: Sequence[T], first: int, after: str | None
) -> tuple[Sequence[T], list[str], bool]:
    """Return the page behind the cursor, its cursors, and whether more follows."""
    within("first", first, 0, operation.limits.page_max)
    cursors = [seal(what, place) for place in range(len(found))]
    if after is not None and after not in cursors:
        raise bad_cursor()
    begin = cursors.index(after) + 1 if after is not None else 0
    end = min(begin + first, len(found))
    return found[begin:end], cursors[begin:end], end < len(found)
