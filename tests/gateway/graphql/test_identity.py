"""Ids of other names are told apart from an asset's own, and claims say by which event, and when, they were made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from lineage_shared.ids import asset_id
from lineage_shared.model import Claim, Kind, Step
from lineage_shared.wire import ClaimsDetail, ColumnEdge, SchemaDetail, SchemaField, SourceEvent, SymlinkDetail
from tests.gateway.fake_agent import refused
from tests.gateway.graphql.federation import FILES, SEEN_US, Mesh, dataset, job, mesh_of
from tests.gateway.graphql.telling_agent import TellingAgent

TABLE = ("hive://metastore:9083", "sales.orders")
PATH = ("s3://lake", "warehouse/orders")
TOPIC = ("kafka://broker:9092", "orders")
REPORT = ("s3://reports", "daily")

ANCHOR, MEMBER, LAST = (asset_id(Kind.DATASET, *name, None) for name in (TABLE, PATH, REPORT))
EVENT = SourceEvent("ab12", SEEN_US + 9, "https://spark.example", "r-1", "spark", "load")

CLAIM = "kind assertedBy status firstSeen lastSeen event { id at producer runId jobNamespace jobName } declared { id }"
EXPLAIN = f"""query ($a: AssetRef!, $b: AssetRef!) {{ explainIdentity(a: $a, b: $b) {{
  same path {{ {CLAIM} assertions {{ domain namespace name otherNamespace otherName type }} }}
  heldBack {{ {CLAIM} reason }} ruleset version complete domains {{ domain message }} }} }}"""


def of(name: tuple[str, str]) -> dict[str, Any]:
    """A reference to a dataset."""
    return {"dataset": {"namespace": name[0], "name": name[1]}}


@pytest.fixture
async def joined() -> AsyncIterator[Mesh]:
    """Spark says that its path is the table; another domain makes a report of the table, and has a file of its own."""
    lake, reports = TellingAgent("lake"), TellingAgent("reports")
    lake.commit(
        nodes=[dataset(1, *TABLE, mentioned=True), dataset(2, *PATH, claims=(Claim(1, "TABLE"),)), dataset(3, *TOPIC)]
    )
    lake.claims[2] = ClaimsDetail(EVENT, (SymlinkDetail(*TABLE, "TABLE", SEEN_US),))
    reports.commit(
        nodes=[
            dataset(1, *TABLE),
            dataset(2, *REPORT),
            job(3, "dbt", "daily", Step((1,), (2,))),
            dataset(4, FILES, "a"),
        ]
    )
    reports.columns[2] = (ColumnEdge(1, "id", "id", "DIRECT", "IDENTITY", job=3),)
    reports.schemas[1] = SchemaDetail(fields=(SchemaField("id"),))
    async with lake, reports, mesh_of(lake, reports, deadline_s=2.0) as mesh:
        yield mesh


async def test_an_asset_says_by_which_other_id_it_was_asked_for(joined: Mesh) -> None:
    """Every member's id resolves, and the answer names it; its own id, or a name, is no redirect."""
    query = """query ($own: ID!, $other: ID!, $name: AssetRef!) {
      own: node(id: $own) { id ... on Dataset { redirectedFrom } }
      other: node(id: $other) { id ... on Dataset { redirectedFrom } }
      nodes(ids: [$other, $own]) { id ... on Dataset { redirectedFrom } }
      asset(ref: {id: $other}) { id redirectedFrom }
      named: asset(ref: $name) { id redirectedFrom }
      lineage(of: {id: $other}) { root { id redirectedFrom } nodes { asset { redirectedFrom } } }
      paths(from: {id: $other}, to: {id: $own}) { from { id redirectedFrom } to { redirectedFrom } }
      columnLineage(of: {id: $other}, column: "id") { root { dataset } redirectedFrom }
      plain: columnLineage(of: {id: $own}, column: "id") { redirectedFrom } }"""
    data = await joined.ask(query, own=ANCHOR, other=MEMBER, name=of(PATH))
    redirected, own = {"id": ANCHOR, "redirectedFrom": MEMBER}, {"id": ANCHOR, "redirectedFrom": None}
    assert data["own"] == data["named"] == own
    assert data["other"] == data["asset"] == data["lineage"]["root"] == redirected
    assert data["nodes"] == [redirected, own]
    assert {node["asset"]["redirectedFrom"] for node in data["lineage"]["nodes"]} == {None}
    assert data["paths"] == {"from": redirected, "to": {"redirectedFrom": None}}
    assert data["columnLineage"] == {"root": {"dataset": ANCHOR}, "redirectedFrom": MEMBER}
    assert data["plain"] == {"redirectedFrom": None}


