"""What a trivial query costs, next to plain Strawberry over the same schema.

    python -m tests.benchmarks.graphql_trivial [--requests 2000] [--rounds 7]

Both are called as ASGI applications in one process, with one and the same context, in turns. Printed is the CPU time of
one request, the best round of each, and the ratio of the two.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message
from strawberry.asgi import GraphQL

from lineage_gateway.details import Details
from lineage_gateway.graphql import QueryLimits, Sources
from lineage_gateway.graphql.assets import asset_at
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.http import HttpPolicy, View
from lineage_gateway.graphql.schema import _built
from lineage_gateway.lineage import Limits
from lineage_gateway.mesh import MeshKeeper

QUERIES = ("{ __typename }", "{ mesh { datasets jobs edges } }")
RATIO_MAX = 0.25

Call = Callable[[], Awaitable[bytes]]


class Plain(GraphQL[Operation, None]):
    """Strawberry's own view, with nothing changed but the context."""

    def __init__(self, sources: Callable[[], Sources]) -> None:
        super().__init__(_built())
        self._sources = sources

    async def get_context(self, request: Any, response: Any) -> Operation:
        """Return what our own view gives its resolvers."""
        return Operation(self._sources(), asset_at)


def caller(app: ASGIApp, query: str) -> Call:
    """Return a function that sends a query to an ASGI application, and returns the body of the answer."""
    body = msgspec.json.encode({"query": query})
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", b"application/json"),
            (b"accept", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
    }

    async def call() -> bytes:
        parts: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            parts.append(message.get("body", b""))

        await app(dict(scope), receive, send)
        return b"".join(parts)

    return call


async def cpu_s(call: Call, requests: int) -> float:
    """Return the CPU time of one request."""
    began = time.process_time()
    for _ in range(requests):
        await call()
    return (time.process_time() - began) / requests


async def measured(query: str, requests: int, rounds: int) -> tuple[float, float]:
    """Return the CPU time of one request in seconds: ours, and plain Strawberry's."""
    mesh = MeshKeeper().mesh
    async with Details(lambda _: None, entries_max=0, bytes_max=0) as details:

        def sources() -> Sources:
            return Sources(mesh=mesh, states={}, domains={}, details=details, limits=Limits())

        view = View(sources, HttpPolicy(), QueryLimits())
        ours = caller(Starlette(routes=[Route("/graphql", view.__call__, methods=["GET", "POST"])]), query)
        plain_app = Starlette()
        plain_app.mount("/", Plain(sources))
        plain = caller(plain_app, query)
        answers = [msgspec.json.decode(await call())["data"] for call in (ours, plain)]
        if answers[0] != answers[1]:
            raise AssertionError(answers)
        times = [(await cpu_s(ours, requests), await cpu_s(plain, requests // 4)) for _ in range(rounds)]
    return min(each[0] for each in times), min(each[1] for each in times)


def main() -> int:
    """Measure and print; fail when the ratio is above the bound."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.graphql_trivial")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    worst = 0.0
    for query in QUERIES:
        ours, plain = asyncio.run(measured(query, arguments.requests, arguments.rounds))
        worst = max(worst, ours / plain)
        print(f"{query:35} ours {ours * 1e3:.3f} ms, plain {plain * 1e3:.3f} ms CPU, ratio {ours / plain:.3f}")
    print(f"{'worst ratio':35} {worst:.3f}, at most {RATIO_MAX}")
    return int(worst > RATIO_MAX)


if __name__ == "__main__":
    sys.exit(main())
