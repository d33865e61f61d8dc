"""`/health/live` and `/health/ready`: open to everybody, and empty of anything but states.

Live: the process answers. Ready: every configured domain has synced or has been given up on for now, and the process is
not stopping. A gateway with a dead agent is ready: its answers say what is missing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lineage_gateway import __version__
from lineage_gateway.app.gateway import Gateway
from lineage_gateway.sync import DomainState


class Health:
    """Answers for one process; `draining` is set once, when the server begins to stop."""

    def __init__(self, gateway: Callable[[], Gateway], end_streams: Callable[[], Awaitable[None]]) -> None:
        self._gateway = gateway
        self._end_streams = end_streams
        self.draining = False

    async def drain(self) -> None:
        """Take no more requests, and end the answers that would never end by themselves."""
        self.draining = True
        await self._end_streams()

    async def live(self, _: Request) -> Response:
        """Answer 200."""
        return JSONResponse({"status": "LIVE"})

    async def ready(self, _: Request) -> Response:
        """Answer 200 when requests may come, else 503; the body names each domain with its status and why."""
        gateway = self._gateway()
        state = "DRAINING" if self.draining else "READY" if gateway.followers.ready else "SYNCING"
        error, problem = gateway.registry.error, gateway.declaring.problem
        body: dict[str, Any] = {
            "status": state,
            "version": __version__,
            "registry_error": error.message if error is not None else None,
            "declarations_error": problem.message if problem is not None else None,
            "domains": {name: _shown(each) for name, each in gateway.followers.statuses().items()},
        }
        if state == "READY":
            return JSONResponse(body)
        message = {"DRAINING": "the gateway is stopping", "SYNCING": "waiting for the first sync of the domains"}[state]
        return JSONResponse({"code": state, "message": message, **body}, 503, {"Retry-After": "1"})


def _shown(state: DomainState) -> dict[str, Any]:
    return {
        "status": state.status.value,
        "message": state.message or None,
        "sequence": state.position.sequence if state.position is not None else None,
        "staleness_s": round(state.staleness_s, 1) if state.staleness_s is not None else None,
    }
