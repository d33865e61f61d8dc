"""Doors: who may use a route. A door is looked at before the body is read.

A door with keys asks for one of them. A door without keys stands open to whatever reaches the address, and on a
developer's machine that includes the browser, which posts to any address on behalf of any page: so such a door takes no
POST from a page of another site. What carries a key is no such post, since a browser never adds one by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from lineage_agent.config import Keys
from lineage_shared.bearer import Keyring
from lineage_shared.errors import Forbidden

Endpoint = Callable[[Request], Awaitable[Response]]

_OWN_SITES = frozenset({"same-origin", "none"})


class Door(StrEnum):
    """Which keys open a route."""

    OPEN = "open"
    INGEST = "ingest"
    MESH = "mesh"


class Doorkeeper:
    """Holds the keys of the doors. `keys` may be replaced at any time; the next request meets the new ones."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def behind(self, door: Door, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that only who may pass the door reaches."""

        async def guarded(request: Request) -> Response:
            ring = self._ring(door)
            ring.check(request.headers.get("authorization"))
            if not ring and request.method == "POST":
                check_site(request.headers)
            return await endpoint(request)

        return guarded

    def locks(self, door: str) -> bool:
        """Tell whether a door asks for a key now."""
        return bool(self._ring(Door(door)))

    def _ring(self, door: Door) -> Keyring:
        return {Door.OPEN: Keyring(), Door.INGEST: self.keys.ingest, Door.MESH: self.keys.mesh}[door]


def check_site(headers: Headers) -> None:
    """Raise `Forbidden` (CROSS_SITE) for what a browser sends on behalf of a page of another site."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    own = origin is None or origin.partition("://")[2] == headers.get("host")
    if not own or site not in _OWN_SITES:
        raise Forbidden(
            f"a page of another site ({(origin or site)[:80]}) may not post to an agent without keys",
            hint="set ingest_keys and mesh_keys, and send one of them",
            code="CROSS_SITE",
        )
