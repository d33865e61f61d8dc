"""Lineage and column lineage across the domains, and what each answer rests on."""

from typing import Any

import pytest

from tests.gateway.fake_agent import hanging, refused
from tests.gateway.graphql.federation import (
    BUILD,
    CHURN,
    CUSTOMER_ORDERS,
    DAILY,
    LOAD_ORDERS,
    ORDERS,
    SHOP,
    TRAIN,
    WAREHOUSE,
    Mesh,
    federation,
    mesh_of,
    ml_agent,
    shop_agent,
    warehouse_agent,
)

WALK = """query($of: AssetRef!, $direction: LineageDirection!, $depth: Int, $limit: Int, $after: String,
    $kinds: [AssetKind!], $domains: [String!], $tags: [String!]) {
  lineage(of: $of, direction: $direction, depth: $depth, limit: $limit, after: $after,
          kinds: $kinds, domains: $domains, tags: $tags) {
    root { id } direction depth
    nodes { id kind name domain type tags state distance upstreamCount downstreamCount redacted
            asset { id __typename } }
    edges { source target steps origin domains firstSeen lastSeen }
    totalNodes totalEdges truncated endCursor hiddenNodes complete
    domains { domain status position syncedAt stalenessSeconds message }
  }
}"""

COLUMNS = """query($of: AssetRef!, $column: String!, $direction: LineageDirection!, $depth: Int, $indirect: Boolean) {
  columnLineage(of: $of, column: $column, direction: $direction, depth: $depth, includeIndirect: $indirect) {
    root { dataset column type masked distance }
    nodes { dataset namespace name column type distance masked }
    edges { sourceDataset sourceColumn targetDataset targetColumn kind subtype masking description job }
    truncated complete domains { domain status message }
  }
}"""


async def walk(mesh: Mesh, of: str, direction: str = "DOWNSTREAM", **more: Any) -> dict[str, Any]:
    """The answer to one walk."""
    answer: dict[str, Any] = (await mesh.ask(WALK, of={"id": of}, direction=direction, **more))["lineage"]
    return answer


async def test_a_walk_crosses_all_domains_without_asking_an_agent(mesh: Mesh) -> None:
    """From the first domain's table to the last one's model, and every domain is named."""
    mesh.posts()
    answer = await walk(mesh, ORDERS, depth=None)
    assert [(node["id"], node["distance"]) for node in answer["nodes"]] == sorted(
        [(ORDERS, 0), (LOAD_ORDERS, 1), (DAILY, 1), (BUILD, 2), (CUSTOMER_ORDERS, 2), (TRAIN, 3), (CHURN, 3)],
        key=lambda each: (each[1], each[0]),
    )
    assert {(edge["source"], edge["target"], *edge["steps"]) for edge in answer["edges"]} == {
        (ORDERS, LOAD_ORDERS, 0),
        (LOAD_ORDERS, DAILY, 0),
        (DAILY, BUILD, 0),
        (BUILD, CUSTOMER_ORDERS, 0),
        (CUSTOMER_ORDERS, TRAIN, 0),
        (TRAIN, CHURN, 0),
    }
    assert (answer["complete"], answer["truncated"], answer["hiddenNodes"]) == (True, False, 0)
    assert (answer["totalNodes"], answer["totalEdges"], answer["depth"]) == (7, 6, None)
    assert [(each["domain"], each["status"], each["message"]) for each in answer["domains"]] == [
        ("ml", "LIVE", None),
        ("shop", "LIVE", None),
        ("warehouse", "LIVE", None),
    ]
    assert mesh.posts() == {"shop": [], "warehouse": [], "ml": []}


