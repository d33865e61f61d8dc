"""What a gateway shows of agents that are real processes, whatever happens to them."""

import shutil
from pathlib import Path
from typing import Any

from tests.federation.mesh import Agent, Federation, run_event

COLUMNS_OF = """query ($namespace: String!, $name: String!) {
  dataset(namespace: $namespace, name: $name) { name columns { name } } }"""
SHOP = "postgres://shop-db:5432"
LAKE = "s3://lake"


def test_an_acknowledged_change_becomes_visible(federation: Federation) -> None:
    """Every event that an agent acknowledged is in the mesh, without anybody polling the agent."""
    sales = federation.start_agent("sales")
    gateway = federation.start_gateway(sales)
    assert gateway.names() == set()
    for number in range(20):
        sales.post(run_event(f"job{number}", [(SHOP, f"t{number}")], [(SHOP, f"t{number + 1}")]))
        gateway.until_synced(sales)
        assert f"t{number + 1}" in gateway.names()
    assert gateway.counted("snapshots", "sales") == 1
    assert len(gateway.walk((SHOP, "t0"))["nodes"]) == 41


def test_lineage_crosses_domains(federation: Federation) -> None:
    """Three domains that name the same tables are one graph, and the answer names all three."""
    sales, lake, ml = (federation.start_agent(domain) for domain in ("sales", "lake", "ml"))
    gateway = federation.start_gateway(sales, lake, ml)
    sales.post(run_event("import", [(SHOP, "orders")], [(SHOP, "orders_clean")]))
    lake.post(run_event("copy", [(SHOP, "orders_clean")], [(LAKE, "orders")]))
    ml.post(run_event("train", [(LAKE, "orders")], [("mlflow://models", "churn")]))
    gateway.until_synced(sales, lake, ml)
    walk = gateway.walk((SHOP, "orders"))
    assert [node["name"] for node in walk["nodes"] if node["kind"] == "DATASET"] == [
        "orders",
        "orders_clean",
        "orders",
        "churn",
    ]
    assert walk["complete"]
    assert {each["domain"]: each["status"] for each in walk["domains"]} == dict.fromkeys(
        ("lake", "ml", "sales"), "LIVE"
    )


def test_a_killed_agent_is_resumed(federation: Federation) -> None:
    """A killed agent leaves its lineage visible; restarted, it is followed on from the last position."""
    sales = federation.start_agent("sales")
    sales.post(run_event("first", [(SHOP, "a")], [(SHOP, "b")]))
    gateway = federation.start_gateway(sales)
    gateway.until_synced(sales)
    sales.kill()
    gateway.until_status("sales", "UNREACHABLE")
    walk = gateway.walk((SHOP, "a"))
    assert [node["name"] for node in walk["nodes"]] == ["a", "first", "b"] or len(walk["nodes"]) == 3
    assert walk["domains"][0]["message"]
    sales.start()
    sales.post(run_event("second", [(SHOP, "b")], [(SHOP, "c")]))
    gateway.until_synced(sales)
    assert len(gateway.walk((SHOP, "a"))["nodes"]) == 5
    assert gateway.counted("snapshots", "sales") == 1


def test_an_agent_killed_again_and_again_loses_nothing(federation: Federation) -> None:
    """Whenever the agent dies, the gateway ends up with exactly what it acknowledged."""
    sales = federation.start_agent("sales")
    gateway = federation.start_gateway(sales)
    for number in range(5):
        sales.post(run_event(f"job{number}", [(SHOP, f"t{number}")], [(SHOP, f"t{number + 1}")]))
        sales.kill()
        sales.start()
    gateway.until_synced(sales)
    assert gateway.names() == {f"t{number}" for number in range(6)} | {f"job{number}" for number in range(5)}


def test_an_agent_that_is_down_at_start_comes_later(federation: Federation) -> None:
    """The gateway is ready without it, says that it is missing, and takes it in when it comes."""
    sales = federation.start_agent("sales")
    sales.post(run_event("import", [(SHOP, "orders")], [(SHOP, "orders_clean")]))
    lake = federation.start_agent("lake")
    lake.post(run_event("copy", [(SHOP, "orders_clean")], [(LAKE, "orders")]))
    lake.kill()
    gateway = federation.start_gateway(sales, lake)
    gateway.until_synced(sales)
    walk = gateway.walk((SHOP, "orders"))
    assert not walk["complete"]
    assert {each["domain"]: each["status"] for each in walk["domains"]}["lake"] == "NEVER_SYNCED"
    lake.start()
    gateway.until_synced(lake)
    walk = gateway.walk((SHOP, "orders"))
    assert walk["complete"]
    assert {node["name"] for node in walk["nodes"]} >= {"copy", "orders"}


def test_another_file_is_another_epoch(federation: Federation) -> None:
    """An agent that comes back with an empty file has its old assertions replaced as a whole."""
    sales = federation.start_agent("sales")
    gateway = federation.start_gateway(sales)
    sales.post(run_event("old", [(SHOP, "a")], [(SHOP, "b")]))
    gateway.until_synced(sales)
    sales.stop()
    remove(sales)
    sales.start()
    sales.post(run_event("new", [(SHOP, "x")], [(SHOP, "y")]))
    gateway.until_synced(sales)
    assert gateway.names() == {"x", "y", "new"}
    assert gateway.counted("resets", "sales") == 1


