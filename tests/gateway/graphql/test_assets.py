"""Assets, their details and their runs, as the agents tell them."""

from typing import Any

import pytest

from tests.gateway.graphql.federation import (
    BUILD,
    CHURN,
    CUSTOMER_ORDERS,
    DAILY,
    FILES,
    LAKE,
    LOAD_ORDERS,
    ORDERS,
    SHOP,
    Mesh,
)

ONE = """query One($namespace: String!, $name: String!, $domain: String) {
  dataset(namespace: $namespace, name: $name, domain: $domain) { id domain { name } }
}"""


async def test_a_dataset_tells_what_the_mesh_knows_without_asking_an_agent(mesh: Mesh) -> None:
    """Topology and its attributes are answered from memory."""
    mesh.posts()
    data = await mesh.ask(
        """query($ref: AssetRef!) { asset(ref: $ref) {
          __typename id kind namespace name domain { name } domains { name } tags owners { name type } updatedAt
          identity { canonicalKey authority aliases { id namespace name domain reasons } }
          ... on Dataset { type producedBy { name } consumedBy { name domain { name } } }
        } }""",
        ref={"id": ORDERS},
    )
    assert data["asset"] == {
        "__typename": "Dataset",
        "id": ORDERS,
        "kind": "DATASET",
        "namespace": SHOP,
        "name": "shop.public.orders",
        "domain": {"name": "shop"},
        "domains": [{"name": "shop"}],
        "tags": ["pii"],
        "owners": [{"name": "team:checkout", "type": "MAINTAINER"}],
        "updatedAt": None,
        "identity": {
            "canonicalKey": "ds1:postgres:shop-db:shop/public/orders",
            "authority": "shop",
            "aliases": [
                {
                    "id": ORDERS,
                    "namespace": SHOP,
                    "name": "shop.public.orders",
                    "domain": "shop",
                    "reasons": ["default-port"],
                }
            ],
        },
        "type": "TABLE",
        "producedBy": [],
        "consumedBy": [{"name": "load_orders", "domain": {"name": "shop"}}],
    }
    assert mesh.posts() == {"shop": [], "warehouse": [], "ml": []}


async def test_one_dataset_of_two_domains_is_one_asset(mesh: Mesh) -> None:
    """Both names are aliases, and the domain that writes it speaks for it."""
    data = await mesh.ask(
        """query($id: ID!) { node(id: $id) { ... on Dataset {
          domain { name } domains { name } identity { aliases { domain } } producedBy { id } consumedBy { id }
        } } }""",
        id=DAILY,
    )
    assert data["node"] == {
        "domain": {"name": "shop"},
        "domains": [{"name": "shop"}, {"name": "warehouse"}],
        "identity": {"aliases": [{"domain": "shop"}, {"domain": "warehouse"}]},
        "producedBy": [{"id": LOAD_ORDERS}],
        "consumedBy": [{"id": BUILD}],
    }


@pytest.mark.parametrize("namespace", [SHOP, "POSTGRES://SHOP-DB:5432", "postgres://SHOP-DB:5432/"])
async def test_any_certain_spelling_of_a_name_is_found(mesh: Mesh, namespace: str) -> None:
    """References resolve before they are looked up."""
    data = await mesh.ask(ONE, namespace=namespace, name="shop.public.orders")
    assert data["dataset"]["id"] == ORDERS


async def test_details_of_a_dataset(mesh: Mesh) -> None:
    """What only the agent knows: columns, versions, description, quality, lifecycle, facets."""
    data = await mesh.ask(
        """query($id: ID!) { node(id: $id) { ... on Dataset {
          description
          columns { name type description tags masked }
          schemaVersions { totalCount edges { node { version firstSeen columns { name } } } }
          quality { assertion success column severity at }
          lifecycle { dropped createdAt droppedAt truncatedAt renamedAt changes { change at previousName } }
          facets custom: facets(names: ["custom", "nothing"])
        } } }""",
        id=ORDERS,
    )
    assert data["node"] == {
        "description": "one row per order",
        "columns": [
            {"name": "id", "type": "bigint", "description": "the key", "tags": [], "masked": False},
            {"name": "email", "type": "text", "description": None, "tags": ["pii"], "masked": True},
        ],
        "schemaVersions": {
            "totalCount": 2,
            "edges": [
                {
                    "node": {
                        "version": "v2",
                        "firstSeen": "2026-01-01T00:00:00.000005Z",
                        "columns": [{"name": "id"}, {"name": "email"}],
                    }
                },
                {"node": {"version": "v1", "firstSeen": "2026-01-01T00:00:00Z", "columns": [{"name": "id"}]}},
            ],
        },
        "quality": [
            {
                "assertion": "not_null",
                "success": True,
                "column": "id",
                "severity": None,
                "at": "2026-01-01T00:00:00Z",
            }
        ],
        "lifecycle": {
            "dropped": False,
            "createdAt": "2026-01-01T00:00:00Z",
            "droppedAt": None,
            "truncatedAt": "2026-01-01T00:00:00.000001Z",
            "renamedAt": None,
            "changes": [
                {"change": "CREATE", "at": "2026-01-01T00:00:00Z", "previousName": None},
                {"change": "TRUNCATE", "at": "2026-01-01T00:00:00.000001Z", "previousName": None},
            ],
        },
        "facets": {"schema": {"fields": []}, "custom": {"n": 1}},
        "custom": {"custom": {"n": 1}},
    }


