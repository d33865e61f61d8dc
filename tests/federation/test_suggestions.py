"""Suggestions over real processes: proposed out of what agents tell, decided, kept, shared, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.federation.mesh import Agent, Federation, Gateway, run_event
from tests.federation.test_identity import named, reached

ENDPOINT = ("postgres://shop.cluster-c0ffee.eu-west-1.rds.amazonaws.com:5432", "shop.public.orders")
OWN_NAME = ("postgres://orders-db.acme.example:5432", "shop.public.orders")
RAW = ("s3://raw", "incoming")
REPORT = ("s3://reports", "daily")
COLUMNS = {"id": "bigint", "status": "varchar(10)", "amount": "numeric(10,2)"}
AS_WRITTEN_ELSEWHERE = {"ID": "INTEGER", "STATUS": "text", "AMOUNT": "NUMBER(38,2)"}

SUGGESTIONS = """query ($states: [IdentitySuggestionState!]) { identitySuggestions(states: $states) { totalCount version
  leftOut edges { node { id keys state score decidedBy decidedAt firstProposedAt declaration a { id name } b { id }
  features { name value points note } } } } }"""
ACCEPT = 'mutation ($id: ID!) { acceptSuggestion(id: $id, by: "ann") { declaration { id assertedBy } assets { id } } }'
REJECT = 'mutation ($id: ID!) { rejectSuggestion(id: $id, by: "bob") { declaration { id } assets { id } } }'
RETRACT = "mutation ($id: ID!) { retractClaim(id: $id) { assets { id } } }"
DIFFERENT = "mutation ($a: AssetRef!, $b: AssetRef!) { declareDifferent(a: $a, b: $b) { declaration { id } } }"
QUICK = {"LINEAGE_GATEWAY_SUGGESTION_INTERVAL_S": "0.05"}
POLICY = """
[[suggestion_policies]]
name = "endpoints"
score_min = 0.9
features = {columns = 1.0, server = 0.5}
platforms = ["postgres"]
a = ["postgres://*.rds.amazonaws.com:5432"]
b = ["postgres://*.acme.example:5432"]
"""


def described(name: tuple[str, str], columns: dict[str, str]) -> dict[str, Any]:
    """A dataset with its schema, as events write it."""
    facet = {
        "_producer": "https://example.com",
        "_schemaURL": "https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json",
        "fields": [{"name": column, "type": written} for column, written in columns.items()],
    }
    return {"namespace": name[0], "name": name[1], "facets": {"schema": facet}}


def two_views(federation: Federation) -> tuple[Agent, Agent]:
    """Two domains that report one table, each under the name by which it connects."""
    shop, reports = federation.start_agent("shop"), federation.start_agent("reports")
    shop.post(run_event("load", [RAW]) | {"outputs": [described(ENDPOINT, COLUMNS)]})
    reports.post(run_event("build", [], [REPORT]) | {"inputs": [described(OWN_NAME, AS_WRITTEN_ELSEWHERE)]})
    return shop, reports


def suggestions(gateway: Gateway, *states: str) -> list[dict[str, Any]]:
    """The suggestions in these states, or those proposed."""
    found = gateway.data(SUGGESTIONS, **({"states": list(states)} if states else {}))["identitySuggestions"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"] for edge in found["edges"]]


def features(suggestion: dict[str, Any]) -> dict[str, float]:
    """The measured values by feature."""
    return {each["name"]: each["value"] for each in suggestion["features"]}


def proposed(gateway: Gateway) -> dict[str, Any]:
    """The one suggestion, once the agents' columns are part of it."""
    gateway.until(lambda: any("columns" in features(each) for each in suggestions(gateway)), "proposed with columns")
    (found,) = suggestions(gateway)
    return found


def code(answer: Any) -> str:
    """The code of an answer's first error."""
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


def test_a_suggestion_is_accepted_once_by_all_and_can_be_taken_back(tmp_path: Path) -> None:
    """It shows every feature; accepted, it joins everywhere and outlives a restart; retracted, it is open again."""
    with Federation(tmp_path) as federation:
        shop, reports = two_views(federation)
        gateway = federation.start_gateway(shop, reports, **QUICK)
        other = federation.start_gateway(shop, reports, **QUICK)
        found = proposed(gateway)
        assert features(found) == {"name": 1.0, "server": 0.5, "columns": 1.0}
        assert found["score"] > 0.9
        assert (found["state"], found["decidedBy"], found["decidedAt"], found["declaration"]) == (
            "PROPOSED", None, None, None
        )  # fmt: skip
        assert proposed(other)["id"] == found["id"]
        assert reached(gateway, RAW) == {RAW[1], ENDPOINT[1]}
        accepted = gateway.data(ACCEPT, id=found["id"])["acceptSuggestion"]
        assert len(accepted["assets"]) == 1
        assert REPORT[1] in reached(gateway, RAW)
        assert suggestions(gateway) == []
        (shown,) = suggestions(gateway, "ACCEPTED")
        assert (shown["decidedBy"], shown["a"]["id"]) == ("ann", shown["b"]["id"])
        assert shown["firstProposedAt"] == found["firstProposedAt"] <= shown["decidedAt"]
        other.until(lambda: REPORT[1] in reached(other, RAW), "the other gateway joins them")
        for each in (gateway, other):
            assert code(each.graphql(ACCEPT, id=found["id"])) == "SUGGESTION_DECIDED"
            assert code(each.graphql(REJECT, id=found["id"])) == "SUGGESTION_DECIDED"
        gateway.stop()
        gateway = federation.start_gateway(shop, reports, **QUICK)
        assert suggestions(gateway, "ACCEPTED") == [shown]
        gateway.data(RETRACT, id=shown["declaration"])
        assert reached(gateway, RAW) == {RAW[1], ENDPOINT[1]}
        assert suggestions(gateway, "ACCEPTED") == []
        assert proposed(gateway)["id"] == found["id"]


