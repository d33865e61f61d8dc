"""Marquez's reads over three domains: what is answered, what it rests on, and how many calls it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.gateway.graphql.federation import BUILD, FILES, LAKE, MODELS, SHOP, WAREHOUSE, Mesh, federation


@pytest.fixture
async def mesh() -> AsyncIterator[Mesh]:
    """Three domains and their gateway, fresh for this test, no call counted yet."""
    async with federation() as made:
        made.posts()
        yield made


def path(*segments: str) -> str:
    """A path under /api/v1, each segment encoded."""
    return "/api/v1/" + "/".join(quote(each, safe="") for each in segments)


async def get(mesh: Mesh, *segments: str, **query: Any) -> dict[str, Any]:
    """Answer a read that must go well."""
    answer = await mesh.http.get(path(*segments), params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["lineage-complete"] == str(answer.json()["lineageMesh"]["complete"]).lower()
    body: dict[str, Any] = answer.json()
    return body


async def refused(mesh: Mesh, *segments: str, **query: Any) -> tuple[int, str]:
    """Status and code of a read that is refused, in the one shape of errors."""
    answer = await mesh.http.get(path(*segments), params=query)
    assert answer.json().keys() <= {"code", "message", "hint", "domain"}
    return answer.status_code, answer.json()["code"]


async def test_namespaces(mesh: Mesh) -> None:
    """By name, each with the domain that it is of; those of several domains are nobody's."""
    found = await get(mesh, "namespaces")
    assert {each["name"]: each["ownerName"] for each in found["namespaces"]} == {
        "airflow": "shop", "dbt": "warehouse", "default": "anonymous", FILES: "anonymous", LAKE: "anonymous",
        MODELS: "ml", SHOP: "shop", WAREHOUSE: "anonymous", "training": "ml",
    }  # fmt: skip
    assert found["totalCount"] == 9
    assert [each["name"] for each in found["namespaces"]] == sorted(each["name"] for each in found["namespaces"])
    second = await get(mesh, "namespaces", limit=1, offset=1)
    assert (len(second["namespaces"]), second["totalCount"]) == (1, 9)
    assert (await get(mesh, "namespaces", SHOP))["lineageMesh"]["reportedBy"] == ["shop"]
    assert await refused(mesh, "namespaces", "nowhere") == (404, "ASSET_NOT_FOUND")
    assert mesh.posts() == {"shop": [], "warehouse": [], "ml": []}


async def test_datasets_of_a_namespace(mesh: Mesh) -> None:
    """A page with all details is one call; a slash in the namespace is one segment."""
    found = await get(mesh, "namespaces", SHOP, "datasets")
    assert [each["name"] for each in found["datasets"]] == ["shop.public.order_lines", "shop.public.orders"]
    orders = found["datasets"][1]
    assert [field["name"] for field in orders["fields"]] == ["id", "email"]
    assert (orders["tags"], orders["facets"]["custom"], orders["lastLifecycleState"]) == (["pii"], {"n": 1}, "TRUNCATE")
    assert found["datasets"][0]["fields"] is None
    assert found["lineageMesh"]["domains"] == [
        found["lineageMesh"]["domains"][0] | {"domain": "shop", "status": "LIVE"}
    ]
    assert mesh.posts() == {"shop": ["/details"], "warehouse": [], "ml": []}
    assert (await get(mesh, "namespaces", SHOP, "datasets", offset=2))["datasets"] == []
    assert await refused(mesh, "namespaces", "nowhere", "datasets") == (404, "ASSET_NOT_FOUND")
    assert await refused(mesh, "namespaces", SHOP, "datasets", limit=501) == (400, "BAD_USER_INPUT")


async def test_one_dataset_and_its_versions(mesh: Mesh) -> None:
    """Two schemas are two versions, each to be had by its id."""
    name = ("namespaces", SHOP, "datasets", "shop.public.orders")
    dataset = await get(mesh, *name)
    versions = await get(mesh, *name, "versions")
    assert [len(each["fields"]) for each in versions["versions"]] == [2, 1]
    assert versions["totalCount"] == 2
    assert dataset["currentVersion"] == versions["versions"][0]["version"]
    assert (await get(mesh, *name, "versions", dataset["currentVersion"]))["id"]["version"] == dataset["currentVersion"]
    assert (await get(mesh, *name, "versions", limit=1, offset=1))["versions"] == versions["versions"][1:]
    assert await refused(mesh, *name, "versions", "v9") == (404, "ASSET_NOT_FOUND")
    other = await get(mesh, "namespaces", "POSTGRES://SHOP-DB:5432", "datasets", "shop.public.orders")
    assert other["lineageMesh"]["id"] == dataset["lineageMesh"]["id"]


