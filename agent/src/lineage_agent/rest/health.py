"""`/health/live` and `/health/ready`, open to everybody: they tell nothing about the domain.

Live: the process answers and its writer lives; a dead writer wants a restart. Ready: it takes events, which it does
while rebuilding too; from SIGTERM on it is not ready, so that no new work is sent while the rest is finished. A disk
that refuses changes neither: reading goes on, producers are told 503 one by one, and it heals without a restart.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lineage_agent.store import Store


class Health:
    """What the server is up to. `draining` is set once, when the server begins to stop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.draining = asyncio.Event()

    @property
    def state(self) -> str:
        """READY, REBUILDING (events are taken, the mesh protocol waits), DRAINING or FAILED."""
        if self.draining.is_set():
            return "DRAINING"
        if self._store.rebuilding:
            return "REBUILDING"
        return "READY" if self._store.ready else "FAILED"

    async def live(self, _: Request) -> Response:
        """Answer 200, or 503 when only a restart can help."""
        if self.state == "FAILED":
            return _unavailable("FAILED", "the writer of the store has died; see the log")
        return JSONResponse({"status": "LIVE"})

    async def ready(self, _: Request) -> Response:
        """Answer 200, or 503 while draining and after a failure."""
        state = self.state
        if state == "DRAINING":
            return _unavailable(state, "the agent is stopping")
        if state == "FAILED":
            return _unavailable(state, "the writer of the store has died; see the log")
        return JSONResponse({"status": state})


def _unavailable(code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, 503, {"Retry-After": "1"})
