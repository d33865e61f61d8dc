"""What a document may ask for: its shape, its cost, the profile, and bombs of every kind."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from graphql import get_introspection_query

from lineage_gateway.graphql import QueryLimits, build_schema
from lineage_gateway.graphql.documents import Documents, Prepared, prepare
from lineage_gateway.graphql.limits import CostMode, evaluated
from tests.gateway.graphql.bombs import BOMBS
from tests.gateway.graphql.view import MODERN, code_of, viewing

SCHEMA = build_schema()
BYTES_MAX = 20_000_000


def prepared(text: str, **limits: Any) -> Prepared:
    """A document prepared once, under these limits."""
    return prepare(SCHEMA, text, QueryLimits(**limits))


def codes(found: Prepared) -> set[str]:
    """The codes of all errors."""
    return {str((error.extensions or {}).get("code")) for error in found.errors}


def cost(text: str, **variables: Any) -> int:
    """The cost of a document with these variables."""
    found = prepared(text)
    assert found.errors == ()
    return evaluated(found.cost, variables)


@pytest.mark.parametrize("name", BOMBS)
def test_every_bomb_is_refused(name: str) -> None:
    """With a code, and within 20 MB."""
    documents = Documents(SCHEMA, QueryLimits(), entries_max=0)
    tracemalloc.start()
    try:
        found = documents.prepare(BOMBS[name])
        refusal = documents.refusal(documents.estimate(found, {}), {}) if found.document is not None else None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    errors = found.errors or ((refusal,) if refusal is not None else ())
    assert errors
    assert all(error.extensions and error.extensions["code"] for error in errors)
    assert len(errors) <= QueryLimits().query_errors_max + 1
    assert peak < BYTES_MAX


SPREAD = "{ ...A } fragment A on Query { mesh { ...B } } fragment B on LineageMesh { jobs }"
SKIPPED = "query($a: Boolean!) { __typename @skip(if: $a) ... @skip(if: $a) { __typename } }"

SHAPES: list[tuple[str, dict[str, int], bool]] = [
    ("{ mesh { domains { name } } }", {"query_depth_max": 3}, True),
    ("{ mesh { domains { name } } }", {"query_depth_max": 2}, False),
    (SPREAD, {"query_depth_max": 2}, True),
    (SPREAD, {"query_depth_max": 1}, False),
    ("{ a: __typename ...A ...A } fragment A on Query { b: __typename }", {"query_aliases_max": 3}, True),
    ("{ a: __typename ...A ...A } fragment A on Query { b: __typename }", {"query_aliases_max": 2}, False),
    ("{ mesh { jobs } ... { mesh { jobs } } }", {"query_root_fields_max": 2}, True),
    ("{ mesh { jobs } ... { mesh { jobs } } }", {"query_root_fields_max": 1}, False),
    (SKIPPED, {"query_directives_max": 2}, True),
    (SKIPPED, {"query_directives_max": 1}, False),
    ("{ __typename }", {"query_tokens_max": 3}, True),
    ("{ __typename }", {"query_tokens_max": 2}, False),
    ("{ __typename }", {"query_chars_max": 13}, False),
    ("{ mesh { jobs jobs jobs jobs } }", {"query_overlap_max": 5}, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "limits", "fits"), SHAPES)
def test_limits_count_exactly(text: str, limits: dict[str, int], fits: bool) -> None:
    """A fragment counts as often as it is spread; what is at the limit fits."""
    assert (prepared(text, **limits).errors == ()) == fits


COSTS: list[tuple[str, int]] = [
    ("{ __typename }", 0),
    ("{ mesh { jobs } }", 1),
    ("{ mesh { jobs domains { name } } }", 1 + 10),
    ("{ a: mesh { jobs } b: mesh { jobs } }", 2),
    ('{ search(query: "a") { totalCount } }', 1),
    ('{ search(query: "a", first: 5) { edges { node { id } } pageInfo { endCursor } } }', 1 + 5 * (1 + 1) + 1),
    ('{ search(query: "a") { edges { node { id } } } }', 1 + 20 * 2),
    ('{ search(query: "a", first: null) { edges { node { id } } } }', 1 + 20 * 2),
    ('{ search(query: "a", first: 5) { ...E } } fragment E on AssetConnection { edges { node { id } } }', 1 + 5 * 2),
    ("{ nodes(ids: [1, 2, 3]) { id } }", 3),
    ('{ nodes(ids: "1") { id } }', 10),
    ("{ node(id: 1) { ... on Dataset { producedBy(limit: 7) { inputs { id } } } } }", 1 + 7 * (1 + 100)),
    ("{ lineage(of: {id: 1}) { totalNodes } }", 3 * 10 + 1),
    ("{ lineage(of: {id: 1}, depth: null) { totalNodes } }", 100 * 10 + 1),
    ("{ lineage(of: {id: 1}, depth: 2000000000) { totalNodes } }", 100 * 10 + 1),
    ("{ lineage(of: {id: 1}, depth: 1, limit: 50) { nodes { id } edges { source } } }", 10 + 1 + 50 + 50),
    ("{ lineage(of: {id: 1}, depth: 1, limit: 2000000000) { nodes { id } } }", 10 + 1 + 1_000_000),
    ("{ paths(from: {id: 1}, to: {id: 2}) { truncated } }", 100 * 10 + 1),
    ('{ columnLineage(of: {id: 1}, column: "a", depth: 2) { edges { kind } } }', 20 + 1 + 20),
]


@pytest.mark.parametrize(("text", "expected"), COSTS)
def test_costs(text: str, expected: int) -> None:
    """An object is 1, a scalar nothing; lists multiply by what was asked for, walks by their depth."""
    assert cost(text) == expected


PAGED = 'query($n: Int) { search(query: "a", first: $n) { edges { node { id } } } }'
DEFAULTED = PAGED.replace("$n: Int", "$n: Int = 7")


@pytest.mark.parametrize(
    ("text", "variables", "size"),
    [
        (PAGED, {"n": 3}, 3),
        (PAGED, {"n": None}, 20),
        (PAGED, {}, 20),
        (PAGED, {"n": "x"}, 20),
        (PAGED, {"n": -3}, 0),
        (DEFAULTED, {}, 7),
        (DEFAULTED, {"n": 3}, 3),
        (DEFAULTED, {"n": None}, 20),
    ],
)
def test_costs_follow_the_variables(text: str, variables: dict[str, Any], size: int) -> None:
    """The formula is made once, and evaluated for each request."""
    assert cost(text, **variables) == 1 + size * 2


def test_lists_of_variables_count_their_items() -> None:
    """As many nodes as ids."""
    assert cost("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["1"] * 40) == 40
    depth = "query($d: Int) { lineage(of: {id: 1}, depth: $d) { totalNodes } }"
    assert [cost(depth, d=2), cost(depth, d=None), cost(depth)] == [21, 1001, 31]


async def test_what_becomes_of_costs() -> None:
    """Enforced, only measured, or off; the estimate and the objects that were answered are in `extensions`."""
    query = {"query": "{ mesh { jobs domains { name } } }"}
    for mode, estimated, runs in (
        (CostMode.ENFORCE, 11, False),
        (CostMode.MEASURE, 11, True),
        (CostMode.OFF, None, True),
    ):
        async with viewing(limits=QueryLimits(query_cost_max=10, query_cost=mode)) as client:
            response = await client.post("/graphql", json=query, headers=MODERN)
            body = response.json()
            assert ("data" in body) == runs == (response.status_code == 200)
            if not runs:
                assert code_of(response) == "QUERY_TOO_EXPENSIVE"
                assert "lower" in body["errors"][0]["extensions"]["hint"]
            found = body.get("extensions", {}).get("cost", {})
            assert (found.get("estimate"), found.get("actual")) == (estimated, None if estimated is None else int(runs))


async def test_variables_are_counted() -> None:
    """Many values, or deep ones, are refused before they are coerced."""
    async with viewing(limits=QueryLimits(query_variables_max=50)) as client:
        query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        for ids, fits in ((["x"] * 49, True), (["x"] * 50, False), ([[["x"] * 5] * 10], False)):
            response = await client.post("/graphql", json={"query": query, "variables": {"ids": ids}})
            assert ("data" in response.json()) == fits


def test_documents_are_kept() -> None:
    """The same text and name give the same answer, refused ones as well; the oldest go when there are too many."""
    documents = Documents(SCHEMA, QueryLimits(), entries_max=2)
    first = documents.prepare("{ mesh { jobs } }")
    assert documents.prepare("{ mesh { jobs } }", "") is first
    bad = documents.prepare("{ nope }")
    assert documents.prepare("{ nope }") is bad
    documents.prepare("{ mesh { edges } }")
    assert documents.prepare("{ mesh { jobs } }") is not first
    named = "query A { mesh { jobs } } query B { mesh { edges } }"
    assert documents.prepare(named, "A").operation is not documents.prepare(named, "B").operation
    light = Documents(SCHEMA, QueryLimits(), tokens_max=5)
    assert light.prepare("{ mesh { jobs } }") is not light.prepare("{ mesh { jobs } }")


ONE_OF = [
    ("{ asset(ref: {id: $x}) { id } }", "GRAPHQL_VALIDATION_FAILED"),
    ("fragment F on Query { asset(ref: {id: $x}) { id } } query($x: ID!) { ...F }", None),
    # Whether a nullable variable holds something is seen when it runs.
    ("query($x: ID) { asset(ref: {id: $x}) { id } }", None),
    ("{ asset(ref: {id: null}) { id } }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ asset(ref: {}) { id } }", "GRAPHQL_VALIDATION_FAILED"),
    ('{ asset(ref: {id: 1, job: {namespace: "a", name: "b"}}) { id } }', "GRAPHQL_VALIDATION_FAILED"),
]


@pytest.mark.parametrize(("text", "code"), ONE_OF)
def test_inputs_of_which_one_must_be_given(text: str, code: str | None) -> None:
    """The rule of the specification, wherever the variables are defined."""
    assert codes(prepared(text)) == ({code} if code else set())


def test_introspection_fits() -> None:
    """What every tool sends first, in its fullest form; but not in the production profile."""
    query = get_introspection_query(
        input_value_deprecation=True, specified_by_url=True, directive_is_repeatable=True, schema_description=True
    )
    found = prepared(query)
    assert found.errors == ()
    assert evaluated(found.cost, {}) < QueryLimits().query_cost_max
    assert codes(prepare(SCHEMA, query, replace(QueryLimits(), development=False))) == {"INTROSPECTION_DISABLED"}