async def test_names_of_several(mesh: Mesh) -> None:
    """A local name is ambiguous until `domain` says whose; an unknown domain is told."""
    name = ("namespaces", FILES, "datasets", "/tmp/data.csv")
    assert await refused(mesh, *name) == (409, "AMBIGUOUS_REFERENCE")
    assert (await get(mesh, *name, domain="ml"))["lineageMesh"]["domain"] == "ml"
    assert await refused(mesh, *name, domain="hr") == (404, "DOMAIN_NOT_FOUND")
    found = await get(mesh, "search", q="data.csv")
    ids = [each["nodeId"] for each in found["results"]]
    assert ids == [f"dataset:{FILES}:/tmp/data.csv@{domain}" for domain in ("ml", "shop", "warehouse")]
    for each in ids:
        (node,) = (await get(mesh, "lineage", nodeId=each))["graph"]
        assert each.endswith(node["data"]["lineageMesh"]["domain"])


async def test_jobs_and_their_runs(mesh: Mesh) -> None:
    """A job has its newest runs, its inputs and outputs; details and runs are one round."""
    found = await get(mesh, "namespaces", "airflow", "jobs")
    assert [job["latestRun"]["id"] for job in found["jobs"]] == ["s-3"]
    assert sorted(mesh.posts()["shop"]) == ["/details", "/runs"]
    job = await get(mesh, "namespaces", "airflow", "jobs", "load_orders")
    assert [run["state"] for run in job["latestRuns"]] == ["FAILED", "COMPLETED", "COMPLETED"]
    assert [each["name"] for each in job["inputs"]] == ["shop.public.order_lines", "shop.public.orders"]
    assert (job["outputs"], job["location"]) == ([{"namespace": LAKE, "name": "orders/daily"}], "https://example.com/x")
    runs = await get(mesh, "namespaces", "airflow", "jobs", "load_orders", "runs", limit=1, offset=1)
    assert ([run["id"] for run in runs["runs"]], runs["totalCount"]) == (["s-2"], 3)
    assert (await get(mesh, "namespaces", "airflow", "jobs", "load_orders", "runs", limit=0))["runs"] == []
    assert await refused(mesh, "namespaces", "default", "jobs", "etl") == (409, "AMBIGUOUS_REFERENCE")
    assert await refused(mesh, "namespaces", "airflow", "jobs", "nobody") == (404, "ASSET_NOT_FOUND")


async def test_a_run_from_any_domain(mesh: Mesh) -> None:
    """All domains are asked at once for a runId."""
    run = await get(mesh, "jobs", "runs", "w-1")
    assert mesh.posts() == {"shop": ["/runs"], "warehouse": ["/runs"], "ml": ["/runs"]}
    assert (run["jobVersion"], run["durationMs"]) == (
        {"namespace": "dbt", "name": "build", "version": str(BUILD)},
        60_000,
    )
    assert run["outputDatasetVersions"][0]["datasetVersionId"]["name"] == "wh.marts.customer_orders"
    assert await refused(mesh, "jobs", "runs", "nothing") == (404, "ASSET_NOT_FOUND")


