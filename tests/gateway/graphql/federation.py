"""Three small domains whose tables connect, and a gateway over them: shop -> warehouse -> ml.

    shop       orders, order_lines --load_orders--> s3 orders/daily
    warehouse  s3 orders/daily --build (step 0)--> customer_orders;  raw_payments --build (step 1)--> payments_daily
    ml         customer_orders --train--> model churn

All three report a local file of one name, and shop and ml a job of one name: both are ambiguous without a domain.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.applications import Starlette

from lineage_gateway.app import build
from lineage_gateway.config import load
from lineage_gateway.registry import Registry
from lineage_shared.bearer import Keyring
from lineage_shared.ids import asset_id
from lineage_shared.model import Kind, NodeRecord, Owner, Revisions, RunState, Step, Volatile
from lineage_shared.wire import (
    Assertion,
    ColumnEdge,
    FacetsDetail,
    LifecycleChange,
    RunDataset,
    RunDetail,
    RunErrorDetail,
    RunLink,
    SchemaDetail,
    SchemaField,
    SchemaVersion,
    SourceCodeDetail,
)
from tests.gateway.graphql.telling_agent import TellingAgent

SHOP = "postgres://shop-db:5432"
LAKE = "s3://lake"
WAREHOUSE = "snowflake://acme-wh"
MODELS = "mlflow://models"
FILES = "file"
SEEN_US = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""


def dataset(number: int, namespace: str, name: str, **more: Any) -> NodeRecord:
    """A dataset whose details are of revision 1."""
    more.setdefault("revisions", Revisions(topology=1, schema=1, columns=1, facets=1))
    return NodeRecord(number, Kind.DATASET, namespace, name, **more)


def job(number: int, namespace: str, name: str, *steps: Step, **more: Any) -> NodeRecord:
    """A job with its steps, all edges seen once."""
    inputs = tuple(sorted({each for step in steps for each in step.inputs}))
    outputs = tuple(sorted({each for step in steps for each in step.outputs}))
    seen = Volatile(
        state=RunState.COMPLETE,
        updated_us=SEEN_US,
        inputs_last_seen_us=(SEEN_US,) * len(inputs),
        outputs_last_seen_us=(SEEN_US,) * len(outputs),
    )
    return NodeRecord(
        number,
        Kind.JOB,
        namespace,
        name,
        steps=steps,
        inputs=inputs,
        outputs=outputs,
        inputs_first_seen_us=(SEEN_US,) * len(inputs),
        outputs_first_seen_us=(SEEN_US,) * len(outputs),
        revisions=Revisions(topology=1, runs=1, facets=1),
        volatile=seen,
        **more,
    )


def shop_agent() -> TellingAgent:
    """The domain where it begins."""
    agent = TellingAgent("shop")
    agent.commit(
        nodes=[
            dataset(
                1,
                SHOP,
                "shop.public.orders",
                type="TABLE",
                tags=("pii",),
                owners=(Owner("team:checkout", "MAINTAINER"),),
            ),
            dataset(2, SHOP, "shop.public.order_lines", type="TABLE"),
            job(3, "airflow", "load_orders", Step((1, 2), (4,)), type="BATCH", integration="AIRFLOW"),
            dataset(4, LAKE, "orders/daily"),
            dataset(5, FILES, "/tmp/data.csv"),
            job(6, "default", "etl"),
        ]
    )
    agent.schemas[1] = SchemaDetail(
        fields=(SchemaField("id", "bigint", "the key"), SchemaField("email", "text", tags=("pii",), masked=True)),
        versions=(
            SchemaVersion("v2", SEEN_US + 5, SEEN_US + 9, (SchemaField("id"), SchemaField("email"))),
            SchemaVersion("v1", SEEN_US, SEEN_US + 4, (SchemaField("id"),)),
        ),
    )
    agent.schemas[4] = SchemaDetail(fields=(SchemaField("order_id", "bigint"),))
    agent.facets[1] = FacetsDetail(
        facets={"schema": {"fields": []}, "custom": {"n": 1}},
        description="one row per order",
        quality=(Assertion("not_null", success=True, column="id", at_us=SEEN_US),),
        lifecycle=(LifecycleChange("CREATE", SEEN_US), LifecycleChange("TRUNCATE", SEEN_US + 1)),
    )
    agent.facets[3] = FacetsDetail(
        sql="select 1", source_code=SourceCodeDetail(type="git", url="https://example.com/x", version="abc")
    )
    agent.columns[4] = (ColumnEdge(1, "id", "order_id", "DIRECT", "IDENTITY", job=3),)
    agent.runs = [_run("s-3", 3, 30, RunState.FAIL), _run("s-2", 3, 20), _run("s-1", 3, 10)]
    return agent


def warehouse_agent() -> TellingAgent:
    """The domain in the middle: one job of two steps."""
    agent = TellingAgent("warehouse")
    agent.commit(
        nodes=[
            dataset(1, LAKE, "orders/daily"),
            job(2, "dbt", "build", Step((1,), (3,)), Step((5,), (4,)), type="BATCH"),
            dataset(3, WAREHOUSE, "wh.marts.customer_orders"),
            dataset(4, WAREHOUSE, "wh.marts.payments_daily"),
            dataset(5, WAREHOUSE, "wh.raw.payments"),
            dataset(6, FILES, "/tmp/data.csv"),
        ]
    )
    agent.columns[3] = (
        ColumnEdge(1, "order_id", "order_key", "DIRECT", "TRANSFORMATION", job=2),
        ColumnEdge(1, "region", "", "INDIRECT", "FILTER", job=2),
    )
    agent.runs = [
        RunDetail(
            run_id="w-1",
            job=2,
            state=RunState.COMPLETE,
            started_us=SEEN_US,
            ended_us=SEEN_US + 60_000_000,
            nominal_start="2026-01-01T00:00:00Z",
            parent=RunLink("s-2", "airflow", "load_orders"),
            root=RunLink("nowhere"),
            inputs=(RunDataset(1, row_count="12345678901234567890"),),
            outputs=(RunDataset(3, version="7"),),
            facets={"nominalTime": {}, "custom": {"a": 1}},
        )
    ]
    return agent


def ml_agent() -> TellingAgent:
    """The domain where it ends."""
    agent = TellingAgent("ml")
    agent.commit(
        nodes=[
            dataset(1, WAREHOUSE, "wh.marts.customer_orders"),
            job(2, "training", "train", Step((1,), (3,)), type="BATCH"),
            dataset(3, MODELS, "churn", type="MODEL"),
            job(4, "default", "etl"),
            dataset(5, FILES, "/tmp/data.csv"),
        ]
    )
    agent.columns[3] = (ColumnEdge(1, "order_key", "feature", "DIRECT", "AGGREGATION", masking=True, job=2),)
    return agent


def _run(run_id: str, number: int, at: int, state: RunState = RunState.COMPLETE) -> RunDetail:
    error = RunErrorDetail("boom", "python") if state is RunState.FAIL else None
    return RunDetail(
        run_id=run_id, job=number, state=state, started_us=SEEN_US + at, ended_us=SEEN_US + at, error=error
    )


ORDERS = asset_id(Kind.DATASET, SHOP, "shop.public.orders", None)
DAILY = asset_id(Kind.DATASET, LAKE, "orders/daily", None)
CUSTOMER_ORDERS = asset_id(Kind.DATASET, WAREHOUSE, "wh.marts.customer_orders", None)
CHURN = asset_id(Kind.DATASET, MODELS, "churn", None)
LOAD_ORDERS = asset_id(Kind.JOB, "airflow", "load_orders", "shop")
BUILD = asset_id(Kind.JOB, "dbt", "build", "warehouse")
TRAIN = asset_id(Kind.JOB, "training", "train", "ml")


@dataclass(frozen=True)
class Mesh:
    """A gateway in this process, and the agents behind it."""

    http: httpx2.AsyncClient
    agents: dict[str, TellingAgent]

    async def post(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send an operation; return the whole response body."""
        response = await self.http.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send an operation that must go well; return its data."""
        body = await self.post(query, **variables)
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    async def failing(self, query: str, **variables: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Send an operation with failing fields; return data and errors."""
        body = await self.post(query, **variables)
        return body["data"], body["errors"]

    def posts(self) -> dict[str, list[str]]:
        """Which calls each agent has been asked, and forget them."""
        asked = {name: [path for path, _ in agent.posts] for name, agent in self.agents.items()}
        for agent in self.agents.values():
            agent.posts.clear()
        return asked

    async def until(self, **statuses: str) -> None:
        """Wait until the domains have these statuses."""
        async with asyncio.timeout(10):
            while True:
                domains = (await self.ask("{ domains { name status } }"))["domains"]
                found = {each["name"]: each["status"] for each in domains}
                if all(found.get(name) == status for name, status in statuses.items()):
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def mesh_of(*agents: TellingAgent, keys: Keyring | None = None, **settings: Any) -> AsyncIterator[Mesh]:
    """A gateway that has synced with all agents that answer."""
    flags = {"agents": tuple(f"{agent.domain}={agent.url}" for agent in agents), **settings}
    app, _ = build(Registry(lambda: load(flags, {})), keys or Keyring())
    async with _running(app), _client(app) as http:
        mesh = Mesh(http, {agent.domain: agent for agent in agents})
        if keys is None:
            await mesh.until(**{agent.domain: "LIVE" for agent in agents if agent.port})
        yield mesh


@asynccontextmanager
async def _running(app: Starlette) -> AsyncIterator[None]:
    async with app.router.lifespan_context(app):
        yield


def _client(app: Starlette) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://gateway", timeout=20)


@asynccontextmanager
async def federation(**settings: Any) -> AsyncIterator[Mesh]:
    """The three domains and their gateway, all synced."""
    agents = (shop_agent(), warehouse_agent(), ml_agent())
    await asyncio.gather(*(agent.start() for agent in agents))
    try:
        async with mesh_of(*agents, **settings) as mesh:
            yield mesh
    finally:
        await asyncio.gather(*(agent.stop() for agent in agents))
