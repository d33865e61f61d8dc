"""A snapshot: every node at one position, in columnar blocks, spooled to a temporary file and then sent.

It is written inside one read transaction, hence consistent while writes go on, and as fast as the disk takes it; a slow
reader then holds a temporary file open and nothing of the store. A stream of msgpack messages, each behind its length
(4 bytes, big endian), or of JSON messages, one a line: header, blocks, trailer with the checksum of the blocks.
"""

from __future__ import annotations

import asyncio
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import IO, Any, Final

from lineage_agent.store import Store, publication
from lineage_agent.store.driver import Connection
from lineage_shared import blocks, wire
from lineage_shared.errors import Unavailable
from lineage_shared.model import NodeRecord
from lineage_shared.wire import Position, SnapshotHeader, SnapshotTrailer

BLOCK_NODES_MAX: Final = 5_000
MEMORY_BYTES_MAX: Final = 4 * 1024 * 1024
PIECE_BYTES: Final = 256 * 1024
GZIP_LEVEL: Final = 1
GZIP_BITS: Final = 31


@dataclass(frozen=True, slots=True)
class SnapshotForm:
    """How a snapshot is encoded."""

    media_type: str = wire.MSGPACK
    gzip: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished snapshot. Whoever takes it reads it once with `pieces`, or closes it."""

    file: IO[bytes]
    size_bytes: int
    position: Position

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes; the file is closed, and gone, at the end."""
        with self.file:
            while piece := await asyncio.to_thread(self.file.read, PIECE_BYTES):
                yield piece


async def take_snapshot(store: Store, form: SnapshotForm) -> Snapshot:
    """Write a snapshot of the present position."""
    return await store.query(_spooled, store.domain, form)


def _spooled(connection: Connection, domain: str, form: SnapshotForm) -> Snapshot:
    file = tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES_MAX)  # noqa: SIM115 - the snapshot owns it
    try:
        position = publication.position(connection)
        messages = _messages(publication.records(connection), domain, position, form.media_type)
        size = sum(file.write(piece) for piece in _coded(messages, gzip=form.gzip))
        file.seek(0)
    except OSError as error:
        file.close()
        raise Unavailable(
            f"no room for the snapshot: {error.strerror}",
            hint=f"it is spooled in {tempfile.gettempdir()}",
            code="NO_ROOM",
        ) from error
    except BaseException:
        file.close()
        raise
    return Snapshot(file, size, position)


def _messages(records: Iterable[NodeRecord], domain: str, position: Position, media_type: str) -> Iterator[bytes]:
    checksum = blake2b(digest_size=16)
    count = 0
    yield _framed(wire.encode(SnapshotHeader(domain=domain, position=str(position)), media_type), media_type)
    remaining = iter(records)
    while block := list(islice(remaining, BLOCK_NODES_MAX)):
        body = wire.encode(blocks.pack(block), media_type)
        checksum.update(body)
        count += len(block)
        yield _framed(body, media_type)
    trailer = SnapshotTrailer(position=str(position), nodes=count, checksum=checksum.hexdigest())
    yield _framed(wire.encode(trailer, media_type), media_type)


def _framed(body: bytes, media_type: str) -> bytes:
    return body + b"\n" if media_type == wire.JSON else wire.frame(body)


def _coded(messages: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    if not gzip:
        yield from messages
        return
    stream: Any = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_BITS)
    for message in messages:
        yield stream.compress(message)
    yield stream.flush()
