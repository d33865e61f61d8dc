"""Server-sent events, read incrementally: bytes in, events out, whatever the boundaries of the chunks.

Follows the WHATWG rules (LF, CR and CRLF end lines, a blank line ends an event, comments are skipped, the last id
stays), but also yields an event that has a name and no data, since a heartbeat needs none. `feed` turns events into
messages of the mesh protocol.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineage_shared.errors import ProtocolViolation

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its name (`message` where none is given), its data, and the last id seen so far."""

    name: str
    data: bytes
    id: str


class EventParser:
    """Holds what of the next event has arrived, at most `event_bytes_max` bytes."""

    def __init__(self, event_bytes_max: int) -> None:
        self._event_bytes_max = event_bytes_max
        self._tail: list[bytes] = []
        self._tail_bytes = 0
        self._after_cr = False
        self._first = True
        self._name = b""
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._id = ""

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Return the events that this chunk completes; raise `ProtocolViolation` for one that is too large."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if not chunk:
            return []
        self._after_cr = chunk.endswith(b"\r")
        lines = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        last = lines.pop()
        events = [event for line in lines if (event := self._line(self._whole(line))) is not None]
        self._tail.append(last)
        self._tail_bytes += len(last)
        self._check_size()
        return events

    def _whole(self, line: bytes) -> bytes:
        if self._tail:
            line = b"".join((*self._tail, line))
            self._tail.clear()
            self._tail_bytes = 0
        if self._first:
            self._first = False
            line = line.removeprefix(_BYTE_ORDER_MARK)
        return line

    def _line(self, line: bytes) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._data_bytes += len(value) + 1
            self._check_size()
        elif field == b"event":
            self._name = value
        elif field == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        return None

    def _dispatch(self) -> ServerEvent | None:
        if not self._name and not self._data:
            return None
        event = ServerEvent(self._name.decode("utf-8", "replace") or "message", b"\n".join(self._data), self._id)
        self._name, self._data, self._data_bytes = b"", [], 0
        return event

    def _check_size(self) -> None:
        if self._data_bytes + self._tail_bytes > self._event_bytes_max:
            raise ProtocolViolation(f"an event of the change feed is larger than {self._event_bytes_max} bytes")