async def test_routers_are_told_of_redirects_too(joined: Mesh) -> None:
    """An entity asked for by another name's id says so; the spelling of an id makes no difference."""
    query = """query ($all: [_Any!]!) { _entities(representations: $all) { ... on Dataset { id redirectedFrom } } }"""
    asked = [{"__typename": "Dataset", "id": each} for each in (MEMBER, ANCHOR, ANCHOR.upper(), "unknown")]
    found = (await joined.ask(query, all=asked))["_entities"]
    assert found == [{"id": ANCHOR, "redirectedFrom": MEMBER}, *[{"id": ANCHOR, "redirectedFrom": None}] * 2, None]


async def test_the_names_of_an_asset_can_be_seen_unmerged(joined: Mesh) -> None:
    """Each name has a key of its own, and the claims that join it, with their event."""
    query = f"""query ($of: AssetRef!) {{ asset(ref: $of) {{ identity {{ canonicalKey aliases {{
      id domain canonicalKey claims {{ {CLAIM} }} }} }} }} }}"""
    identity = (await joined.ask(query, of=of(TABLE)))["asset"]["identity"]
    keys = {alias["id"]: alias["canonicalKey"] for alias in identity["aliases"]}
    assert keys == {ANCHOR: "ds1:hive:metastore:sales/orders", MEMBER: "ds1:s3:lake:warehouse/orders"}
    claims = [alias["claims"] for alias in identity["aliases"] if alias["canonicalKey"] != identity["canonicalKey"]]
    assert [(each["assertedBy"], each["event"]["id"]) for (each,) in claims] == [("lake", "ab12")]
    assert joined.posts()["lake"] == ["/details"]


async def test_an_explanation_names_event_and_times(joined: Mesh) -> None:
    """A symlink comes with what was said, the newest event and since when, asked for in one round."""
    data = await joined.ask(EXPLAIN, a={"id": MEMBER}, b=of(TABLE))
    explained = data["explainIdentity"]
    assert (explained["same"], explained["complete"], explained["ruleset"]) == (True, True, "r1")
    assert {each["domain"]: each["message"] for each in explained["domains"]} == {"lake": None, "reports": None}
    (claim,) = explained["path"]
    said = {"domain": "lake", "namespace": PATH[0], "name": PATH[1], "type": "TABLE"}
    assert claim["assertions"] == [{**said, "otherNamespace": TABLE[0], "otherName": TABLE[1]}]
    assert (claim["firstSeen"], claim["lastSeen"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000009Z")
    assert claim["event"] == {
        "id": "ab12", "at": claim["lastSeen"], "producer": "https://spark.example", "runId": "r-1",
        "jobNamespace": "spark", "jobName": "load",
    }  # fmt: skip
    assert joined.posts() == {"lake": ["/details"], "reports": []}


async def test_without_the_agent_the_claim_stands_and_the_answer_says_what_is_missing(joined: Mesh) -> None:
    """The claim is shown without event and times, the explanation is incomplete and names the domain."""
    joined.agents["lake"].faults["/details"] = refused(401)
    explained = (await joined.ask(EXPLAIN, a=of(PATH), b=of(TABLE)))["explainIdentity"]
    (claim,) = explained["path"]
    assert (claim["kind"], claim["status"]) == ("symlink", "active")
    assert (claim["firstSeen"], claim["lastSeen"], claim["event"]) == (None, None, None)
    assert explained["complete"] is False
    assert [each["domain"] for each in explained["domains"] if each["message"]] == ["lake"]


async def test_a_claim_beside_an_explanation_fails_like_any_detail(joined: Mesh) -> None:
    """A name's claims whose agent cannot be asked are null, with an error that names the domain."""
    joined.agents["lake"].faults["/details"] = refused(401)
    query = """query ($of: AssetRef!) { asset(ref: $of) { identity { aliases { claims { kind lastSeen } } } } }"""
    data, errors = await joined.failing(query, of=of(TABLE))
    claims = [claim for alias in data["asset"]["identity"]["aliases"] for claim in alias["claims"]]
    assert claims == [{"kind": "symlink", "lastSeen": None}]
    assert [each["extensions"]["domain"] for each in errors] == ["lake"]


async def test_a_claim_that_has_just_ended_is_shown_without_event(joined: Mesh) -> None:
    """Where the agent has no claim of that name any more, the claim is shown without event."""
    joined.agents["lake"].claims.clear()
    explained = (await joined.ask(EXPLAIN, a=of(PATH), b=of(TABLE)))["explainIdentity"]
    assert (explained["path"][0]["event"], explained["complete"]) == (None, True)
