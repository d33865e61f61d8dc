"""Multipart responses: Apollo's subscriptions over HTTP, and incremental delivery.

https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol: each part of a
subscription is `{"payload": ...}`, `{}` is a sign of life, and `{"payload": null, "errors": [...]}` says why it ends.
Parts of incremental delivery are the payloads themselves. The delimiter follows every part at once, because clients
take a part as whole only when they have seen it.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from lineage_gateway.graphql.subscriptions.streams import Errors, refusal
from lineage_shared.errors import Unavailable

MULTIPART = "multipart/mixed"

_STOPPING = Unavailable("the gateway is stopping", hint="subscribe again", code="GATEWAY_STOPPING")


def _part(boundary: str, body: str) -> bytes:
    return f"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{body}\r\n--{boundary}".encode()


def _last(errors: Errors) -> str:
    return msgspec.json.encode({"payload": None, "errors": errors}).decode()


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Apollo's form of a subscription."""

    media_type: str = f'{MULTIPART}; boundary="graphql"; subscriptionSpec=1.0'
    begin: bytes = b"--graphql"
    alive: bytes = _part("graphql", "{}")
    end: bytes = b"--\r\n"
    stopped: bytes = (
        _part(
            "graphql",
            _last([{"message": _STOPPING.message, "extensions": {"code": _STOPPING.code, "hint": _STOPPING.hint}}]),
        )
        + b"--\r\n"
    )

    def payload(self, text: str) -> bytes:
        """Write one payload in its envelope."""
        return _part("graphql", f'{{"payload":{text}}}')

    def failed(self, errors: Errors) -> bytes:
        """Write the errors beside the envelope: they end the subscription."""
        return _part("graphql", _last(errors)) + self.end


@dataclass(frozen=True, slots=True)
class Incremental:
    """Payloads as they are: the parts of a query, or the results of a subscription without Apollo's envelope."""

    media_type: str = f'{MULTIPART}; boundary="-"'
    begin: bytes = b"---"
    alive: bytes = b""
    end: bytes = b"--\r\n"
    stopped: bytes = b"--\r\n"

    def payload(self, text: str) -> bytes:
        """Write one part."""
        return _part("-", text)

    def failed(self, errors: Errors) -> bytes:
        """Write the errors as the last part."""
        return self.payload(refusal(errors)) + self.end
