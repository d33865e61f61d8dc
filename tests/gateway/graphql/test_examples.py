"""The examples of docs/graphql.md and of the query page, run against real agents that hold the demo's events."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.federation.mesh import Federation, Gateway

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "graphql.md"
EVENTS = ROOT / "deploy" / "demo" / "events"

_BLOCK = re.compile(
    r"### (?P<title>[^\n]+)\n(?:(?!###).)*?```graphql\n(?P<query>.*?)```(?:\n\n```json\n(?P<json>.*?)```)?", re.DOTALL
)
_PAGE = re.compile(r'\["(?P<title>[^"]+)", `(?P<query>[^`]+)`, (?P<json>\{.*?\})\],?\n')

Example = tuple[str, str, dict[str, Any]]


def examples() -> list[Example]:
    """Title, query and variables of every example."""
    docs = DOCS.read_text(encoding="utf-8")
    found = [(m["title"], m["query"], json.loads(m["json"] or "{}")) for m in _BLOCK.finditer(docs)]
    assert len(found) == docs.count("```graphql")
    html = (files("lineage_gateway.graphql") / "page.html").read_text(encoding="utf-8")
    quoted = (re.sub(r"(\w+): ", r'"\1": ', m["json"]) for m in _PAGE.finditer(html))
    return found + [
        (m["title"], m["query"], json.loads(text)) for m, text in zip(_PAGE.finditer(html), quoted, strict=True)
    ]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway over three agents with the demo's events."""
    with Federation(tmp_path_factory.mktemp("examples")) as federation:
        agents = []
        for file in sorted(EVENTS.glob("*.ndjson")):
            agent = federation.start_agent(file.stem)
            agent.post(*map(json.loads, file.read_text(encoding="utf-8").splitlines()))
            agents.append(agent)
        made = federation.start_gateway(*agents)
        made.until_synced(*agents)
        yield made


@pytest.mark.parametrize("example", examples(), ids=lambda example: example[0])
def test_an_example_is_answered(gateway: Gateway, example: Example) -> None:
    """Without an error, and with something to see."""
    _, query, variables = example
    answer: dict[str, Any] = gateway.graphql(query, **variables)
    assert answer.get("errors", [])[:3] == []
    assert all(value is not None for value in answer["data"].values())


def test_the_mesh_connects_three_domains(gateway: Gateway) -> None:
    """From the first domain's source table to the last one's model, by table and by column."""
    crm, model = (
        ("postgres://crm-db.acme.example:5432", "crm.public.orders"),
        ("mlflow://models.acme.example", "churn_model"),
    )
    walk = gateway.walk(crm)
    assert {node["domain"] for node in walk["nodes"]} == {"sales", "analytics", "ml"}
    assert model[1] in {node["name"] for node in walk["nodes"]}
    columns = gateway.data(
        """query($of: AssetRef!) { columnLineage(of: $of, column: "churn_probability", depth: null) {
          complete nodes { name column } } }""",
        of={"dataset": {"namespace": model[0], "name": model[1]}},
    )["columnLineage"]
    assert columns["complete"] is True
    assert {"name": "warehouse.crm.orders", "column": "amount"} in columns["nodes"]


def test_every_detail_of_every_asset_is_answered(gateway: Gateway) -> None:
    """No agent fails at any field of any of the demo's assets."""
    answer: dict[str, Any] = gateway.graphql(
        """{ search(query: ".", first: 500) { edges { node {
          description owners { name type } identity { canonicalKey aliases { id } } updatedAt
          ... on Dataset {
            columns { name type description tags masked }
            schemaVersions { totalCount edges { node { version columns { name } } } }
            quality { assertion success column at } lifecycle { dropped changes { change at } } facets
          }
          ... on DataJob {
            sql sourceCode { url version } facets
            runs { totalCount edges { node {
              id runId state startedAt endedAt nominalStart error { message language } facets
              inputs { dataset { id } rowCount bytes version schemaVersion } outputs { dataset { id } rowCount bytes }
              parent { runId jobName job { id } run { id state } } root { runId run { id } }
            } } }
          }
        } } } }"""
    )
    assert answer.get("errors", [])[:3] == []
