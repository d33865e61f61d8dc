"""Health, for every state that a server can be in."""

from __future__ import annotations

from typing import cast

import pytest
from starlette.requests import Request

from lineage_agent.rest.health import Health
from lineage_agent.store import Store


class StoreInState:
    """A store as health looks at it."""

    def __init__(self, *, ready: bool = True, rebuilding: tuple[int, int] | None = None) -> None:
        self.ready = ready
        self.rebuilding = rebuilding


@pytest.mark.parametrize(
    ("store", "draining", "state", "live", "ready"),
    [
        (StoreInState(), False, "READY", 200, 200),
        (StoreInState(ready=False, rebuilding=(1, 2)), False, "REBUILDING", 200, 200),
        (StoreInState(ready=False), False, "FAILED", 503, 503),
        (StoreInState(), True, "DRAINING", 200, 503),
    ],
)
async def test_states(store: StoreInState, draining: bool, state: str, live: int, ready: int) -> None:
    """A dead writer wants a restart, draining wants no new work, rebuilding takes events."""
    health = Health(cast("Store", store))
    if draining:
        health.draining.set()
    request = Request({"type": "http"})
    assert health.state == state
    answers = (await health.live(request), await health.ready(request))
    assert tuple(answer.status_code for answer in answers) == (live, ready)
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
