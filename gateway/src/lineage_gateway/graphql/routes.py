"""The route `/graphql`, over HTTP and over WebSocket, with everything behind it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import BaseRoute, Route, WebSocketRoute

from lineage_gateway.graphql.context import Sources
from lineage_gateway.graphql.http import HttpPolicy, View
from lineage_gateway.graphql.limits import QueryLimits
from lineage_gateway.graphql.subscriptions.delivery import HttpStreams
from lineage_gateway.graphql.subscriptions.hub import Hub
from lineage_gateway.graphql.subscriptions.limits import StreamLimits
from lineage_gateway.graphql.subscriptions.streams import Streams
from lineage_gateway.graphql.subscriptions.websocket import WebSockets
from lineage_shared.bearer import Keyring

PATH = "/graphql"


class Endpoint:
    """`/graphql` of one gateway. `sources` and `hub` are called once per operation, to see the present mesh."""

    def __init__(
        self,
        sources: Callable[[], Sources],
        hub: Callable[[], Hub],
        *,
        policy: HttpPolicy,
        limits: QueryLimits,
        streams: StreamLimits,
        keyring: Keyring,
    ) -> None:
        self._view = View(sources, policy, limits, incremental_delivery=streams.incremental_delivery)
        self.streams = Streams(self._view, hub, streams)
        self._view.streams = HttpStreams(self.streams, keyring)
        self._websockets = WebSockets(self.streams, keyring)

    @property
    def routes(self) -> list[BaseRoute]:
        """The routes for the application."""
        return [
            Route(PATH, self._view.__call__, methods=["GET", "POST"]),
            WebSocketRoute(PATH, self._websockets.__call__),
        ]

    async def drain(self) -> None:
        """End every stream: the process stops."""
        await self.streams.drain()
