"""The agent's OpenAPI document: valid, exactly the routes, and what is answered is what is described."""

from __future__ import annotations

import httpx2
import jsonschema
import pytest
from openapi_spec_validator import validate

from lineage_agent.rest.operations import OPERATIONS
from lineage_shared.wire import Position
from tests import factories as make
from tests.agent.feed.streams import read_snapshot
from tests.agent.rest.test_marquez import EVENTS
from tests.agent.running import RunningAgent, running_agent

ACCEPT = {"accept": "application/json"}
NAMESPACE = "/api/v1/namespaces/{namespace}"
SAMPLES: list[tuple[str, str, dict[str, str], dict[str, str]]] = [
    ("GET", "/api/v1/namespaces", {}, {}),
    ("GET", "/api/v1/namespaces", {}, {"limit": "x"}),
    ("GET", NAMESPACE, {"namespace": make.JOBS}, {}),
    ("GET", NAMESPACE, {"namespace": "no"}, {}),
    ("GET", f"{NAMESPACE}/jobs", {"namespace": make.JOBS}, {}),
    ("GET", f"{NAMESPACE}/jobs/{{job}}", {"namespace": make.JOBS, "job": "load"}, {}),
    ("GET", f"{NAMESPACE}/jobs/{{job}}/runs", {"namespace": make.JOBS, "job": "load"}, {}),
    ("GET", "/api/v1/lineage", {}, {"nodeId": f"job:{make.JOBS}:load"}),
    ("GET", "/api/v1/lineage", {}, {}),
    ("GET", "/api/v1/column-lineage", {}, {"nodeId": f"job:{make.JOBS}:load"}),
    ("GET", "/api/v1/search", {}, {"q": "o"}),
    ("GET", "/mesh/v1/about", {}, {}),
    ("GET", "/mesh/v1/about", {}, {"wait": "x"}),
    ("GET", "/mesh/v1/changes", {}, {}),
    ("POST", "/mesh/v1/expand", {}, {}),
    ("POST", "/api/v1/lineage", {}, {}),
    ("POST", "/api/v1/lineage/batch", {}, {}),
    ("GET", "/health/live", {}, {}),
    ("GET", "/health/ready", {}, {}),
]


def test_every_operation_has_its_own_id() -> None:
    """Ids are unique; routes are made of the table, so that nothing else can be served."""
    assert len({each.id for each in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("each", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
def test_every_described_route_is_there(client: httpx2.Client, each: object) -> None:
    """A described method of a described path never is an unknown route."""
    method, path = each.method, each.path  # type: ignore[attr-defined]
    answer = client.request(method, path)
    assert answer.status_code != 405
    assert answer.status_code == 200 or answer.json()["code"] != "ROUTE_NOT_FOUND"


def test_what_is_answered_is_what_is_described(agent: RunningAgent, client: httpx2.Client) -> None:
    """The document is valid; each sampled answer has a described status, and fits its schema."""
    for event in EVENTS:
        agent.settle(agent.post(event))
    document = client.get("/openapi.json").json()
    validate(document)
    assert {(method.upper(), path) for path, methods in document["paths"].items() for method in methods} == {
        (each.method, each.path) for each in OPERATIONS
    }
    for method, path, segments, query in SAMPLES:
        answer = client.request(method, path.format(**segments), params=query, headers=ACCEPT)
        shown = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        schema = shown["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": document["components"]})
    asked = {"epoch": Position.parse(read_snapshot(client).position).epoch, "nodes": [1], "parts": ["schema", "facets"]}
    told = client.post("/mesh/v1/details", json=asked, headers=ACCEPT).json()
    schema = {"$ref": "#/components/schemas/DetailsAnswer", "components": document["components"]}
    jsonschema.validate(told, schema)
    posted = agent.post(make.run_event("described"))
    assert {"lineage-position"} == {
        name.lower() for name in document["paths"]["/api/v1/lineage"]["post"]["responses"]["201"]["headers"]
    }
    assert posted.headers["lineage-position"]


def test_doors_are_described(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each operation says whether this server asks for a key."""
    key = "mesh-0123456789abcdef"
    with running_agent(tmp_path_factory.mktemp("document"), mesh_keys=key) as agent, agent.client() as client:
        assert client.get("/openapi.json").status_code == 401
        document = client.get("/openapi.json", headers={"authorization": f"Bearer {key}"}).json()
    paths = document["paths"]
    assert paths["/api/v1/lineage"]["get"]["security"] == [{"bearer": []}]
    assert paths["/api/v1/lineage"]["post"]["security"] == []
    assert "401" in paths["/metrics"]["get"]["responses"]
