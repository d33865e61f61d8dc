"""Every wrong question gets a clear code; a failed field never takes the rest of the response with it."""

from typing import Any

import pytest

from lineage_gateway.graphql.ids import RunAddress, run_id
from tests.gateway.fake_agent import garbage, hanging, refused
from tests.gateway.graphql.federation import BUILD, CUSTOMER_ORDERS, FILES, LOAD_ORDERS, ORDERS, SHOP, Mesh, federation

OF = f'of: {{id: "{ORDERS}"}}'
NAME = f'namespace: "{SHOP}", name: "nothing"'

WRONG = [
    (f"dataset({NAME}) {{ id }}", "ASSET_NOT_FOUND", "nothing"),
    (f"job({NAME}) {{ id }}", "ASSET_NOT_FOUND", "job"),
    ('asset(ref: {id: "no-id"}) { id }', "ASSET_NOT_FOUND", "no-id"),
    (f"asset(ref: {{dataset: {{{NAME}}}}}) {{ id }}", "ASSET_NOT_FOUND", "nothing"),
    ('lineage(of: {id: "00000000-0000-0000-0000-000000000000"}) { totalNodes }', "ASSET_NOT_FOUND", "0000"),
    ('columnLineage(of: {id: ""}, column: "x") { complete }', "BAD_USER_INPUT", "empty"),
    (f'dataset(namespace: "{FILES}", name: "/tmp/data.csv") {{ id }}', "AMBIGUOUS_REFERENCE", "3"),
    ('job(namespace: "default", name: "etl") { id }', "AMBIGUOUS_REFERENCE", "shop"),
    ('job(namespace: "default", name: "etl", domain: "nobody") { id }', "DOMAIN_NOT_FOUND", "nobody"),
    ('search(query: "a", domains: ["nobody"]) { totalCount }', "DOMAIN_NOT_FOUND", "nobody"),
    (f'lineage({OF}, domains: ["nobody"]) {{ totalNodes }}', "DOMAIN_NOT_FOUND", "nobody"),
    (f"lineage({OF}, depth: -1) {{ totalNodes }}", "BAD_USER_INPUT", "from 0 to 1000"),
    (f"lineage({OF}, depth: 2000000000) {{ totalNodes }}", "BAD_USER_INPUT", "from 0 to 1000"),
    (f"lineage({OF}, limit: 0) {{ totalNodes }}", "BAD_USER_INPUT", "from 1 to 10000"),
    (f"lineage({OF}, limit: -5) {{ totalNodes }}", "BAD_USER_INPUT", "from 1 to 10000"),
    (f"lineage({OF}, limit: 10001) {{ totalNodes }}", "BAD_USER_INPUT", "from 1 to 10000"),
    (f'lineage({OF}, after: "junk") {{ totalNodes }}', "BAD_CURSOR", "after"),
    (f'lineage({OF}, after: "////") {{ totalNodes }}', "BAD_CURSOR", "after"),
    (f'columnLineage({OF}, column: "id", depth: -1) {{ complete }}', "BAD_USER_INPUT", "from 0 to 1000"),
    (f'columnLineage(of: {{id: "{LOAD_ORDERS}"}}, column: "id") {{ complete }}', "BAD_USER_INPUT", "job"),
    ('search(query: "a", first: -1) { totalCount }', "BAD_USER_INPUT", "from 0 to 500"),
    ('search(query: "a", first: 501) { totalCount }', "BAD_USER_INPUT", "from 0 to 500"),
    ('search(query: "a", after: "junk") { totalCount }', "BAD_CURSOR", "after"),
    ('search(query: "") { totalCount }', "SEARCH_TEXT_INVALID", "1 to"),
    (f'node(id: "{ORDERS}") {{ ... on Dataset {{ consumedBy(limit: 0) {{ id }} }} }}', "BAD_USER_INPUT", "from 1 to"),
    (
        f'node(id: "{ORDERS}") {{ ... on Dataset {{ schemaVersions(first: -1) {{ totalCount }} }} }}',
        "BAD_USER_INPUT",
        "from 0 to",
    ),
    (
        f'node(id: "{ORDERS}") {{ ... on Dataset {{ schemaVersions(after: "junk") {{ totalCount }} }} }}',
        "BAD_CURSOR",
        "after",
    ),
    (f'node(id: "{BUILD}") {{ ... on DataJob {{ runs(after: "junk") {{ totalCount }} }} }}', "BAD_CURSOR", "after"),
    (f'node(id: "{BUILD}") {{ ... on DataJob {{ runs(first: 501) {{ totalCount }} }} }}', "BAD_USER_INPUT", "first"),
    ("nodes(ids: [" + ", ".join(['"x"'] * 1001) + "]) { id }", "BAD_USER_INPUT", "ids"),
]


async def test_every_wrong_question_has_its_code(mesh: Mesh) -> None:
    """The field is null, the code is stable, the message names what is wrong, and the other fields are answered."""
    for field, code, said in WRONG:
        body = await mesh.post(f'{{ wrong: {field} right: domain(name: "shop") {{ name }} }}')
        assert [error["extensions"]["code"] for error in body["errors"]] == [code], field
        assert said in body["errors"][0]["message"], field
        assert body["errors"][0]["path"][0] == "wrong"
        if not field.startswith("nodes("):
            assert body["data"]["right"] == {"name": "shop"}


async def test_an_ambiguous_reference_names_every_candidate(mesh: Mesh) -> None:
    """With what it takes to choose one."""
    _, errors = await mesh.failing('{ job(namespace: "default", name: "etl") { id } }')
    ids = [
        (await mesh.ask(f'{{ job(namespace: "default", name: "etl", domain: "{name}") {{ id }} }}'))["job"]["id"]
        for name in ("ml", "shop")
    ]
    assert all(each in errors[0]["message"] for each in ids)
    assert errors[0]["extensions"]["hint"] == "add `domain`, or point with an `id`"