def test_a_rejected_suggestion_stays_rejected(tmp_path: Path) -> None:
    """Over restarts, in other gateways of the file, and when an agent is synced anew; with who said so, and when."""
    with Federation(tmp_path) as federation:
        shop, reports = two_views(federation)
        gateway = federation.start_gateway(shop, reports, **QUICK)
        other = federation.start_gateway(shop, reports, **QUICK)
        found = proposed(gateway)
        assert proposed(other)["id"] == found["id"]
        gateway.data(REJECT, id=found["id"])
        other.until(lambda: not suggestions(other), "rejected for the other gateway")
        assert code(other.graphql(ACCEPT, id=found["id"])) == "SUGGESTION_DECIDED"
        gateway.stop()
        reports.post(run_event("more", [], [("s3://reports", "weekly")]))
        gateway = federation.start_gateway(shop, reports, **QUICK)
        gateway.until_synced(shop, reports)
        for each in (gateway, other):
            each.until(lambda: features(suggestions(each, "REJECTED")[0]) == features(found), "still rejected")  # noqa: B023
            (shown,) = suggestions(each, "REJECTED", "PROPOSED", "EXPIRED")
            assert (shown["id"], shown["decidedBy"], shown["state"]) == (found["id"], "bob", "REJECTED")


def test_what_cannot_be_decided_is_said(tmp_path: Path) -> None:
    """Unknown, contradicted, expired for want of evidence, and expired because nobody decided: each has its code."""
    with Federation(tmp_path) as federation:
        shop, reports = two_views(federation)
        gateway = federation.start_gateway(shop, reports, **QUICK)
        found = proposed(gateway)
        assert code(gateway.graphql(ACCEPT, id="nothing")) == "SUGGESTION_NOT_FOUND"
        assert code(gateway.graphql(REJECT, id="nothing")) == "SUGGESTION_NOT_FOUND"
        different = gateway.data(DIFFERENT, a=named(ENDPOINT), b=named(OWN_NAME))["declareDifferent"]
        assert code(gateway.graphql(ACCEPT, id=found["id"])) == "SUGGESTION_CONTRADICTED"
        assert suggestions(gateway, "PROPOSED", "EXPIRED") == []
        gateway.data(RETRACT, id=different["declaration"]["id"])
        assert proposed(gateway)["id"] == found["id"]
        hasty = federation.start_gateway(shop, reports, **QUICK, LINEAGE_GATEWAY_SUGGESTION_EXPIRY_DAYS="0")
        hasty.until(lambda: len(suggestions(hasty, "EXPIRED")) == 1, "expired, because nobody decided")
        assert code(hasty.graphql(ACCEPT, id=found["id"])) == "SUGGESTION_EXPIRED"
        assert suggestions(hasty) == []
        again = run_event("build", [], [REPORT], at="2026-01-02T00:00:00Z")
        reports.post(again | {"inputs": [described(OWN_NAME, {"something": "text", "else": "text"})]})
        gateway.until(lambda: len(suggestions(gateway, "EXPIRED")) == 1, "expired with its evidence")
        assert code(gateway.graphql(REJECT, id=found["id"])) == "SUGGESTION_EXPIRED"


def test_a_policy_accepts_what_it_says_and_never_again(tmp_path: Path) -> None:
    """It comes with the file, leaves an audit, and accepts nothing that was rejected or taken back."""
    with Federation(tmp_path) as federation:
        shop, reports = two_views(federation)
        config = tmp_path / "mesh.toml"
        domains = "".join(f'[domains.{agent.domain}]\nurl = "{agent.url}"\n' for agent in (shop, reports))
        config.write_text(domains)
        gateway = federation.start_gateway(arguments=["--config", str(config)], **QUICK)
        found = proposed(gateway)
        config.write_text(domains + POLICY)
        gateway.until(lambda: REPORT[1] in reached(gateway, RAW), "the policy accepts")
        (shown,) = suggestions(gateway, "ACCEPTED")
        assert (shown["id"], shown["decidedBy"]) == (found["id"], "policy endpoints")
        assert features(shown) == features(found)
        gateway.data(RETRACT, id=shown["declaration"])
        assert proposed(gateway)["id"] == found["id"]
        reports.post(run_event("more", [REPORT], [("s3://reports", "weekly")]))
        gateway.until_synced(shop, reports)
        version = gateway.data("{ mesh { version } }")["mesh"]["version"]
        gateway.until(
            lambda: gateway.data(SUGGESTIONS)["identitySuggestions"]["version"] == version, "surveyed once more"
        )
        assert [each["state"] for each in suggestions(gateway, "PROPOSED", "ACCEPTED")] == ["PROPOSED"]
        gateway.data(ACCEPT, id=found["id"])
        assert suggestions(gateway, "ACCEPTED")[0]["decidedBy"] == "ann"
