"""What a client accepts: q, exactness, order; and how long responses are compressed."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.graphql.compression import THREAD_BYTES_MIN, compressed
from lineage_gateway.graphql.negotiation import GRAPHQL_RESPONSE, JSON, JSON_TYPES, Accept
from tests.gateway.graphql.view import viewing

ACCEPTED: list[tuple[str | None, str | None]] = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("application/*", JSON),
    (JSON, JSON),
    (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
    (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
    (f"{GRAPHQL_RESPONSE};q=0.8, {JSON};q=0.9", JSON),
    (f"{JSON};q=0.8, {GRAPHQL_RESPONSE};q=0.9", GRAPHQL_RESPONSE),
    (f"{GRAPHQL_RESPONSE}, {JSON}", GRAPHQL_RESPONSE),
    (f"{JSON}, {GRAPHQL_RESPONSE}", JSON),
    (f"*/*, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
    (f"*/*, {GRAPHQL_RESPONSE};q=0.5", JSON),
    (f"*/*;q=0.1, {JSON};q=0", GRAPHQL_RESPONSE),
    ("Application/JSON; charset=UTF-8", JSON),
    ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
    (
        f"{GRAPHQL_RESPONSE}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed",
        GRAPHQL_RESPONSE,
    ),
    ("text/html", None),
    (f"{JSON};q=0", None),
    (f"{JSON};q=x", None),
    (f"{JSON};q=7", None),
    ("text/event-stream", None),
    (",", None),
    ("application/json" + ", text/x" * 100, JSON),
    ("text/x, " * 100 + JSON, None),
]


@pytest.mark.parametrize(("header", "chosen"), ACCEPTED)
def test_the_best_type_is_chosen(header: str | None, chosen: str | None) -> None:
    """The more exact range counts, then the greater q, then the client's order, then application/json."""
    assert Accept.of(header).best(JSON_TYPES) == chosen


@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_any_header_can_be_read(header: str) -> None:
    """What is no Accept header accepts something or nothing, and never raises."""
    assert Accept.of(header).best(JSON_TYPES) in (*JSON_TYPES, None)


CODINGS = [
    (None, None),
    ("identity", None),
    ("br", None),
    ("*", None),
    ("gzip", "gzip"),
    ("gzip;q=0", None),
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip, zstd;q=0.5", "gzip"),
]


@pytest.mark.parametrize(("header", "coding"), CODINGS)
@pytest.mark.parametrize("size", [5000, THREAD_BYTES_MIN])
async def test_codings(header: str | None, coding: str | None, size: int) -> None:
    """Only what the client names; zstd before gzip where both are as good."""
    body = b"lineage " * (size // 8)
    written, used = await compressed(body, header)
    assert used == coding
    assert httpx2.Response(200, headers={"content-encoding": coding or "identity"}, content=written).content == body
    assert (len(written) < len(body)) == (coding is not None)


async def test_long_responses_are_compressed() -> None:
    """Above 4 KiB, for those who take it; and caches are told what the answer depends on."""
    query = "{ __schema { types { name description fields { name description } } } }"
    async with viewing() as client:
        plain = await client.post("/graphql", json={"query": query})
        assert "content-encoding" not in plain.headers
        for coding in ("gzip", "zstd"):
            sent = await client.post("/graphql", json={"query": query}, headers={"accept-encoding": coding})
            assert sent.headers["content-encoding"] == coding
            assert int(sent.headers["content-length"]) < len(plain.content) / 3
            assert sent.headers["vary"] == "Accept, Accept-Encoding"
        short = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in short.headers
