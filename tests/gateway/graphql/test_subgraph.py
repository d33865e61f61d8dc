"""The gateway as a subgraph: what routers compose, and entities by their keys."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import InterfaceTypeDefinitionNode, ObjectTypeDefinitionNode, build_schema, parse

from lineage_gateway.graphql import build_schema as client_schema
from lineage_gateway.graphql import subgraph_sdl
from lineage_shared.ids import domain_id
from tests.gateway.graphql.federation import BUILD, CHURN, FILES, LOAD_ORDERS, ORDERS, SHOP, Mesh, federation, mesh_of
from tests.gateway.graphql.telling_agent import TellingAgent

ENTITIES = """query($of: [_Any!]!) { _entities(representations: $of) {
  __typename
  ... on Dataset { id name }
  ... on DataJob { id name }
  ... on DataDomain { id name }
  ... on DataJobRun { id state job { name } }
} }"""

PRELUDE = """
directive @key(fields: String!) repeatable on OBJECT
directive @shareable on OBJECT
directive @link(url: String!, import: [String!]) on SCHEMA
"""


def dataset(**keys: Any) -> dict[str, Any]:
    """A representation of a dataset."""
    return {"__typename": "Dataset", **keys}


async def entities(mesh: Mesh, *representations: Any) -> list[Any]:
    """Entities that must all be answered."""
    found: list[Any] = (await mesh.ask(ENTITIES, of=list(representations)))["_entities"]
    return found


def fields_of(text: str, name: str) -> set[str]:
    """The fields of a type in an SDL."""
    for each in parse(text).definitions:
        if isinstance(each, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode) and each.name.value == name:
            return {field.name.value for field in each.fields or ()}
    return set()


def test_routers_see_the_schema_of_the_clients_but_for_what_is_not_theirs() -> None:
    """Everything of Query but Relay's entry points and the router's own fields, and a schema that stands alone."""
    text = subgraph_sdl()
    everything = set(client_schema().query_type.fields)  # type: ignore[union-attr]  # there is one
    assert everything - fields_of(text, "Query") == {"node", "nodes", "_entities", "_service"}
    sdl = text.replace("extend schema", "schema", 1).replace('"@shareable"])', '"@shareable"]) { query: Query }', 1)
    seen = build_schema(PRELUDE + sdl)
    assert set(client_schema().type_map) - set(seen.type_map) == {"_Any", "_Entity", "_Service"}
    assert "@oneOf" not in text


def test_entities_are_marked_by_their_keys() -> None:
    """Four types by id, datasets by name as well; only PageInfo may be another subgraph's too."""
    marked = [line.partition(" {")[0] for line in subgraph_sdl().splitlines() if "@key(" in line or "@share" in line]
    assert sorted(marked[1:]) == [
        'type DataDomain implements Node @key(fields: "id")',
        'type DataJob implements Asset & Node @key(fields: "id")',
        'type DataJobRun implements Node @key(fields: "id")',
        'type Dataset implements Asset & Node @key(fields: "id") @key(fields: "namespace name")',
        "type PageInfo @shareable",
    ]


async def test_a_router_is_told_the_same_schema_as_the_command_prints(mesh: Mesh) -> None:
    """`_service.sdl` is `lineage-gateway schema --subgraph`."""
    assert (await mesh.ask("{ _service { sdl } }"))["_service"]["sdl"] == subgraph_sdl()


async def test_the_schema_is_hidden_from_routers_wherever_it_is_hidden() -> None:
    """In production `_service` is refused as introspection is; entities are answered."""
    async with federation(profile="production") as mesh:
        answer = (await mesh.http.post("/graphql", json={"query": "{ _service { sdl } }"})).json()
        assert answer["errors"][0]["extensions"]["code"] == "INTROSPECTION_DISABLED"
        assert (await entities(mesh, dataset(id=ORDERS)))[0]["name"] == "shop.public.orders"


async def test_entities_are_found_by_every_key_in_the_order_asked_for(mesh: Mesh) -> None:
    """Jobs, domains, datasets by id and by name, in any spelling, one of them twice; no agent is asked."""
    mesh.posts()
    found = await entities(
        mesh,
        {"__typename": "DataJob", "id": BUILD},
        dataset(namespace="POSTGRES://Shop-DB:5432", name="shop.public.orders"),
        {"__typename": "DataDomain", "id": domain_id("ml")},
        dataset(id=CHURN.upper()),
        dataset(id=ORDERS, namespace="other keys", name="do not matter"),
    )
    assert [(each["__typename"], each["name"]) for each in found] == [
        ("DataJob", "build"),
        ("Dataset", "shop.public.orders"),
        ("DataDomain", "ml"),
        ("Dataset", "churn"),
        ("Dataset", "shop.public.orders"),
    ]
    assert found[1]["id"] == ORDERS
    assert mesh.posts() == {"shop": [], "warehouse": [], "ml": []}


