"""Subscriptions over HTTP: server-sent events and multipart, byte by byte, and who gets which."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from lineage_shared.model import Step
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.graphql.federation import job
from tests.gateway.graphql.subscriptions.serving import WAIT_S, Served, served
from tests.gateway.sync.following import NAMESPACE, dataset, datasets

STATUSES = "subscription { domainStatusChanged { name status } }"
LIVE = {"data": {"domainStatusChanged": {"name": "sales", "status": "LIVE"}}}
MESH = "{ mesh { datasets } }"
SSE = "text/event-stream"
JSON = "application/json"
MODERN = "application/graphql-response+json"
APOLLO = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'
URQL = f"{MODERN}, application/graphql+json, {JSON}, {SSE}, multipart/mixed"


@pytest.fixture
async def gateway() -> AsyncIterator[Served]:
    """One domain of three datasets."""
    async with FakeAgent("sales", datasets(3)) as sales, served(sales) as running:
        yield running


@asynccontextmanager
async def streaming(gateway: Served, query: str, accept: str, **body: Any) -> AsyncIterator[httpx2.Response]:
    """A response that is read while it comes."""
    headers = {"accept": accept}
    async with gateway.http.stream("POST", "/graphql", json={"query": query, **body}, headers=headers) as response:
        yield response


async def read_until(chunks: AsyncIterator[bytes], end: bytes) -> bytes:
    """Read until something has come."""
    found = b""
    async with asyncio.timeout(WAIT_S):
        while end not in found:
            found += await anext(chunks)
    return found


async def whole(gateway: Served, query: str, accept: str, **body: Any) -> httpx2.Response:
    """A response that ends by itself."""
    return await gateway.http.post("/graphql", json={"query": query, **body}, headers={"accept": accept})


async def test_events_of_a_subscription(gateway: Served) -> None:
    """The exact bytes: a comment, then an event `next` for each result, lines ended by LF."""
    async with streaming(gateway, STATUSES, SSE) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert "content-length" not in response.headers
        text = await read_until(response.aiter_raw(), b"}}}\n\n")
        assert text == b":\n\nevent: next\ndata: " + json.dumps(LIVE, separators=(",", ":")).encode() + b"\n\n"


async def test_a_query_as_events(gateway: Served) -> None:
    """A client that prefers events gets them for a query too: one result, then `complete`."""
    response = await whole(gateway, MESH, SSE)
    assert response.text == ':\n\nevent: next\ndata: {"data":{"mesh":{"datasets":3}}}\n\nevent: complete\ndata:\n\n'


@pytest.mark.parametrize("query", ["{ nothing }", "{", "subscription { nothing }"])
async def test_errors_as_events(gateway: Served, query: str) -> None:
    """An operation that may not run is a result with errors, so that event clients can read it."""
    response = await whole(gateway, query, SSE)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert '"errors":[' in response.text
    assert response.text.endswith("event: complete\ndata:\n\n")


async def test_a_subscription_to_nothing_as_events(gateway: Served) -> None:
    """So is one whose asset is not there."""
    response = await whole(gateway, 'subscription { lineageChanged(of: {id: "x"}) { version } }', SSE)
    assert "ASSET_NOT_FOUND" in response.text
    assert response.text.endswith("event: complete\ndata:\n\n")


async def test_a_subscription_by_get(gateway: Served) -> None:
    """Browsers' EventSource sends GET."""
    async with gateway.http.stream("GET", "/graphql", params={"query": STATUSES}, headers={"accept": SSE}) as response:
        assert await read_until(response.aiter_raw(), b"}}}\n\n")


CHOICES = [
    (MESH, JSON, JSON),
    (MESH, "*/*", JSON),
    (MESH, f"{JSON}, {SSE}", JSON),
    (MESH, URQL, MODERN),
    (MESH, f"{SSE};q=0.5, {JSON}", JSON),
    (MESH, f"{SSE}, {JSON};q=0.9", SSE),
    (MESH, f"{SSE}, {JSON}", SSE),
    (MESH, f"{SSE}, */*;q=0.1", SSE),
    (MESH, APOLLO, JSON),
    (STATUSES, SSE, SSE),
    (STATUSES, URQL, SSE),
    (STATUSES, f"{JSON}, {SSE};q=0.1", SSE),
    (STATUSES, APOLLO, "multipart/mixed"),
    (STATUSES, f"multipart/mixed;subscriptionSpec=1.0;q=0.5, {SSE}", SSE),
    ("{ nothing }", URQL, MODERN),
]


