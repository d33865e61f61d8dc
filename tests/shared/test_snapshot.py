"""The stream of a snapshot: whole or refused, however the network cuts it."""

from collections.abc import Callable, Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared import blocks, wire
from lineage_shared.errors import ProtocolViolation
from lineage_shared.model import Kind, NodeRecord
from lineage_shared.snapshot import Checksum, FrameReader, SnapshotReader, snapshot_stream
from lineage_shared.wire import JSON, NodeBlock, SnapshotHeader, SnapshotTrailer, frame

HEADER = SnapshotHeader(domain="shop", position="a.1.b")
RECORDS = [NodeRecord(number, Kind.DATASET, "ns", f"t{number}") for number in range(1, 6)]
BLOCKS = [blocks.pack(RECORDS[:2]), blocks.pack(RECORDS[2:])]


def _read(chunks: Iterable[bytes], frame_bytes_max: int = 10_000) -> list[NodeRecord]:
    reader = SnapshotReader(frame_bytes_max)
    found = [record for chunk in chunks for block in reader.feed(chunk) for record in blocks.unpack(block)]
    assert reader.finish() == HEADER
    return found


def _stream() -> list[bytes]:
    return list(snapshot_stream(HEADER, BLOCKS))


@given(st.lists(st.integers(1, 40), max_size=80))
def test_any_cut(sizes: list[int]) -> None:
    """The records arrive whole, however the bytes are cut into chunks."""
    rest, chunks = b"".join(_stream()), []
    for size in sizes:
        chunks.append(rest[:size])
        rest = rest[size:]
    assert _read([*chunks, rest]) == RECORDS


def test_empty_snapshot() -> None:
    """An empty agent has a snapshot too."""
    assert _read(snapshot_stream(HEADER, [])) == []


def test_blocks_are_streamed() -> None:
    """Writing and reading hold one block at a time."""
    given_out = []

    def produced() -> Iterable[NodeBlock]:
        for block in BLOCKS:
            given_out.append(block)
            yield block

    stream = snapshot_stream(HEADER, produced())
    reader = SnapshotReader()
    assert list(reader.feed(next(stream))) == []
    assert reader.header == HEADER
    assert given_out == []
    assert list(reader.feed(next(stream))) == BLOCKS[:1]
    assert not reader.complete


def test_json_lines() -> None:
    """As JSON, each message is a line, and the trailer's checksum is over the lines without their ends."""
    lines = b"".join(snapshot_stream(HEADER, BLOCKS, JSON)).splitlines()
    assert wire.decode(lines[0], SnapshotHeader, JSON) == HEADER
    assert [wire.decode(line, NodeBlock, JSON) for line in lines[1:-1]] == BLOCKS
    checksum = Checksum()
    for line in lines[1:-1]:
        checksum.add(line)
    trailer = SnapshotTrailer(position="a.1.b", nodes=5, checksum=checksum.text())
    assert wire.decode(lines[-1], SnapshotTrailer, JSON) == trailer


def _trailer(**changes: object) -> bytes:
    honest = msgspec.msgpack.decode(_stream()[-1][4:], type=SnapshotTrailer)
    return frame(wire.encode(msgspec.structs.replace(honest, **changes)))


Spoil = Callable[[list[bytes]], list[bytes]]
SPOILT: dict[str, Spoil] = {
    "no header": lambda stream: stream[1:],
    "only a trailer": lambda stream: stream[-1:],
    "no trailer": lambda stream: stream[:-1],
    "nothing": lambda stream: [],
    "two headers": lambda stream: [stream[0], *stream],
    "a block lost": lambda stream: [stream[0], *stream[2:]],
    "a block twice": lambda stream: [*stream[:2], *stream[1:]],
    "blocks swapped": lambda stream: [stream[0], stream[2], stream[1], stream[3]],
    "something behind the trailer": lambda stream: [*stream, stream[1]],
    "two trailers": lambda stream: [*stream, stream[-1]],
    "cut inside a frame": lambda stream: [*stream[:-1], stream[-1][:-1]],
    "cut inside a length": lambda stream: [*stream, b"\x00\x00"],
    "another message": lambda stream: [stream[0], frame(wire.encode(RECORDS[0])), *stream[1:]],
    "no message": lambda stream: [stream[0], frame(b"\xc1"), *stream[1:]],
    "an empty frame": lambda stream: [stream[0], frame(b""), *stream[1:]],
    "a frame too long": lambda stream: [stream[0], frame(b"x" * 10_001), *stream[1:]],
    "an endless frame": lambda stream: [b"\xff\xff\xff\xff"],
    "a web page": lambda stream: [b"<!doctype html><html></html>"],
    "a wrong count": lambda stream: [*stream[:-1], _trailer(nodes=6)],
    "a wrong position": lambda stream: [*stream[:-1], _trailer(position="a.2.b")],
    "a wrong checksum": lambda stream: [*stream[:-1], _trailer(checksum="00")],
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_spoilt_snapshot(spoil: Spoil) -> None:
    """Anything but header, blocks and a fitting trailer is a `ProtocolViolation`."""
    with pytest.raises(ProtocolViolation):
        _read(spoil(_stream()))


@given(st.binary(max_size=200))
def test_no_other_error(body: bytes) -> None:
    """Bytes at random are no snapshot, and nothing but a `ProtocolViolation` says so."""
    with pytest.raises(ProtocolViolation):
        _read([body])


def test_long_frame_is_refused_early() -> None:
    """A frame that announces too much is refused before it is collected."""
    reader = FrameReader(frame_bytes_max=10)
    with pytest.raises(ProtocolViolation, match="11 bytes is longer than 10"):
        list(reader.feed(b"\x00\x00\x00\x0b"))


@given(st.lists(st.binary(max_size=10), max_size=6))
def test_frames(bodies: list[bytes]) -> None:
    """Frames come out as they went in, empty ones too."""
    reader = FrameReader(frame_bytes_max=10)
    assert list(reader.feed(b"".join(map(frame, bodies)))) == bodies
    reader.finish()
