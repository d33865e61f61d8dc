"""Whatever is sent gets an answer: no request is a defect, none keeps the gateway busy.

`LINEAGE_HOSTILE_REQUESTS` says how many requests are made; 5,000 is the figure that the project promises.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.graphql.documents import BODIES, TEXTS
from tests.gateway.graphql.federation import Mesh, federation

REQUESTS = int(os.environ.get("LINEAGE_HOSTILE_REQUESTS", "300"))
FULL = 5000
SECONDS_MAX = 1.0
STATUSES = {200, 400, 403, 405, 406, 413, 415}

HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "accept": st.sampled_from(
            ["*/*", "application/json", "application/graphql-response+json", "text/html", "a;q=x", "", "image/*"]
        ),
        "content-type": st.sampled_from(["application/json", "application/json;charset=x", "text/plain", "json", ""]),
        "accept-encoding": st.sampled_from(["gzip", "zstd, gzip;q=0.1", "gzip;q=2", "*", ""]),
    },
)


class Hostile:
    """One gateway over three domains, for all requests of a test."""

    def __init__(self) -> None:
        self.loop = asyncio.Runner()
        self.sent: list[tuple[float, int]] = []
        self._open = _opened()
        self._mesh: Mesh | None = None

    def send(self, method: str, **request: object) -> httpx2.Response:
        """Send one request; fail when the answer is none that a client may get."""
        return self.loop.run(self._send(method, **request))

    async def _send(self, method: str, **request: object) -> httpx2.Response:
        if self._mesh is None:
            self._mesh = await self._open.__aenter__()
        began = time.process_time()
        response = await self._mesh.http.request(method, "/graphql", **request)  # type: ignore[arg-type]
        self.sent.append((time.process_time() - began, len(response.content)))
        assert response.status_code in STATUSES, (request, response.text)
        if response.status_code != 200 or response.headers["content-type"] != "text/html; charset=utf-8":
            body = response.json()
            assert body.keys() <= {"data", "errors", "extensions", "code", "message", "hint"}
            found = [error["extensions"]["code"] for error in body.get("errors", [])]
            assert "INTERNAL" not in found, (request, body)
            assert found or "data" in body
        return response

    def close(self) -> None:
        """Stop everything."""
        if self._mesh is not None:
            self.loop.run(self._open.__aexit__(None, None, None))
        self.loop.close()


@asynccontextmanager
async def _opened() -> AsyncIterator[Mesh]:
    async with federation() as mesh:
        yield mesh


def test_no_request_is_a_defect() -> None:
    """Bodies and documents of every kind by POST and GET: a status of HTTP's, a code, and less than a second each."""
    hostile = Hostile()

    @settings(max_examples=REQUESTS // 2, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(BODIES, HEADERS)
    def posted(body: bytes, headers: dict[str, str]) -> None:
        hostile.send("POST", content=body, headers={"content-type": "application/json", **headers})

    @settings(max_examples=REQUESTS // 2, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(TEXTS.filter(lambda text: len(text) < 50_000), HEADERS, st.booleans())
    def asked(text: str, headers: dict[str, str], by_get: bool) -> None:
        if by_get:
            hostile.send("GET", params={"query": text}, headers=headers)
        else:
            hostile.send("POST", json={"query": text}, headers=headers)

    try:
        posted()
        asked()
    finally:
        hostile.close()
    assert len(hostile.sent) >= REQUESTS // 2
    assert REQUESTS < FULL or max(hostile.sent)[0] < SECONDS_MAX