@pytest.mark.parametrize(("query", "accept", "media"), CHOICES)
async def test_who_gets_which(gateway: Served, query: str, accept: str, media: str) -> None:
    """JSON first where it is listed first; a stream only where it is named; a subscription always as a stream."""
    async with streaming(gateway, query, accept) as response:
        assert response.headers["content-type"].partition(";")[0] == media


@pytest.mark.parametrize("accept", [JSON, "*/*", MODERN, "text/*", f"{SSE};q=0"])
async def test_a_plain_request_for_a_subscription_names_the_transports(gateway: Served, accept: str) -> None:
    """A subscription has no single answer: the error says how to ask."""
    response = await whole(gateway, STATUSES, accept)
    assert response.status_code == 406
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "SUBSCRIPTION_NEEDS_STREAM"
    for transport in ("graphql-transport-ws", "text/event-stream", "multipart/mixed"):
        assert transport in error["extensions"]["hint"]


async def test_parts_of_a_subscription() -> None:
    """Apollo's form: a part at once, `{}` as a sign of life, each payload in its envelope."""
    async with (
        FakeAgent("sales", datasets(1)) as sales,
        served(sales, keep_alive_s=0.1) as gateway,
        streaming(gateway, STATUSES, APOLLO) as response,
    ):
        assert response.headers["content-type"] == 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0'
        chunks = response.aiter_raw()
        text = await read_until(chunks, b"{}\r\n--graphql")
        payload = json.dumps({"payload": LIVE}, separators=(",", ":")).encode()
        head = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
        assert text.startswith(b"--graphql" + head + payload + b"\r\n--graphql" + head + b"{}\r\n--graphql")
        gateway.stop()
        last = await read_until(chunks, b"--graphql--\r\n")
        assert b'{"payload":null,"errors":[{"message":"the gateway is stopping"' in last


async def test_parts_without_the_envelope(gateway: Served) -> None:
    """A client that names plain multipart/mixed gets the results themselves."""
    async with streaming(gateway, STATUSES, "multipart/mixed") as response:
        assert response.headers["content-type"] == 'multipart/mixed; boundary="-"'
        text = await read_until(response.aiter_raw(), b"}}}\r\n---")
        assert text.startswith(b"---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{")


async def test_errors_of_a_multipart_subscription(gateway: Served) -> None:
    """What may not run is answered as JSON; what cannot be subscribed to, as the last part."""
    response = await whole(gateway, "subscription { nothing }", APOLLO)
    assert response.headers["content-type"] == JSON
    response = await whole(gateway, 'subscription { lineageChanged(of: {id: "x"}) { version } }', APOLLO)
    assert '{"payload":null,"errors":[' in response.text
    assert response.text.endswith("--graphql--\r\n")


async def test_signs_of_life_are_comments() -> None:
    """While nothing happens a comment keeps proxies from closing."""
    async with (
        FakeAgent("sales", datasets(1)) as sales,
        served(sales, keep_alive_s=0.1) as gateway,
        streaming(gateway, STATUSES, SSE) as response,
    ):
        chunks = response.aiter_raw()
        await read_until(chunks, b"}}}\n\n")
        assert await read_until(chunks, b":\n\n:\n\n") == b":\n\n:\n\n"


async def test_stopping_cuts_events_off_without_complete() -> None:
    """A client takes that for a lost connection, and connects again: `retry` says when."""
    async with (
        FakeAgent("sales", datasets(1)) as sales,
        served(sales) as gateway,
        streaming(gateway, STATUSES, SSE) as response,
    ):
        chunks = response.aiter_raw()
        await read_until(chunks, b"}}}\n\n")
        gateway.stop()
        rest = b"".join([chunk async for chunk in chunks])
        assert b"retry: " in rest
        assert b"complete" not in rest


async def test_a_client_that_leaves_is_forgotten(gateway: Served) -> None:
    """Closing the connection ends the subscription."""
    async with streaming(gateway, STATUSES, SSE) as response:
        chunks = response.aiter_raw()
        await read_until(chunks, b"}}}\n\n")
        assert await gateway.metric("lineage_gateway_subscriptions") == 1
    await gateway.until_unsubscribed()