UNKNOWN_IDS = [
    "",
    "no-id",
    "00000000-0000-0000-0000-000000000000",
    "e" * 10_000,
    run_id(RunAddress("shop", LOAD_ORDERS, "no-run")),
    run_id(RunAddress("nobody", LOAD_ORDERS, "s-1")),
    run_id(RunAddress("shop", "no-job", "s-1")),
    run_id(RunAddress("warehouse", LOAD_ORDERS, "s-1")),
    "W10",
    "WyJydW4iLDEsMiwzXQ",
]


async def test_an_unknown_id_is_null_without_an_error(mesh: Mesh) -> None:
    """Relay's rule for node and nodes, whatever the text."""
    data = await mesh.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[*UNKNOWN_IDS, ORDERS])
    assert data["nodes"] == [*[None] * len(UNKNOWN_IDS), {"id": ORDERS}]
    for each in UNKNOWN_IDS:
        assert (await mesh.ask("query($id: ID!) { node(id: $id) { id } }", id=each))["node"] is None


DETAILS = """query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Dataset { description columns { name } }
  ... on DataJob { sql latestRun { runId } } } }"""

FAULTS = [
    (refused(503), "AGENT_UNAVAILABLE"),
    (refused(500), "AGENT_UNAVAILABLE"),
    (refused(401), "AGENT_UNAUTHORIZED"),
    (refused(409, "EPOCH_CHANGED"), "EPOCH_CHANGED"),
    (garbage(), "AGENT_BAD_RESPONSE"),
    (garbage(b"\x80"), "AGENT_BAD_RESPONSE"),
    (hanging(), "AGENT_TIMEOUT"),
    (hanging(5), "AGENT_TIMEOUT"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[f"{code}-{at}" for at, (_, code) in enumerate(FAULTS)])
async def test_a_failing_agent_fails_its_fields_only(fault: Any, code: str) -> None:
    """Null, never an empty list; the error names the domain; other domains' fields are answered."""
    async with federation(deadline_s=2.0) as mesh:
        mesh.agents["warehouse"].faults |= {"/details": fault, "/runs": fault}
        data, errors = await mesh.failing(DETAILS, ids=[CUSTOMER_ORDERS, ORDERS, BUILD])
        assert data["nodes"][0] == {"id": CUSTOMER_ORDERS, "description": None, "columns": None}
        assert data["nodes"][1]["description"] == "one row per order"
        assert data["nodes"][2] == {"id": BUILD, "sql": None, "latestRun": None}
        assert {(tuple(each["path"]), each["extensions"]["code"], each["extensions"]["domain"]) for each in errors} == {
            (("nodes", 0, "description"), code, "warehouse"),
            (("nodes", 0, "columns"), code, "warehouse"),
            (("nodes", 2, "sql"), code, "warehouse"),
            (("nodes", 2, "latestRun"), code, "warehouse"),
        }
        mesh.agents["warehouse"].faults.clear()
        again = await mesh.ask(DETAILS, ids=[CUSTOMER_ORDERS, BUILD])
        assert again["nodes"][1]["latestRun"] == {"runId": "w-1"}


async def test_an_item_that_fails_leaves_its_list_standing(mesh: Mesh) -> None:
    """A run of a domain that cannot be asked is null among its neighbours."""
    mesh.agents["warehouse"].faults["/runs"] = refused(401)
    ids = [ORDERS, run_id(RunAddress("warehouse", BUILD, "w-1")), run_id(RunAddress("shop", LOAD_ORDERS, "s-1"))]
    data, errors = await mesh.failing("query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", ids=ids)
    assert data["nodes"] == [{"__typename": "Dataset"}, None, {"__typename": "DataJobRun"}]
    assert [(each["path"], each["extensions"]["domain"]) for each in errors] == [(["nodes", 1], "warehouse")]


async def test_a_parent_that_could_not_be_looked_for_is_an_error(mesh: Mesh) -> None:
    """A domain that cannot be asked might have it: null with an error, not just null."""
    query = "query($id: ID!) { node(id: $id) { ... on DataJob { latestRun { parent { runId run { runId } } } } } }"
    await mesh.ask(query, id=BUILD)
    mesh.agents["shop"].faults["/runs"] = refused(401)
    data, errors = await mesh.failing(query, id=BUILD)
    assert data["node"]["latestRun"]["parent"] == {"runId": "s-2", "run": None}
    assert errors[0]["extensions"] == {"code": "AGENT_UNAUTHORIZED", "domain": "shop"}


async def test_a_defect_is_masked(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller sees an id, the log has it with the traceback."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("lineage_gateway.graphql.query.all_domains", broken)
    body = await mesh.post("{ mesh { datasets } domains { name } }")
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(body)
    assert error["extensions"]["id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_ill_formed_variables_are_the_callers_fault(mesh: Mesh) -> None:
    """A wrong type, an unknown enum value, several references at once."""
    query = "query($of: AssetRef!, $depth: Int) { lineage(of: $of, depth: $depth) { totalNodes } }"
    wrong: list[dict[str, Any]] = [
        {"of": {"id": ORDERS}, "depth": "deep"},
        {"of": {"id": ORDERS}, "depth": 10**30},
        {"of": {"id": ORDERS, "dataset": {"namespace": "a", "name": "b"}}},
        {"of": {}},
        {"of": {"id": None}},
        {},
    ]
    for variables in wrong:
        body = await mesh.post(query, **variables)
        assert body.get("data") is None
        assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_USER_INPUT"}, variables