async def test_lineage(mesh: Mesh) -> None:
    """Depth 0 is the jobs beside a dataset; each further hop is a job on; steps are kept apart; one round."""
    here = await get(mesh, "lineage", nodeId=f"dataset:{LAKE}:orders/daily", depth=0)
    assert [node["id"].rpartition(":")[2] for node in here["graph"]] == [
        "shop.public.order_lines", "shop.public.orders", "orders/daily", "wh.marts.customer_orders",
        "load_orders", "build",
    ]  # fmt: skip
    mesh.posts()
    whole = await get(mesh, "lineage", nodeId=f"dataset:{LAKE}:orders/daily")
    assert {node["id"] for node in whole["graph"]} - {node["id"] for node in here["graph"]} == {
        "job:training:train", f"dataset:{MODELS}:churn",
    }  # fmt: skip
    edges = [tuple(edge.values()) for node in whole["graph"] for edge in node["outEdges"]]
    assert (f"dataset:{LAKE}:orders/daily", "job:dbt:build") in edges
    assert sorted(edges) == sorted(tuple(edge.values()) for node in whole["graph"] for edge in node["inEdges"])
    assert (whole["lineageMesh"]["truncated"], whole["lineageMesh"]["totalNodes"]) == (False, 8)
    assert all(len(calls) <= 2 for calls in mesh.posts().values())
    assert {node["type"] for node in whole["graph"]} == {"DATASET", "JOB"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("s3a://lake/orders/daily", f"{LAKE}:orders/daily"),
        ("arn:aws:s3:::lake/orders/daily", f"{LAKE}:orders/daily"),
        ("jdbc:postgresql://shop-db/shop public.orders", f"{SHOP}:shop.public.orders"),
        ("jdbc:postgresql://shop-db/shop?currentSchema=public orders", f"{SHOP}:shop.public.orders"),
    ],
)
async def test_lineage_of_any_systems_spelling(mesh: Mesh, text: str, meant: str) -> None:
    """A node id may hold one text of any tool, as at an agent; a domain that does not report it has none of it."""
    found = await get(mesh, "lineage", nodeId=f"dataset:{text}")
    assert found == await get(mesh, "lineage", nodeId=f"dataset:{meant}") | {"lineageMesh": found["lineageMesh"]}
    columns = await get(mesh, "column-lineage", nodeId=f"dataset:{text}")
    assert columns["graph"] == (await get(mesh, "column-lineage", nodeId=f"dataset:{meant}"))["graph"]
    assert (await get(mesh, "lineage", nodeId=f"dataset:{text}", domain="shop"))["graph"] == found["graph"]
    assert await refused(mesh, "lineage", nodeId=f"dataset:{text}", domain="ml") == (404, "ASSET_NOT_FOUND")
    assert await refused(mesh, "lineage", nodeId=f"job:{text}") == (404, "ASSET_NOT_FOUND")


async def test_a_spelling_of_several(mesh: Mesh) -> None:
    """A local file in a tool's spelling is ambiguous until `domain` says whose."""
    node_id = "dataset:file:///tmp/data.csv"
    assert await refused(mesh, "lineage", nodeId=node_id) == (409, "AMBIGUOUS_REFERENCE")
    (node,) = (await get(mesh, "lineage", nodeId=node_id, domain="ml"))["graph"]
    assert node["data"]["lineageMesh"]["domain"] == "ml"


async def test_lineage_of_what_is_not_there(mesh: Mesh) -> None:
    """Unknown nodes are 404, ill-formed ids and depths 400."""
    assert await refused(mesh, "lineage", nodeId="dataset:no:where") == (404, "ASSET_NOT_FOUND")
    assert await refused(mesh, "lineage") == (400, "NODE_ID_INVALID")
    assert await refused(mesh, "lineage", nodeId=f"datasetField:{LAKE}:orders/daily:id") == (400, "NODE_ID_INVALID")
    assert await refused(mesh, "lineage", nodeId=f"dataset:{LAKE}:orders/daily", depth=-1) == (400, "BAD_USER_INPUT")
    assert (await mesh.http.get("/api/v1/namespaces/%FF")).json()["code"] == "PATH_INVALID"


async def test_lineage_is_cut(mesh: Mesh) -> None:
    """Beyond the setting the nearest nodes are shown, and the answer says that there are more."""
    async with federation(graph_nodes_max=3) as small:
        found = await get(small, "lineage", nodeId=f"dataset:{LAKE}:orders/daily")
    assert (len(found["graph"]), found["lineageMesh"]["truncated"], found["lineageMesh"]["totalNodes"]) == (3, True, 8)


