"""The processes of a federation, and what tests ask of them."""

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import httpx2

from tests.gateway.processes import GatewayProcess, Process

WAIT_S_MAX = 20.0
PRODUCER = "https://example.com/tests"
JOBS = "etl://tests"
RUN_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"

Name = tuple[str, str]
"""A dataset: namespace and name."""


def run_event(
    job: str,
    inputs: Iterable[Name] = (),
    outputs: Iterable[Name] = (),
    *,
    at: str = "2026-01-01T00:00:00Z",
    run_id: UUID | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A COMPLETE event of one run of a job; more entries replace or add to its own."""
    return {
        "eventType": "COMPLETE",
        "eventTime": at,
        "producer": PRODUCER,
        "schemaURL": RUN_EVENT,
        "run": {"runId": str(run_id or uuid4())},
        "job": {"namespace": JOBS, "name": job},
        "inputs": [{"namespace": namespace, "name": name} for namespace, name in inputs],
        "outputs": [{"namespace": namespace, "name": name} for namespace, name in outputs],
        **more,
    }


class Agent:
    """A domain's agent, which may be stopped, killed and started again on its port and with its file."""

    def __init__(self, domain: str, folder: Path, environ: dict[str, str], key: str = "") -> None:
        self.domain = domain
        self.key = key
        self.db = folder / f"{domain}.db"
        self._folder = folder
        self._environ = {**environ, "LINEAGE_AGENT_MESH_KEYS": key} if key else environ
        self._process: Process | None = None
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        """The base URL, the same after a restart."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serve the file."""
        arguments = ["-m", "lineage_agent", "serve", "--domain", self.domain, "--db", str(self.db)]
        self._process = Process([*arguments, "--port", str(self._port)], self._folder, self._environ)
        self._port = int(self._process.url.rsplit(":", 1)[1])

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the process by a signal; nothing happens when it has ended."""
        if self._process is not None:
            self._process.stop(number)
            self._process = None

    def kill(self) -> None:
        """End the process without a warning."""
        self.stop(signal.SIGKILL)

    def post(self, *events: dict[str, Any]) -> str:
        """Deliver events one by one, wait until the last is projected, and return the agent's position."""
        token = ""
        with httpx2.Client(trust_env=False, timeout=20) as client:
            for event in events:
                answer = client.post(f"{self.url}/api/v1/lineage", json=event)
                assert answer.status_code == 201, answer.text
                token = answer.headers["lineage-position"]
        return self.position(wait=token)

    def position(self, **parameters: str) -> str:
        """The agent's position at this moment; with `wait`, once that event is projected."""
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {self.key}"} if self.key else {})
        with httpx2.Client(trust_env=False, timeout=20) as client:
            about = client.get(f"{self.url}/mesh/v1/about", params=parameters, headers=headers)
        position: str = about.json()["position"]
        return position


class Gateway(GatewayProcess):
    """A gateway process, and questions that tests often ask."""

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds; fail with the gateway's log after `WAIT_S_MAX`."""
        end_s = time.monotonic() + WAIT_S_MAX
        while not holds():
            assert time.monotonic() < end_s, f"never: {what}\n{self.domains()}\n{self.stderr}"
            time.sleep(0.01)

    def until_ready(self) -> None:
        """Wait for readiness."""
        self.until(lambda: self.get("/health/ready").status_code == 200, "ready")

    def data(self, query: str, **variables: Any) -> Any:
        """Ask a query that must succeed; return its data."""
        answer = self.graphql(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def domains(self) -> dict[str, dict[str, Any]]:
        """Every domain's status, position and message, by name."""
        found = self.data("{ domains { name status position } }")["domains"]
        return {each["name"]: each for each in found}

    def until_synced(self, *agents: Agent) -> None:
        """Wait until these domains are LIVE at their agents' positions."""
        for agent in agents:
            wanted = agent.position()
            self.until(lambda: self._is_at(agent.domain, wanted), f"{agent.domain} at {wanted}")  # noqa: B023

    def _is_at(self, domain: str, position: str) -> bool:
        shown = self.domains().get(domain, {})
        return (shown.get("status"), shown.get("position")) == ("LIVE", position)

    def until_status(self, domain: str, status: str) -> None:
        """Wait until a domain has a status."""
        self.until(lambda: self.domains()[domain]["status"] == status, f"{domain} {status}")

    def names(self) -> set[str]:
        """The names of all assets in the mesh whose namespaces are URIs, as all of these tests are."""
        found = self.data('{ search(query: "://", first: 500) { edges { node { name } } } }')["search"]["edges"]
        return {each["node"]["name"] for each in found}

    def walk(self, of: Name, direction: str = "DOWNSTREAM", depth: int | None = None) -> dict[str, Any]:
        """The lineage of a dataset."""
        query = """query ($of: AssetRef!, $direction: LineageDirection!, $depth: Int) {
          lineage(of: $of, direction: $direction, depth: $depth) {
            nodes { name kind domain distance } edges { source target domains } complete truncated
            domains { domain status position stalenessSeconds message } } }"""
        variables = {"of": {"dataset": {"namespace": of[0], "name": of[1]}}, "direction": direction, "depth": depth}
        answer: dict[str, Any] = self.data(query, **variables)["lineage"]
        return answer

    def counted(self, metric: str, domain: str) -> float:
        """The value of a counter of a domain, e.g. `resets`."""
        start = f'lineage_gateway_domain_{metric}_total{{domain="{domain}"}} '
        lines = self.get("/metrics").text.splitlines()
        return next(float(line.removeprefix(start)) for line in lines if line.startswith(start))


class Federation:
    """Starts processes in one folder, and stops them all at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._agents: list[Agent] = []
        self._gateways: list[Gateway] = []

    def start_agent(self, domain: str, *, key: str = "", **environ: str) -> Agent:
        """Start an agent; `key` opens its mesh protocol; the rest are variables, e.g. LINEAGE_AGENT_NAMESPACES."""
        agent = Agent(domain, self.folder, environ, key)
        self._agents.append(agent)
        return agent

    def start_gateway(self, *agents: Agent, arguments: Iterable[str] = (), **environ: str) -> Gateway:
        """Start a gateway over these agents and wait until it is ready."""
        flags = [f"--agent={agent.domain}={agent.url}" for agent in agents]
        own = {"LINEAGE_GATEWAY_BACKOFF_S_MAX": "1", **environ}
        gateway = Gateway(self.folder, *flags, *arguments, environ=own)
        self._gateways.append(gateway)
        gateway.until_ready()
        return gateway

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for gateway in self._gateways:
            gateway.stop()
        for agent in self._agents:
            agent.stop(signal.SIGKILL)
