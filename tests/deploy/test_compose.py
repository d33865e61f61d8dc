"""compose.yaml: three agents and a gateway that can find each other, locked down, without a secret inside."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from tests.deploy.material import DEPLOY, DOMAINS, PORTS, parsed, run, tool

FILE = DEPLOY / "compose.yaml"
AGENTS = tuple(f"{domain}-agent" for domain in DOMAINS)


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    """The file as plain values, merges done."""
    found: dict[str, Any] = parsed(FILE.read_text(encoding="utf-8"))
    return found


def test_docker_compose_reads_it(tmp_path: Any) -> None:
    """`docker-compose config` accepts the file. Version 1, which Debian has, does not know `name` yet."""
    program = tool("docker-compose")
    copy = tmp_path / "compose.yaml"
    copy.write_text(FILE.read_text(encoding="utf-8").replace("name: lineage-mesh\n", "", 1), encoding="utf-8")
    done = run(program, "-f", copy, "config", "--quiet")
    assert done.returncode == 0, done.stderr


def test_specification_is_met() -> None:
    """The file is what the Compose specification describes."""
    specification = pytest.importorskip("compose_spec", reason="compose_spec is not installed")
    read = specification.PyOptions(apply_merge=True).from_yaml(FILE.read_text(encoding="utf-8"))
    read.validate()
    assert set(read.services) == {*AGENTS, "gateway"}


def test_services(composed: dict[str, Any]) -> None:
    """There are three agents and a gateway, which waits until the agents are healthy."""
    services = composed["services"]
    assert set(services) == {*AGENTS, "gateway"}
    assert services["gateway"]["depends_on"] == {name: {"condition": "service_healthy"} for name in AGENTS}


@pytest.mark.parametrize("name", [*AGENTS, "gateway"])
def test_service_is_locked_down(composed: dict[str, Any], name: str) -> None:
    """A service has a read-only root, no capabilities, a memory limit, a pinned image, and a port for this machine."""
    service = composed["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["mem_limit"]
    assert not service["image"].endswith(":latest")
    assert ":" in service["image"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    port = str(PORTS["gateway" if name == "gateway" else "agent"])
    assert [each.rpartition(":")[2] for each in service["ports"]] == [port]
    assert service["healthcheck"]["test"] == ["CMD", "python", "/app/healthy.py", port]


def test_keys_are_files(composed: dict[str, Any]) -> None:
    """Every key setting names a secret that the service is given, and every secret is a file beside, not a value."""
    for service in composed["services"].values():
        keys = [value for name, value in service["environment"].items() if "KEY" in name]
        assert keys
        assert {key.removeprefix("/run/secrets/") for key in keys} <= set(service["secrets"])
        assert set(service["secrets"]) <= set(composed["secrets"])
    assert composed["secrets"] == {name: {"file": f"./secrets/{name}"} for name in composed["secrets"]}


def test_gateway_finds_the_agents(composed: dict[str, Any]) -> None:
    """The mounted mesh.toml names every agent by service and port, and the key that this agent accepts."""
    gateway = composed["services"]["gateway"]
    assert gateway["volumes"] == ["./examples:/etc/lineage:ro"]
    domains = tomllib.loads((DEPLOY / "examples" / "mesh.toml").read_text(encoding="utf-8"))["domains"]
    assert tuple(domains) == DOMAINS
    for name, domain in domains.items():
        agent = composed["services"][f"{name}-agent"]
        assert domain["url"] == f"http://{name}-agent:{PORTS['agent']}"
        assert agent["environment"]["LINEAGE_AGENT_DOMAIN"] == name
        assert agent["environment"]["LINEAGE_AGENT_MESH_KEYS_FILE"] == domain["key_file"]
        assert domain["key_file"].removeprefix("/run/secrets/") in gateway["secrets"]
        assert agent["volumes"] == [f"{name}:/data"]
