"""Texts that are no names, given wherever a name may be: a clear error with a code, or an answer; never a defect."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.access import EVERYTHING
from lineage_gateway.lineage import ById, ByName, ByText, MeshView, Reference, resolve, spelled
from lineage_gateway.lineage.limits import Limits
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import Conflict, InvalidInput, NotFound
from lineage_shared.model import Kind
from tests.gateway.graphql.federation import dataset, job, mesh_of
from tests.gateway.graphql.telling_agent import TellingAgent

LONG = "x" * 10_000
BAD = (
    "", " ", "\x00", "a\x00b c", "\x1b[31mred", "\u202egnp.exe", LONG, f"s3://lake {LONG}", "{", "{}", "[1, 2]",
    '{"system": 1}', '{"namespace": 5, "name": []}', "{" * 5000, "urn:li:dataset:(", "jdbc:", "jdbc:postgresql://[::1",
    "http://[", "//", "arn:", "arn:aws:glue::::", "projects/", "model..", "@", "#", "%zz", "s3://%ff/%00", "file:///",
    "postgres://h:99999999999/x", "postgres://\u0430cme a.b.c", "." * 5000, '"', "`", "a b c d", "s3://a\nb c", "null",
    "snowflake://- a.b.c", "kafka://null:-1 x", "\U0001f600" * 2000, "urn:uuid:" + "0" * 32, "-" * 36,
)  # fmt: skip
ANSWERS = {
    "ASSET_NOT_FOUND", "AMBIGUOUS_REFERENCE", "BAD_USER_INPUT", "REFERENCE_INVALID", "DOMAIN_NOT_FOUND",
    "DOMAIN_MISSING", "DECLARATION_NOT_FOUND", "DECLARATION_INVALID", "COLUMN_NOT_FOUND",
}  # fmt: skip
LAKE = '{dataset: {namespace: "s3://lake", name: "x"}}'
QUERIES = (
    "query ($bad: String!) { asset(ref: {reference: $bad}) { id } }",
    "query ($bad: ID!) { asset(ref: {id: $bad}) { id } node(id: $bad) { id } nodes(ids: [$bad]) { id } }",
    "query ($bad: String!) { dataset(namespace: $bad, name: $bad) { id } job(namespace: $bad, name: $bad) { id } }",
    'query ($bad: String!) { dataset(namespace: "s3://lake", name: "x", domain: $bad) { id } }',
    f"query ($bad: String!) {{ explainIdentity(a: {{reference: $bad}}, b: {LAKE}) {{ same difference {{ part }} }} }}",
    f"""query ($bad: String!) {{ explainIdentity(a: {{dataset: {{namespace: $bad, name: $bad}}}}, b: {LAKE}) {{
      same a {{ reference canonicalKey nothing }} difference {{ a b declaration }} }} }}""",
    "query ($bad: String!) { columnLineage(of: {reference: $bad}, column: $bad) { root { name } } }",
    """query ($bad: String!) { _entities(representations: [{__typename: "Dataset", id: $bad},
      {__typename: "Dataset", namespace: $bad, name: $bad}]) { ... on Dataset { id } } }""",
    f"mutation ($bad: String!) {{ declareAlias(a: {{reference: $bad}}, b: {LAKE}) {{ declaration {{ id }} }} }}",
    f"""mutation ($bad: String!) {{
      declareDifferent(a: {{dataset: {{namespace: $bad, name: $bad}}}}, b: {LAKE}) {{ declaration {{ id }} }} }}""",
    "mutation ($bad: ID!) { retractClaim(id: $bad) { declaration { id } } }",
)


async def test_every_field_that_takes_a_name_answers_bad_ones_clearly(tmp_path: Path) -> None:
    """Known codes only, messages of bounded length without control characters, and every answer is JSON."""
    agent = TellingAgent("lake")
    agent.commit(nodes=[dataset(1, "s3://lake", "x"), dataset(2, "postgres://acme", "a.b.c"), job(3, "s", "j")])
    async with agent, mesh_of(agent, declarations_db=str(tmp_path / "declared.db")) as mesh:
        for bad in BAD:
            for query in QUERIES:
                body = await mesh.post(query, bad=bad)
                for error in body.get("errors", ()):
                    assert error["extensions"]["code"] in ANSWERS, (query, bad[:80], error)
                    assert len(error["message"]) < 1000
                    assert error["message"].isprintable()


async def test_a_lone_surrogate_is_not_json(tmp_path: Path) -> None:
    """What is no text is refused before anything is looked up."""
    async with mesh_of(declarations_db=str(tmp_path / "declared.db")) as mesh:
        body = json.dumps({"query": QUERIES[0], "variables": {"bad": "\ud800"}})
        answer = await mesh.http.post("/graphql", content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "JSON_INVALID")


ANY = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(BAD)


@pytest.fixture(scope="module")
def view() -> MeshView:
    """A mesh of one domain."""
    keeper = MeshKeeper()
    records = (dataset(1, "s3://lake", "x"), dataset(2, "file", "/data/x"), job(3, "s", "j"))
    keeper.replace("sales", DomainMirror("sales", records))
    return MeshView(keeper.mesh, {}, EVERYTHING, Limits())


@given(reference=st.builds(ByText, ANY) | st.builds(ById, ANY) | st.builds(ByName, st.sampled_from(Kind), ANY, ANY))
def test_resolving_any_text_gives_a_node_or_an_error_of_ours(view: MeshView, reference: Reference) -> None:
    """Lone surrogates and control characters included, both to look something up and to explain it."""
    for read in (resolve, spelled):
        with contextlib.suppress(NotFound, InvalidInput, Conflict):
            read(view, reference)
