"""Evidence for suggestions: it holds what is kept, and nothing of what is not."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable

from lineage_gateway.lineage.evidence import Evidence
from lineage_shared.wire import SchemaDetail, SchemaField

ROOM = 10
SCHEMAS = 2000
SHARE = 4


def told(evidence: Evidence, numbers: Iterable[int]) -> None:
    """One dataset after the other is described, each with a long column name of its own."""
    for number in numbers:
        field = SchemaField(name=f"{number}".rjust(200, "c"), type="int")
        evidence.put_schema(("d", number % ROOM), "e", number, SchemaDetail(fields=(field,)))


def test_columns_that_no_dataset_has_any_more_are_forgotten() -> None:
    """A dataset described anew again and again leaves no trace of its former columns, nor does one that is gone."""
    evidence = Evidence(ROOM)
    tracemalloc.start()
    try:
        told(evidence, range(SCHEMAS))
        full, _ = tracemalloc.get_traced_memory()
        evidence.retain({"d": range(ROOM)}, {"d": "e"})
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < full / SHARE


def test_what_there_is_no_room_for_leaves_nothing() -> None:
    """Schemas beyond the limit are not taken in, nor are their columns."""
    evidence = Evidence(0)
    tracemalloc.start()
    try:
        told(evidence, range(10))
        before, _ = tracemalloc.get_traced_memory()
        told(evidence, range(10, SCHEMAS))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Two thousand names of two hundred characters would be 400 kB.
    assert after - before < SCHEMAS * 200 / SHARE
