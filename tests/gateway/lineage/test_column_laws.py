"""Columns under many names: what a walk over them reaches is what a naive walk over folded columns does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.lineage import (
    ColumnAnswer,
)
from lineage_gateway.mesh import Direction, Mesh
from lineage_shared.naming import Declaration, Declarations, Key, Reference, canonical_column, read_declaration
from tests.gateway.lineage.column_world import (
    ALIASES,
    CLASS,
    DOMAINS,
    NAMES,
    Edge,
    Schemas,
    Telling,
    asked,
    mesh_of,
)


class Table:
    """Every (dataset, folded column) of a world, worked out the naive way from all that anybody says."""

    def __init__(self, edges: Sequence[Edge], schemas: Schemas, declared: Sequence[Declaration]) -> None:
        self.declarations = Declarations(declared)
        self.twins = {
            (number, text.lower())
            for (_, number), names in schemas.items()
            for text in names
            for other in names
            if text != other and text.lower() == other.lower()
        }
        self.written: set[tuple[int, str]] = {
            (number, text) for (_, number), names in schemas.items() for text in names
        }
        for each in edges:
            self.written |= {(each.source, each.input), *([(each.target, each.output)] if each.output else [])}
        self.by_case: defaultdict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
        for number, text in self.written:
            name = self.name(number, text)
            self.by_case[CLASS[number], name.lower()].add((number, name))

    def name(self, number: int, text: str) -> str:
        """What the rules make of a column."""
        if (number, text.lower()) in self.twins:
            return text
        namespace, name = NAMES[number]
        key = canonical_column(Reference(namespace=namespace, name=name), text, "a", self.declarations)
        assert isinstance(key, Key)
        return key.text.rpartition("#")[2]

    def column(self, number: int, text: str) -> tuple[str, str]:
        """The column that a text at a record means."""
        return self.joined(CLASS[number], self.name(number, text))

    def joined(self, dataset: str, name: str) -> tuple[str, str]:
        """The column that a name of a dataset means."""
        alike = self.by_case[dataset, name.lower()]
        unique = len({one for one, _ in alike}) == len(alike)
        return dataset, min(each for _, each in alike) if unique and alike else name

    def asked(self, number: int, text: str) -> tuple[str, str]:
        """The column of a record's dataset that a question means: a class knows the exact name first."""
        dataset = CLASS[number]
        keys = [one for one in CLASS if CLASS[one] == dataset]
        exact = [text.strip('"')] if len(keys) > 1 else []
        readings = [*exact, *(self.name(one, text) for one in keys)]
        known = {name for (one, _), alike in self.by_case.items() if one == dataset for _, name in alike}
        return self.joined(dataset, next((each for each in readings if each in known), readings[-len(keys)]))


COLUMNS = st.sampled_from(["id", "ID", "Id", '"id"', "x"])
NUMBERS = st.sampled_from(list(NAMES))
EDGES = st.lists(
    st.builds(Edge, st.sampled_from(DOMAINS), NUMBERS, COLUMNS, NUMBERS, st.one_of(COLUMNS, st.just(""))), max_size=9
)
PLAIN = st.lists(st.sampled_from(["id", "ID", "Id", "x"]), unique=True, max_size=3)
SCHEMAS = st.dictionaries(st.tuples(st.sampled_from(DOMAINS), NUMBERS), PLAIN, max_size=4)
POLICIES = st.sampled_from(
    [[], [read_declaration({"type": "case_policy", "namespace": "postgres://db.acme.example", "case": "insensitive"})]]
)


def naive(
    edges: Sequence[Edge], table: Table, root: tuple[str, str], direction: Direction
) -> dict[tuple[str, str], int]:
    """Distances over the table."""
    known = {table.column(number, text) for number, text in table.written}
    hops = set()
    for each in edges:
        into = CLASS[each.target]
        outputs = [table.column(each.target, each.output)] if each.output else [to for to in known if to[0] == into]
        hops |= {(table.column(each.source, each.input), to) for to in outputs}
    reached = {root: 0}
    for side in {Direction.UPSTREAM: [1], Direction.DOWNSTREAM: [0], Direction.BOTH: [0, 1]}[direction]:
        mine = {root: 0}
        for distance in range(len(known) + 1):
            for hop in hops:
                here, there = (hop[1], hop[0]) if side else hop
                if mine.get(here) == distance:
                    mine.setdefault(there, distance + 1)
        for column, distance in mine.items():
            reached[column] = min(distance, reached.get(column, distance))
    return reached


@settings(max_examples=150, deadline=None)
@given(
    EDGES.filter(bool),
    SCHEMAS,
    POLICIES,
    st.sampled_from(list(Direction)),
    st.tuples(st.integers(0, 3), st.sampled_from([0, 2000])),
)
def test_the_walk_is_the_naive_one_over_folded_columns(
    edges: list[Edge],
    schemas: Schemas,
    policies: list[Declaration],
    direction: Direction,
    telling: tuple[int, int],
) -> None:
    """Whatever the platforms, the class, the twins, the order of what is told, and the rounds in which it is."""
    declared, (seed, at_once) = [*ALIASES, *policies], telling
    # A whole-dataset entry leads to the columns that edges name; here those of schemas would have to be known as well.
    if any(not each.output for each in edges):
        schemas = {}
    table, mesh = Table(edges, schemas, declared), mesh_of(edges, declared)
    begin = edges[0]
    expected = naive(edges, table, table.asked(begin.source, begin.input), direction)
    answer = asked(mesh, Telling(edges, schemas, seed), begin.source, begin.input, direction, datasets_max=at_once)
    assert _places(mesh, answer) == _shape(expected)
    for each in answer.walk.nodes:
        number = _number(mesh, each.node)
        meant = table.asked(number, each.column)
        assert expected[meant] == each.distance
        again = asked(mesh, Telling(edges, schemas, seed + 1), number, each.column, direction)
        assert _places(mesh, again) == _shape(naive(edges, table, meant, direction))
    spelled = {(each.node, each.column) for each in answer.walk.nodes}
    assert len(spelled) == len(answer.walk.nodes)
    for edge in answer.walk.edges:
        assert {edge.source, edge.target} <= spelled


def _number(mesh: Mesh, node: int) -> int:
    return mesh.entry(node).members[0].number


def _places(mesh: Mesh, answer: ColumnAnswer) -> list[tuple[str, int]]:
    return sorted((CLASS[_number(mesh, each.node)], each.distance) for each in answer.walk.nodes)


def _shape(distances: Mapping[tuple[str, str], int]) -> list[tuple[str, int]]:
    return sorted((dataset, distance) for (dataset, _), distance in distances.items())


@settings(max_examples=100, deadline=None)
@given(EDGES.filter(bool), SCHEMAS, st.sampled_from(list(Direction)), st.permutations(range(4)))
def test_the_answer_does_not_depend_on_rounds_or_order(
    edges: list[Edge], schemas: Schemas, direction: Direction, seeds: list[int]
) -> None:
    """All at once or hop by hop, in any order: the same columns, spelled alike, and the same edges."""
    mesh, begin = mesh_of(edges), edges[0]
    answers = [
        asked(mesh, Telling(edges, schemas, seed), begin.source, begin.input, direction, datasets_max=at_once)
        for seed in seeds[:2]
        for at_once in (0, 2000)
    ]
    first = answers[0]
    for each in answers[1:]:
        assert each.walk.nodes == first.walk.nodes
        assert set(each.walk.edges) == set(first.walk.edges)
