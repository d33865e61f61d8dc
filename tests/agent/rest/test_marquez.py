"""Marquez's reads at an agent: its own domain, as the border lets it pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests import factories as make
from tests.agent.rest.test_canaries import JOB_FACETS, RUN_FACETS, SHARED
from tests.agent.running import RunningAgent, running_agent

LAKE = "s3://lake"
SCHEMA = {"fields": [{"name": "id", "type": "bigint"}, {"name": "note", "type": "text"}]}
OLD_SCHEMA = {"fields": [{"name": "id", "type": "int"}]}


def columns(namespace: str, name: str, **edges: str) -> dict[str, Any]:
    """A columnLineage facet: each output column with the one column that feeds it."""
    fields = {
        output: {"inputFields": [{"namespace": namespace, "name": name, "field": source,
                                  "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}]}
        for output, source in edges.items()
    }  # fmt: skip
    return {"fields": fields}


EVENTS = [
    make.run_event(
        "load", run=make.run_uuid("old"), at=1, inputs=["raw"], outputs=[make.dataset("orders", schema=OLD_SCHEMA)]
    ),
    make.run_event(
        "load",
        run=make.run_uuid("new"),
        at=9,
        inputs=["raw"],
        outputs=[
            make.dataset("orders", schema=SCHEMA, columnLineage=columns(make.DATASETS, "raw", id="key", note="text"))
        ],
        job_facets={
            "documentation": {"description": "loads"},
            "jobType": {"processingType": "BATCH", "integration": "X"},
        },
    ),
    make.run_event(
        "export",
        run=make.run_uuid("x"),
        at=10,
        inputs=["orders"],
        outputs=[make.dataset("daily/orders", LAKE, columnLineage=columns(make.DATASETS, "orders", order_id="id"))],
    ),
    make.run_event(
        "etl", type="FAIL", run=make.run_uuid("failed"), at=11, run_facets=RUN_FACETS, job_facets=JOB_FACETS
    ),
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of an agent that knows the events."""
    with running_agent(tmp_path_factory.mktemp("marquez"), graph_nodes_max=5) as agent, agent.client() as client:
        agent.settle([agent.post(event) for event in EVENTS][-1])
        yield client


