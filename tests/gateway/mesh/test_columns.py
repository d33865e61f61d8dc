"""A column walk is the naive one over the column edges given to it."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.mesh import ColumnNode, ColumnWalkEdge, Direction, FetchedColumns, column_walk

columns = st.sampled_from(["a", "A", "b"])
fetched_edges = st.lists(
    st.builds(
        FetchedColumns,
        st.integers(0, 3),
        columns,
        st.integers(0, 3),
        st.one_of(columns, st.just("")),
        st.sampled_from(["DIRECT", "INDIRECT"]),
        subtype=st.sampled_from(["", "FILTER"]),
        job=st.sampled_from([None, 7]),
    ),
    max_size=10,
)
Hop = tuple[tuple[int, str], tuple[int, str], str]


def hops_of(fetched: list[FetchedColumns], *, include_indirect: bool) -> set[Hop]:
    """Every single hop between known columns; `dataset[]` entries lead to all columns that are named somewhere."""
    known = defaultdict(set)
    for edge in fetched:
        known[edge.source].add(edge.input)
        known[edge.target] |= {edge.output} - {""}
    hops = set()
    for edge in fetched:
        kind = edge.kind if edge.output else "INDIRECT"
        if kind == "DIRECT" or include_indirect:
            outputs = {edge.output} if edge.output else known[edge.target]
            hops |= {((edge.source, edge.input), (edge.target, each), kind) for each in outputs}
    return hops


@given(
    fetched=fetched_edges,
    direction=st.sampled_from(Direction),
    depth=st.one_of(st.none(), st.integers(0, 3)),
    include_indirect=st.booleans(),
)
def test_a_column_walk_is_the_naive_one(
    fetched: list[FetchedColumns], direction: Direction, depth: int | None, include_indirect: bool
) -> None:
    """Columns, distances and edges of every direction and depth, from a column that some edge names."""
    # The naive walk knows only columns that are named, so the root is one of them.
    root = (fetched[0].source, fetched[0].input) if fetched else (0, "a")
    hops = hops_of(fetched, include_indirect=include_indirect)
    distances: dict[tuple[int, str], int] = {root: 0}
    followed: set[Hop] = set()
    sides = {Direction.DOWNSTREAM: [0], Direction.UPSTREAM: [1], Direction.BOTH: [0, 1]}[direction]
    for near in sides:
        reached = {root: 0}
        for distance in range(100 if depth is None else depth):
            for hop in hops:
                here, there = (hop[1], hop[0]) if near else (hop[0], hop[1])
                if reached.get(here) == distance:
                    followed.add(hop)
                    reached.setdefault(there, distance + 1)
        for column, distance in reached.items():
            distances[column] = min(distance, distances.get(column, distance))
    answer = column_walk(fetched, [root], direction, depth=depth, include_indirect=include_indirect)
    assert {(each.node, each.column): each.distance for each in answer.nodes} == distances
    assert [each.distance for each in answer.nodes] == sorted(each.distance for each in answer.nodes)
    assert {(each.source, each.target, each.kind) for each in answer.edges} == followed
    assert not answer.truncated


def test_assertions_of_one_edge_are_joined() -> None:
    """Two domains' assertions of an edge are one; masked by anyone is masked, and a description is kept."""
    one = FetchedColumns(1, "email", 2, "mail", "DIRECT", "IDENTITY", "", None, 9)
    two = one._replace(masking=True, description="hashed")
    for given_edges in ([one, two, one], [two, one], [two, one._replace(masking=False)]):
        (edge,) = column_walk(given_edges, [(2, "mail")], Direction.UPSTREAM, depth=None).edges
        assert edge == ColumnWalkEdge((1, "email"), (2, "mail"), "DIRECT", "IDENTITY", True, "hashed", 9)


def test_case_is_exact() -> None:
    """`ID` and `id` are two columns."""
    edges = [FetchedColumns(1, "ID", 2, "id", "DIRECT")]
    assert column_walk(edges, [(2, "ID")], Direction.UPSTREAM, depth=None).nodes == (ColumnNode(2, "ID", 0),)


def test_a_whole_dataset_entry_influences_each_column_that_was_reached() -> None:
    """Going up, a `dataset[]` entry leads from any column of its dataset to the input, as INDIRECT, named or not."""
    edges = [FetchedColumns(1, "day", 2, "", "DIRECT", "FILTER")]
    answer = column_walk(edges, [(2, "unheard")], Direction.UPSTREAM, depth=1)
    assert [(each.source, each.target, each.kind) for each in answer.edges] == [
        ((1, "day"), (2, "unheard"), "INDIRECT")
    ]
    assert column_walk(edges, [(2, "x")], Direction.UPSTREAM, depth=1, include_indirect=False).edges == ()


def test_a_column_walk_has_a_limit() -> None:
    """Beyond its limit of edges a walk is truncated."""
    edges = [FetchedColumns(1, "a", 2, f"c{at}", "DIRECT") for at in range(9)]
    answer = column_walk(edges, [(1, "a")], Direction.BOTH, depth=None, edges_max=4)
    assert (len(answer.edges), answer.truncated) == (4, True)
