"""What a file holds, in numbers, and one digest of all of its facts."""

from __future__ import annotations

from typing import Final

import msgspec

from lineage_agent.store import driver, meta
from lineage_agent.store.digest import digest
from lineage_agent.store.driver import Connection
from lineage_shared.errors import InvalidSetting

_COUNTS: Final = {
    "events": "SELECT count(*) FROM event",
    "pending": "SELECT count(*) FROM event WHERE id > (SELECT CAST(value AS INTEGER) FROM meta"
    " WHERE key = 'projected_through')",
    "dead_letters": "SELECT count(*) FROM dead_letter",
    "datasets": "SELECT count(*) FROM node WHERE kind = 0 AND named = 1",
    "jobs": "SELECT count(*) FROM node WHERE kind = 1 AND named = 1",
    "runs": "SELECT count(*) FROM contribution WHERE source = 0",
    "edges": "SELECT count(*) FROM edge JOIN node ON node.id = owner WHERE kind = 1",
    "edges_current": "SELECT count(*) FROM edge JOIN node ON node.id = owner WHERE kind = 1 AND current = 1",
    "column_edges": "SELECT count(*) FROM column_edge",
}
_GONE: Final = "SELECT id FROM node WHERE drop_stamp IS NOT NULL AND drop_stamp > coalesce(output_stamp, x'')"
_COLUMN_EDGES_CURRENT: Final = f"""
SELECT (SELECT count(*) FROM column_edge WHERE sources > 0) - (
  SELECT count(*) FROM (
    SELECT output, input FROM column_edge JOIN dataset_column ON dataset_column.id = output
     WHERE sources > 0 AND dataset IN ({_GONE})
    UNION
    SELECT output, input FROM column_edge JOIN dataset_column ON dataset_column.id = input
     WHERE sources > 0 AND dataset IN ({_GONE})))
"""  # noqa: S608 - constants


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much a file holds. What each number counts is in docs/configuration.md, under `status`."""

    events: int
    pending: int
    dead_letters: int
    datasets: int
    jobs: int
    runs: int
    edges: int
    edges_current: int
    column_edges: int
    column_edges_current: int


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """All that `lineage-agent status` tells, in the order in which it tells it."""

    domain: str
    epoch: str
    sequence: int
    events: int
    pending: int
    dead_letters: int
    datasets: int
    jobs: int
    runs: int
    edges: int
    edges_current: int
    column_edges: int
    column_edges_current: int
    digest: str
    sqlite: str


def counts(connection: Connection) -> Counts:
    """Count what the file holds."""
    found = {name: connection.execute(sql).fetchone()[0] for name, sql in _COUNTS.items()}
    return Counts(**found, column_edges_current=connection.execute(_COLUMN_EDGES_CURRENT).fetchone()[0])


def read(connection: Connection) -> Status:
    """Return counts and digest. The digest reads the whole projection: about a second per 200,000 facts."""
    state = meta.read(connection)
    if state is None:
        raise InvalidSetting("the file holds no domain yet", hint="start `lineage-agent serve` on it first")
    return Status(
        domain=state.domain,
        epoch=state.epoch,
        sequence=state.sequence,
        **msgspec.structs.asdict(counts(connection)),
        digest=digest(connection),
        sqlite=driver.version(),
    )
