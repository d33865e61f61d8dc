"""The routes of a gateway: open doors and closed ones, readiness, metrics, and one shape of errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from lineage_gateway.app import build
from lineage_gateway.app.access import check_exposure
from lineage_gateway.config import keyring, load
from lineage_gateway.registry import Registry
from lineage_shared.errors import InvalidSetting, Unavailable
from tests.gateway import fake_agent
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.sync.following import datasets

KEY = "correct-horse-battery"
BEARER = {"authorization": f"Bearer {KEY}"}


@asynccontextmanager
async def gateway(
    *agents: FakeAgent, key: str = "", draining: bool = False, **flags: Any
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a gateway over these agents, in this process, its lifespan run as a server would."""
    named = tuple(f"{agent.domain}={agent.url}" for agent in agents)
    environ = {"LINEAGE_GATEWAY_KEYS": key} if key else {}
    registry = Registry(lambda: load({"agents": named, "backoff_s_min": 0.02, "deadline_s": 1.0, **flags}, environ))
    app, health = build(registry, keyring(registry.settings))
    health.draining = draining
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield client


async def until_ready(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Wait until the gateway is ready; return what it says."""
    async with asyncio.timeout(10):
        while (answer := await client.get("/health/ready")).status_code != 200:
            assert answer.status_code == 503
            await asyncio.sleep(0.01)
    body: dict[str, Any] = answer.json()
    return body


async def test_ready_names_every_domain() -> None:
    """Readiness turns 200 when every domain has synced or was given up on, and says how each one stands."""
    dead = FakeAgent("hr")
    async with dead:
        pass
    async with FakeAgent("sales", datasets(2)) as sales, gateway(sales, dead) as client:
        body = await until_ready(client)
        assert body["status"] == "READY"
        assert body["domains"]["sales"]["status"] == "LIVE"
        assert body["domains"]["sales"]["sequence"] == 1
        assert body["domains"]["hr"]["status"] == "NEVER_SYNCED"
        assert "cannot connect" in body["domains"]["hr"]["message"]


async def test_not_ready_while_syncing() -> None:
    """A hanging agent holds readiness up, while the process is alive."""
    async with FakeAgent("sales") as sales:
        sales.faults["/about"] = fake_agent.hanging()
        async with gateway(sales) as client:
            answer = await client.get("/health/ready")
            assert (answer.status_code, answer.json()["code"]) == (503, "SYNCING")
            assert answer.headers["retry-after"] == "1"
            assert (await client.get("/health/live")).json() == {"status": "LIVE"}


async def test_not_ready_while_draining() -> None:
    """From the moment of stopping on the gateway is not ready."""
    async with gateway() as client:
        assert (await until_ready(client))["domains"] == {}
    async with gateway(draining=True) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "DRAINING")


async def test_metrics_tell_of_domains_and_mesh() -> None:
    """Statuses, counts and sizes are there in the text format of Prometheus."""
    async with FakeAgent("sales", datasets(3)) as sales, gateway(sales) as client:
        await until_ready(client)
        await client.post("/graphql", json={"query": "{ mesh { datasets } }"})
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = answer.text.splitlines()
        assert 'lineage_gateway_domain_status{domain="sales",status="LIVE"} 1.0' in lines
        assert 'lineage_gateway_domain_snapshots_total{domain="sales"} 1.0' in lines
        assert 'lineage_gateway_domain_sequence{domain="sales"} 1.0' in lines
        assert "lineage_gateway_mesh_datasets 3.0" in lines
        assert "lineage_gateway_graphql_seconds_count 1.0" in lines


async def test_metrics_without_a_sync() -> None:
    """A domain of which nothing is known has a status, and no made-up numbers."""
    async with FakeAgent("sales") as sales:
        sales.faults["/about"] = fake_agent.hanging()
        async with gateway(sales) as client:
            text = (await client.get("/metrics")).text
            assert 'status="NEVER_SYNCED"} 1.0' in text
            assert "lineage_gateway_domain_sequence{" not in text


@pytest.mark.parametrize("path", ["/graphql", "/metrics", "/", "/graphql/", "/health/ready/", "/health"])
@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong-wrong-wrong-wrong"}, {"authorization": KEY}])
async def test_everything_but_health_needs_the_key(path: str, header: dict[str, str]) -> None:
    """With keys set, nothing is answered without one, not even that a route does not exist."""
    async with gateway(key=KEY) as client:
        for answer in (await client.get(path, headers=header), await client.post(path, headers=header)):
            assert answer.status_code == 401
            assert answer.json()["code"] == "UNAUTHORIZED"
            assert answer.headers["www-authenticate"].startswith("Bearer")
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200


async def test_the_key_opens() -> None:
    """With the key, queries and metrics are answered."""
    async with gateway(key=KEY) as client:
        answer = await client.post("/graphql", json={"query": "{ mesh { datasets } }"}, headers=BEARER)
        assert answer.json()["data"] == {"mesh": {"datasets": 0}}
        assert (await client.get("/metrics", headers=BEARER)).status_code == 200


async def test_the_page_is_open_but_no_query() -> None:
    """A browser gets the page without a key; a query in the address, or any other method, does not get through."""
    async with gateway(key=KEY) as client:
        html = {"accept": "text/html,*/*"}
        page = await client.get("/graphql", headers=html)
        assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
        for answer in (
            await client.get("/graphql?query={mesh{datasets}}", headers=html),
            await client.get("/graphql?x", headers=html),
            await client.post("/graphql", headers=html, json={"query": "{ mesh { datasets } }"}),
            await client.get("/metrics", headers=html),
        ):
            assert answer.status_code == 401


async def test_a_refusal_is_a_graphql_error_too() -> None:
    """On /graphql a missing key reads as a GraphQL error as well."""
    async with gateway(key=KEY) as client:
        body = (await client.post("/graphql", json={"query": "{ mesh { datasets } }"})).json()
        assert body["errors"][0]["extensions"]["code"] == body["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "ROUTE_NOT_FOUND"),
        ("GET", "/graphql/", 404, "ROUTE_NOT_FOUND"),
        ("POST", "/health/live", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/graphql", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_errors_are_json(method: str, path: str, status: int, code: str) -> None:
    """An unknown route or method is answered in the one error shape."""
    async with gateway() as client:
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["message"]
        assert ("allow" in answer.headers) == (status == 405)


async def test_a_defect_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that is no error of ours tells nothing but that it happened."""
    async with gateway() as client:
        monkeypatch.setattr("lineage_gateway.sync.Followers.statuses", lambda _: 1 / 0)
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
        assert "ZeroDivision" not in answer.text


async def test_a_known_error_keeps_its_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of ours that a route lets through is answered with its status, code, hint and headers."""

    def busy(_: object) -> None:
        raise Unavailable("not now", hint="later", retry_after_s=7)

    async with gateway() as client:
        monkeypatch.setattr("lineage_gateway.sync.Followers.statuses", busy)
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
        assert answer.json() == {"code": "UNAVAILABLE", "message": "not now", "hint": "later"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "gateway.example"])
def test_other_machines_need_keys(host: str) -> None:
    """An address beyond loopback is refused without keys, unless that was asked for."""
    settings = load({"host": host}, {}).settings
    with pytest.raises(InvalidSetting, match="no keys are set"):
        check_exposure(settings, keyring(settings))
    allowed = load({"host": host, "insecure_no_auth": True}, {}).settings
    check_exposure(allowed, keyring(allowed))
    keyed = load({"host": host}, {"LINEAGE_GATEWAY_KEYS": KEY}).settings
    check_exposure(keyed, keyring(keyed))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_needs_none(host: str) -> None:
    """Loopback alone may be served without keys."""
    settings = load({"host": host}, {}).settings
    check_exposure(settings, keyring(settings))
