"""Global ids: assets and domains carry the UUIDs of `lineage_shared.ids`; a run's id says by itself where to ask.

A run lives with its agent, so its id holds domain, job and runId: `node(id:)` needs no look-up before the one call.
"""

from __future__ import annotations

from typing import NamedTuple

from lineage_gateway.lineage.opaque import seal, unseal

_RUN = "run"


class RunAddress(NamedTuple):
    """Where a run is: runs are keyed by (runId, job), since producers reuse a runId."""

    domain: str
    job_id: str
    run_id: str


def run_id(address: RunAddress) -> str:
    """Return the global id of a run."""
    return seal(_RUN, *address)


def run_address(text: str) -> RunAddress | None:
    """Return where the run with this global id is; None when it is no run's id."""
    values = unseal(text, str, str, str, str)
    return RunAddress(*values[1:]) if values is not None and values[0] == _RUN else None
