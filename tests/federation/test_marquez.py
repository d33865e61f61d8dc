"""The public marquez-python client reads both servers, and the examples of docs/rest.md run, over the demo's events."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from marquez_client import MarquezClient, errors

from tests.federation.mesh import Agent, Federation, Gateway

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "deploy" / "demo" / "events"
PAGE = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
WAREHOUSE = "postgres://warehouse.acme.example:5432"
MODELS = "mlflow://models.acme.example"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, dict[str, Agent]]]:
    """A gateway over three agents with the demo's events."""
    with Federation(tmp_path_factory.mktemp("marquez")) as federation:
        agents = {}
        for file in sorted(EVENTS.glob("*.ndjson")):
            agents[file.stem] = federation.start_agent(file.stem)
            agents[file.stem].post(*map(json.loads, file.read_text(encoding="utf-8").splitlines()))
        made = federation.start_gateway(*agents.values())
        made.until_synced(*agents.values())
        yield made, agents


@pytest.fixture(params=["gateway", "sales", "analytics", "ml"])
def url(demo: tuple[Gateway, dict[str, Agent]], request: pytest.FixtureRequest) -> str:
    """Each server in turn."""
    gateway, agents = demo
    found: str = gateway.url if request.param == "gateway" else agents[request.param].url
    return found


@pytest.fixture
def client(url: str) -> Any:
    """The public client, unmodified."""
    return MarquezClient(url)


def test_it_reads_everything_that_is_listed(client: Any) -> None:
    """Namespaces lead to datasets and jobs, these to versions and runs; each is the same alone as in its list."""
    seen: set[str] = set()
    for namespace in (each["name"] for each in client.list_namespaces()["namespaces"]):
        assert client.get_namespace(namespace)["name"] == namespace
        for dataset in client.list_datasets(namespace)["datasets"]:
            seen.add("dataset")
            alone = client.get_dataset(namespace, dataset["name"])
            assert {**alone, "lineageMesh": None} == {**dataset, "lineageMesh": None}
            for version in client.list_dataset_versions(namespace, dataset["name"])["versions"]:
                seen.add("version")
                assert client.get_dataset_version(namespace, dataset["name"], version["version"])["id"] == version["id"]
        for job in client.list_jobs(namespace)["jobs"]:
            seen.add("job")
            assert client.get_job(namespace, job["name"])["latestRun"] == job["latestRun"]
            for run in client.list_job_runs(namespace, job["name"])["runs"]:
                seen.add("run")
                assert client.get_job_run(run["id"])["id"] == run["id"]
    assert seen == {"dataset", "version", "job", "run"}


def test_it_pages(client: Any) -> None:
    """Pages joined are the list."""
    whole = client.list_namespaces()
    singly = [client.list_namespaces(limit=1, offset=at)["namespaces"][0] for at in range(whole["totalCount"])]
    assert singly == [{**each} for each in whole["namespaces"]]


def test_it_reads_column_lineage(client: Any) -> None:
    """By dataset, by field and by job, up and down."""
    listed = (client.list_datasets(each["name"])["datasets"] for each in client.list_namespaces()["namespaces"])
    names = [(each["namespace"], each["name"]) for datasets in listed for each in datasets]
    graphs = [client.get_column_lineage_by_dataset(*name, depth=5, with_downstream=True)["graph"] for name in names]
    (node, *_) = next(graph for graph in graphs if graph)
    assert node["type"] == "DATASET_FIELD"
    data = node["data"]
    alone = client.get_column_lineage_by_dataset_field(data["namespace"], data["dataset"], data["field"])["graph"]
    assert node["id"] in {each["id"] for each in alone}
    jobs = (client.list_jobs(each["name"])["jobs"] for each in client.list_namespaces()["namespaces"])
    found = [client.get_column_lineage_by_job(job["namespace"], job["name"])["graph"] for each in jobs for job in each]
    assert any(found)


def test_errors_are_its_errors(client: Any) -> None:
    """What is not there raises the client's own error, because the status is right."""
    with pytest.raises(errors.APIError):
        client.get_dataset("no", "where")
    with pytest.raises(errors.APIError):
        client.list_namespaces(limit=-1)


def test_lineage_crosses_the_domains(demo: tuple[Gateway, dict[str, Agent]]) -> None:
    """From the model back to the source tables of another domain at the gateway; an agent knows its own part."""
    gateway, agents = demo
    node = f"dataset:{MODELS}:churn_model"
    whole = httpx2.get(f"{gateway.url}/api/v1/lineage", params={"nodeId": node}, trust_env=False)
    own = httpx2.get(f"{agents['ml'].url}/api/v1/lineage", params={"nodeId": node}, trust_env=False)
    ids = [{each["id"] for each in answer.json()["graph"]} for answer in (whole, own)]
    assert "dataset:postgres://crm-db.acme.example:5432:crm.public.orders" in ids[0]
    assert ids[1] < ids[0]
    assert whole.headers["lineage-complete"] == "true"
    assert whole.headers["lineage-domains"] == "analytics=LIVE, ml=LIVE, sales=LIVE"


@pytest.mark.parametrize("command", re.findall(r"^curl .*$", PAGE, re.MULTILINE))
def test_the_examples_of_the_page_are_answered(demo: tuple[Gateway, dict[str, Agent]], command: str) -> None:
    """Each request of docs/rest.md is answered with something."""
    (asked,) = (word for word in shlex.split(command) if word.startswith("http"))
    answer = httpx2.get(asked.replace("http://127.0.0.1:8080", demo[0].url), trust_env=False)
    assert answer.status_code == 200, answer.text
    assert any(answer.json().values())


def test_the_python_block_of_the_page_runs(
    demo: tuple[Gateway, dict[str, Agent]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The block prints the datasets of the mesh with their columns."""
    (block,) = re.findall(r"<!-- run: marquez -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(block, "rest.md", "exec"), {"GATEWAY_URL": demo[0].url})
    assert "churn_model ['churn_probability']" in capsys.readouterr().out
