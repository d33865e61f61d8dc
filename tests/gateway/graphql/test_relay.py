"""Relay's specifications, held against the whole schema: global ids, nodes, connections, pages."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type, is_list_type

from lineage_gateway.graphql import build_schema
from tests.gateway.graphql.federation import BUILD, LOAD_ORDERS, ORDERS, Mesh

SCHEMA = build_schema()
OBJECTS = [each for each in SCHEMA.type_map.values() if isinstance(each, GraphQLObjectType | GraphQLInterfaceType)]
CONNECTIONS = [each for each in OBJECTS if each.name.endswith("Connection")]


def fields(name: str) -> dict[str, str]:
    """The fields of a type with their types, as written."""
    named = SCHEMA.type_map[name]
    assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
    return {field: str(each.type) for field, each in named.fields.items()}


def test_nodes_are_fetched_by_a_global_id() -> None:
    """`Node` has an id only; `node` and `nodes` take ids, and keep the order of them."""
    assert fields("Node") == {"id": "ID!"}
    query = SCHEMA.type_map["Query"]
    assert isinstance(query, GraphQLObjectType)
    for name, argument, given, returned in (("node", "id", "ID!", "Node"), ("nodes", "ids", "[ID!]!", "[Node]!")):
        assert [(arg, str(each.type)) for arg, each in query.fields[name].args.items()] == [(argument, given)]
        assert str(query.fields[name].type) == returned


def test_whatever_may_be_asked_for_again_is_a_node() -> None:
    """Assets, runs and domains; a row of an answer is none, it points at one."""
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert {each.name for each in SCHEMA.get_possible_types(node)} == {"Dataset", "DataJob", "DataJobRun", "DataDomain"}


def test_connections_have_edges_and_page_info() -> None:
    """Edges and cursors are never null, an edge has a node that is no list, and a page says where it stands."""
    assert len(CONNECTIONS) >= 3
    for each in CONNECTIONS:
        assert str(each.fields["pageInfo"].type) == "PageInfo!"
        edge = each.name.removesuffix("Connection") + "Edge"
        assert str(each.fields["edges"].type) == f"[{edge}!]!"
        of_edge = fields(edge)
        assert of_edge["cursor"] == "String!"
        assert not of_edge["node"].startswith("[")
    assert fields("PageInfo") == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_names_are_kept_for_what_relay_means_by_them() -> None:
    """Only connections end in Connection, and every field that returns one takes `first` and `after`."""
    asked = 0
    for each in OBJECTS:
        for field in each.fields.values():
            named = get_named_type(field.type)
            if not is_leaf_type(named) and named.name.endswith("Connection"):
                asked += 1
                assert not is_list_type(field.type)
                assert str(field.args["first"].type) == "Int"
                assert str(field.args["after"].type) == "String"
    assert asked >= 3


async def test_every_object_is_found_again_by_its_id(mesh: Mesh) -> None:
    """Assets, a run and domains: same type, same id, alone or among others; an unknown id is null."""
    query = """query($ids: [ID!]!) {
      nodes(ids: $ids) { id __typename ... on DataJob { latestRun { id } domains { id } } } }"""
    found: list[dict[str, Any]] = (await mesh.ask(query, ids=[ORDERS, LOAD_ORDERS, BUILD]))["nodes"]
    ids = [each["id"] for each in found] + [found[1]["latestRun"]["id"], found[1]["domains"][0]["id"], "unknown"]
    again = (await mesh.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=ids))["nodes"]
    assert [each["__typename"] for each in again[:-1]] == ["Dataset", "DataJob", "DataJob", "DataJobRun", "DataDomain"]
    assert [each["id"] for each in again[:-1]] == ids[:-1]
    assert again[-1] is None
    for each, one in zip(again, ids, strict=True):
        alone = await mesh.ask("query($id: ID!) { node(id: $id) { id __typename } }", id=one)
        assert alone == {"node": each}


async def test_cursors_walk_through_all_pages_once(mesh: Mesh) -> None:
    """Each page begins behind the cursor; the last one says that nothing follows."""
    query = """query($after: String) { search(query: "o", first: 2, after: $after) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = (await mesh.ask(query, after=after))["search"]
        info, edges = page["pageInfo"], page["edges"]
        assert info["hasPreviousPage"] == (after is not None)
        assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
        seen += [edge["node"]["id"] for edge in edges]
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == page["totalCount"] > 4
