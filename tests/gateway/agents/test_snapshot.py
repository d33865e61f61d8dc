"""An open snapshot gives the same blocks, however the network cuts it, and nothing certain before its end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.agents import SnapshotStream
from lineage_shared.blocks import pack
from lineage_shared.errors import ProtocolViolation
from lineage_shared.model import Kind, NodeRecord
from lineage_shared.snapshot import snapshot_stream
from lineage_shared.wire import SnapshotHeader

BLOCKS = [pack([NodeRecord(number, Kind.DATASET, "postgres://db", f"t{number}")]) for number in range(1, 6)]
HEADER = SnapshotHeader(domain="sales", position="e.5.a")
STREAM = b"".join(snapshot_stream(HEADER, BLOCKS))


async def read(chunks: list[bytes], domain: str = "sales") -> list[int]:
    """Read a snapshot that arrives in these chunks; return the numbers of its nodes."""

    async def arriving() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    stream = SnapshotStream(arriving(), message_bytes_max=10_000, silence_s_max=5.0)
    await stream.open(domain)
    numbers = [number async for block in stream for number in block.numbers]
    assert str(stream.position) == "e.5.a"
    return numbers


def cut(places: list[int]) -> list[bytes]:
    """The stream, cut at these places."""
    bounds = [0, *sorted(places), len(STREAM)]
    return [STREAM[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]  # noqa: RUF007 - reads plainer


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_chunk_boundaries_do_not_matter(places: list[int]) -> None:
    """Every way of cutting one snapshot gives all of its nodes."""
    assert asyncio.run(read(cut(places))) == [1, 2, 3, 4, 5]


@given(st.integers(0, len(STREAM) - 1))
def test_a_snapshot_cut_short_is_never_whole(end: int) -> None:
    """Wherever a snapshot breaks off, reading it to the end fails."""
    with pytest.raises(ProtocolViolation):
        asyncio.run(read([STREAM[:end]]))


@given(st.integers(0, len(STREAM) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, by: int) -> None:
    """A snapshot with one byte changed is refused, or says the same (a tag that nobody reads)."""
    changed = bytearray(STREAM)
    changed[at] ^= by
    try:
        numbers = asyncio.run(read([bytes(changed)]))
    except (ProtocolViolation, AssertionError):
        return
    assert numbers == [1, 2, 3, 4, 5]


def test_another_domains_header_is_refused() -> None:
    """The header must be of the configured domain and of this protocol."""
    with pytest.raises(ProtocolViolation, match="of domain 'sales', not 'hr'"):
        asyncio.run(read([STREAM], domain="hr"))
    newer = b"".join(snapshot_stream(SnapshotHeader(domain="sales", position="e.5.a", protocol="2"), BLOCKS))
    with pytest.raises(ProtocolViolation, match="protocol '2'"):
        asyncio.run(read([newer]))


def test_there_is_no_position_before_the_header() -> None:
    """A stream that was not opened has no position."""

    async def nothing() -> AsyncIterator[bytes]:
        for chunk in list[bytes]():
            yield chunk

    with pytest.raises(ProtocolViolation, match="no header"):
        _ = SnapshotStream(nothing(), 1000, 1.0).position
