"""The measurements of the GraphQL view run, and compare the same answers."""

from __future__ import annotations

from tests.benchmarks import graphql_bombs, graphql_trivial
from tests.gateway.graphql.bombs import BOMBS


async def test_trivial_queries_are_compared() -> None:
    """Ours and plain Strawberry's view give the same data, in some time."""
    for query in graphql_trivial.QUERIES:
        ours, plain = await graphql_trivial.measured(query, requests=4, rounds=1)
        assert ours > 0
        assert plain > 0


async def test_bombs_are_measured() -> None:
    """Each of them, with its length."""
    assert [name for name, *_ in await graphql_bombs.measured()] == list(BOMBS)