async def test_column_lineage(mesh: Mesh) -> None:
    """Of one column, of a dataset, of what a job writes; upstream, and downstream when asked for."""
    feature = await get(mesh, "column-lineage", nodeId=f"datasetField:{MODELS}:churn:feature")
    fields = [(node["data"]["dataset"], node["data"]["field"]) for node in feature["graph"]]
    assert fields == [
        ("churn", "feature"), ("shop.public.orders", "id"), ("orders/daily", "order_id"), ("orders/daily", "region"),
        ("wh.marts.customer_orders", "order_key"),
    ]  # fmt: skip
    root = feature["graph"][0]
    assert root["inEdges"] == [
        {"origin": root["id"], "destination": f"datasetField:{WAREHOUSE}:wh.marts.customer_orders:order_key"}
    ]
    assert root["data"]["inputFields"][0]["transformationType"] == "DIRECT:AGGREGATION"
    one = await get(mesh, "column-lineage", nodeId=f"dataset:{MODELS}:churn", depth=1)
    assert len(one["graph"]) == 2
    written = await get(mesh, "column-lineage", nodeId="job:dbt:build", depth=1)
    assert {node["data"]["field"] for node in written["graph"]} == {"order_id", "region", "order_key"}
    down = await get(mesh, "column-lineage", nodeId=f"dataset:{SHOP}:shop.public.orders", withDownstream="true")
    assert "feature" in {node["data"]["field"] for node in down["graph"]}
    assert (await get(mesh, "column-lineage", nodeId="job:default:etl", domain="ml"))["graph"] == []
    unknown = f"datasetField:{SHOP}:shop.public.orders:nothing"
    assert await refused(mesh, "column-lineage", nodeId=unknown) == (404, "COLUMN_NOT_FOUND")


async def test_search(mesh: Mesh) -> None:
    """By a piece of a name; the total counts all, the order is by name or by time."""
    found = await get(mesh, "search", q="ORDERS", filter="dataset", limit=2)
    assert (found["totalCount"], len(found["results"])) == (3, 2)
    assert {each["type"] for each in found["results"]} == {"DATASET"}
    newest = (await get(mesh, "search", q="o", sort="updated_at"))["results"]
    assert [each["updatedAt"] or "" for each in newest] == sorted(
        (each["updatedAt"] or "" for each in newest), reverse=True
    )
    for query in ({"q": ""}, {"q": "x" * 300}, {"q": "a\nb"}, {}):
        assert await refused(mesh, "search", **query) == (400, "SEARCH_TEXT_INVALID")
    assert await refused(mesh, "search", q="x", sort="size") == (400, "BAD_USER_INPUT")


async def test_a_dead_agent_leaves_nulls(mesh: Mesh) -> None:
    """What only it knows is null and the answer incomplete, saying why; what is nothing without it is a 502."""
    await mesh.agents["shop"].stop()
    found = await get(mesh, "namespaces", SHOP, "datasets")
    assert found["lineageMesh"]["complete"] is False
    assert [(each["fields"], each["facets"]) for each in found["datasets"]] == [(None, None)] * 2
    assert "shop" in found["lineageMesh"]["domains"][0]["message"]
    job = await get(mesh, "namespaces", "airflow", "jobs", "load_orders")
    assert (job["latestRuns"], job["facets"], len(job["inputs"])) == (None, None, 2)
    assert await refused(mesh, "namespaces", SHOP, "datasets", "shop.public.orders", "versions") == (
        502,
        "AGENT_UNAVAILABLE",
    )
    assert await refused(mesh, "namespaces", "airflow", "jobs", "load_orders", "runs") == (502, "AGENT_UNAVAILABLE")
    assert await refused(mesh, "jobs", "runs", "nothing") == (502, "AGENT_UNAVAILABLE")
    assert (await get(mesh, "jobs", "runs", "w-1"))["lineageMesh"]["complete"] is False


async def test_the_directory_follows_the_mesh(mesh: Mesh) -> None:
    """A namespace that comes is listed, without anything being counted twice."""
    before = await get(mesh, "namespaces", SHOP, "datasets")
    record = mesh.agents["shop"].nodes[2]
    mesh.agents["shop"].commit(nodes=[type(record)(9, record.kind, "kafka://new", "topic", type="TOPIC")])
    for _ in range(500):
        if (await mesh.http.get(path("namespaces", "kafka://new"))).status_code == httpx2.codes.OK:
            break
        await asyncio.sleep(0.02)
    (topic,) = (await get(mesh, "namespaces", "kafka://new", "datasets"))["datasets"]
    assert (topic["type"], topic["createdAt"]) == ("STREAM", None)
    assert (await get(mesh, "namespaces", SHOP, "datasets"))["totalCount"] == before["totalCount"]
