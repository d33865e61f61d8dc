"""Reading what the mesh protocol streams: snapshots and server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import httpx2
import msgspec

from lineage_shared import blocks
from lineage_shared.model import NodeRecord
from lineage_shared.wire import NodeBlock, SnapshotHeader, SnapshotTrailer

JSON = {"accept": "application/json"}


@dataclass
class ReadSnapshot:
    """A snapshot as a gateway would read it."""

    header: SnapshotHeader
    records: list[NodeRecord]
    trailer: SnapshotTrailer

    @property
    def position(self) -> str:
        """Where the changes begin."""
        return self.header.position

    def find(self, name: str) -> NodeRecord:
        """The one node with this name."""
        (found,) = (record for record in self.records if record.name == name)
        return found


def read_snapshot(client: httpx2.Client, **headers: str) -> ReadSnapshot:
    """Fetch a snapshot and check it against its trailer."""
    response = client.get("/mesh/v1/snapshot", headers=headers)
    assert response.status_code == 200, response.text
    as_json = "json" in response.headers["content-type"]
    bodies = response.content.splitlines() if as_json else list(_frames(response.content))
    decode = msgspec.json.decode if as_json else msgspec.msgpack.decode
    header = decode(bodies[0], type=SnapshotHeader)
    trailer = decode(bodies[-1], type=SnapshotTrailer)
    records = [record for body in bodies[1:-1] for record in blocks.unpack(decode(body, type=NodeBlock))]
    assert trailer.checksum == blake2b(b"".join(bodies[1:-1]), digest_size=16).hexdigest()
    assert (trailer.nodes, trailer.position) == (len(records), header.position)
    return ReadSnapshot(header, records, trailer)


def _frames(content: bytes) -> Iterator[bytes]:
    while content:
        size = int.from_bytes(content[:4], "big")
        yield content[4 : 4 + size]
        content = content[4 + size :]


@dataclass(frozen=True)
class Sent:
    """One server-sent event."""

    name: str
    id: str
    data: Any


@contextmanager
def changes(client: httpx2.Client, position: str, **headers: str) -> Iterator[Iterator[Sent]]:
    """Follow the change feed from a position."""
    with client.stream("GET", "/mesh/v1/changes", headers={"last-event-id": position, **headers}) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Sent]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield Sent(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
            fields = {}
