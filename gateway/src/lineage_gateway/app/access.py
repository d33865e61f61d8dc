"""The door: which requests need a bearer key, and which address may be listened on without one.

Everything needs a key once there are keys, but what the table of open routes names. The query page is open as well: it
holds nothing of the mesh, and a browser that opens an address sends no key; the page asks for one.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from lineage_gateway.app.errors import error_response
from lineage_gateway.registry import is_loopback
from lineage_shared.bearer import Keyring
from lineage_shared.errors import InvalidSetting, Unauthorized
from lineage_shared.settings import Resolved

OPEN_PATHS = frozenset({"/health/live", "/health/ready"})
PAGE_PATH = "/graphql"


class Door:
    """ASGI middleware that lets nobody in without a key of the keyring."""

    def __init__(self, app: ASGIApp, keyring: Keyring) -> None:
        self._app = app
        self._keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401."""
        if scope["type"] == "http" and not _is_open(request := Request(scope)):
            try:
                self._keyring.check(request.headers.get("authorization"))
            except Unauthorized as error:
                await error_response(error, scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_open(request: Request) -> bool:
    if request.url.path in OPEN_PATHS:
        return True
    wants_page = request.method == "GET" and not request.url.query and "text/html" in request.headers.get("accept", "")
    return wants_page and request.url.path == PAGE_PATH


def check_exposure(settings: Resolved, keyring: Keyring) -> None:
    """Refuse to listen beyond this machine without keys, unless that was asked for."""
    if keyring or settings.insecure_no_auth or is_loopback(settings.host):
        return
    raise InvalidSetting(
        f"host {settings.host} can be reached from other machines, and no keys are set",
        hint="set keys_file or LINEAGE_GATEWAY_KEYS, or allow it with --insecure-no-auth",
        code="KEYS_REQUIRED",
    )
