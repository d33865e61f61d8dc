"""One thing under several names, over real processes: joined late, explained, undone, kept over restarts, shared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lineage_shared.ids import asset_id
from lineage_shared.model import Kind
from tests.federation.mesh import JOBS, Federation, Gateway, run_event

TABLE = ("postgres://db.acme.example:5432", "shop.public.orders")
TOPIC = ("kafka://broker.acme.example:9092", "orders-topic")
REPORT = ("s3://reports", "daily")
RAW = ("s3://raw", "orders")

DECLARE = """mutation ($a: AssetRef!, $b: AssetRef!) { declareAlias(a: $a, b: $b, by: "ops") {
  declaration { id origin assertedBy overruled } assets { id identity { aliases { name reasons } } } version } }"""
DIFFERENT = """mutation ($a: AssetRef!, $b: AssetRef!) { declareDifferent(a: $a, b: $b) {
  declaration { id } assets { id } } }"""
RETRACT = "mutation ($id: ID!) { retractClaim(id: $id) { assets { id } declaration { id } } }"
EXPLAIN = """query ($a: AssetRef!, $b: AssetRef!) { explainIdentity(a: $a, b: $b) {
  same path { kind assertedBy declarations } heldBack { kind reason status }
  difference { part a b declaration } a { canonicalKey rules } b { canonicalKey } } }"""


def named(name: tuple[str, str]) -> dict[str, Any]:
    """A reference to a dataset."""
    return {"dataset": {"namespace": name[0], "name": name[1]}}


def ids(name: tuple[str, str]) -> str:
    """The id of a global dataset."""
    return asset_id(Kind.DATASET, *name, None)


def reached(gateway: Gateway, of: tuple[str, str]) -> set[str]:
    """The names of all datasets downstream."""
    return {node["name"] for node in gateway.walk(of)["nodes"] if node["kind"] == "DATASET"}


def symlinked(name: tuple[str, str], other: tuple[str, str]) -> dict[str, Any]:
    """A dataset with a symlink to another name, as events write it."""
    facet = {
        "_producer": "https://example.com",
        "_schemaURL": "https://openlineage.io/spec/facets/1-0-1/SymlinksDatasetFacet.json",
        "identifiers": [{"namespace": other[0], "name": other[1], "type": "TABLE"}],
    }
    return {"namespace": name[0], "name": name[1], "facets": {"symlinks": facet}}


def test_declarations_join_at_once_survive_a_restart_and_are_undone(tmp_path: Path) -> None:
    """Two known datasets become one, for every query and gateway; taken back, it is as if nothing had been said."""
    with Federation(tmp_path) as federation:
        shop, reports = federation.start_agent("shop"), federation.start_agent("reports")
        shop.post(run_event("load", [RAW], [TABLE]))
        reports.post(run_event("build", [TOPIC], [REPORT]))
        gateway = federation.start_gateway(shop, reports)
        other = federation.start_gateway(shop, reports)
        gateway.until_synced(shop, reports)
        assert reached(gateway, RAW) == {RAW[1], TABLE[1]}
        before = gateway.data("{ mesh { datasets } }")["mesh"]["datasets"]
        declared = gateway.data(DECLARE, a=named(TABLE), b={"reference": " ".join(TOPIC)})["declareAlias"]
        assert declared["declaration"] | {"id": ""} == {
            "id": "", "origin": "API", "assertedBy": "ops", "overruled": None
        }  # fmt: skip
        assert {each["name"] for each in declared["assets"][0]["identity"]["aliases"]} == {TABLE[1], TOPIC[1]}
        assert reached(gateway, RAW) == {RAW[1], declared_name(gateway), REPORT[1]}
        assert gateway.data("{ mesh { datasets } }")["mesh"]["datasets"] == before - 1
        both = gateway.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[ids(TABLE), ids(TOPIC)])["nodes"]
        assert both[0] == both[1]
        found = gateway.data('{ search(query: "orders-topic") { edges { node { id } } } }')["search"]["edges"]
        assert [edge["node"]["id"] for edge in found] == [both[0]["id"]]
        explained = gateway.data(EXPLAIN, a=named(TABLE), b=named(TOPIC))["explainIdentity"]
        assert explained["same"] is True
        assert [(each["kind"], each["assertedBy"]) for each in explained["path"]] == [("alias", "ops")]
        other.until(lambda: REPORT[1] in reached(other, RAW), "the other gateway joins them")
        gateway.stop()
        gateway = federation.start_gateway(shop, reports)
        gateway.until_synced(shop, reports)
        assert REPORT[1] in reached(gateway, RAW)
        retracted = gateway.data(RETRACT, id=declared["declaration"]["id"])["retractClaim"]
        assert {each["id"] for each in retracted["assets"]} == {ids(TABLE), ids(TOPIC)}
        assert reached(gateway, RAW) == {RAW[1], TABLE[1]}
        assert gateway.data("{ mesh { datasets } }")["mesh"]["datasets"] == before
        other.until(lambda: REPORT[1] not in reached(other, RAW), "the other gateway parts them")


def declared_name(gateway: Gateway) -> str:
    """The name under which the joined dataset is shown."""
    answer = gateway.data("query ($ref: AssetRef!) { asset(ref: $ref) { name } }", ref=named(TABLE))
    name: str = answer["asset"]["name"]
    return name


def test_a_symlink_that_comes_late_joins_and_a_difference_parts(tmp_path: Path) -> None:
    """A producer's claim about two datasets that are there already joins them; `declareDifferent` beats it."""
    with Federation(tmp_path) as federation:
        shop, reports = federation.start_agent("shop"), federation.start_agent("reports")
        shop.post(run_event("load", [RAW], [TABLE]))
        reports.post(run_event("build", [TOPIC], [REPORT]))
        gateway = federation.start_gateway(shop, reports)
        gateway.until_synced(shop, reports)
        assert REPORT[1] not in reached(gateway, RAW)
        again = run_event("build", [], [REPORT], at="2026-01-02T00:00:00Z")
        reports.post({**again, "inputs": [symlinked(TOPIC, TABLE)]})
        gateway.until(lambda: REPORT[1] in reached(gateway, RAW), "the symlink joins")
        different = gateway.data(DIFFERENT, a=named(TABLE), b=named(TOPIC))["declareDifferent"]
        assert len(different["assets"]) == 2
        assert REPORT[1] not in reached(gateway, RAW)
        explained = gateway.data(EXPLAIN, a=named(TABLE), b=named(TOPIC))["explainIdentity"]
        assert explained["same"] is False
        assert explained["difference"]["part"] == "platform"
        assert ("symlink", "quarantined") in [(each["kind"], each["status"]) for each in explained["heldBack"]]
        conflicts = gateway.data("{ identityConflicts { totalCount edges { node { reason message keys state } } } }")
        assert [edge["node"]["reason"] for edge in conflicts["identityConflicts"]["edges"]] == ["different-from"]