async def test_a_caller_has_its_limit() -> None:
    """Beyond it the request is refused with 503, before any stream begins."""
    async with (
        FakeAgent("sales", datasets(1)) as sales,
        served(sales, subscriptions_per_caller_max=1) as gateway,
        streaming(gateway, STATUSES, SSE) as first,
    ):
        chunks = first.aiter_raw()
        await read_until(chunks, b"}}}\n\n")
        second = await whole(gateway, STATUSES, SSE)
        assert second.status_code == 503
        assert second.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"


async def test_connections_have_a_limit() -> None:
    """Streams over HTTP and WebSockets count together."""
    async with (
        FakeAgent("sales", datasets(1)) as sales,
        served(sales, connections_max=1) as gateway,
        streaming(gateway, STATUSES, SSE) as first,
    ):
        chunks = first.aiter_raw()
        await read_until(chunks, b"}}}\n\n")
        second = await whole(gateway, STATUSES, SSE)
        assert second.status_code == 503
        assert second.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_CONNECTIONS"
        assert (await whole(gateway, MESH, JSON)).status_code == 200


async def test_a_walk_that_grows_too_large_ends_with_an_error() -> None:
    """The last result says why."""
    query = f"""subscription {{ lineageChanged(of: {{dataset: {{namespace: "{NAMESPACE}", name: "shop.t1"}}}}) {{
        addedNodes {{ name }} }} }}"""
    async with (
        FakeAgent("sales", datasets(1)) as sales,
        served(sales, limit_max=1) as gateway,
        streaming(gateway, query, SSE) as response,
    ):
        chunks = response.aiter_raw()
        await read_until(chunks, b"shop.t1")
        sales.commit(nodes=[dataset(2), job(3, "airflow", "load", Step((1,), (2,)))])
        assert b"WALK_TOO_LARGE" in await read_until(chunks, b"event: complete")


DEFER = '{ mesh { datasets } ... @defer(label: "later") { domains { name } } }'
STREAM = "{ domains @stream(initialCount: 0) { name } }"


@pytest.mark.parametrize("query", [DEFER, STREAM])
async def test_incremental_delivery_is_off(gateway: Served, query: str) -> None:
    """Without the setting the schema does not know the directives."""
    body = (await whole(gateway, query, "multipart/mixed, application/json")).json()
    assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_deferred_parts_come_later() -> None:
    """With it, the answer comes in parts over multipart and over SSE, in the newer format."""
    async with FakeAgent("sales", datasets(2)) as sales, served(sales, incremental_delivery=True) as gateway:
        response = await whole(gateway, DEFER, "multipart/mixed, application/json")
        assert response.headers["content-type"] == 'multipart/mixed; boundary="-"'
        parts = [json.loads(part.split("\r\n\r\n")[1]) for part in response.text.split("---")[1:-1]]
        assert parts[0]["data"] == {"mesh": {"datasets": 2}}
        assert parts[0]["pending"] == [{"id": "0", "path": [], "label": "later"}]
        assert parts[0]["hasNext"]
        assert parts[-1]["incremental"] == [{"id": "0", "data": {"domains": [{"name": "sales"}]}}]
        assert parts[-1]["completed"] == [{"id": "0"}]
        assert not parts[-1]["hasNext"]
        assert response.text.endswith("-----\r\n")
        events = (await whole(gateway, STREAM, f"{JSON}, {SSE}")).text
        assert events.count("event: next") >= 2
        assert '"pending":[' in events
        assert events.endswith("event: complete\ndata:\n\n")


async def test_deferring_for_who_cannot_read_parts() -> None:
    """A client of JSON alone, or of the older format, is told; documents without the directives are as ever."""
    async with served(incremental_delivery=True) as gateway:
        for accept in (JSON, "multipart/mixed;deferSpec=20220824, application/json"):
            response = await whole(gateway, DEFER, accept)
            assert response.status_code == 406
            assert response.json()["errors"][0]["extensions"]["code"] == "INCREMENTAL_NEEDS_STREAM"
        off = DEFER.replace("@defer(", "@defer(if: false, ")
        assert "errors" not in (await whole(gateway, off, JSON)).json()
        plain = await whole(gateway, MESH, "multipart/mixed, application/json")
        assert plain.json()["data"] == {"mesh": {"datasets": 0}}
