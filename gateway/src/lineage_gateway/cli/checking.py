"""Asking every configured agent who it is, for `lineage-gateway check`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from lineage_gateway.agents import AGENT_BAD_RESPONSE, AgentClient, AgentLimits, open_http
from lineage_gateway.registry import DomainConfig
from lineage_shared.errors import AgentFailure
from lineage_shared.settings import Resolved
from lineage_shared.wire import PROTOCOL, About


@dataclass(frozen=True, slots=True)
class Finding:
    """What asking one agent brought: `result` is OK, or the code of what is wrong."""

    domain: str
    url: str
    result: str = "OK"
    version: str = ""
    datasets: int | None = None
    jobs: int | None = None
    edges: int | None = None
    message: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether the agent is usable."""
        return self.result == "OK"


async def ask_all(domains: Sequence[DomainConfig], settings: Resolved) -> list[Finding]:
    """Ask all agents at once, each within the deadline of a call."""
    limits = AgentLimits.of(settings)
    async with open_http(connect_timeout_s=settings.connect_timeout_s, ca_file=settings.ca_file) as connections:
        clients = [AgentClient(connections, domain, limits) for domain in domains]
        return list(await asyncio.gather(*map(_ask, clients, domains)))


async def _ask(client: AgentClient, domain: DomainConfig) -> Finding:
    try:
        about = await client.about()
    except AgentFailure as error:
        return Finding(domain.name, domain.url, error.code, message=f"{error.message}. {error.hint}".strip(" ."))
    wrong = _mismatch(about, domain.name)
    return Finding(
        domain.name,
        domain.url,
        AGENT_BAD_RESPONSE if wrong else "OK",
        about.version,
        about.datasets,
        about.jobs,
        about.edges,
        wrong,
    )


def _mismatch(about: About, name: str) -> str:
    if about.domain != name:
        return f"it answers for domain {about.domain[:80]!r}"
    if about.protocol != PROTOCOL:
        return f"it speaks protocol {about.protocol[:20]!r}, not {PROTOCOL!r}"
    return ""