async def test_nodes_and_edges_carry_what_a_drawing_needs(mesh: Mesh) -> None:
    """Attributes, neighbour counts, steps, origins, times."""
    answer = await walk(mesh, DAILY, depth=1)
    job = next(node for node in answer["nodes"] if node["kind"] == "JOB")
    assert job == {
        "id": BUILD,
        "kind": "JOB",
        "name": "build",
        "domain": "warehouse",
        "type": "BATCH",
        "tags": [],
        "state": "COMPLETE",
        "distance": 1,
        "upstreamCount": 2,
        "downstreamCount": 2,
        "redacted": False,
        "asset": {"id": BUILD, "__typename": "DataJob"},
    }
    assert answer["edges"][0] == {
        "source": DAILY,
        "target": BUILD,
        "steps": [0],
        "origin": "RUN",
        "domains": ["warehouse"],
        "firstSeen": "2026-01-01T00:00:00Z",
        "lastSeen": "2026-01-01T00:00:00Z",
    }
    assert [node["name"] for node in answer["nodes"]] == ["orders/daily", "build", "wh.marts.customer_orders"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
async def test_pages_give_every_node_once(mesh: Mesh, limit: int) -> None:
    """Whatever the size of the pages, following endCursor gives the whole walk in its order."""
    whole = [node["id"] for node in (await walk(mesh, ORDERS, depth=None))["nodes"]]
    seen: list[str] = []
    after, more = None, True
    while more:
        page = await walk(mesh, ORDERS, depth=None, limit=limit, after=after)
        seen += [node["id"] for node in page["nodes"]]
        after, more = page["endCursor"], page["truncated"]
        assert page["totalNodes"] == 7
    assert seen == whole


async def test_filters_choose_what_is_returned_not_what_is_walked(mesh: Mesh) -> None:
    """Edges are drawn across what is left out."""
    answer = await walk(mesh, ORDERS, depth=None, kinds=["DATASET"])
    assert {(edge["source"], edge["target"]) for edge in answer["edges"]} == {
        (ORDERS, DAILY),
        (DAILY, CUSTOMER_ORDERS),
        (CUSTOMER_ORDERS, CHURN),
    }
    ends = await walk(mesh, ORDERS, depth=None, domains=["ml"], kinds=["DATASET"])
    assert [node["id"] for node in ends["nodes"]] == [ORDERS, CHURN]
    assert [(edge["source"], edge["target"]) for edge in ends["edges"]] == [(ORDERS, CHURN)]
    assert {each["domain"] for each in ends["domains"]} == {"shop", "warehouse", "ml"}


async def test_upstream_and_both(mesh: Mesh) -> None:
    """BOTH is the union of the two walks."""
    up = {node["id"] for node in (await walk(mesh, DAILY, "UPSTREAM", depth=None))["nodes"]}
    down = {node["id"] for node in (await walk(mesh, DAILY, "DOWNSTREAM", depth=None))["nodes"]}
    both = {node["id"] for node in (await walk(mesh, DAILY, "BOTH", depth=None))["nodes"]}
    assert both == up | down
    assert ORDERS in up
    assert CHURN in down


async def test_a_column_is_followed_through_three_domains(mesh: Mesh) -> None:
    """Edges come from the agents in one round, types from their schemas in another."""
    mesh.posts()
    answer = (await mesh.ask(COLUMNS, of={"id": CHURN}, column="feature", direction="UPSTREAM", depth=None))[
        "columnLineage"
    ]
    assert [(node["dataset"], node["column"], node["type"], node["distance"]) for node in answer["nodes"][:3]] == [
        (CHURN, "feature", None, 0),
        (CUSTOMER_ORDERS, "order_key", None, 1),
        (DAILY, "order_id", "bigint", 2),
    ]
    assert answer["root"] == {"dataset": CHURN, "column": "feature", "type": None, "masked": False, "distance": 0}
    assert answer["edges"][0] == {
        "sourceDataset": CUSTOMER_ORDERS,
        "sourceColumn": "order_key",
        "targetDataset": CHURN,
        "targetColumn": "feature",
        "kind": "DIRECT",
        "subtype": "AGGREGATION",
        "masking": True,
        "description": None,
        "job": TRAIN,
    }
    assert (answer["complete"], answer["truncated"]) == (True, False)
    assert mesh.posts() == {
        "shop": ["/columns", "/details"],
        "warehouse": ["/columns", "/details"],
        "ml": ["/columns", "/details"],
    }


async def test_indirect_columns_can_be_left_out(mesh: Mesh) -> None:
    """A filter decides which rows there are, and carries no value."""
    ask = {"of": {"id": CUSTOMER_ORDERS}, "column": "order_key", "direction": "UPSTREAM", "depth": 1}
    kinds = [
        sorted(edge["kind"] for edge in (await mesh.ask(COLUMNS, **ask, indirect=indirect))["columnLineage"]["edges"])
        for indirect in (True, False)
    ]
    assert kinds == [["DIRECT", "INDIRECT"], ["DIRECT"]]


async def test_a_column_goes_downstream(mesh: Mesh) -> None:
    """The other way round."""
    answer = (await mesh.ask(COLUMNS, of={"id": ORDERS}, column="id", direction="DOWNSTREAM", depth=None))[
        "columnLineage"
    ]
    assert [(node["name"], node["column"]) for node in answer["nodes"]] == [
        ("shop.public.orders", "id"),
        ("orders/daily", "order_id"),
        ("wh.marts.customer_orders", "order_key"),
        ("churn", "feature"),
    ]
    masked = (await mesh.ask(COLUMNS, of={"id": ORDERS}, column="email", direction="UPSTREAM", depth=1))[
        "columnLineage"
    ]
    assert masked["root"]["masked"] is True


async def test_a_large_closure_is_followed_hop_by_hop() -> None:
    """Beyond columns_datasets_max each round asks only where the column has led; the answer is the same."""
    for direction, of, column in (
        ("UPSTREAM", CHURN, "feature"),
        ("DOWNSTREAM", ORDERS, "id"),
        ("BOTH", DAILY, "order_id"),
    ):
        answers = []
        for most in (2000, 1):
            async with federation(columns_datasets_max=most) as mesh:
                asked = await mesh.ask(COLUMNS, of={"id": of}, column=column, direction=direction, depth=None)
                answers.append(
                    {key: asked["columnLineage"][key] for key in ("nodes", "edges", "complete", "truncated")}
                )
        assert answers[0] == answers[1]


async def test_a_column_that_nobody_knows_is_an_error_only_where_the_columns_are_known(mesh: Mesh) -> None:
    """Where no schema was ever reported, an unknown column is a root on its own."""
    data, errors = await mesh.failing(COLUMNS, of={"id": ORDERS}, column="nope", direction="UPSTREAM")
    assert data == {"columnLineage": None}
    assert errors[0]["extensions"] == {"code": "COLUMN_NOT_FOUND", "hint": "it has email, id"}
    lone = (await mesh.ask(COLUMNS, of={"id": CHURN}, column="nope", direction="UPSTREAM"))["columnLineage"]
    assert (len(lone["nodes"]), lone["edges"], lone["complete"]) == (1, [], True)


async def test_a_domain_that_cannot_be_asked_leaves_a_gap_that_is_told() -> None:
    """Column lineage goes on without it, and is not complete."""
    async with federation(deadline_s=2.0) as mesh:
        mesh.agents["warehouse"].faults["/columns"] = refused(500)
        answer = (await mesh.ask(COLUMNS, of={"id": CHURN}, column="feature", direction="UPSTREAM"))["columnLineage"]
        assert [node["name"] for node in answer["nodes"]] == ["churn", "wh.marts.customer_orders"]
        assert answer["complete"] is False
        said = {each["domain"]: each["message"] for each in answer["domains"]}
        assert "warehouse" in said["warehouse"]
        assert said["ml"] is None
        mesh.agents["warehouse"].faults["/columns"] = hanging()
        slow = (await mesh.ask(COLUMNS, of={"id": CHURN}, column="feature", direction="UPSTREAM"))["columnLineage"]
        assert slow["complete"] is False


async def test_a_domain_that_never_synced_makes_every_answer_incomplete() -> None:
    """It might have had something to say; it is named, with the reason."""
    async with shop_agent() as shop, warehouse_agent() as warehouse:
        absent = ml_agent()
        await absent.start()
        await absent.stop()
        agents = tuple(f"{each.domain}={each.url}" for each in (shop, warehouse, absent))
        async with mesh_of(shop, warehouse, agents=agents) as mesh:
            answer = (await mesh.ask(WALK, of={"id": ORDERS}, direction="DOWNSTREAM"))["lineage"]
            assert answer["complete"] is False
            ml = next(each for each in answer["domains"] if each["domain"] == "ml")
            assert (ml["status"], ml["position"], ml["syncedAt"]) == ("NEVER_SYNCED", None, None)
            assert ml["message"]
            data, errors = await mesh.failing(
                'query($n: String!) { dataset(namespace: $n, name: "nothing") { id } }', n=SHOP
            )
            assert data == {"dataset": None}
            assert errors[0]["extensions"]["code"] == "ASSET_NOT_FOUND"
            assert "ml" in errors[0]["message"]


async def test_a_domain_that_is_gone_too_long_makes_answers_that_rest_on_it_incomplete() -> None:
    """Its part is still served, and its age is told; answers that do not touch it stay complete."""
    async with federation(staleness_bound_s=0.1, backoff_s_max=0.1) as mesh:
        await mesh.agents["ml"].stop()
        await mesh.until(ml="UNREACHABLE")
        touched = await walk(mesh, ORDERS, depth=None)
        assert CHURN in {node["id"] for node in touched["nodes"]}
        assert touched["complete"] is False
        assert next(each for each in touched["domains"] if each["domain"] == "ml")["status"] == "UNREACHABLE"
        apart = await walk(mesh, ORDERS, "UPSTREAM")
        assert apart["complete"] is True
        assert {each["domain"] for each in apart["domains"]} == {"shop"}


async def test_references_by_name_reach_the_same_asset(mesh: Mesh) -> None:
    """`of` takes an id, a dataset's name or a job's name."""
    for of, root in (
        ({"dataset": {"namespace": WAREHOUSE, "name": "wh.marts.customer_orders"}}, CUSTOMER_ORDERS),
        ({"job": {"namespace": "dbt", "name": "build", "domain": "warehouse"}}, BUILD),
    ):
        answer = (await mesh.ask(WALK, of=of, direction="UPSTREAM"))["lineage"]
        assert answer["root"] == {"id": root}
