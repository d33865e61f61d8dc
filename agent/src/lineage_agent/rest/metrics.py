"""`/metrics` for Prometheus: what came in, what was refused and why, how far the projection is, who listens.

The registry is the agent's own. Gauges are read when somebody scrapes; nothing is sampled in between, but for the time
from an answer to its projection, of which at most one is being taken at any moment.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from lineage_agent.feed import Feed
from lineage_agent.store import Receipt, Store
from lineage_shared.errors import Unavailable

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts what passes through the routes, and reads the rest off store and feed."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self._store = store
        self._registry = CollectorRegistry()
        self._registry.register(_Readings(store, feed))
        self._rejected = Counter(
            "lineage_agent_events_rejected", "Events and bodies refused, by code.", ["code"], registry=self._registry
        )
        self._append_s = Histogram(
            "lineage_agent_append_seconds", "From a read body to its answer.", buckets=_SECONDS, registry=self._registry
        )
        self._projection_s = Histogram(
            "lineage_agent_projection_seconds",
            "From an answer to the projection of its event (a sample of them).",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._sampling: asyncio.Task[None] | None = None

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Measure the storing of one body."""
        with self._append_s.time():
            yield

    def accepted(self, receipts: Sequence[Receipt]) -> None:
        """Note what was stored."""
        fresh = [receipt.event_id for receipt in receipts if not receipt.duplicate]
        if fresh and (self._sampling is None or self._sampling.done()):
            self._sampling = asyncio.create_task(self._sample(max(fresh)))

    def rejected(self, code: str) -> None:
        """Note a refusal."""
        self._rejected.labels(code).inc()

    async def answer(self, _: Request) -> Response:
        """Answer the text that Prometheus scrapes."""
        return Response(generate_latest(self._registry), 200, {"Content-Type": CONTENT_TYPE})

    async def _sample(self, event_id: int) -> None:
        began = time.monotonic()
        with suppress(Unavailable):  # the store is closing
            await self._store.projected(event_id)
            self._projection_s.observe(time.monotonic() - began)


class _Readings(Collector):
    """What store and feed can tell at any moment."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self._store = store
        self._feed = feed

    def collect(self) -> Iterator[Metric]:
        gauges = self._store.gauges
        prefix = "lineage_agent_"
        yield CounterMetricFamily(f"{prefix}events_stored", "Events stored since the start.", gauges.appended)
        yield CounterMetricFamily(f"{prefix}events_duplicate", "Events that were known already.", gauges.duplicates)
        yield CounterMetricFamily(f"{prefix}events_projected", "Events projected since the start.", gauges.projected)
        yield GaugeMetricFamily(f"{prefix}queue_events", "Events waiting to be stored.", gauges.queued_events)
        yield GaugeMetricFamily(f"{prefix}pending_events", "Durable events, not yet projected.", gauges.pending)
        yield GaugeMetricFamily(f"{prefix}lag_seconds", "Age of the oldest pending event.", gauges.lag_s)
        yield GaugeMetricFamily(f"{prefix}dead_letters", "Events that could not be projected.", gauges.dead_letters)
        yield GaugeMetricFamily(f"{prefix}store_faulty", "1 while the disk refuses.", float(bool(gauges.fault)))
        yield GaugeMetricFamily(f"{prefix}rebuilding", "1 while being rebuilt.", float(bool(self._store.rebuilding)))
        yield GaugeMetricFamily(f"{prefix}subscribers", "Open change feeds.", self._feed.subscribers)
        yield GaugeMetricFamily(f"{prefix}sequence", "Sequence of the position.", self._store.position.sequence)
