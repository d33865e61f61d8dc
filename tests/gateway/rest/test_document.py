"""The gateway's OpenAPI document: valid, exactly the routes, and what is answered is what is described."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate
from starlette.routing import Route

from lineage_gateway.app import build
from lineage_gateway.app.access import OPEN_PATHS
from lineage_gateway.config import load
from lineage_gateway.registry import Registry
from lineage_gateway.rest import OPERATIONS
from lineage_shared.bearer import Keyring
from tests.gateway.graphql.federation import LAKE, SHOP, Mesh, federation, mesh_of
from tests.gateway.rest.test_reads import path

READS = [
    path("namespaces"),
    path("namespaces", SHOP),
    path("namespaces", SHOP, "datasets"),
    path("namespaces", SHOP, "datasets", "shop.public.orders"),
    path("namespaces", SHOP, "datasets", "shop.public.orders", "versions"),
    path("namespaces", "airflow", "jobs"),
    path("namespaces", "airflow", "jobs", "load_orders"),
    path("namespaces", "airflow", "jobs", "load_orders", "runs"),
    path("jobs", "runs", "w-1"),
    path("lineage") + f"?nodeId=dataset:{LAKE}:orders/daily",
    path("column-lineage") + f"?nodeId=dataset:{LAKE}:orders/daily",
    path("search") + "?q=orders",
    path("namespaces", "nowhere"),
    path("namespaces", "default", "jobs", "etl"),
    path("namespaces") + "?limit=x",
    path("lineage"),
    "/health/live",
    "/health/ready",
]


def described(document: dict[str, Any], asked: str) -> dict[str, Any]:
    """The operation that a path is of."""
    parts = asked.partition("?")[0].split("/")
    for template, methods in document["paths"].items():
        own = template.split("/")
        if len(own) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(own, parts, strict=True)):
            operation: dict[str, Any] = methods["get"]
            return operation
    raise AssertionError(asked)


def test_document_and_routes_agree() -> None:
    """Every method of every HTTP route is described, and nothing else; HEAD comes with GET."""
    app, _ = build(Registry(lambda: load({"agents": ()}, {})), Keyring())
    routes = [route for route in app.routes if isinstance(route, Route)]
    taken = {(method, route.path) for route in routes for method in (route.methods or ()) if method != "HEAD"}
    assert taken == {(each.method, each.path) for each in OPERATIONS}
    assert {each.path for each in OPERATIONS if not each.door} == OPEN_PATHS
    assert len({each.id for each in OPERATIONS}) == len(OPERATIONS)


async def test_what_is_answered_is_what_is_described() -> None:
    """The document is valid; each sampled answer has a described status, and fits its schema."""
    async with federation() as mesh:
        document = (await mesh.http.get("/openapi.json")).json()
        validate(document)
        for asked in READS:
            answer = await mesh.http.get(asked)
            shown = described(document, asked)["responses"][str(answer.status_code)]
            schema = shown["content"]["application/json"]["schema"]
            jsonschema.validate(answer.json(), {**schema, "components": document["components"]})
            assert {name.lower() for name in shown.get("headers", {})} <= set(answer.headers), asked


@pytest.mark.parametrize("asked", [*READS, "/openapi.json"])
async def test_reads_need_the_key(asked: str) -> None:
    """Where the gateway has keys, all of it but health asks for one, and the document says so."""
    async with mesh_of(keys=Keyring.of(["correct-horse-battery"])) as mesh:
        await _check_door(mesh, asked)


async def _check_door(mesh: Mesh, asked: str) -> None:
    answer = await mesh.http.get(asked)
    if asked in OPEN_PATHS:
        assert answer.status_code in {200, 503}
        return
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    key = {"authorization": "Bearer correct-horse-battery"}
    document = (await mesh.http.get("/openapi.json", headers=key)).json()
    assert described(document, asked)["security"] == [{"bearer": []}]
