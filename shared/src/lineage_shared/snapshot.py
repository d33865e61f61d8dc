"""The stream of a snapshot, written and read without any I/O: bytes in, messages out (`docs/protocol.md`).

As msgpack each message is a frame: its length in 4 bytes, big endian, then the message. As JSON each message is a
line. The reader accepts only header, blocks, trailer in this order, and checks that the trailer's position, number of
nodes and checksum are those of what came before; so whoever has reached the end holds one whole, consistent snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import cast

from lineage_shared.errors import ProtocolViolation
from lineage_shared.wire import (
    JSON,
    MESSAGE_BYTES_MAX,
    MSGPACK,
    NodeBlock,
    SnapshotHeader,
    SnapshotMessage,
    SnapshotTrailer,
    decode,
    encode,
    frame,
)

_LENGTH_BYTES = 4
_MESSAGE = cast("type[SnapshotMessage]", SnapshotMessage)


class Checksum:
    """The running BLAKE2b-128 over the encoded blocks of a snapshot."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)

    def add(self, body: bytes) -> None:
        """Add one encoded block, without its frame."""
        self._hash.update(body)

    def text(self) -> str:
        """Return the hexadecimal checksum of the blocks so far."""
        return self._hash.hexdigest()


def snapshot_stream(header: SnapshotHeader, blocks: Iterable[NodeBlock], media_type: str = MSGPACK) -> Iterator[bytes]:
    """Give the whole stream message by message: header, the blocks as they come, trailer."""
    wrap = _line if media_type == JSON else frame
    checksum, nodes = Checksum(), 0
    yield wrap(encode(header, media_type))
    for block in blocks:
        body = encode(block, media_type)
        checksum.add(body)
        nodes += len(block.numbers)
        yield wrap(body)
    trailer = SnapshotTrailer(position=header.position, nodes=nodes, checksum=checksum.text())
    yield wrap(encode(trailer, media_type))


class FrameReader:
    """Cuts a stream of bytes into frames, however the network cut it."""

    def __init__(self, frame_bytes_max: int = MESSAGE_BYTES_MAX) -> None:
        """A frame longer than `frame_bytes_max` is refused before it is collected."""
        self._frame_bytes_max = frame_bytes_max
        self._pending = bytearray()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take bytes; give the frames that are complete. Raises `ProtocolViolation` for a frame that is too long."""
        self._pending += chunk
        while (length := self._length()) is not None and len(self._pending) >= _LENGTH_BYTES + length:
            end = _LENGTH_BYTES + length
            body = bytes(self._pending[_LENGTH_BYTES:end])
            del self._pending[:end]
            yield body

    def finish(self) -> None:
        """Raise `ProtocolViolation` when the stream ended inside a frame."""
        if self._pending:
            raise ProtocolViolation(f"the stream ended inside a frame, after {len(self._pending)} bytes of it")

    def _length(self) -> int | None:
        if len(self._pending) < _LENGTH_BYTES:
            return None
        length = int.from_bytes(self._pending[:_LENGTH_BYTES], "big")
        if length > self._frame_bytes_max:
            raise ProtocolViolation(f"a frame of {length} bytes is longer than {self._frame_bytes_max} bytes")
        return length


class SnapshotReader:
    """Reads one msgpack snapshot. `header` is set once it came, `complete` once a fitting trailer came."""

    def __init__(self, frame_bytes_max: int = MESSAGE_BYTES_MAX) -> None:
        """A message longer than `frame_bytes_max` is refused."""
        self.header: SnapshotHeader | None = None
        self.complete = False
        self._frames = FrameReader(frame_bytes_max)
        self._checksum = Checksum()
        self._nodes = 0

    def feed(self, chunk: bytes) -> Iterator[NodeBlock]:
        """Take bytes; give the blocks in them. Raises `ProtocolViolation` for anything but a snapshot."""
        for body in self._frames.feed(chunk):
            message = decode(body, _MESSAGE)
            if self.complete:
                raise ProtocolViolation("the snapshot goes on behind its trailer")
            if isinstance(message, NodeBlock):
                yield self._block(message, body)
            elif isinstance(message, SnapshotHeader):
                self._open(message)
            else:
                self._close(message)

    def finish(self) -> SnapshotHeader:
        """Return the header of a snapshot that came whole; raise `ProtocolViolation` otherwise."""
        self._frames.finish()
        if self.header is None or not self.complete:
            raise ProtocolViolation("the snapshot ended before its trailer")
        return self.header

    def _open(self, header: SnapshotHeader) -> None:
        if self.header is not None:
            raise ProtocolViolation("the snapshot has two headers")
        self.header = header

    def _block(self, block: NodeBlock, body: bytes) -> NodeBlock:
        if self.header is None:
            raise ProtocolViolation("the snapshot does not begin with a header")
        self._checksum.add(body)
        self._nodes += len(block.numbers)
        return block

    def _close(self, trailer: SnapshotTrailer) -> None:
        if self.header is None:
            raise ProtocolViolation("the snapshot does not begin with a header")
        expected = SnapshotTrailer(position=self.header.position, nodes=self._nodes, checksum=self._checksum.text())
        if trailer != expected:
            raise ProtocolViolation(f"the snapshot's trailer does not fit: {trailer} instead of {expected}")
        self.complete = True


def _line(body: bytes) -> bytes:
    return body + b"\n"
