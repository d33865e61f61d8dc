"""How often the agents are asked: once per level and domain, never per item, and not again for what is known."""

from tests.gateway.graphql.federation import BUILD, CHURN, LOAD_ORDERS, ORDERS, Mesh

DETAILS = """{ lineage(of: {id: "%s"}, depth: null, direction: DOWNSTREAM) { nodes { asset {
  description
  ... on Dataset { columns { name } quality { assertion } facets schemaVersions { totalCount } lifecycle { dropped } }
  ... on DataJob { sql sourceCode { url } facets latestRun { runId } runs { totalCount } }
} } } }"""


async def test_a_level_is_one_post_per_domain_and_call(mesh: Mesh) -> None:
    """Seven assets with all their details: one /details for each domain, and one /runs for each page asked for."""
    mesh.posts()
    await mesh.ask(DETAILS % ORDERS)
    asked = mesh.posts()
    assert {name: sorted(paths) for name, paths in asked.items()} == {
        "shop": ["/details", "/runs", "/runs"],
        "warehouse": ["/details", "/runs", "/runs"],
        "ml": ["/details", "/runs", "/runs"],
    }


async def test_what_is_known_is_not_asked_again(mesh: Mesh) -> None:
    """The same operation a second time asks nobody, and says the same."""
    first = await mesh.ask(DETAILS % ORDERS)
    mesh.posts()
    assert await mesh.ask(DETAILS % ORDERS) == first
    assert mesh.posts() == {"shop": [], "warehouse": [], "ml": []}


async def test_fields_of_different_branches_share_a_round(mesh: Mesh) -> None:
    """The same level under two roots is one POST."""
    mesh.posts()
    await mesh.ask(
        """query($a: ID!, $b: ID!, $of: AssetRef!) {
          a: node(id: $a) { ... on Dataset { columns { name } } }
          b: node(id: $b) { ... on DataJob { sql } }
          both: nodes(ids: [$a, $b]) { ... on Dataset { description } ... on DataJob { sourceCode { url } } }
          asset(ref: $of) { description }
        }""",
        a=ORDERS,
        b=LOAD_ORDERS,
        of={"id": ORDERS},
    )
    assert mesh.posts()["shop"] == ["/details"]


async def test_parents_of_many_runs_are_one_round(mesh: Mesh) -> None:
    """Each domain is asked once for all runIds of a level."""
    mesh.posts()
    await mesh.ask(
        "query($id: ID!) { node(id: $id) { ... on DataJob { runs { edges { node { "
        "parent { run { runId } job { id } } root { run { runId } job { id } } } } } } } }",
        id=BUILD,
    )
    asked = mesh.posts()
    assert asked == {"shop": ["/runs"], "warehouse": ["/runs", "/runs"], "ml": ["/runs"]}


async def test_nobody_is_asked_for_what_the_mesh_knows(mesh: Mesh) -> None:
    """Names, neighbours, lineage, search and domains cost no call."""
    mesh.posts()
    await mesh.ask(
        """query($id: ID!) {
          node(id: $id) { ... on Dataset { name tags producedBy { inputs { name } outputs { name } state }
            identity { authority } } }
          search(query: "o") { edges { node { name domains { name } } } }
          mesh { datasets } domains { name }
        }""",
        id=CHURN,
    )
    assert mesh.posts() == {"shop": [], "warehouse": [], "ml": []}
