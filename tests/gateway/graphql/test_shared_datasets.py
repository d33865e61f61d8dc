"""Datasets that nobody has authority over, and runs that name what is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lineage_shared.model import RunState, Step
from lineage_shared.wire import FacetsDetail, RunDataset, RunDetail, RunLink, SchemaDetail, SchemaField
from tests.gateway.fake_agent import refused
from tests.gateway.graphql.federation import Mesh, dataset, job, mesh_of
from tests.gateway.graphql.telling_agent import TellingAgent

LAKE = "s3://shared"

BOTH = """{ dataset(namespace: "s3://shared", name: "t") {
  domain { name } description columns { name } facets tags owners { name }
} }"""


def writer(domain: str) -> TellingAgent:
    """A domain that writes the shared table."""
    agent = TellingAgent(domain)
    agent.commit(nodes=[dataset(1, LAKE, "t", tags=(domain,)), job(2, domain, "write", Step((), (1,)))])
    agent.facets[1] = FacetsDetail(facets={domain: 1, "both": domain})
    return agent


@pytest.fixture
async def shared() -> AsyncIterator[Mesh]:
    """Two domains that write one table; none of them owns it."""
    async with writer("a") as first, writer("b") as second, mesh_of(first, second, deadline_s=2.0) as mesh:
        yield mesh


async def test_where_nobody_speaks_for_a_dataset_the_first_that_knows_is_heard(shared: Mesh) -> None:
    """Both are asked in one round; names decide who comes first; facets are put together."""
    shared.agents["b"].schemas[1] = SchemaDetail(fields=(SchemaField("x"),))
    shared.agents["b"].facets[1] = FacetsDetail(facets={"b": 1, "both": "b"}, description="from b")
    data = await shared.ask(BOTH)
    assert data["dataset"] == {
        "domain": None,
        "description": "from b",
        "columns": [{"name": "x"}],
        "facets": {"a": 1, "b": 1, "both": "a"},
        "tags": ["a", "b"],
        "owners": [],
    }
    assert shared.posts() == {"a": ["/details"], "b": ["/details"]}


async def test_a_failing_domain_matters_only_where_no_other_answers(shared: Mesh) -> None:
    """What the other says is good; what the other does not know may be known by the one that failed."""
    shared.agents["b"].facets[1] = FacetsDetail(description="from b")
    shared.agents["a"].faults["/details"] = refused(401)
    data, errors = await shared.failing(BOTH)
    assert (data["dataset"]["description"], data["dataset"]["columns"], data["dataset"]["facets"]) == (
        "from b",
        None,
        None,
    )
    assert {(each["path"][1], each["extensions"]["domain"]) for each in errors} == {("columns", "a"), ("facets", "a")}


def running(domain: str, *runs: RunDetail) -> TellingAgent:
    """A domain with one job and some runs of it."""
    agent = TellingAgent(domain)
    agent.commit(nodes=[dataset(1, LAKE, "t"), job(2, "jobs", "one", Step((1,), ())), job(3, "jobs", "two")])
    agent.runs = list(runs)
    return agent


def run(run_id: str, number: int = 2, **more: object) -> RunDetail:
    """A run of a job."""
    return RunDetail(run_id=run_id, job=number, state=RunState.COMPLETE, **more)  # type: ignore[arg-type]  # see callers


LATEST = """{ job(namespace: "jobs", name: "one", domain: "a") { latestRun {
  runId inputs { dataset { name } } parent { run { runId job { name domain { name } } } job { name domain { name } } }
} } }"""


async def test_of_several_runs_with_one_run_id_the_named_job_is_meant() -> None:
    """Producers reuse a runId for all assets of a run."""
    first = running("a", run("child", parent=RunLink("many", "jobs", "two")), run("many"), run("many", 3))
    async with first, running("b", run("many")) as second, mesh_of(first, second) as mesh:
        latest = (await mesh.ask(LATEST))["job"]["latestRun"]
        assert latest["parent"]["run"] == {"runId": "many", "job": {"name": "two", "domain": {"name": "a"}}}


async def test_a_parent_that_no_domain_has_still_names_its_job() -> None:
    """The job of that name in the same domain, without a run."""
    async with running("a", run("child", parent=RunLink("gone", "jobs", "two"))) as only, mesh_of(only) as mesh:
        latest = (await mesh.ask(LATEST))["job"]["latestRun"]
        assert latest["parent"] == {"run": None, "job": {"name": "two", "domain": {"name": "a"}}}


async def test_a_parent_may_be_in_a_domain_that_never_synced() -> None:
    """Then it is not known whether it exists, and that is an error."""
    absent = TellingAgent("b")
    await absent.start()
    await absent.stop()
    async with running("a", run("child", parent=RunLink("elsewhere"))) as only:
        agents = (f"a={only.url}", f"b={absent.url}")
        async with mesh_of(only, agents=agents) as mesh:
            data, errors = await mesh.failing(LATEST)
            assert data["job"]["latestRun"]["parent"] == {"run": None, "job": None}
            assert {each["extensions"]["code"] for each in errors} == {"DOMAIN_NEVER_SYNCED"}


async def test_a_dataset_that_has_not_arrived_yet_is_an_error_not_a_gap() -> None:
    """The agent is a moment ahead of the gateway."""
    async with running("a", run("r", inputs=(RunDataset(99),))) as only, mesh_of(only) as mesh:
        data, errors = await mesh.failing(LATEST)
        assert data["job"]["latestRun"]["inputs"] is None
        assert errors[0]["extensions"] == {"code": "MIRROR_BEHIND", "domain": "a"}


async def test_a_run_of_a_job_that_is_gone_is_left_out() -> None:
    """It has no place in the mesh any more."""
    parent = RunLink("orphan", "jobs", "nine")
    async with running("a", run("r", parent=parent), run("orphan", 9)) as only, mesh_of(only) as mesh:
        assert (await mesh.ask(LATEST))["job"]["latestRun"]["parent"] == {"run": None, "job": None}
