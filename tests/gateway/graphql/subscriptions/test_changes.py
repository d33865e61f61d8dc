"""Changes of real agents, as subscribers see them through real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from gql import Client as GqlClient
from gql import gql
from gql.transport.websockets import WebsocketsTransport

from lineage_shared.model import NodeRecord, RunState, Step, Volatile
from lineage_shared.wire import Touch
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.graphql.federation import SEEN_US, SHOP, job, shop_agent
from tests.gateway.graphql.subscriptions.serving import Client, Served, client, served
from tests.gateway.sync.following import NAMESPACE, dataset

NODE = "id kind namespace name domain type tags state updatedAt distance upstreamCount downstreamCount redacted"
EDGE = "source target steps origin domains firstSeen"
OF = f'{{dataset: {{namespace: "{NAMESPACE}", name: "shop.t1"}}}}'
FOLLOW = f"""subscription {{ lineageChanged(of: {OF}, direction: DOWNSTREAM, depth: 5) {{
  version complete domains {{ domain status }} addedNodes {{ {NODE} }} removedNodes changedNodes {{ {NODE} }}
  addedEdges {{ {EDGE} }} removedEdges {{ {EDGE} }} }} }}"""
ASK = f"""{{ lineage(of: {OF}, direction: DOWNSTREAM, depth: 5) {{
  nodes {{ {NODE} }} edges {{ {EDGE} }} complete domains {{ domain status }} }} }}"""


def first() -> list[NodeRecord]:
    """T1 -> job 3 -> t2, and t4 beside them."""
    return [dataset(1), dataset(2), job(3, "airflow", "load", Step((1,), (2,))), dataset(4)]


@pytest.fixture
async def sales() -> AsyncIterator[FakeAgent]:
    """An agent that a test changes."""
    async with FakeAgent("sales", first()) as agent:
        yield agent


@pytest.fixture
async def gateway(sales: FakeAgent) -> AsyncIterator[Served]:
    """A gateway over it."""
    async with served(sales, subscription_interval_ms=0) as running:
        yield running


class Picture:
    """What a client has put together."""

    def __init__(self) -> None:
        self.nodes: dict[str, Any] = {}
        self.edges: dict[tuple[str, str], Any] = {}
        self.change: dict[str, Any] = {}

    def apply(self, change: dict[str, Any]) -> None:
        """Apply one message: take away, then add."""
        self.change = change
        for asset_id in change["removedNodes"]:
            del self.nodes[asset_id]
        for edge in change["removedEdges"]:
            del self.edges[edge["source"], edge["target"]]
        for node in change["addedNodes"]:
            assert node["id"] not in self.nodes
        for node in (*change["addedNodes"], *change["changedNodes"]):
            self.nodes[node["id"]] = node
        for edge in change["addedEdges"]:
            self.edges[edge["source"], edge["target"]] = edge

    def is_like(self, lineage: dict[str, Any]) -> bool:
        """Tell whether a query answers the same."""
        return (
            self.nodes == {node["id"]: node for node in lineage["nodes"]}
            and self.edges == {(edge["source"], edge["target"]): edge for edge in lineage["edges"]}
            and [self.change["complete"], self.change["domains"]] == [lineage["complete"], lineage["domains"]]
        )


async def asked(gateway: Served) -> dict[str, Any]:
    """What a query says now."""
    lineage: dict[str, Any] = (await gateway.http.post("/graphql", json={"query": ASK})).json()["data"]["lineage"]
    return lineage


async def follow(ws: Client, picture: Picture, gateway: Served) -> None:
    """Take messages, one at least, until the picture is what a query says."""
    async with asyncio.timeout(10):
        picture.apply((await ws.data())["lineageChanged"])
        while not picture.is_like(await asked(gateway)):
            picture.apply((await ws.data())["lineageChanged"])


async def test_what_is_told_adds_up_to_what_is_asked(gateway: Served, sales: FakeAgent) -> None:
    """Through additions, changes and removals, the picture of a subscriber is the answer to a query."""
    picture = Picture()
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(FOLLOW)
        await follow(ws, picture, gateway)
        assert len(picture.nodes) == 3
        assert picture.change["removedNodes"] == []

        sales.commit(nodes=[job(3, "airflow", "load", Step((1,), (2, 4)))])
        await follow(ws, picture, gateway)
        assert [node["name"] for node in picture.change["addedNodes"]] == ["shop.t4"]
        assert len(picture.change["addedEdges"]) == 1
        assert picture.change["removedEdges"] == []

        sales.commit(nodes=[job(3, "airflow", "load", Step((1,), (4,)))])
        await follow(ws, picture, gateway)
        assert len(picture.change["removedNodes"]) == len(picture.change["removedEdges"]) == 1

        sales.commit(gone=[3])
        await follow(ws, picture, gateway)
        assert [node["name"] for node in picture.nodes.values()] == ["shop.t1"]


async def test_a_run_changes_its_job_only(gateway: Served, sales: FakeAgent) -> None:
    """A new state of a run is a changed node; the edges, seen once more, are not told again."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(FOLLOW)
        await ws.data()
        failed = Volatile(RunState.FAIL, SEEN_US + 1_000_000, (SEEN_US + 9,), (SEEN_US + 9,))
        sales.commit(touched=[Touch(number=3, volatile=failed)])
        change = (await ws.data())["lineageChanged"]
        assert [(node["name"], node["state"]) for node in change["changedNodes"]] == [("load", "FAIL")]
        assert change["changedNodes"][0]["updatedAt"] == "2026-01-01T00:00:01Z"
        assert [change[name] for name in ("addedNodes", "removedNodes", "addedEdges", "removedEdges")] == [[]] * 4


