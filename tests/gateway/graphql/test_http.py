"""GraphQL over HTTP: bodies, parameters, statuses, limits, and the page."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from graphql import get_introspection_query, parse, validate
from starlette.requests import Request

from lineage_gateway.graphql import QueryLimits, build_schema
from lineage_gateway.graphql.documents import prepare
from lineage_gateway.graphql.requests import read
from lineage_shared.bearer import Keyring
from lineage_shared.errors import InvalidInput
from tests.gateway.graphql.federation import Mesh, mesh_of, shop_agent

MESH = "{ mesh { datasets } }"
ANSWER = {"data": {"mesh": {"datasets": 10}}, "extensions": {"cost": {"estimate": 1, "actual": 1}}}
KEY = "correct-horse-battery"


async def test_post_and_get_give_the_same_answer(mesh: Mesh) -> None:
    """Queries may come either way; extra members and charset are no trouble."""
    body = {"query": MESH, "operationName": None, "variables": None, "extensions": {"a": 1}, "other": 2}
    posted = await mesh.http.post(
        "/graphql", content=json.dumps(body), headers={"content-type": "application/json; charset=utf-8"}
    )
    got = await mesh.http.get("/graphql", params={"query": MESH})
    assert posted.json() == got.json() == ANSWER
    assert posted.headers["content-type"] == got.headers["content-type"] == "application/json"


async def test_variables_and_operation_name_as_parameters(mesh: Mesh) -> None:
    """The variables are JSON."""
    query = "query A($n: String!) { domain(name: $n) { name } } query B { mesh { jobs } }"
    parameters = {"query": query, "variables": '{"n": "shop"}', "operationName": "A"}
    assert (await mesh.http.get("/graphql", params=parameters)).json()["data"] == {"domain": {"name": "shop"}}


BAD_BODIES: list[tuple[bytes, str, int]] = [
    (b"{", "application/json", 400),
    (b"null", "application/json", 400),
    (b"[]", "application/json", 400),
    (b'[{"query": "{ mesh { datasets } }"}]', "application/json", 400),
    (b'"x"', "application/json", 400),
    (b"\xff\xfe{}", "application/json", 400),
    (b'{"query": 1}', "application/json", 400),
    (b'{"query": "{ mesh { datasets } }", "variables": []}', "application/json", 400),
    (b"{}", "application/json", 400),
    (b'{"query": ""}', "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"query": "{ mesh { datasets } }", "variables": ' + b'{"a":' * 100_000, "application/json", 400),
    (b"query=x", "application/x-www-form-urlencoded", 415),
    (b"{ mesh { datasets } }", "application/graphql", 415),
    (b"{}", "", 415),
]


@pytest.mark.parametrize("at", range(len(BAD_BODIES)))
async def test_what_is_no_graphql_request_is_refused(mesh: Mesh, at: int) -> None:
    """A 4xx with a JSON error, never a 500."""
    body, content_type, status = BAD_BODIES[at]
    response = await mesh.http.post("/graphql", content=body, headers={"content-type": content_type})
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"]


ODD_TEXTS = [
    rb'{"query": "{ node(id: \"\ud800\") { id } }"}',
    rb'{"query": "query($i: ID!) { node(id: $i) { id } }", "variables": {"i": "\ud800"}}',
    rb'{"query": "{ node(id: \"\u0000\") { id } }"}',
    b'{"query": "query($i: Int) { search(query: "a", first: $i) { totalCount } }", "variables": {"i": 1e999}}',
    b'{"query": "query($i: Int) { search(query: "a", first: $i) { totalCount } }", "variables": {"i": '
    + b"9" * 5000
    + b"}}",
    b'{"query": "{ search(query: "a", first: ' + b"9" * 5000 + b') { totalCount } }"}',
    b'{"query": "{ search(query: "a\\u0000b") { totalCount } }"}',
    b'{"query": "{ domain(name: "") { name } }"}',
]


@pytest.mark.parametrize("at", range(len(ODD_TEXTS)))
async def test_odd_texts_and_numbers_are_no_trouble(mesh: Mesh, at: int) -> None:
    """Lone surrogates, zero bytes, numbers beyond any type: an answer or an error, never a 500 or INTERNAL."""
    response = await mesh.http.post("/graphql", content=ODD_TEXTS[at], headers={"content-type": "application/json"})
    assert response.status_code in (200, 400)
    codes = {error["extensions"]["code"] for error in response.json().get("errors", [])}
    assert "INTERNAL" not in codes


async def test_a_client_that_goes_away_is_no_defect() -> None:
    """Its half request is refused, to nobody."""

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")], "query_string": b""}
    with pytest.raises(InvalidInput):
        await read(Request(scope, gone), body_bytes_max=1000, get_guard="off")


async def test_a_body_over_the_limit_is_refused(mesh: Mesh) -> None:
    """2 MiB by default, counted while reading."""
    response = await mesh.http.post(
        "/graphql", content=b" " * (2 * 1024 * 1024 + 1), headers={"content-type": "application/json"}
    )
    assert response.status_code == 413


async def test_other_methods_are_refused(mesh: Mesh) -> None:
    """405, naming those that work."""
    response = await mesh.http.put("/graphql", content=b"{}")
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]


REFUSED = [
    ("{ mesh { ", "GRAPHQL_PARSE_FAILED"),
    ("{" * 900, "GRAPHQL_PARSE_FAILED"),
    ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
    ("mutation { a }", None),
    ("subscription { a }", None),
    ("fragment F on Query { ...F } { ...F }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ " + "domains { name } " * 1000 + "}", "GRAPHQL_PARSE_FAILED"),
    ("# x\n" * 2000 + MESH, "GRAPHQL_PARSE_FAILED"),
    (
        "{ " + "node(id: 1) { ... on Dataset { producedBy { inputs { " * 8 + "id" + "} } } }" * 8 + "}",
        "QUERY_TOO_LARGE",
    ),
    ("{ " + " ".join(f"a{n}: mesh {{ jobs }}" for n in range(31)) + "}", "QUERY_TOO_LARGE"),
    ("{ mesh { datasets " + "@include(if: true) " * 51 + "} }", "QUERY_TOO_LARGE"),
    ("query A { mesh { jobs } } query B { mesh { jobs } }", None),
]


@pytest.mark.parametrize("at", range(len(REFUSED)))
async def test_documents_that_may_not_run(mesh: Mesh, at: int) -> None:
    """200 for application/json, 400 for the newer media type; errors and no data."""
    query, code = REFUSED[at]
    body = (await mesh.http.post("/graphql", json={"query": query})).json()
    assert "data" not in body
    if code is not None:
        assert {error["extensions"]["code"] for error in body["errors"]} == {code}
    newer = await mesh.http.post(
        "/graphql", json={"query": query}, headers={"accept": "application/graphql-response+json"}
    )
    assert newer.status_code == 400
    assert newer.headers["content-type"] == "application/graphql-response+json"


HOSTILE: list[str] = [
    "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    + " fragment F60 on Query { __typename }",
    "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(250))
    + " fragment F250 on Query { __typename }",
    "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ a: __typename ...F{(n + 1) % 50} }}" for n in range(50)),
    "{ " + "mesh { " * 400,
    '{ search(query: "' + "x" * 1_000_000 + '") { totalCount } }',
    "{ domain(name: " + "[" * 700 + "]" * 700 + ") { name } }",
    "query($a: " + "[" * 500 + "Int" + "]" * 500 + ") { __typename }",
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_hostile_documents_come_to_an_end(at: int) -> None:
    """Every step is linear, and none raises: expanding the fragments of the first would take years."""
    prepared = prepare(build_schema(), HOSTILE[at], QueryLimits())
    assert all(error.extensions["code"] for error in prepared.errors if error.extensions is not None)


def test_fragments_nested_too_deeply_are_refused() -> None:
    """Also where more tokens are allowed than Python can follow."""
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(2000))
    text = f"{{ ...F0 }} {chain} fragment F2000 on Query {{ __typename }}"
    prepared = prepare(build_schema(), text, QueryLimits(query_tokens_max=100_000, query_chars_max=1_000_000))
    assert [error.extensions for error in prepared.errors] == [{"code": "QUERY_TOO_LARGE"}]


def test_the_whole_introspection_fits_the_limits() -> None:
    """What every tool sends first."""
    query = get_introspection_query(input_value_deprecation=True, specified_by_url=True)
    assert prepare(build_schema(), query, QueryLimits()).errors == ()


HTML = (files("lineage_gateway.graphql") / "page.html").read_text(encoding="utf-8")


async def test_a_browser_gets_the_page(mesh: Mesh) -> None:
    """Under a policy that lets it talk to this server and nobody else."""
    response = await mesh.http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-[A-Za-z0-9+/]{43}='", policy)) == 2
    assert response.text == HTML


def test_the_page_names_no_other_host() -> None:
    """It works offline: no address but example data, no external script, style, font or image."""
    assert re.findall(r"(?:https?:)?//[a-z0-9]", re.sub(r"(?:postgres|mlflow)://", "", HTML)) == []
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?!data:,)", HTML) == []
    assert "@import" not in HTML
    assert "url(" not in HTML


def test_the_page_can_be_used_by_everybody() -> None:
    """Every control has a label, the result is announced, both colour schemes are there."""
    controls = re.findall(r"<(?:textarea|input|select)[^>]* id=\"(\w+)\"", HTML)
    assert sorted(controls) == sorted(re.findall(r"<label for=\"(\w+)\"", HTML))
    assert 'role="status"' in HTML
    assert 'lang="en"' in HTML
    assert "prefers-color-scheme: dark" in HTML


def test_the_queries_of_the_page_are_valid() -> None:
    """Examples and introspection fit the schema."""
    schema = build_schema()
    queries = re.findall(r'\["[^"]+", `([^`]+)`', HTML) + re.findall(r"INTROSPECTION = `([^`]+)`", HTML)
    assert len(queries) == 6
    for query in queries:
        assert prepare(schema, query, QueryLimits()).errors == ()
        assert validate(schema, parse(query)) == []


async def test_keys_guard_queries_but_not_the_page() -> None:
    """The page holds nothing of the mesh; everything else wants the key."""
    async with shop_agent() as shop, mesh_of(shop, keys=Keyring.of([KEY])) as mesh:
        assert (await mesh.http.post("/graphql", json={"query": MESH})).status_code == 401
        assert (await mesh.http.get("/graphql", params={"query": MESH})).status_code == 401
        assert (await mesh.http.get("/graphql", headers={"accept": "text/html"})).status_code == 200
        keyed: Any = await mesh.http.post("/graphql", json={"query": MESH}, headers={"authorization": f"Bearer {KEY}"})
        assert keyed.status_code == 200
