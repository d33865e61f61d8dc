"""A mesh for one suite: three agents with the demonstration's events, and a gateway over them, on free ports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conformance.npm import ROOT
from tests.federation.mesh import Agent, Federation

EVENTS = ROOT / "deploy" / "demo" / "events"
DOMAINS = ("sales", "analytics", "ml")


@contextmanager
def running_mesh(folder: Path, *, incremental: bool = False) -> Iterator[dict[str, str]]:
    """The addresses, as variables of a suite's environment; on demand one more gateway, with incremental delivery."""
    with Federation(folder) as federation:
        agents = [federation.start_agent(domain) for domain in DOMAINS]
        for agent in agents:
            _load(agent)
        gateway = federation.start_gateway(*agents)
        gateway.until_synced(*agents)
        urls = {f"AGENT_{each.domain.upper()}_URL": each.url for each in agents}
        if incremental:
            second = federation.start_gateway(*agents, LINEAGE_GATEWAY_INCREMENTAL_DELIVERY="true")
            second.until_synced(*agents)
            urls["INCREMENTAL_GATEWAY_URL"] = second.url
        yield {"GATEWAY_URL": gateway.url, **urls}


def _load(agent: Agent) -> None:
    events = EVENTS / f"{agent.domain}.ndjson"
    command = [sys.executable, "-m", "lineage_agent", "ingest", str(events), "--url", agent.url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{events.name} could not be loaded: {done.stderr}")