def get(client: httpx2.Client, *segments: str, **query: Any) -> Any:
    """Answer a read that must go well."""
    answer = client.get("/api/v1/" + "/".join(quote(each, safe="") for each in segments), params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    return answer.json()


def refused(client: httpx2.Client, *segments: str, **query: Any) -> tuple[int, str]:
    """Status and code of a read that is refused."""
    answer = client.get("/api/v1/" + "/".join(quote(each, safe="") for each in segments), params=query)
    assert answer.json().keys() <= {"code", "message", "hint"}
    return answer.status_code, answer.json()["code"]


def test_namespaces(reader: httpx2.Client) -> None:
    """All are of this domain; times are of their first and last sign of life."""
    found = get(reader, "namespaces")
    assert [each["name"] for each in found["namespaces"]] == [make.DATASETS, LAKE, make.JOBS]
    assert {each["ownerName"] for each in found["namespaces"]} == {"shop"}
    jobs = get(reader, "namespaces", make.JOBS)
    assert (jobs["createdAt"], jobs["updatedAt"]) == ("2026-01-01T00:00:01Z", "2026-01-01T00:00:11Z")
    assert get(reader, "namespaces", limit=1, offset=2)["totalCount"] == 3
    assert get(reader, "namespaces", offset=9) == {"namespaces": [], "totalCount": 3}
    assert refused(reader, "namespaces", "nowhere") == (404, "ASSET_NOT_FOUND")


def test_datasets(reader: httpx2.Client) -> None:
    """A page by name, one by its name with a slash in it, versions by their ids."""
    found = get(reader, "namespaces", make.DATASETS, "datasets")
    assert ([each["name"] for each in found["datasets"]], found["totalCount"]) == (["orders", "raw"], 2)
    assert get(reader, "namespaces", make.DATASETS, "datasets", limit=1, offset=1)["datasets"][0]["name"] == "raw"
    assert get(reader, "namespaces", LAKE, "datasets", "daily/orders")["physicalName"] == "daily/orders"
    name = ("namespaces", make.DATASETS, "datasets", "orders")
    versions = get(reader, *name, "versions")
    assert [len(each["fields"]) for each in versions["versions"]] == [2, 1]
    assert get(reader, *name)["currentVersion"] == versions["versions"][0]["version"]
    assert get(reader, *name, "versions", versions["versions"][1]["version"])["facets"] == {}
    assert refused(reader, *name, "versions", "v") == (404, "ASSET_NOT_FOUND")
    assert refused(reader, "namespaces", make.DATASETS, "datasets", "no") == (404, "ASSET_NOT_FOUND")
    assert refused(reader, "namespaces", "no", "datasets") == (404, "ASSET_NOT_FOUND")


def test_jobs_and_runs(reader: httpx2.Client) -> None:
    """A job with its runs, newest first; one run by its id."""
    found = get(reader, "namespaces", make.JOBS, "jobs")
    assert [(job["name"], len(job["latestRuns"])) for job in found["jobs"]] == [("etl", 1), ("export", 1), ("load", 1)]
    job = get(reader, "namespaces", make.JOBS, "jobs", "load")
    assert [run["id"] for run in job["latestRuns"]] == [make.run_uuid("new"), make.run_uuid("old")]
    assert (job["inputs"], job["description"]) == ([{"namespace": make.DATASETS, "name": "raw"}], "loads")
    runs = get(reader, "namespaces", make.JOBS, "jobs", "load", "runs", limit=1, offset=1)
    assert ([run["id"] for run in runs["runs"]], runs["totalCount"]) == ([make.run_uuid("old")], 2)
    assert get(reader, "jobs", "runs", make.run_uuid("x"))["jobVersion"]["name"] == "export"
    assert get(reader, "jobs", "runs", make.run_uuid("failed"))["state"] == "FAILED"
    assert refused(reader, "jobs", "runs", "no") == (404, "ASSET_NOT_FOUND")
    assert refused(reader, "namespaces", make.JOBS, "jobs", "load", "runs", offset=1000) == (400, "BAD_USER_INPUT")


def test_lineage(reader: httpx2.Client) -> None:
    """Depth 0 is the job with its datasets; each hop is a job on."""
    root = f"job:{make.JOBS}:load"
    assert [node["id"] for node in get(reader, "lineage", nodeId=root, depth=0)["graph"]] == [
        f"dataset:{make.DATASETS}:orders", f"dataset:{make.DATASETS}:raw", root,
    ]  # fmt: skip
    whole = get(reader, "lineage", nodeId=f"dataset:{make.DATASETS}:orders")
    assert len(whole["graph"]) == 5
    edges = {tuple(edge.values()) for node in whole["graph"] for edge in node["outEdges"]}
    assert (f"job:{make.JOBS}:export", f"dataset:{LAKE}:daily/orders") in edges
    assert len(edges) == 4
    assert refused(reader, "lineage", nodeId="dataset:a:b") == (404, "ASSET_NOT_FOUND")
    assert refused(reader, "lineage", nodeId="orders") == (400, "NODE_ID_INVALID")
    assert refused(reader, "lineage", nodeId=root, depth="deep") == (400, "BAD_USER_INPUT")


def test_column_lineage(reader: httpx2.Client) -> None:
    """Up from what is asked for, and down when wanted, as far as edges lead."""
    last = get(reader, "column-lineage", nodeId=f"datasetField:{LAKE}:daily/orders:order_id")
    assert [node["data"]["field"] for node in last["graph"]] == ["id", "key", "order_id"]
    near = get(reader, "column-lineage", nodeId=f"dataset:{LAKE}:daily/orders", depth=1)
    assert [node["data"]["field"] for node in near["graph"]] == ["id", "order_id"]
    job = get(reader, "column-lineage", nodeId=f"job:{make.JOBS}:load")
    assert [node["data"]["field"] for node in job["graph"]] == ["id", "note", "key", "text"]
    both = get(reader, "column-lineage", nodeId=f"datasetField:{make.DATASETS}:orders:id", withDownstream="true")
    assert [node["data"]["field"] for node in both["graph"]] == ["id", "key", "order_id"]
    assert get(reader, "column-lineage", nodeId=f"dataset:{make.DATASETS}:raw")["graph"] == []
    unknown = f"datasetField:{make.DATASETS}:orders:nothing"
    assert refused(reader, "column-lineage", nodeId=unknown) == (404, "COLUMN_NOT_FOUND")


def test_search(reader: httpx2.Client) -> None:
    """By a piece of name or namespace; the limit counts, and the total is of all."""
    assert [each["name"] for each in get(reader, "search", q="ORDER")["results"]] == ["daily/orders", "orders"]
    assert get(reader, "search", q="shop", filter="job", limit=1)["totalCount"] == 3
    assert get(reader, "search", q="a", sort="updated_at", limit=1)["results"]
    assert refused(reader, "search", q=" ") == (400, "SEARCH_TEXT_INVALID")


def test_a_large_graph_is_cut(tmp_path: Path) -> None:
    """The nearest nodes are shown, and it is said that there are more; long answers are refused."""
    with running_agent(tmp_path, graph_nodes_max=3, detail_bytes_max=1024) as agent, agent.client() as client:
        agent.settle(agent.post(make.run_event("fan", inputs=["a"], outputs=["b", "c", "d"])))
        found = get(client, "lineage", nodeId=f"job:{make.JOBS}:fan")
        assert (len(found["graph"]), found["lineageMesh"]) == (3, {"truncated": True})
        agent.settle(
            agent.post(
                make.run_event("fan", run="2", at=5, outputs=[make.dataset(each, x={"y": "z" * 600}) for each in "bcd"])
            )
        )
        assert refused(client, "namespaces", make.DATASETS, "datasets") == (413, "ANSWER_TOO_LARGE")


@pytest.mark.parametrize("shared", [None, *SHARED])
def test_the_border_holds(tmp_path: Path, shared: str | None) -> None:
    """No more leaves by these routes than by the mesh protocol."""
    with running_agent(tmp_path, **(SHARED[shared] if shared else {})) as agent, agent.client() as client:
        agent.settle(agent.post(EVENTS[-1]))
        told = json.dumps(
            [
                get(client, "namespaces", make.JOBS, "jobs"),
                get(client, "namespaces", make.JOBS, "jobs", "etl"),
                get(client, "namespaces", make.JOBS, "jobs", "etl", "runs"),
                get(client, "jobs", "runs", make.run_uuid("failed")),
                get(client, "lineage", nodeId=f"job:{make.JOBS}:etl"),
            ]
        )
    assert {canary for canary in SHARED if canary in told} == ({shared} if shared else set())
    assert "visible_sql" in told


def test_a_path_is_decoded_once(agent: RunningAgent) -> None:
    """A name that looks encoded is found under its own encoding; what is no UTF-8 is refused."""
    agent.settle(agent.post(make.run_event("twice", outputs=[make.dataset("a%2Fb/c", "x://y%20z")])))
    with agent.client() as client:
        assert get(client, "namespaces", "x://y%20z", "datasets", "a%2Fb/c")["name"] == "a%2Fb/c"
        assert client.get("/api/v1/namespaces/%ff").json()["code"] == "PATH_INVALID"
        assert client.get("/api/v1/namespaces/x://y/datasets").status_code == 404
        assert client.head("/api/v1/namespaces").status_code == 200
