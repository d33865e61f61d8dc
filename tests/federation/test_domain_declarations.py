"""What agents declare in their configuration, over real processes: it joins, is shown as theirs, and goes with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.federation.mesh import Agent, Federation, Gateway, run_event

TABLE = ("postgres://db.acme.example:5432", "shop.public.orders")
TOPIC = ("kafka://broker.acme.example:9092", "orders-topic")
REPORT = ("s3://reports", "daily")
RAW = ("s3://raw", "orders")

DECLARATIONS = "{ identityDeclarations { id declaration origin assertedBy overruled } }"
CONFLICTS = """query ($states: [IdentityConflictState!]) { identityConflicts(states: $states) {
  totalCount edges { node { id reason state openedAt resolvedAt claims } } } }"""
DIFFERENT = "mutation ($a: AssetRef!, $b: AssetRef!) { declareDifferent(a: $a, b: $b) { declaration { id } } }"
RETRACT = "mutation ($id: ID!) { retractClaim(id: $id) { assets { id } } }"
EXPLAIN = """query ($a: AssetRef!, $b: AssetRef!) { explainIdentity(a: $a, b: $b) {
  same path { kind assertedBy declarations declared { origin assertedBy } } heldBack { kind reason status } } }"""


def name(of: tuple[str, str]) -> dict[str, str]:
    """A name as declarations write it."""
    return {"namespace": of[0], "name": of[1]}


def ref(of: tuple[str, str]) -> dict[str, Any]:
    """A name as queries write it."""
    return {"dataset": name(of)}


def same(a: tuple[str, str], b: tuple[str, str]) -> dict[str, Any]:
    """An alias."""
    return {"type": "alias", "a": name(a), "b": name(b)}


def reached(gateway: Gateway) -> bool:
    """Whether the report is downstream of the raw orders: over the table and the topic, if they are one."""
    return REPORT[1] in {node["name"] for node in gateway.walk(RAW)["nodes"]}


def declares(agent: Agent, *declarations: dict[str, Any]) -> None:
    """Start an agent again with another configuration."""
    agent.stop()
    agent._environ = {**agent._environ, "LINEAGE_AGENT_DECLARATIONS": json.dumps(declarations)}
    agent.start()


def test_an_agent_s_declarations_join_are_shown_and_go(tmp_path: Path) -> None:
    """They reach a running gateway with the agent's next connection, are explained, and cannot be retracted there."""
    with Federation(tmp_path) as federation:
        shop, reports = federation.start_agent("shop"), federation.start_agent("reports")
        shop.post(run_event("load", [RAW], [TABLE]))
        reports.post(run_event("build", [TOPIC], [REPORT]))
        gateway = federation.start_gateway(shop, reports)
        gateway.until_synced(shop, reports)
        assert not reached(gateway)
        declares(shop, same(TABLE, TOPIC))
        gateway.until(lambda: reached(gateway), "the domain's declaration joins them")
        (declared,) = gateway.data(DECLARATIONS)["identityDeclarations"]
        assert (declared["origin"], declared["assertedBy"], declared["overruled"]) == ("DOMAIN", "shop", None)
        assert declared["declaration"]["domain"] == "shop"
        explained = gateway.data(EXPLAIN, a=ref(TABLE), b=ref(TOPIC))["explainIdentity"]
        assert explained["same"] is True
        (claim,) = explained["path"]
        assert (claim["assertedBy"], claim["declarations"]) == ("shop", [declared["id"]])
        assert claim["declared"] == [{"origin": "DOMAIN", "assertedBy": "shop"}]
        refused: Any = gateway.graphql(RETRACT, id=declared["id"])
        assert refused["errors"][0]["extensions"]["code"] == "DECLARATION_OF_DOMAIN"
        assert "shop" in refused["errors"][0]["message"]
        overruling = gateway.data(DIFFERENT, a=ref(TABLE), b=ref(TOPIC))["declareDifferent"]["declaration"]["id"]
        assert not reached(gateway)
        shown = {each["origin"]: each["overruled"] for each in gateway.data(DECLARATIONS)["identityDeclarations"]}
        assert shown == {"API": None, "DOMAIN": "what is declared at the gateway says otherwise"}
        gateway.data(RETRACT, id=overruling)
        assert reached(gateway)
        declares(shop)
        gateway.until(lambda: not reached(gateway), "it goes with the configuration")
        assert gateway.data(DECLARATIONS)["identityDeclarations"] == []


def test_what_waits_is_a_conflict_that_is_resolved(tmp_path: Path) -> None:
    """A domain that reports neither name waits; once it does, the conflict is a resolved one, under the same id."""
    with Federation(tmp_path) as federation:
        shop, reports = federation.start_agent("shop"), federation.start_agent("reports")
        waiting = federation.start_agent("waiting", LINEAGE_AGENT_DECLARATIONS=json.dumps([same(TABLE, TOPIC)]))
        shop.post(run_event("load", [RAW], [TABLE]))
        reports.post(run_event("build", [TOPIC], [REPORT]))
        gateway = federation.start_gateway(shop, reports, waiting)
        gateway.until_synced(shop, reports, waiting)

        def conflicts(*states: str) -> list[dict[str, Any]]:
            found = gateway.data(CONFLICTS, states=list(states))["identityConflicts"]
            assert found["totalCount"] == len(found["edges"])
            return [edge["node"] for edge in found["edges"]]

        gateway.until(lambda: bool(conflicts()), "the declaration waits")
        (conflict,) = conflicts()
        assert (conflict["reason"], conflict["state"], conflict["claims"]) == ("not-reported", "OPEN", 1)
        assert conflicts("RESOLVED") == []
        waiting.post(run_event("copy", [TABLE], [("s3://copy", "orders")]))
        gateway.until(lambda: reached(gateway), "the domain reports the name")
        gateway.until(lambda: conflicts() == [], "the conflict is resolved")
        (resolved,) = conflicts("RESOLVED")
        assert resolved["id"] == conflict["id"]
        assert resolved["openedAt"] <= resolved["resolvedAt"]
        assert resolved["state"] == "RESOLVED"
        assert conflicts("OPEN", "RESOLVED") == [resolved]
