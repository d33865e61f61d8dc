"""Who may open a WebSocket: browsers only from this host or configured origins, everybody only with a key, if any.

A browser lets any page open a WebSocket to any host, and no CORS rule stops it: the server must look at Origin. A key
comes as an Authorization header or, since browsers cannot send one, in the payload of `connection_init`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from lineage_shared.bearer import Keyring

ANY_ORIGIN = "*"


def origin_allowed(connection: HTTPConnection, origins: tuple[str, ...]) -> bool:
    """Tell whether the page that opens the connection may; what is no browser sends no Origin."""
    origin = connection.headers.get("origin")
    if origin is None or ANY_ORIGIN in origins:
        return True
    if origin.rstrip("/").lower() in {each.rstrip("/").lower() for each in origins}:
        return True
    return (
        bool(urlsplit(origin).netloc) and urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower()
    )


def authorization_in(payload: Mapping[str, Any] | None) -> str | None:
    """Return what `connection_init` says as Authorization, at its top or among its `headers`, in any case."""
    for given in (payload or {}, (payload or {}).get("headers")):
        if isinstance(given, Mapping):
            for name, value in given.items():
                if name.lower() == "authorization" and isinstance(value, str):
                    return value
    return None


def caller_of(connection: HTTPConnection, keyring: Keyring, authorization: str | None) -> str:
    """Return who asks: the key where there are keys, else the address."""
    if keyring and authorization:
        return hashlib.sha256(authorization.partition(" ")[2].strip().encode()).hexdigest()
    return connection.client.host if connection.client is not None else ""
