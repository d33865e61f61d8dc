"""Paths between two assets, over GraphQL."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from tests.gateway.graphql.federation import (
    BUILD,
    CHURN,
    CUSTOMER_ORDERS,
    DAILY,
    LOAD_ORDERS,
    ORDERS,
    TRAIN,
    WAREHOUSE,
    Mesh,
    mesh_of,
    ml_agent,
    shop_agent,
)
from tests.gateway.graphql.telling_agent import TellingAgent

PATHS = """query($from: AssetRef!, $to: AssetRef!, $limit: Int) {
  paths(from: $from, to: $to, limit: $limit) {
    paths truncated complete
    nodes { id kind name domain distance upstreamCount downstreamCount asset { id } }
    edges { source target steps origin domains firstSeen lastSeen }
    domains { domain status message }
  }
}"""


async def paths(mesh: Mesh, source: str, target: str, limit: int | None = 10) -> dict[str, Any]:
    """The answer to one question."""
    found: dict[str, Any] = (await mesh.ask(PATHS, **{"from": {"id": source}, "to": {"id": target}, "limit": limit}))[
        "paths"
    ]
    return found


async def test_a_path_crosses_all_domains_without_asking_an_agent(mesh: Mesh) -> None:
    """Ids in the order of the flow, rows and edges as a walk has them, and every domain that it rests on."""
    mesh.posts()
    answer = await paths(mesh, ORDERS, CHURN)
    path = [ORDERS, LOAD_ORDERS, DAILY, BUILD, CUSTOMER_ORDERS, TRAIN, CHURN]
    assert (answer["paths"], answer["truncated"], answer["complete"]) == ([path], False, True)
    assert {(node["id"], node["distance"]) for node in answer["nodes"]} == set(
        zip(path, [0, 1, 1, 2, 2, 3, 3], strict=True)
    )
    assert all(node["asset"]["id"] == node["id"] for node in answer["nodes"])
    assert {(edge["source"], edge["target"], *edge["steps"]) for edge in answer["edges"]} == {
        (one, other, 0) for one, other in pairwise(path)
    }
    assert answer["edges"][0]["firstSeen"] == "2026-01-01T00:00:00Z"
    assert [each["domain"] for each in answer["domains"]] == ["ml", "shop", "warehouse"]
    assert mesh.posts() == {"shop": [], "warehouse": [], "ml": []}


async def test_data_does_not_flow_back(mesh: Mesh) -> None:
    """The other way round there is no path, and that is a whole answer."""
    answer = await paths(mesh, CHURN, ORDERS, None)
    assert (answer["paths"], answer["nodes"], answer["edges"]) == ([], [], [])
    assert (answer["truncated"], answer["complete"]) == (False, True)


async def test_a_job_does_not_join_what_its_steps_keep_apart(mesh: Mesh) -> None:
    """`build` reads the orders in one step, and writes the payments in another."""
    query = """query($from: AssetRef!, $to: AssetRef!) { paths(from: $from, to: $to) { paths complete } }"""
    payments = {"dataset": {"namespace": WAREHOUSE, "name": "wh.marts.payments_daily"}}
    answer = await mesh.ask(query, **{"from": {"id": ORDERS}, "to": payments})
    assert answer["paths"] == {"paths": [], "complete": True}


async def test_an_asset_has_one_path_to_itself(mesh: Mesh) -> None:
    """Of one node."""
    answer = await paths(mesh, DAILY, DAILY)
    assert (answer["paths"], [node["distance"] for node in answer["nodes"]]) == ([[DAILY]], [0])


async def test_no_path_is_not_trusted_while_a_domain_may_know_one() -> None:
    """A domain that was never synced makes the answer incomplete, whether there is a path without it or not."""
    shop, ml = shop_agent(), ml_agent()
    away = TellingAgent("away")
    await asyncio.gather(shop.start(), ml.start())
    try:
        async with mesh_of(shop, ml, away) as mesh:
            for target, found in ((CHURN, 0), (DAILY, 1)):
                answer = await paths(mesh, ORDERS, target)
                assert (len(answer["paths"]), answer["complete"]) == (found, False)
                assert {each["domain"]: each["status"] for each in answer["domains"]}["away"] == "NEVER_SYNCED"
    finally:
        await asyncio.gather(shop.stop(), ml.stop())


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_limits_are_named(mesh: Mesh, limit: int) -> None:
    """Out of bounds is an error, not another number."""
    variables = {"from": {"id": ORDERS}, "to": {"id": CHURN}, "limit": limit}
    data, errors = await mesh.failing(PATHS, **variables)
    assert data["paths"] is None
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "from 1 to 100" in errors[0]["message"]


@pytest.mark.parametrize("end", ["from", "to"])
async def test_an_unknown_end_is_not_found(mesh: Mesh, end: str) -> None:
    """Whichever end it is."""
    variables = {"from": {"id": ORDERS}, "to": {"id": CHURN}, end: {"id": "nothing"}}
    data, errors = await mesh.failing(PATHS, **variables)
    assert data["paths"] is None
    assert errors[0]["extensions"]["code"] == "ASSET_NOT_FOUND"
