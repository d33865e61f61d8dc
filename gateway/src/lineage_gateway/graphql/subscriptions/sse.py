"""Server-sent events, as graphql-sse has them in its distinct connections mode; lines end with LF.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md: one event `next` per payload, then one `complete`. A
stream that ends without `complete` was cut off, and its client connects again.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineage_gateway.graphql.subscriptions.streams import Errors, refusal

EVENT_STREAM = "text/event-stream"
RECONNECT_MS = 1000


@dataclass(frozen=True, slots=True)
class ServerSentEvents:
    """Events of one operation on one connection."""

    media_type: str = f"{EVENT_STREAM}; charset=utf-8"
    begin: bytes = b":\n\n"
    alive: bytes = b":\n\n"
    end: bytes = b"event: complete\ndata:\n\n"
    stopped: bytes = f": the gateway is stopping\nretry: {RECONNECT_MS}\n\n".encode()

    def payload(self, text: str) -> bytes:
        """Write one event; JSON text holds no line ends."""
        return f"event: next\ndata: {text}\n\n".encode()

    def failed(self, errors: Errors) -> bytes:
        """Write the errors as the last payload."""
        return self.payload(refusal(errors)) + self.end
