"""What subscribers may take up: the limits, and the count of what each caller holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from lineage_gateway.graphql.subscriptions.hub import HubLimits
from lineage_shared.errors import Unavailable
from lineage_shared.settings import Resolved

RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """The settings of the same names say what each is."""

    keep_alive_s: float = 10.0
    websocket_init_s: float = 3.0
    connections_max: int = 2000
    subscriptions_per_connection_max: int = 1000
    subscriptions_per_caller_max: int = 5000
    subscription_interval_ms: int = 50
    watches_max: int = 1000
    incremental_delivery: bool = False
    websocket_origins: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Resolved) -> StreamLimits:
        """Take the limits from the settings."""
        return cls(**{each.name: getattr(settings, each.name) for each in fields(cls)})

    @property
    def hub(self) -> HubLimits:
        """The limits of the hub."""
        return HubLimits(self.subscription_interval_ms, self.watches_max)


class Callers:
    """Counts what each caller holds. A caller is a bearer key or, without keys, an address."""

    def __init__(self, per_caller_max: int) -> None:
        self._most = per_caller_max
        self._held: Counter[str] = Counter()

    @property
    def held(self) -> int:
        """How many there are in all."""
        return self._held.total()

    @contextmanager
    def holding(self, caller: str) -> Iterator[None]:
        """Count one more until the block ends; raise `Unavailable` beyond the limit."""
        if self._held[caller] >= self._most:
            raise Unavailable(
                f"this caller has {self._most} subscriptions already",
                hint="end some of them first",
                code="TOO_MANY_SUBSCRIPTIONS",
                retry_after_s=RETRY_AFTER_S,
            )
        self._held[caller] += 1
        try:
            yield
        finally:
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]
