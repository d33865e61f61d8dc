"""The benchmark measures what it says: a mesh in which much may be one, and columns that change what is found."""

from __future__ import annotations

import asyncio

from lineage_gateway.lineage import Evidence
from tests.benchmarks.suggestions import crowded, surveyed, told, waiting_ms


def test_a_survey_finds_names_on_several_servers_and_looks_at_columns() -> None:
    """Known columns are a feature of what is found; the loop goes on meanwhile."""
    mesh = crowded(400).mesh
    without, with_columns = surveyed(mesh, Evidence(0)), surveyed(mesh, told(400))
    assert without.found
    assert {each.name for each in without.found[0].features} <= {"name", "neighbours", "jobs"}
    assert "columns" in {each.name for each in with_columns.found[0].features}
    assert asyncio.run(waiting_ms(mesh, told(400)))
