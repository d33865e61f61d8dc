"""Details that are longer alone than an answer may be."""

from __future__ import annotations

from lineage_agent.trimming import trimmed_details, trimmed_run
from lineage_shared import wire
from lineage_shared.model import RunState
from lineage_shared.wire import FacetsDetail, NodeDetails, RunDetail, RunErrorDetail, SchemaDetail, SchemaField

LONG = "x" * 5_000
FACETS = {"plan": {"text": LONG * 2}, "sql": {"query": LONG}, "tags": {"tags": []}}


def test_the_largest_facets_are_left_out() -> None:
    """As few as need be, the largest first, with what is read out of them; the rest stays."""
    node = NodeDetails(number=1, facets=FacetsDetail(facets=FACETS, sql=LONG, description="orders"))
    assert trimmed_details(node, 50_000) is node
    found = {limit: trimmed_details(node, limit) for limit in (12_000, 1_000)}
    details = {limit: each.facets for limit, each in found.items() if each.facets is not None}
    assert {limit: each.omitted for limit, each in details.items()} == {12_000: ("plan",), 1_000: ("plan", "sql")}
    assert (details[12_000].sql, details[1_000].sql, details[1_000].description) == (LONG, None, "orders")
    assert all(len(wire.encode(each)) <= limit for limit, each in found.items())


def test_a_run_without_its_largest_facet() -> None:
    """A run is cut in the same way; its error goes with the facet that tells it."""
    run = RunDetail(
        run_id="1",
        job=1,
        state=RunState.FAIL,
        error=RunErrorDetail(LONG),
        facets={"errorMessage": {"message": LONG}, "small": {}},
    )
    cut = trimmed_run(run, 1_000)
    assert (cut.omitted, cut.error, cut.facets) == (("errorMessage",), None, {"small": {}})
    assert trimmed_run(run, 100_000) is run


def test_what_is_long_for_another_reason_stays() -> None:
    """A schema is never cut: the reader is told that the node did not fit."""
    node = NodeDetails(number=1, schema=SchemaDetail(fields=(SchemaField(LONG),)))
    assert trimmed_details(node, 100) is node
