"""`POST /api/v1/lineage` and `/api/v1/lineage/batch`: what producers send (OPENLINEAGE.md sections 1 to 3).

The answer comes after the commit. Its `Lineage-Position` header, `EPOCH.SEQUENCE`, names the place of the event in the
order of projection: `GET /mesh/v1/about?wait=EPOCH.SEQUENCE` answers once readers see it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lineage_agent.ingest import BodyReader, Ingest
from lineage_agent.rest.metrics import Metrics
from lineage_agent.store import Receipt, Store
from lineage_shared.errors import LineageError

log = logging.getLogger(__name__)

POSITION_HEADER = "Lineage-Position"


class LineageRoutes:
    """The routes for producers."""

    def __init__(self, store: Store, ingest: Ingest, bodies: BodyReader, metrics: Metrics) -> None:
        self._store = store
        self._ingest = ingest
        self._bodies = bodies
        self._metrics = metrics

    async def event(self, request: Request) -> Response:
        """Answer 201 without a body, once the event is durable."""
        try:
            async with self._bodies.read(request.headers, request.receive) as body:
                with self._metrics.appending():
                    receipt = await self._ingest.event(body)
        except LineageError as error:
            self._refused(error.code, error.message)
            raise
        self._metrics.accepted([receipt])
        return Response(status_code=201, headers=self._position([receipt]))

    async def batch(self, request: Request) -> Response:
        """Answer 200 with what became of each event, once those that can be read are durable."""
        try:
            async with self._bodies.read(request.headers, request.receive) as body:
                with self._metrics.appending():
                    result = await self._ingest.batch(body)
        except LineageError as error:
            self._refused(error.code, error.message)
            raise
        self._metrics.accepted(result.receipts)
        for each in result.failed_events:
            self._refused(each.code, each.reason)
        answer = msgspec.json.encode(result.as_json())
        return Response(answer, 200, self._position(result.receipts), "application/json")

    def _refused(self, code: str, reason: str) -> None:
        self._metrics.rejected(code)
        log.info("refused an event: %s (%s)", reason, code)

    def _position(self, receipts: Sequence[Receipt]) -> dict[str, str]:
        if not receipts:
            return {}
        last = max(receipt.event_id for receipt in receipts)
        return {POSITION_HEADER: f"{self._store.position.epoch}.{last}"}
