"""Joining the parts: a registry -> the ASGI application, whose lifespan opens and closes everything."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from prometheus_client import Histogram
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lineage_gateway import graphql, rest
from lineage_gateway.app.access import Door
from lineage_gateway.app.errors import EXCEPTION_HANDLERS
from lineage_gateway.app.gateway import Gateway, open_gateway
from lineage_gateway.app.health import Health
from lineage_gateway.app.metrics import Metrics
from lineage_gateway.registry import Registry
from lineage_shared.bearer import Keyring


def build(registry: Registry, keyring: Keyring) -> tuple[Starlette, Health]:
    """Return the application, and the health that its server reports to."""
    opened: list[Gateway] = []

    def gateway() -> Gateway:
        return opened[-1]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_gateway(registry) as parts:
            opened.append(parts)
            yield

    endpoint = _endpoint(registry, gateway, keyring)
    health, metrics = Health(gateway, endpoint.drain), Metrics(gateway, endpoint.streams.callers)
    app = Starlette(
        routes=[
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            Route("/metrics", metrics.show),
            *endpoint.routes,
            *_rest_routes(registry, gateway, keyring),
        ],
        middleware=[
            Middleware(Door, keyring=keyring),
            Middleware(_Timed, path="/graphql", seconds=metrics.graphql_seconds),
        ],
        exception_handlers=dict(EXCEPTION_HANDLERS),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app, health


def _endpoint(registry: Registry, gateway: Callable[[], Gateway], keyring: Keyring) -> graphql.Endpoint:
    settings = registry.settings
    return graphql.Endpoint(
        lambda: gateway().sources(),
        lambda: gateway().hub,
        policy=graphql.HttpPolicy.of(settings),
        limits=graphql.QueryLimits.of(settings),
        streams=graphql.StreamLimits.of(settings),
        keyring=keyring,
    )


def _rest_routes(registry: Registry, gateway: Callable[[], Gateway], keyring: Keyring) -> list[Route]:
    return rest.routes(
        lambda: gateway().sources(),
        rest.RestLimits.of(registry.settings),
        locked=lambda door: bool(keyring) and bool(door),
    )


class _Timed:
    """ASGI middleware that measures how long the answers of one path take."""

    def __init__(self, app: ASGIApp, path: str, seconds: Histogram) -> None:
        self._app = app
        self._path = path
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        began_s = time.perf_counter()

        async def timed(message: Message) -> None:
            # The headers go out when the answer is there; a subscription's body may go on for days.
            if message["type"] == "http.response.start":
                self._seconds.observe(time.perf_counter() - began_s)
            await send(message)

        await self._app(scope, receive, timed)