async def test_a_change_elsewhere_is_not_told(gateway: Served, sales: FakeAgent) -> None:
    """What the walk does not reach does not concern its subscribers."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(FOLLOW)
        await ws.data()
        sales.commit(nodes=[dataset(5), job(6, "airflow", "other", Step((4,), (5,)))])
        assert await ws.quiet()


async def test_a_lost_domain_makes_the_walk_incomplete(sales: FakeAgent) -> None:
    """When an agent dies the subscriber is told, and again when it is back."""
    flags = "staleness_bound_s", "live_within_s", "backoff_s_max"
    limits: dict[str, Any] = dict(zip(flags, (0.2, 25.0, 0.1), strict=True))
    async with served(sales, **limits) as gateway, client(gateway) as ws:
        await ws.init()
        await ws.subscribe("subscription { domainStatusChanged { name status } }", operation="d")
        assert (await ws.data("d"))["domainStatusChanged"]["status"] == "LIVE"
        async with client(gateway) as walks:
            await walks.init()
            await walks.subscribe(FOLLOW)
            assert (await walks.data())["lineageChanged"]["complete"]
            await sales.stop()
            seen: list[str] = []
            while seen[-1:] != ["UNREACHABLE"]:
                seen.append((await ws.data("d"))["domainStatusChanged"]["status"])
            changes = [(await walks.data())["lineageChanged"]]
            while changes[-1]["complete"]:
                changes.append((await walks.data())["lineageChanged"])
            assert not any(change["addedNodes"] or change["removedNodes"] for change in changes)
            await sales.start()
            while not changes[-1]["complete"]:
                changes.append((await walks.data())["lineageChanged"])
            while seen[-1] != "LIVE":
                seen.append((await ws.data("d"))["domainStatusChanged"]["status"])


async def test_a_thousand_subscribers(gateway: Served, sales: FakeAgent) -> None:
    """All get every change, and each change is walked once."""
    connections, each = 5, 200
    async with asyncio.timeout(60):
        clients = [client(gateway) for _ in range(connections)]
        opened = [await one.__aenter__() for one in clients]
        try:
            for ws in opened:
                await ws.init()
                for number in range(each):
                    await ws.subscribe(FOLLOW, operation=str(number))
                for _ in range(each):
                    assert (await ws.receive())["type"] == "next"
            assert await gateway.metric("lineage_gateway_subscriptions") == connections * each
            assert await gateway.metric("lineage_gateway_watches") == 1
            before = await gateway.metric("lineage_gateway_watch_walks_total")
            for change in range(1, 4):
                sales.commit(nodes=[replace_type(dataset(2), f"v{change}")])
                for ws in opened:
                    messages = [await ws.receive() for _ in range(each)]
                    assert {message["id"] for message in messages} == {str(number) for number in range(each)}
                    types = {
                        message["payload"]["data"]["lineageChanged"]["changedNodes"][0]["type"] for message in messages
                    }
                    assert types == {f"v{change}"}
            assert await gateway.metric("lineage_gateway_watch_walks_total") == before + 3
        finally:
            for one in clients:
                await one.__aexit__(None, None, None)
    await gateway.until_unsubscribed()


def replace_type(record: NodeRecord, kind: str) -> NodeRecord:
    """The same dataset, of another type."""
    return NodeRecord(record.number, record.kind, record.namespace, record.name, type=kind)


async def test_a_slow_reader_gets_the_newest_state(sales: FakeAgent) -> None:
    """A client that does not read holds up nobody and nothing; when it reads, what it gets adds up."""
    wide = [dataset(1), *(dataset(number) for number in range(10, 210))]
    sales.commit(nodes=[*wide, job(3, "airflow", "load", Step((1,), tuple(range(10, 210))))])
    async with (
        served(sales, subscription_interval_ms=0, keep_alive_s=100) as gateway,
        client(gateway, max_queue=1, compression=None, max_size=None) as slow,
        client(gateway, compression=None, max_size=None) as quick,
    ):
        for ws in (slow, quick):
            await ws.init()
            await ws.subscribe(FOLLOW)
        read, held_up = Picture(), Picture()
        rounds = 40
        for change in range(rounds):
            text = f"v{change}-" + "x" * 3000
            sales.commit(nodes=[replace_type(each, text) for each in wide])
            while not read.nodes or text not in {node["type"] for node in read.nodes.values()}:
                read.apply((await quick.data())["lineageChanged"])
        messages = 0
        while held_up.nodes != read.nodes:
            held_up.apply((await slow.data())["lineageChanged"])
            messages += 1
        assert messages < rounds
        assert held_up.is_like(await asked(gateway))


async def test_details_of_a_changed_asset(gateway: Served, sales: FakeAgent) -> None:
    """Fields of the asset itself are of the version that the message is about."""
    query = (
        f"subscription {{ lineageChanged(of: {OF}) {{ addedNodes {{ name asset {{ name domains {{ name }} }} }} }} }}"
    )
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(query)
        added = (await ws.data())["lineageChanged"]["addedNodes"]
        assert [node["asset"]["name"] for node in added] == [node["name"] for node in added]
        assert added[0]["asset"]["domains"] == [{"name": "sales"}]


async def test_details_are_asked_for_once() -> None:
    """Fields that need an agent are fetched once for all subscribers with the same selection."""
    query = f"""subscription {{ lineageChanged(of: {{dataset: {{namespace: "{SHOP}", name: "shop.public.orders"}}}},
      depth: 0) {{ addedNodes {{ asset {{ description ... on Dataset {{ columns {{ name }} }} }} }} }} }}"""
    async with shop_agent() as shop, served(shop) as gateway, client(gateway) as ws:
        await ws.init()
        for number in range(20):
            await ws.subscribe(query, operation=str(number))
        for _ in range(20):
            (added,) = (await ws.receive())["payload"]["data"]["lineageChanged"]["addedNodes"]
            assert added["asset"]["description"] == "one row per order"
            assert [column["name"] for column in added["asset"]["columns"]] == ["id", "email"]
        assert len(shop.posts) == 1


async def test_the_public_python_client(gateway: Served, sales: FakeAgent) -> None:
    """`gql` queries and subscribes over its WebSocket transport."""
    transport = WebsocketsTransport(url=gateway.ws_url, connect_args={"proxy": None})
    async with GqlClient(transport=transport, fetch_schema_from_transport=False) as session:
        assert await session.execute(gql("{ mesh { datasets } }")) == {"mesh": {"datasets": 3}}
        picture = Picture()
        async for result in session.subscribe(gql(FOLLOW)):
            picture.apply(result["lineageChanged"])
            if len(picture.nodes) == 4:
                break
            sales.commit(nodes=[job(3, "airflow", "load", Step((1,), (2, 4)))])
        assert picture.is_like(await asked(gateway))


async def test_events_over_http_add_up_too(gateway: Served, sales: FakeAgent) -> None:
    """The same messages travel as server-sent events."""
    picture = Picture()
    body = {"query": FOLLOW}
    async with gateway.http.stream("POST", "/graphql", json=body, headers={"accept": "text/event-stream"}) as response:
        async for line in response.aiter_lines():
            if not line.startswith("data: "):
                continue
            picture.apply(json.loads(line[6:])["data"]["lineageChanged"])
            if len(picture.nodes) == 4:
                break
            sales.commit(nodes=[job(3, "airflow", "load", Step((1,), (2, 4)))])
    assert picture.is_like(await asked(gateway))