def test_a_file_copied_back_is_noticed(federation: Federation) -> None:
    """After an old copy of the file was put back, the mesh shows that file's history, not a mix of two."""
    sales = federation.start_agent("sales")
    gateway = federation.start_gateway(sales)
    sales.post(run_event("kept", [(SHOP, "a")], [(SHOP, "b")]))
    gateway.until_synced(sales)
    sales.stop()
    copy = federation.folder / "copy.db"
    shutil.copy(sales.db, copy)
    sales.start()
    sales.post(run_event("lost", [(SHOP, "b")], [(SHOP, "c")]))
    gateway.until_synced(sales)
    sales.stop()
    remove(sales)
    shutil.copy(copy, sales.db)
    sales.start()
    sales.post(run_event("instead", [(SHOP, "b")], [(SHOP, "d")]))
    gateway.until_synced(sales)
    assert gateway.names() == {"a", "b", "d", "kept", "instead"}
    assert gateway.counted("resets", "sales") == 1


def test_the_agent_of_another_domain_is_refused(federation: Federation) -> None:
    """A URL that answers for another domain contributes nothing, and says so."""
    sales = federation.start_agent("sales")
    sales.post(run_event("import", [(SHOP, "orders")], [(SHOP, "orders_clean")]))
    gateway = federation.start_gateway(arguments=[f"--agent=finance={sales.url}"])
    assert gateway.domains()["finance"]["status"] == "NEVER_SYNCED"
    assert "answers for domain 'sales'" in gateway.get("/health/ready").json()["domains"]["finance"]["message"]
    assert gateway.names() == set()


def test_a_removed_domain_takes_its_assertions_along(federation: Federation) -> None:
    """Leaving the registry file is leaving the mesh, without a restart; coming back is coming back."""
    sales, lake = federation.start_agent("sales"), federation.start_agent("lake")
    sales.post(run_event("import", [(SHOP, "orders")], [(SHOP, "orders_clean")]))
    lake.post(run_event("copy", [(SHOP, "orders_clean")], [(LAKE, "orders_lake")]))
    registry = federation.folder / "mesh.toml"
    write_registry(registry, sales, lake)
    gateway = federation.start_gateway(LINEAGE_GATEWAY_REGISTRY_POLL_S="0.1")
    gateway.until_synced(sales, lake)
    write_registry(registry, lake)
    gateway.until(lambda: "sales" not in gateway.domains(), "sales gone")
    assert gateway.names() == {"orders_clean", "copy", "orders_lake"}
    write_registry(registry, sales, lake)
    gateway.until(lambda: "sales" in gateway.domains(), "sales back")
    gateway.until_synced(sales)
    assert "orders" in gateway.names()


def test_a_key_opens_the_mesh_protocol(federation: Federation) -> None:
    """With the agent's key the domain is LIVE and its details are had; with another one the message speaks of keys."""
    key = "an-agents-own-secret-key"
    sales = federation.start_agent("sales", key=key)
    sales.post(run_event("import", [(SHOP, "orders")], [(SHOP, "orders_clean")]))
    registry = federation.folder / "mesh.toml"
    registry.write_text(f'[domains.sales]\nurl = "{sales.url}"\nkey_env = "SALES_KEY"\n')
    right = federation.start_gateway(SALES_KEY=key)
    right.until_synced(sales)
    assert right.data(COLUMNS_OF, namespace=SHOP, name="orders") == {"dataset": {"name": "orders", "columns": None}}
    wrong = federation.start_gateway(SALES_KEY="quite-another-secret-key")
    assert wrong.domains()["sales"]["status"] == "NEVER_SYNCED"
    assert "401" in wrong.get("/health/ready").json()["domains"]["sales"]["message"]


def test_details_of_a_dead_agent_are_errors(federation: Federation) -> None:
    """What needs an agent that is gone is null with an error that names the domain; topology is still answered."""
    sales = federation.start_agent("sales")
    sales.post(run_event("import", [(SHOP, "orders")], [(SHOP, "orders_clean")]))
    gateway = federation.start_gateway(sales)
    gateway.until_synced(sales)
    sales.kill()
    answer: Any = gateway.graphql(COLUMNS_OF, namespace=SHOP, name="orders")
    assert answer["data"] == {"dataset": {"name": "orders", "columns": None}}
    assert answer["errors"][0]["extensions"] == {"code": "AGENT_UNAVAILABLE", "domain": "sales"}
    assert len(gateway.walk((SHOP, "orders"))["nodes"]) == 3


def remove(agent: Agent) -> None:
    """Remove an agent's file, with what SQLite and the lock keep beside it."""
    for path in agent.db.parent.glob(agent.db.name + "*"):
        path.unlink()


def write_registry(path: Path, *agents: Agent) -> None:
    """Write a registry file that names these agents."""
    fresh = path.with_suffix(".new")
    fresh.write_text("".join(f'[domains.{agent.domain}]\nurl = "{agent.url}"\n' for agent in agents))
    fresh.replace(path)
