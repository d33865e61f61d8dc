"""Every wrong request gets the status that its specification names, and a JSON error that says what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lineage_gateway.graphql import QueryLimits
from tests.gateway.graphql.federation import federation
from tests.gateway.graphql.view import JSON, MODERN, code_of, viewing

TYPENAME = {"query": "{ __typename }"}
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"}

DOCUMENTS: list[tuple[dict[str, Any], str, int]] = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED", 400),
    ({"query": "{ nope }"}, "GRAPHQL_VALIDATION_FAILED", 422),
    ({"query": "{ " + "__typename " * 21 + "}"}, "QUERY_TOO_LARGE", 422),
    ({"query": "query A { __typename }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE", 422),
    ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE", 422),
    ({"query": "query($i: ID!) { node(id: $i) { id } }"}, "BAD_USER_INPUT", 422),
    ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}}, "PERSISTED_QUERY_NOT_FOUND", 422),
]


@pytest.mark.parametrize(("body", "code", "drafted"), DOCUMENTS, ids=lambda value: str(value)[:40])
async def test_documents_that_may_not_run(body: dict[str, Any], code: str, drafted: int) -> None:
    """The audits want 400 with the newer media type, the draft 422; application/json stays at 200."""
    for statuses, status in (("audit", 400), ("draft", drafted)):
        async with viewing(statuses=statuses) as client:
            modern = await client.post("/graphql", json=body, headers=MODERN)
            assert (modern.status_code, code_of(modern)) == (status, code)
            assert "data" not in modern.json()
            older = await client.post("/graphql", json=body)
            assert (older.status_code, code_of(older)) == (200, code)


async def test_data_with_errors() -> None:
    """200, and 294 where the draft is wanted and its media type accepted."""
    body = {"query": '{ __typename asset(ref: {id: "x"}) { id } }'}
    for statuses, status in (("audit", 200), ("draft", 294)):
        async with viewing(statuses=statuses) as client:
            assert (await client.post("/graphql", json=body, headers=MODERN)).status_code == status
            assert (await client.post("/graphql", json=body)).status_code == 200
            assert (await client.post("/graphql", json=TYPENAME, headers=MODERN)).status_code == 200


REQUESTS: list[tuple[str, dict[str, Any], int, int, str]] = [
    ("POST", {"content": b"{", "headers": JSON}, 400, 400, "JSON_INVALID"),
    ("POST", {"content": b"", "headers": JSON}, 400, 400, "JSON_INVALID"),
    ("POST", {"content": b"null", "headers": JSON}, 400, 422, "BAD_REQUEST"),
    ("POST", {"content": b"{}", "headers": JSON}, 400, 422, "BAD_REQUEST"),
    ("POST", {"content": b'{"query": 1}', "headers": JSON}, 400, 422, "BAD_REQUEST"),
    ("POST", {"content": b'{"query": "{a}", "extensions": []}', "headers": JSON}, 400, 422, "BAD_REQUEST"),
    ("POST", {"json": [TYPENAME]}, 400, 400, "BATCHING_NOT_SUPPORTED"),
    ("POST", {"content": b"{}"}, 415, 415, "UNSUPPORTED_MEDIA"),
    (
        "POST",
        {"content": b"{}", "headers": {"content-type": "application/json; charset=utf-16"}},
        415,
        415,
        "UNSUPPORTED_MEDIA",
    ),
    ("POST", {"content": b"{}", "headers": JSON | {"content-encoding": "gzip"}}, 415, 415, "UNSUPPORTED_MEDIA"),
    ("POST", {"content": b" " * 2000, "headers": JSON}, 413, 413, "BODY_TOO_LARGE"),
    ("POST", {"content": b"{}", "headers": JSON | {"content-length": "9" * 40}}, 400, 422, "BAD_REQUEST"),
    ("POST", {"json": TYPENAME, "headers": {"accept": "text/html"}}, 406, 406, "NOT_ACCEPTABLE"),
    ("POST", {"json": TYPENAME, "headers": {"accept": "text/event-stream"}}, 406, 406, "NOT_ACCEPTABLE"),
    ("POST", {"json": {"query": "subscription { x: __typename }"}}, 200, 200, "GRAPHQL_VALIDATION_FAILED"),
    ("GET", {"params": {"query": "mutation { a }"}}, 405, 405, "METHOD_NOT_ALLOWED"),
    ("GET", {"params": {}}, 400, 422, "BAD_REQUEST"),
    ("GET", {"params": {"query": ""}}, 400, 422, "BAD_REQUEST"),
    ("GET", {"params": {"query": "{a}", "variables": "{"}}, 400, 400, "JSON_INVALID"),
    ("GET", {"params": {"query": "{a}", "variables": "1"}}, 400, 422, "BAD_REQUEST"),
    ("GET", {"params": [("query", "{a}"), ("query", "{b}")]}, 400, 422, "BAD_REQUEST"),
    ("GET", {"params": TYPENAME, "headers": BROWSER}, 400, 400, "CSRF_HEADER_MISSING"),
]


@pytest.mark.parametrize("at", range(len(REQUESTS)))
async def test_requests_that_are_none(at: int) -> None:
    """Each has its status, in both readings, its code, and the headers that every response has."""
    method, request, audited, drafted, code = REQUESTS[at]
    for statuses, status in (("audit", audited), ("draft", drafted)):
        async with viewing(statuses=statuses, body_bytes_max=1024) as client:
            response = await client.request(method, "/graphql", **request)
            assert (response.status_code, code_of(response)) == (status, code)
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["vary"] == "Accept, Accept-Encoding"
            assert response.json().keys() == {"errors"}
            assert (response.headers.get("allow") == "POST") == (status == 405)


async def test_addresses_that_are_not_utf8() -> None:
    """400, rather than a text with replaced characters."""
    async with viewing() as client:
        for query in ("query=%ff", "query=%ed%a0%80", "&".join(f"a{n}=1" for n in range(30))):
            response = await client.get(f"/graphql?{query}")
            assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


GUARDED: list[tuple[dict[str, str], bool, bool]] = [
    ({}, True, False),
    ({"accept": "application/graphql-response+json"}, True, False),
    ({"user-agent": "curl/8.0"}, True, False),
    ({"origin": "https://evil.example"}, False, False),
    ({"sec-fetch-site": "cross-site"}, False, False),
    ({"sec-fetch-site": "same-site"}, False, False),
    ({"sec-fetch-site": "same-origin"} | BROWSER, True, False),
    ({"sec-fetch-site": "none"} | BROWSER, True, False),
    (BROWSER, False, False),
    (BROWSER | {"content-type": "text/plain"}, False, False),
    (BROWSER | {"content-type": "application/json"}, True, True),
    (BROWSER | {"apollo-require-preflight": "1"}, True, True),
    (BROWSER | {"apollo-require-preflight": ""}, False, False),
    (BROWSER | {"x-apollo-operation-name": "A"}, True, True),
    (BROWSER | {"graphql-require-preflight": "1"}, True, True),
    (BROWSER | {"authorization": "Bearer correct-horse"}, True, True),
    (BROWSER | {"authorization": "Basic eDp5"}, False, False),
]


@pytest.mark.parametrize(("headers", "browsers", "always"), GUARDED)
async def test_queries_by_get_are_guarded(headers: dict[str, str], browsers: bool, always: bool) -> None:
    """A foreign page can make a browser send a GET, but not with a header of its own."""
    for guard, passes in (("browsers", browsers), ("always", always), ("off", True)):
        async with viewing(get_guard=guard) as client:
            client.headers.pop("user-agent")
            response = await client.get("/graphql", params=TYPENAME, headers=headers)
            assert (response.status_code == 200) == passes, guard


async def test_a_body_that_does_not_arrive() -> None:
    """Half a body is waited for, but not for ever."""

    async def half() -> AsyncIterator[bytes]:
        yield b'{"query": '
        await asyncio.sleep(60)

    async with viewing(body_timeout_s=0.05) as client:
        response = await client.post("/graphql", content=half(), headers=JSON)
        assert (response.status_code, code_of(response)) == (408, "BODY_TIMEOUT")


async def test_head_is_answered_like_get() -> None:
    """With the headers of the answer."""
    async with viewing() as client:
        response = await client.head("/graphql", params=TYPENAME)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json")


async def test_production_shows_nothing() -> None:
    """No introspection, no suggestions for fields, arguments, types or values, no page; the rest works."""
    hidden = [
        "{ __schema { description } }",
        '{ __type(name: "Query") { name } }',
        "query A { ...F } fragment F on Query { __schema { description } }",
    ]
    mistyped = [
        "{ meshes { jobs } }",
        '{ domain(nam: "x") { name } }',
        "{ node(id: 1) { ... on Datase { id } } }",
        "{ lineage(of: {i: 1}) { totalNodes } }",
        "{ lineage(of: {id: 1}, direction: UPSTREAMS) { totalNodes } }",
        "query($d: LineageDirectio!) { __typename }",
    ]
    async with viewing(limits=QueryLimits(development=False)) as production, viewing() as development:
        for query in hidden:
            assert code_of(await production.post("/graphql", json={"query": query})) == "INTROSPECTION_DISABLED"
            assert "data" in (await development.post("/graphql", json={"query": query})).json()
        for query in mistyped:
            assert "Did you mean" not in (await production.post("/graphql", json={"query": query})).text, query
            assert "Did you mean" in (await development.post("/graphql", json={"query": query})).text, query
        variables = {
            "query": "query($of: AssetRef!) { lineage(of: $of) { totalNodes } }",
            "variables": {"of": {"i": 1}},
        }
        assert "Did you mean" not in (await production.post("/graphql", json=variables)).text
        assert (await production.post("/graphql", json=TYPENAME)).json()["data"] == {"__typename": "Query"}
        assert (await production.get("/graphql", headers={"accept": "text/html"})).status_code == 400
        assert (await development.get("/graphql", headers={"accept": "text/html"})).status_code == 200


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "0.0.0.0", "profile": "development"}, True),
        ({"profile": "production"}, False),
    ],
)
async def test_the_profile_follows_the_address(settings: dict[str, Any], shown: bool) -> None:
    """Development where only this machine can connect, production elsewhere, unless one of them is named."""
    async with federation(**settings) as mesh:
        body = (await mesh.http.post("/graphql", json={"query": "{ __schema { queryType { name } } }"})).json()
        assert ("data" in body) == shown