async def test_a_dataset_of_which_nothing_was_reported_is_null_without_an_error(mesh: Mesh) -> None:
    """Nobody ever reported a schema: that is known, and not a failure."""
    data = await mesh.ask(
        "query($id: ID!) { node(id: $id) { ... on Dataset { columns { name } lifecycle { dropped } } } }", id=CHURN
    )
    assert data["node"] == {"columns": None, "lifecycle": None}


async def test_details_of_a_job(mesh: Mesh) -> None:
    """SQL, source code, inputs, outputs, the newest run."""
    data = await mesh.ask(
        """{ job(namespace: "airflow", name: "load_orders") {
          id type integration state inputs { name } outputs { name } sql sourceCode { type url version branch }
          latestRun { runId state error { message language stackTrace } }
        } }"""
    )
    assert data["job"] == {
        "id": LOAD_ORDERS,
        "type": "BATCH",
        "integration": "AIRFLOW",
        "state": "COMPLETE",
        "inputs": [{"name": "shop.public.order_lines"}, {"name": "shop.public.orders"}],
        "outputs": [{"name": "orders/daily"}],
        "sql": "select 1",
        "sourceCode": {"type": "git", "url": "https://example.com/x", "version": "abc", "branch": None},
        "latestRun": {
            "runId": "s-3",
            "state": "FAIL",
            "error": {"message": "boom", "language": "python", "stackTrace": None},
        },
    }


async def test_runs_page_from_newest_to_oldest(mesh: Mesh) -> None:
    """Following endCursor gives every run once, whatever the size of the pages."""
    query = """query($first: Int, $after: String) { job(namespace: "airflow", name: "load_orders") {
      runs(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { id runId } }
      } } }"""
    for size in (1, 2, 3, 20):
        seen, after = [], None
        for _ in range(5):
            runs = (await mesh.ask(query, first=size, after=after))["job"]["runs"]
            assert runs["totalCount"] == 3
            assert runs["pageInfo"]["hasPreviousPage"] is (after is not None)
            seen += [edge["node"]["runId"] for edge in runs["edges"]]
            after = runs["pageInfo"]["endCursor"]
            if not runs["pageInfo"]["hasNextPage"]:
                break
        assert seen == ["s-3", "s-2", "s-1"]


async def test_a_page_of_runs_may_begin_behind_any_run(mesh: Mesh) -> None:
    """Every edge's cursor works, not only the last one's."""
    query = """query($after: String) { job(namespace: "airflow", name: "load_orders") {
      runs(first: 3, after: $after) { edges { cursor node { runId } } } } }"""
    edges = (await mesh.ask(query))["job"]["runs"]["edges"]
    behind = [(await mesh.ask(query, after=edge["cursor"]))["job"]["runs"]["edges"] for edge in edges]
    assert [[each["node"]["runId"] for each in page] for page in behind] == [["s-2", "s-1"], ["s-1"], []]


