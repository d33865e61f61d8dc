"""Request bodies: codings, sizes, types and time."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive

from lineage_agent.ingest import BodyLimits, BodyReader, ClientGone
from lineage_agent.ingest.body import check_content_type, inflater_for
from lineage_shared.errors import InvalidInput, LineageError, TimedOut, TooLarge, Unavailable, UnsupportedMedia

MIB = 1024 * 1024
LIMITS = BodyLimits(body_bytes_max=MIB, bodies_bytes_max=2 * MIB, body_timeout_s=5)


def arriving(chunks: Iterable[bytes], *, hangs_up: bool = False) -> Receive:
    """A client that sends these chunks."""
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.disconnect"} if hangs_up else {"type": "http.request", "body": b""})
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return receive


async def read(chunks: Iterable[bytes], coding: str = "", limits: BodyLimits = LIMITS) -> bytes:
    """Read one body."""
    headers = {"content-encoding": coding} if coding else {}
    async with BodyReader(limits).read(headers, arriving(chunks)) as body:
        return body


def raw_deflate(body: bytes) -> bytes:
    """The form of deflate without a header."""
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "": bytes,
}


@given(
    body=st.binary(max_size=5_000),
    coding=st.sampled_from(sorted(CODINGS)),
    size=st.integers(min_value=1, max_value=700),
)
def test_any_coding_in_any_chunks_gives_the_body(body: bytes, coding: str, size: int) -> None:
    """However a body is coded and cut into chunks, the same bytes come out."""
    coded = CODINGS[coding](body)
    chunks = [coded[start : start + size] for start in range(0, len(coded), size)]
    assert asyncio.run(read(chunks, coding)) == body


async def test_raw_deflate_is_understood() -> None:
    """Some clients send deflate without the zlib header."""
    assert await read([raw_deflate(b'{"a": 1}')], "deflate") == b'{"a": 1}'


async def test_members_of_gzip_are_joined() -> None:
    """Several gzip members in a row are one body."""
    assert await read([gzip.compress(b"[1,") + gzip.compress(b"2]")], "gzip") == b"[1,2]"


async def test_endless_members_are_refused() -> None:
    """A stream of empty members costs time without ever growing: it is cut off."""
    with pytest.raises(InvalidInput, match="members"):
        await read([gzip.compress(b"") * 1_001], "gzip")


@pytest.mark.parametrize("surplus", [0, 1])
async def test_the_limit_is_exact(surplus: int) -> None:
    """A body of the limit passes, one byte more does not, coded or not."""
    body = bytes(MIB + surplus)
    for coding, code in CODINGS.items():
        if surplus:
            with pytest.raises(TooLarge):
                await read([code(body)], coding)
        else:
            assert len(await read([code(body)], coding)) == MIB


async def test_a_declared_length_is_refused_unread() -> None:
    """A Content-Length beyond the limit is answered before any body is read."""
    with pytest.raises(TooLarge):
        async with BodyReader(LIMITS).read({"content-length": str(MIB + 1)}, arriving([], hangs_up=True)):
            pass


async def test_a_bomb_is_refused_early() -> None:
    """A gzip bomb is refused after a part of it: the rest of its chunks is never asked for."""
    bomb = gzip.compress(bytes(64 * MIB))
    asked = 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        part = len(bomb) // 16 + 1
        return {"type": "http.request", "body": bomb[(asked - 1) * part : asked * part], "more_body": True}

    with pytest.raises(TooLarge):
        async with BodyReader(LIMITS).read({"content-encoding": "gzip"}, receive):
            pass
    assert asked <= 2


@pytest.mark.parametrize(
    ("coded", "code"),
    [
        (gzip.compress(b'{"a": 1}', mtime=0)[:-5], "CODING_TRUNCATED"),
        (b"this is no gzip", "CODING_INVALID"),
        (gzip.compress(b"{}", mtime=0) + b"garbage", "CODING_INVALID"),
    ],
)
async def test_broken_gzip_is_bad_input(coded: bytes, code: str) -> None:
    """What cannot be inflated is a 400 that says why."""
    with pytest.raises(InvalidInput) as caught:
        await read([coded], "gzip")
    assert (caught.value.status, caught.value.code) == (400, code)


async def test_unknown_coding_is_refused() -> None:
    """A coding that we do not know is a 415."""
    with pytest.raises(UnsupportedMedia):
        inflater_for("br", 1)


async def test_a_client_that_hangs_up_has_sent_nothing() -> None:
    """A body that ends with the connection is no body."""
    with pytest.raises(ClientGone):
        async with BodyReader(LIMITS).read({}, arriving([b'{"a":'], hangs_up=True)):
            pass


async def test_a_slow_body_is_given_up() -> None:
    """A body that does not arrive in time is a 408."""

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    with pytest.raises(TimedOut):
        async with BodyReader(BodyLimits(MIB, MIB, 0.01)).read({}, receive):
            pass


async def test_bodies_share_a_budget() -> None:
    """When the bodies in memory reach the budget the next one waits outside; afterwards there is room again."""
    reader = BodyReader(BodyLimits(MIB, MIB, 5))
    async with reader.read({}, arriving([bytes(MIB)])):
        with pytest.raises(Unavailable):
            async with reader.read({}, arriving([b"x"])):
                pass
    async with reader.read({}, arriving([bytes(MIB)])) as body:
        assert len(body) == MIB


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/json; charset=UTF-8",
        'Application/JSON;charset="utf-8"',
        "application/ld+json",
    ],
)
def test_json_types_pass(content_type: str) -> None:
    """JSON by any of its names passes, and so does saying nothing."""
    check_content_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "text/html"],
)
def test_other_types_do_not(content_type: str) -> None:
    """Another type or charset is a 415 with advice."""
    with pytest.raises(LineageError) as caught:
        check_content_type(content_type)
    assert caught.value.status == 415
    assert caught.value.hint
