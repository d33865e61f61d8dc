"""`explainIdentity` proposes what would join two names: declared as it stands it does, and retracted no longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.graphql.federation import Mesh, dataset, job, mesh_of
from tests.gateway.graphql.telling_agent import TellingAgent

PG, MYSQL, HIVE = "postgres://db.prod:5432", "mysql://db.prod:3306", "hive://ms:9083"

EXPLAIN = """query ($a: AssetRef!, $b: AssetRef!) { explainIdentity(a: $a, b: $b) {
  same path { kind assertedBy firstSeen lastSeen declared { id origin assertedBy declaredAt } }
  apart { kind assertedBy status } difference { part declaration } } }"""
DECLARE = 'mutation ($it: JSON!) { declare(declaration: $it, by: "ops") { declaration { id declaredAt } } }'
RETRACT = "mutation ($id: ID!) { retractClaim(id: $id) { declaration { id } } }"
DIFFERENT = (
    """mutation ($a: AssetRef!, $b: AssetRef!) { declareDifferent(a: $a, b: $b, by: "ops") { declaration { id } } }"""
)


def named(namespace: str, name: str, kind: str = "dataset", **more: str) -> dict[str, Any]:
    """A reference by name."""
    return {kind: {"namespace": namespace, "name": name, **more}}


@pytest.fixture
async def mesh(tmp_path: Path) -> AsyncIterator[Mesh]:
    """Two domains that report one thing each under several names, and a file for declarations."""
    crm, shop = TellingAgent("crm"), TellingAgent("shop")
    names = [(PG, "shop.public.orders"), (MYSQL, "shop.Orders"), (HIVE, "shop.orders"), ("file", "/data/x")]
    crm.commit(nodes=[*(dataset(n, *name) for n, name in enumerate(names, 1)), job(9, "default", "etl")])
    names = [("postgres://cname", "shop.public.orders"), (MYSQL, "shop.orders"), ("s3://lake", "shop/orders")]
    shop.commit(
        nodes=[
            *(dataset(n, *name) for n, name in enumerate([*names, ("file", "/data/x"), (PG, "public.orders")], 1)),
            job(9, "default", "etl"),
            job(10, "airflow", "etl"),
        ]
    )
    async with crm, shop, mesh_of(crm, shop, declarations_db=str(tmp_path / "declared.db")) as made:
        yield made


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (named(PG, "shop.public.orders"), named("postgres://cname", "shop.public.orders"), "namespace_alias"),
        (named(PG, "shop.public.orders"), named(PG, "public.orders"), "name_defaults"),
        (named(MYSQL, "shop.Orders"), named(MYSQL, "shop.orders"), "case_policy"),
        (
            named(PG, "shop.public.orders"),
            {"reference": "urn:li:dataset:(urn:li:dataPlatform:postgres,eu.shop.public.orders,PROD)"},
            "namespace_binding",
        ),
        (named(HIVE, "shop.orders"), named("s3://lake", "shop/orders"), "alias"),
        (named(PG, "shop.public.orders"), {"reference": "model.shop.orders"}, "alias"),
        (
            named("default", "etl", "job", domain="shop"),
            named("airflow", "etl", "job", domain="shop"),
            "job_namespace_alias",
        ),
        (named("default", "etl", "job", domain="shop"), named("default", "etl", "job", domain="crm"), "alias"),
        (named("file", "/data/x", domain="shop"), named(HIVE, "shop.orders"), "alias"),
    ],
)
async def test_a_proposal_joins_when_it_is_declared(
    mesh: Mesh, a: dict[str, Any], b: dict[str, Any], kind: str
) -> None:
    """For hosts, missing databases, case, URNs, paths, dbt's ids, jobs and files; it says who, when and by what id."""
    before = (await mesh.ask(EXPLAIN, a=a, b=b))["explainIdentity"]
    assert (before["same"], before["difference"]["declaration"]["type"]) == (False, kind)
    made = (await mesh.ask(DECLARE, it=before["difference"]["declaration"]))["declare"]["declaration"]
    joined = (await mesh.ask(EXPLAIN, a=a, b=b))["explainIdentity"]
    assert (joined["same"], joined["difference"]) == (True, None)
    if kind == "alias":
        (claim,) = joined["path"]
        at = {"id": made["id"], "origin": "API", "assertedBy": "ops", "declaredAt": made["declaredAt"]}
        assert (claim["firstSeen"], claim["lastSeen"], claim["declared"]) == (made["declaredAt"], None, [at])
    await mesh.ask(RETRACT, id=made["id"])
    assert (await mesh.ask(EXPLAIN, a=a, b=b))["explainIdentity"] == before


async def test_nothing_is_proposed_for_names_of_two_machines(mesh: Mesh) -> None:
    """A file of one domain is not that of another, whatever it is called."""
    ends = {end: named("file", "/data/x", domain=domain) for end, domain in (("a", "crm"), ("b", "shop"))}
    found = (await mesh.ask(EXPLAIN, **ends))["explainIdentity"]
    assert found["difference"] == {"part": "domain", "declaration": None}


async def test_a_declared_difference_is_named_and_nothing_is_proposed(mesh: Mesh) -> None:
    """What keeps two names apart is shown; no declaration would join them while it stands."""
    ends = {"a": named(HIVE, "shop.orders"), "b": named("s3://lake", "shop/orders")}
    await mesh.ask(DIFFERENT, **ends)
    found = (await mesh.ask(EXPLAIN, **ends))["explainIdentity"]
    assert found["difference"]["declaration"] is None
    assert found["apart"] == [{"kind": "different_from", "assertedBy": "ops", "status": "active"}]