async def test_a_run_tells_its_story(mesh: Mesh) -> None:
    """Times, datasets, facets; and a parent in another domain is found by its runId."""
    data = await mesh.ask(
        """query($id: ID!) { node(id: $id) { ... on DataJob { latestRun {
          id runId state startedAt endedAt nominalStart nominalEnd job { id }
          inputs { dataset { id } rowCount version } outputs { dataset { id } version rowCount }
          facets(names: ["custom"])
          parent { runId jobNamespace jobName job { id } run { runId state job { domain { name } } } }
          root { runId job { id } run { id } }
        } } } }""",
        id=BUILD,
    )
    run = data["node"]["latestRun"]
    again = await mesh.ask(
        "query($id: ID!) { node(id: $id) { id ... on DataJobRun { runId job { id } } } }", id=run.pop("id")
    )
    assert again["node"]["runId"] == "w-1"
    assert again["node"]["job"] == {"id": BUILD}
    assert run == {
        "runId": "w-1",
        "state": "COMPLETE",
        "startedAt": "2026-01-01T00:00:00Z",
        "endedAt": "2026-01-01T00:01:00Z",
        "nominalStart": "2026-01-01T00:00:00Z",
        "nominalEnd": None,
        "job": {"id": BUILD},
        "inputs": [{"dataset": {"id": DAILY}, "rowCount": "12345678901234567890", "version": None}],
        "outputs": [{"dataset": {"id": CUSTOMER_ORDERS}, "version": "7", "rowCount": None}],
        "facets": {"custom": {"a": 1}},
        "parent": {
            "runId": "s-2",
            "jobNamespace": "airflow",
            "jobName": "load_orders",
            "job": {"id": LOAD_ORDERS},
            "run": {"runId": "s-2", "state": "COMPLETE", "job": {"domain": {"name": "shop"}}},
        },
        "root": {"runId": "nowhere", "job": None, "run": None},
    }


async def test_search_pages_through_matches(mesh: Mesh) -> None:
    """A Relay connection over names, with filters."""
    query = """query($q: String!, $first: Int, $after: String,
        $kinds: [AssetKind!], $domains: [String!], $tags: [String!]) {
      search(query: $q, first: $first, after: $after, kinds: $kinds, domains: $domains, tags: $tags) {
        totalCount pageInfo { hasNextPage endCursor } edges { cursor node { kind name } }
      } }"""
    names: list[str] = []
    after = None
    page: dict[str, Any] = {}
    for _ in range(4):
        page = (await mesh.ask(query, q="order", first=2, after=after))["search"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert sorted(names) == [
        "load_orders",
        "orders/daily",
        "shop.public.order_lines",
        "shop.public.orders",
        "wh.marts.customer_orders",
    ]
    assert page["totalCount"] == 5
    assert page["pageInfo"] == {"hasNextPage": False, "endCursor": None}
    jobs = (await mesh.ask(query, q="order", kinds=["JOB"]))["search"]["edges"]
    assert [edge["node"] for edge in jobs] == [{"kind": "JOB", "name": "load_orders"}]
    assert (await mesh.ask(query, q="order", domains=["shop"]))["search"]["totalCount"] == 4
    assert (await mesh.ask(query, q="order", tags=["pii"]))["search"]["totalCount"] == 1
    assert (await mesh.ask(query, q="order", kinds=[]))["search"]["totalCount"] == 0


async def test_domains_and_the_mesh(mesh: Mesh) -> None:
    """What the domains are, how current, and how much there is."""
    data = await mesh.ask(
        """{ mesh { version datasets jobs edges crossDomainEdges domains { name } }
             domain(name: "shop") { id name status position syncedAt stalenessSeconds datasets jobs edges namespaces
               description contacts lagSeconds deadLetters }
             none: domain(name: "nobody") { name } }"""
    )
    shop = data["domain"]
    assert (shop["name"], shop["status"], shop["datasets"], shop["jobs"], shop["edges"]) == ("shop", "LIVE", 4, 2, 3)
    assert shop["stalenessSeconds"] < 25
    assert shop["position"]
    assert data["none"] is None
    assert (data["mesh"]["datasets"], data["mesh"]["jobs"], data["mesh"]["edges"]) == (10, 5, 9)
    assert [each["name"] for each in data["mesh"]["domains"]] == ["ml", "shop", "warehouse"]
    node = (
        await mesh.ask("query($id: ID!) { node(id: $id) { __typename ... on DataDomain { name } } }", id=shop["id"])
    )["node"]
    assert node == {"__typename": "DataDomain", "name": "shop"}


async def test_a_local_name_needs_its_domain(mesh: Mesh) -> None:
    """Equal paths of three domains are three datasets."""
    data = await mesh.ask(ONE, namespace=FILES, name="/tmp/data.csv", domain="ml")
    assert data["dataset"]["domain"] == {"name": "ml"}


async def test_details_of_a_shared_dataset_come_from_its_authority(mesh: Mesh) -> None:
    """The lake's table belongs to shop, which wrote it: nobody else is asked to describe it."""
    mesh.posts()
    data = await mesh.ask(
        'query($n: String!) { dataset(namespace: $n, name: "orders/daily") { columns { name } } }', n=LAKE
    )
    assert data["dataset"]["columns"] == [{"name": "order_id"}]
    assert mesh.posts() == {"shop": ["/details"], "warehouse": [], "ml": []}
