"""One agent's client: every call that the mesh protocol has, under one deadline, with byte caps and mapped errors.

`open_http` opens the connections that all clients share; an `AgentClient` speaks for one domain. Whatever goes wrong
leaves this package as an `AgentFailure` that names the domain. `lineage_gateway.sync` follows with `snapshot` and
`changes`; `lineage_gateway.details` asks with the rest.
"""

from lineage_gateway.agents.client import AgentClient, AgentLimits
from lineage_gateway.agents.feed import FeedMessage, Heartbeat, Reset
from lineage_gateway.agents.http import (
    AGENT_BAD_RESPONSE,
    AGENT_TIMEOUT,
    AGENT_UNAUTHORIZED,
    AGENT_UNAVAILABLE,
    EPOCH_CHANGED,
    open_http,
    trusted,
)
from lineage_gateway.agents.snapshot import SnapshotStream

__all__ = [
    "AGENT_BAD_RESPONSE",
    "AGENT_TIMEOUT",
    "AGENT_UNAUTHORIZED",
    "AGENT_UNAVAILABLE",
    "EPOCH_CHANGED",
    "AgentClient",
    "AgentLimits",
    "FeedMessage",
    "Heartbeat",
    "Reset",
    "SnapshotStream",
    "open_http",
    "trusted",
]