async def test_what_nobody_knows_is_null(mesh: Mesh) -> None:
    """Unknown ids and names, an id of another type, a name that means several datasets: null, without an error."""
    assert (
        await entities(
            mesh,
            dataset(id="00000000-0000-5000-8000-000000000000"),
            dataset(id="no id"),
            dataset(id=BUILD),
            dataset(namespace=SHOP, name="nothing"),
            dataset(namespace=FILES, name="/tmp/data.csv"),
            {"__typename": "DataJob", "id": ORDERS},
            {"__typename": "DataDomain", "id": "no domain"},
            {"__typename": "DataJobRun", "id": "no run"},
        )
        == [None] * 8
    )


async def test_what_is_no_representation_is_an_error_in_its_place(mesh: Mesh) -> None:
    """The others are answered; each error has its path and a code."""
    junk: list[Any] = [
        "text",
        7,
        [],
        {},
        {"id": ORDERS},
        {"__typename": "Query"},
        {"__typename": ["Dataset"], "id": ORDERS},
        dataset(),
        dataset(id=7),
        dataset(namespace=SHOP),
        {"__typename": "DataJob", "namespace": SHOP, "name": "x"},
    ]
    data, errors = await mesh.failing(ENTITIES, of=[*junk, dataset(id=ORDERS)])
    assert data["_entities"] == [None] * len(junk) + [
        {"__typename": "Dataset", "id": ORDERS, "name": "shop.public.orders"}
    ]
    assert [each["path"] for each in errors] == [["_entities", place] for place in range(len(junk))]
    assert {each["extensions"]["code"] for each in errors} == {"BAD_USER_INPUT"}


async def test_representations_are_limited() -> None:
    """One too many is an error that names the bound."""
    async with federation(representations_max=2) as mesh:
        assert len(await entities(mesh, *[dataset(id=ORDERS)] * 2)) == 2
        data, errors = await mesh.failing(ENTITIES, of=[dataset(id=ORDERS)] * 3)
        assert not data
        assert "from 0 to 2" in errors[0]["message"]


async def test_all_runs_of_a_batch_are_asked_for_in_one_round(mesh: Mesh) -> None:
    """Their agents get one request each, whatever stands between them; a run that is gone is null."""
    runs = (await mesh.ask("query($id: ID!) { node(id: $id) { ... on DataJob { runs { edges { node { id } } } } } }",
                           id=LOAD_ORDERS))["node"]["runs"]["edges"]  # fmt: skip
    own = (await mesh.ask("query($id: ID!) { node(id: $id) { ... on DataJob { runs { edges { node { id } } } } } }",
                          id=BUILD))["node"]["runs"]["edges"]  # fmt: skip
    mesh.posts()
    ids = [edge["node"]["id"] for edge in (*runs, *own)]
    asked = [{"__typename": "DataJobRun", "id": each} for each in ids]
    found = await entities(mesh, asked[0], dataset(id=CHURN), *asked[1:])
    assert [each["id"] for each in found] == [ids[0], CHURN, *ids[1:]]
    assert found[0]["job"]["name"] == "load_orders"
    assert {name: len(posts) for name, posts in mesh.posts().items()} == {"shop": 1, "warehouse": 1, "ml": 0}


async def test_a_run_whose_agent_is_gone_is_an_error_in_its_place() -> None:
    """Everything else of the batch is answered."""
    async with federation() as mesh:
        query = "query($id: ID!) { node(id: $id) { ... on DataJob { latestRun { id } } } }"
        run = (await mesh.ask(query, id=LOAD_ORDERS))["node"]["latestRun"]["id"]
        await mesh.agents["shop"].stop()
        data, errors = await mesh.failing(ENTITIES, of=[{"__typename": "DataJobRun", "id": run}, dataset(id=CHURN)])
        assert data["_entities"][0] is None
        assert data["_entities"][1]["id"] == CHURN
        assert (errors[0]["path"], errors[0]["extensions"]["domain"]) == (["_entities", 0], "shop")


@pytest.mark.parametrize("typename", ["Dataset", "DataJob", "DataDomain", "DataJobRun"])
async def test_entities_of_an_empty_mesh_are_null(typename: str) -> None:
    """Also where nothing was ever synced."""
    async with mesh_of(TellingAgent("nowhere")) as mesh:
        assert await entities(mesh, {"__typename": typename, "id": ORDERS}) == [None]
