"""The benchmark measures what it says: on each kind of datasets the same columns are reached."""

from __future__ import annotations

import asyncio

import pytest

from lineage_gateway.access import EVERYTHING
from lineage_gateway.lineage import ById, ColumnQuestion, Limits, MeshView, column_lineage
from lineage_gateway.mesh import Direction, column_walk
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.model import Kind
from tests.benchmarks.columns import CLASSES, COLUMNS, DOMAIN, EXACT, FOLDED, spelled, world

DATASETS = 40


@pytest.mark.parametrize("kind", [EXACT, FOLDED, CLASSES])
def test_the_use_case_reaches_what_the_bare_walk_does(kind: str) -> None:
    """However columns are spelled, and under whichever name: three layers of ten, and the dataset itself."""
    mesh, source, bare = world(kind, DATASETS)
    view = MeshView(mesh, {DOMAIN: DomainState(DOMAIN, DomainStatus.LIVE, not_live_s=0.0)}, EVERYTHING, Limits())
    last = mesh.find(Kind.DATASET, *spelled(kind, DATASETS))[0]
    question = ColumnQuestion(ById(mesh.id(last)), None, Direction.UPSTREAM, None)
    answer = asyncio.run(column_lineage(view, question, source))
    roots = [(DATASETS, f"column_{at}") for at in range(COLUMNS)]
    walked = column_walk(bare, roots, Direction.UPSTREAM, depth=None)
    assert [each.distance for each in answer.walk.nodes] == [each.distance for each in walked.nodes]
    assert len(answer.walk.edges) == len(walked.edges)
    assert {each.column for each in answer.walk.nodes} == {each.column for each in walked.nodes}