def test_the_configuration_wins_and_keys_are_needed(tmp_path: Path) -> None:
    """What a file declares holds, reloads, and cannot be contradicted; without a key nobody declares anything."""
    with Federation(tmp_path) as federation:
        shop = federation.start_agent("shop")
        shop.post(run_event("load", [RAW], [TABLE]), run_event("build", [TOPIC], [REPORT]))
        config = tmp_path / "mesh.toml"
        domain = f'[domains.shop]\nurl = "{shop.url}"\n'
        config.write_text(domain)
        gateway = federation.start_gateway(arguments=["--config", str(config)])
        gateway.until_synced(shop)
        table, topic = (f'{{namespace = "{ns}", name = "{name}"}}' for ns, name in (TABLE, TOPIC))
        config.write_text(f'{domain}[[declarations]]\ntype = "alias"\na = {table}\nb = {topic}\n')
        gateway.until(lambda: REPORT[1] in reached(gateway, RAW), "the configuration joins")
        refused: Any = gateway.graphql(DIFFERENT, a=named(TABLE), b=named(TOPIC))
        assert refused["errors"][0]["extensions"]["code"] == "DECLARATION_OVERRULED"
        (declared,) = gateway.data("{ identityDeclarations { id origin } }")["identityDeclarations"]
        assert declared["origin"] == "CONFIGURATION"
        kept: Any = gateway.graphql(RETRACT, id=declared["id"])
        assert kept["errors"][0]["extensions"]["code"] == "DECLARATION_CONFIGURED"
        nothing: Any = gateway.graphql(DECLARE, a=named(TABLE), b=named(("s3://lake", "x" * 10_000)))
        assert nothing["errors"][0]["extensions"]["code"] == "REFERENCE_INVALID"
        local: Any = gateway.graphql(DECLARE, a=named(TABLE), b=named(("file", "/tmp/nobody/has/this")))
        assert local["errors"][0]["extensions"]["code"] == "DOMAIN_MISSING"
        job = {"job": {"namespace": JOBS, "name": "load"}}
        parted = gateway.data(DIFFERENT, a=job, b={"job": {"namespace": JOBS, "name": "build"}})["declareDifferent"]
        assert len(parted["assets"]) == 2
        unknown: Any = gateway.graphql(RETRACT, id="nothing")
        assert unknown["errors"][0]["extensions"]["code"] == "DECLARATION_NOT_FOUND"
