"""`/metrics` for Prometheus: read from the parts at the moment of the scrape, so that nothing is counted twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from lineage_gateway.app.gateway import Gateway
from lineage_gateway.graphql import Callers
from lineage_gateway.sync import Counts, DomainState, DomainStatus

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_GRAPHQL_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

# name, help, what to read of a domain's state; None = no sample
_GAUGES: tuple[tuple[str, str, Callable[[DomainState], float | None]], ...] = (
    ("staleness_seconds", "Age of the domain's last message.", lambda state: state.staleness_s),
    ("lag_seconds", "How far the agent's projection is behind its record.", lambda state: state.lag_s),
    ("dead_letters", "Events that the agent could not project.", lambda state: state.dead_letters),
    (
        "sequence",
        "Sequence of the domain's mirror.",
        lambda state: state.position.sequence if state.position is not None else None,
    ),
)
_COUNTERS: tuple[tuple[str, str, Callable[[Counts], int]], ...] = (
    ("connects_failed", "Sessions with the agent that failed.", lambda counts: counts.connects_failed),
    ("snapshots", "Snapshots swapped in.", lambda counts: counts.snapshots),
    ("resets", "Times the agent did not know our position.", lambda counts: counts.resets),
    ("commits", "Commits applied.", lambda counts: counts.commits),
)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self, gateway: Callable[[], Gateway], callers: Callers) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_GatewayCollector(gateway, callers))
        ProcessCollector(registry=self._registry)
        self.graphql_seconds = Histogram(
            "lineage_gateway_graphql_seconds",
            "Time to answer one GraphQL request.",
            registry=self._registry,
            buckets=_GRAPHQL_SECONDS,
        )

    async def show(self, _: Request) -> Response:
        """Answer in the text format."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE)


class _GatewayCollector(Collector):
    def __init__(self, gateway: Callable[[], Gateway], callers: Callers) -> None:
        self._gateway = gateway
        self._callers = callers

    def describe(self) -> list[Metric]:
        """Describe nothing, so that registering does not look at a gateway that is not open yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read everything anew."""
        gateway = self._gateway()
        states = gateway.followers.statuses()
        yield from _domains(states)
        for name, text, count_of in _COUNTERS:
            counter = CounterMetricFamily(f"lineage_gateway_domain_{name}", text, labels=["domain"])
            for domain, counts in gateway.followers.counts().items():
                counter.add_metric([domain], count_of(counts))
            yield counter
        yield from _mesh(gateway)
        yield from _subscriptions(gateway, self._callers)


def _domains(states: dict[str, DomainState]) -> Iterator[Metric]:
    status = GaugeMetricFamily(
        "lineage_gateway_domain_status", "1 for the present status.", labels=["domain", "status"]
    )
    for domain, state in states.items():
        for each in DomainStatus:
            status.add_metric([domain, each.value], float(state.status is each))
    yield status
    for name, text, value_of in _GAUGES:
        gauge = GaugeMetricFamily(f"lineage_gateway_domain_{name}", text, labels=["domain"])
        for domain, state in states.items():
            value = value_of(state)
            if value is not None:
                gauge.add_metric([domain], value)
        yield gauge


def _subscriptions(gateway: Gateway, callers: Callers) -> Iterator[Metric]:
    yield GaugeMetricFamily("lineage_gateway_subscriptions", "Open subscriptions.", value=callers.held)
    yield GaugeMetricFamily("lineage_gateway_watches", "Different walks subscribed to.", value=gateway.hub.watches)
    yield CounterMetricFamily("lineage_gateway_watch_walks", "Walks made for subscriptions.", value=gateway.hub.walks)


def _mesh(gateway: Gateway) -> Iterator[Metric]:
    counts = gateway.keeper.mesh.counts
    for name, value in (("datasets", counts.datasets), ("jobs", counts.jobs), ("edges", counts.edges)):
        yield GaugeMetricFamily(f"lineage_gateway_mesh_{name}", f"Current {name} in the mesh.", value=value)
    error = gateway.registry.error is not None
    yield GaugeMetricFamily("lineage_gateway_registry_error", "1 while the registry file cannot be used.", value=error)
    unread = gateway.declaring.problem is not None
    what = "1 while the file of declarations cannot be used."
    yield GaugeMetricFamily("lineage_gateway_declarations_error", what, value=unread)
