"""Column lineage asks for as much as it needs: the answer is that of a walk over all column edges of all domains."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.access import EVERYTHING
from lineage_gateway.lineage import (
    ById,
    ColumnAnswer,
    ColumnQuestion,
    Limits,
    MeshView,
    Place,
    Unasked,
    column_lineage,
)
from lineage_gateway.mesh import Direction, FetchedColumns, Member, Mesh, MeshKeeper, column_walk
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.model import Kind, Step
from lineage_shared.wire import ColumnEdge, DatasetColumns, SchemaDetail
from tests.gateway.graphql.federation import dataset, job

DATASETS = 6
DOMAINS = ("a", "b")
COLUMNS = ("x", "y")

Edge = tuple[str, int, str, int, str]
"""(domain, source, input, target, output); the output "" stands for every column."""

EDGES = st.lists(
    st.tuples(
        st.sampled_from(DOMAINS),
        st.integers(1, DATASETS),
        st.sampled_from(COLUMNS),
        st.integers(1, DATASETS),
        st.sampled_from((*COLUMNS, "")),
    ),
    max_size=12,
)


class AllEdges:
    """Every domain's column edges; counts the rounds, and which datasets were asked for."""

    def __init__(self, edges: list[Edge], *, missing: frozenset[str] = frozenset()) -> None:
        self.edges = edges
        self.missing = missing
        self.rounds: list[int] = []

    async def columns(self, members: Collection[Member]) -> Mapping[Place, DatasetColumns | Unasked]:
        """Return the edges into each record."""
        self.rounds.append(len(members))
        return {(each.domain, each.number): self._of(each) for each in members}

    def _of(self, member: Member) -> DatasetColumns | Unasked:
        if member.domain in self.missing:
            return Unasked("gone")
        into = [edge for edge in self.edges if (edge[0], edge[3]) == (member.domain, member.number)]
        edges = tuple(ColumnEdge(source, name, output, "DIRECT") for _, source, name, _, output in into)
        return DatasetColumns(number=member.number, revision=1, edges=edges)

    async def schemas(self, members: Collection[Member]) -> Mapping[Place, SchemaDetail | Unasked]:
        """Nobody reported a schema."""
        return {(each.domain, each.number): SchemaDetail() for each in members}


def mesh_of(edges: list[Edge], *, stepless: bool = False) -> Mesh:
    """Two domains with the same datasets; each column edge rests on a job of its domain, unless it is stepless."""
    keeper = MeshKeeper()
    for domain in DOMAINS:
        records = [dataset(number, "s3://lake", f"t{number}") for number in range(1, DATASETS + 1)]
        own = [] if stepless else [edge for edge in edges if edge[0] == domain]
        for at, (_, source, _, target, _) in enumerate(own):
            records.append(job(DATASETS + 1 + at, "jobs", f"j{at}", Step((source,), (target,))))
        keeper.replace(domain, DomainMirror(domain, records))
    return keeper.mesh


def node(mesh: Mesh, number: int) -> int:
    """The node of a dataset."""
    return mesh.find(Kind.DATASET, "s3://lake", f"t{number}")[0]


def asking(mesh: Mesh, source: AllEdges, question: ColumnQuestion, datasets_max: int = 2000) -> ColumnAnswer:
    """Ask the use case."""
    states = {name: DomainState(name, DomainStatus.LIVE, not_live_s=0.0) for name in DOMAINS}
    view = MeshView(mesh, states, EVERYTHING, Limits(columns_datasets_max=datasets_max))
    return asyncio.run(column_lineage(view, question, source))


@settings(max_examples=150, deadline=None)
@given(EDGES, st.sampled_from(list(Direction)), st.one_of(st.none(), st.integers(0, 3)), st.sampled_from([0, 2000]))
def test_the_answer_is_that_of_a_walk_over_everything(
    edges: list[Edge], direction: Direction, depth: int | None, datasets_max: int
) -> None:
    """In one round, or hop by hop: nothing that matters stays unasked."""
    mesh, source = mesh_of(edges), AllEdges(edges)
    root = node(mesh, 1)
    answer = asking(mesh, source, ColumnQuestion(ById(mesh.id(root)), "x", direction, depth), datasets_max)
    fetched = [
        FetchedColumns(node(mesh, at), name, node(mesh, to), output, "DIRECT") for _, at, name, to, output in edges
    ]
    expected = column_walk(fetched, [(root, "x")], direction, depth=depth)
    assert answer.walk.nodes == expected.nodes
    assert set(answer.walk.edges) == set(expected.edges)
    assert answer.rests.complete
    if datasets_max and all(output for *_, output in edges):
        assert len(source.rounds) == 1


def test_a_column_edge_without_a_step_is_followed_upstream() -> None:
    """A dataset's own columnLineage connects columns that no step connects."""
    edges = [("a", 2, "x", 1, "x"), ("b", 3, "y", 2, "x")]
    mesh, source = mesh_of(edges, stepless=True), AllEdges(edges)
    question = ColumnQuestion(ById(mesh.id(node(mesh, 1))), "x", Direction.UPSTREAM, None)
    walked = asking(mesh, source, question).walk
    assert [(each.node, each.column) for each in walked.nodes] == [
        (node(mesh, 1), "x"),
        (node(mesh, 2), "x"),
        (node(mesh, 3), "y"),
    ]


def test_a_domain_that_is_missing_leaves_a_gap() -> None:
    """What the others know is answered."""
    edges = [("a", 2, "x", 1, "x"), ("b", 3, "y", 1, "x")]
    mesh, source = mesh_of(edges), AllEdges(edges, missing=frozenset({"b"}))
    question = ColumnQuestion(ById(mesh.id(node(mesh, 1))), "x", Direction.UPSTREAM, None)
    answer = asking(mesh, source, question)
    assert len(answer.walk.nodes) == 2
    assert not answer.rests.complete
    assert {each.domain: each.message for each in answer.rests.domains}["b"] == "gone"
