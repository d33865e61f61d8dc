"""The four services of compose.yaml, run as their images would, without a container engine.

Each process gets what the Dockerfile's ENV and the service's `environment` say; only folders and ports are moved to
where a test may have them.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import factories as make
from tests.deploy.material import DEPLOY, DOCKERFILES, DOMAINS, parsed, run
from tests.gateway.processes import Process


class Composed:
    """The running services, and the folder with their keys."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.keys = folder / "secrets"
        self._folder = folder
        self._stack = stack
        assert run(sys.executable, DEPLOY / "keys.py", self.keys, *DOMAINS).returncode == 0
        self._services = parsed((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
        self.agents = {domain: self._start("agent", f"{domain}-agent") for domain in DOMAINS}
        self._write_registry()
        self.gateway = self._start("gateway", "gateway")

    def key(self, name: str) -> dict[str, str]:
        """Return the header with a key."""
        return {"Authorization": f"Bearer {(self.keys / name).read_text().strip()}"}

    def mesh_with(self, *, datasets: int) -> dict[str, Any]:
        """Ask the gateway until it knows so many datasets; return what it says of the mesh."""
        query = {"query": "{ mesh { datasets domains { name status } } }"}
        with httpx2.Client(base_url=self.gateway, headers=self.key("callers"), trust_env=False) as client:
            for _ in range(200):
                mesh: dict[str, Any] = client.post("/graphql", json=query).json()["data"]["mesh"]
                if mesh["datasets"] == datasets:
                    return mesh
                time.sleep(0.05)
        raise AssertionError(f"the gateway never knew {datasets} datasets")

    def _start(self, member: str, service: str) -> str:
        folder = self._folder / service
        folder.mkdir()
        moved = {"/run/secrets": self.keys, "/data": folder, "/etc/lineage": self._folder}
        image = re.findall(r"\b(LINEAGE_\w+)=(\S+)", DOCKERFILES[member].read_text(encoding="utf-8"))
        environ = dict(image) | self._services[service]["environment"]
        for old, new in moved.items():
            environ = {name: value.replace(old, str(new)) for name, value in environ.items()}
        environ[f"LINEAGE_{member.upper()}_PORT"] = "0"
        process = Process(["-m", f"lineage_{member}", "serve"], folder, environ)
        self._stack.callback(process.stop)
        return process.url

    def _write_registry(self) -> None:
        text = (DEPLOY / "examples" / "mesh.toml").read_text(encoding="utf-8").replace("/run/secrets", str(self.keys))
        for domain, url in self.agents.items():
            text = text.replace(f"http://{domain}-agent:8081", url)
        (self._folder / "mesh.toml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """All four services."""
    with ExitStack() as stack:
        yield Composed(tmp_path_factory.mktemp("composed"), stack)


def test_all_are_healthy(composed: Composed) -> None:
    """The images' health check is content with every server."""
    for url in (*composed.agents.values(), composed.gateway):
        done = run(sys.executable, DEPLOY / "docker" / "healthy.py", url.rpartition(":")[2])
        assert (done.returncode, done.stderr) == (0, "")


def test_doors_are_closed(composed: Composed) -> None:
    """Nobody without a key sends events, reads the mesh protocol, asks the gateway or scrapes."""
    urls = [f"{composed.gateway}/graphql?query=x", f"{composed.gateway}/metrics"]
    urls += [f"{url}{path}" for url in composed.agents.values() for path in ("/mesh/v1/about", "/metrics")]
    assert {httpx2.get(url, trust_env=False).status_code for url in urls} == {401}
    assert {
        httpx2.post(f"{url}/api/v1/lineage", json={}, trust_env=False).status_code for url in composed.agents.values()
    } == {401}


def test_an_event_reaches_the_gateway(composed: Composed) -> None:
    """With the keys made, an event that a domain takes is lineage at the gateway, where every domain is live."""
    agent = composed.agents["ml"]
    event = make.run_event("job", at=1, inputs=["a"], outputs=["b"])
    sent = httpx2.post(f"{agent}/api/v1/lineage", json=event, headers=composed.key("ml-ingest"), trust_env=False)
    assert sent.status_code == 201, sent.text
    mesh = composed.mesh_with(datasets=2)
    assert {each["name"]: each["status"] for each in mesh["domains"]} == dict.fromkeys(DOMAINS, "LIVE")
