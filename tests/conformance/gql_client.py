"""Python's gql, over each of its HTTP transports and over WebSocket, as its documentation sets it up."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.requests import RequestsHTTPTransport
from gql.transport.websockets import WebsocketsTransport

from tests.conformance.reporting import check

ENDPOINT = os.environ.get("GATEWAY_URL", "") + "/graphql"
SOCKET = ENDPOINT.replace("http", "ws", 1)
ORDERS = {"namespace": "postgres://crm-db.acme.example:5432", "name": "crm.public.orders"}
OF: dict[str, Any] = {"of": {"dataset": ORDERS}}
LINEAGE = """query Lineage($of: AssetRef!) {
  lineage(of: $of, direction: DOWNSTREAM, depth: 10) { nodes { name } complete } }"""
CHANGED = """subscription Changed($of: AssetRef!) {
  lineageChanged(of: $of, direction: DOWNSTREAM) { version addedNodes { name } removedNodes complete } }"""

Made = Callable[[], Any]
"""Makes a transport; gql's transports are used once."""

ASYNC: dict[str, Made] = {
    "HTTP by aiohttp": lambda: AIOHTTPTransport(url=ENDPOINT),
    "HTTP by httpx": lambda: HTTPXAsyncTransport(url=ENDPOINT, trust_env=False),
    "WebSocket by websockets": lambda: WebsocketsTransport(url=SOCKET),
    "WebSocket by aiohttp": lambda: AIOHTTPWebsocketsTransport(url=SOCKET),
}
SOCKETS: tuple[str, ...] = ("WebSocket by websockets", "WebSocket by aiohttp")


def _is_whole(data: dict[str, Any]) -> None:
    lineage = data["lineage"]
    assert lineage["complete"], lineage
    assert "churn_model" in {node["name"] for node in lineage["nodes"]}


async def _query(transport: Any) -> None:
    async with Client(transport=transport) as session:
        _is_whole(await session.execute(gql(LINEAGE), variable_values=OF))


async def _query_with_schema(transport: Any) -> None:
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        _is_whole(await session.execute(gql(LINEAGE), variable_values=OF))


async def _error(transport: Any) -> None:
    async with Client(transport=transport) as session:
        errors: list[Any] | None = None
        try:
            await session.execute(gql('{ search(query: "x", domains: ["none"]) { totalCount } }'))
        except TransportQueryError as error:
            errors = error.errors
        assert errors, "no error"
        assert errors[0]["extensions"]["code"] == "DOMAIN_NOT_FOUND", errors


async def _subscription(transport: Any) -> None:
    async with Client(transport=transport) as session:
        job = ""
        async for data in session.subscribe(gql(CHANGED), variable_values=OF):
            names = {node["name"] for node in data["lineageChanged"]["addedNodes"]}
            if not job:
                assert ORDERS["name"] in names, names
                job = await asyncio.to_thread(_change)
            elif job in names:
                return


async def _sync_query() -> None:
    def ask() -> None:
        with Client(transport=RequestsHTTPTransport(url=ENDPOINT), fetch_schema_from_transport=True) as session:
            _is_whole(session.execute(gql(LINEAGE), variable_values=OF))

    await asyncio.to_thread(ask)


def _change() -> str:
    """One more job reads the orders; its name."""
    job = f"conformance_{uuid4()}"
    event = {
        "eventType": "COMPLETE",
        "eventTime": datetime.now(UTC).isoformat(),
        "producer": "https://example.com/conformance",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid4())},
        "job": {"namespace": "conformance", "name": job},
        "inputs": [ORDERS],
        "outputs": [{"namespace": ORDERS["namespace"], "name": f"crm.public.{job}"}],
    }
    headers = {"content-type": "application/json"}
    url = os.environ["AGENT_SALES_URL"] + "/api/v1/lineage"
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(event).encode(), headers), timeout=10):
        return job


async def main() -> None:
    """Try each transport."""
    for name, made in ASYNC.items():
        await check(f"{name}: a query", lambda made=made: _query(made()))  # type: ignore[misc]
        await check(f"{name}: the schema by introspection", lambda made=made: _query_with_schema(made()))  # type: ignore[misc]
        await check(f"{name}: an error with its code", lambda made=made: _error(made()))  # type: ignore[misc]
    for name in SOCKETS:
        await check(f"{name}: a subscription", lambda made=ASYNC[name]: _subscription(made()))  # type: ignore[misc]
    await check("HTTP by requests: a query", _sync_query)


if __name__ == "__main__":
    asyncio.run(main())
