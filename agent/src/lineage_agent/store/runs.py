"""Runs of jobs: pages newest first, and runs by their runId, which several jobs may share."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from lineage_agent.projection import Direction, NodeKind, Scope, State
from lineage_agent.store.contributions import time_of
from lineage_agent.store.details import schema_version
from lineage_agent.store.driver import Connection
from lineage_agent.store.readings import raw
from lineage_shared.errors import InvalidInput
from lineage_shared.model import RunState
from lineage_shared.openlineage import canonical_json, content_hash
from lineage_shared.openlineage import facets as reading
from lineage_shared.wire import JobRuns, RunDataset, RunDetail

RUNS_PER_ID_MAX: Final = 1_000

_COLUMNS: Final = "id, owner, run_id, start_ns, coalesce(terminal, state), terminal_stamp, ended_ns, began_ns"
_NEWEST: Final = "ORDER BY ended_ns DESC, began_ns DESC, run_id DESC"


_SIZES: Final = ("outputStatistics", "inputStatistics", "dataQualityMetrics")


def pages(connection: Connection, jobs: Iterable[int], limit: int, after: str | None = None) -> Iterator[JobRuns]:
    """Yield one page of runs of each job, newest first; a number that is no job here is passed over.

    `after` is the `end_cursor` of the page before; raises `InvalidInput` (CURSOR_INVALID) for any other text.
    """
    beyond = _read_cursor(after)
    for job in jobs:
        row = connection.execute(
            "SELECT rev_runs FROM publication JOIN node ON node.id = node WHERE node = ? AND kind = ?",
            (job, int(NodeKind.JOB)),
        ).fetchone()
        if row is not None:
            yield _page(connection, job, row[0], limit, beyond)


def find(connection: Connection, run_ids: Iterable[str]) -> Iterator[RunDetail]:
    """Yield the runs with these runIds, of all jobs."""
    for run_id in run_ids:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM contribution WHERE source = 0 AND run_id = ? ORDER BY owner LIMIT ?",  # noqa: S608 - made of constants
            (run_id, RUNS_PER_ID_MAX),
        ).fetchall()
        for row in rows:
            yield _run(connection, row)


def _page(connection: Connection, job: int, revision: int, limit: int, beyond: tuple[Any, ...] | None) -> JobRuns:
    where = "owner = ? AND source = 0 AND reported = ?"
    bound, values = (" AND (ended_ns, began_ns, run_id) < (?, ?, ?)", beyond) if beyond else ("", ())
    found: list[Any] = []
    for reported in (0, 1):
        found += connection.execute(
            f"SELECT {_COLUMNS} FROM contribution WHERE {where}{bound} {_NEWEST} LIMIT ?",  # noqa: S608 - made of constants
            (job, reported, *values, limit + 1),
        ).fetchall()
    found.sort(key=_age, reverse=True)
    shown = found[:limit]
    total: int = connection.execute(
        "SELECT count(*) FROM contribution WHERE owner = ? AND source = 0", (job,)
    ).fetchone()[0]
    return JobRuns(
        job=job,
        revision=revision,
        total=total,
        runs=tuple(_run(connection, row) for row in shown),
        end_cursor=_cursor(shown[-1]) if shown and len(found) > limit else None,
    )


def _age(row: tuple[Any, ...]) -> tuple[int, int, str]:
    return row[6], row[7], row[2]


def _cursor(row: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_age(row))).decode().rstrip("=")


def _read_cursor(text: str | None) -> tuple[int, int, str] | None:
    if text is None:
        return None
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(packed, type=tuple[int, int, str])
    except (binascii.Error, ValueError):
        raise InvalidInput(f"not a cursor: {text[:80]!r}", code="CURSOR_INVALID") from None


def _run(connection: Connection, row: tuple[Any, ...]) -> RunDetail:
    number, job, run_id, start_ns, state, terminal_stamp, _, _ = row
    facets = _run_facets(connection, number)
    links = reading.parent(facets.get("parent"))
    window = reading.nominal_time(facets.get("nominalTime"))
    datasets = _datasets(connection, number)
    return RunDetail(
        run_id=run_id,
        job=job,
        state=RunState.OTHER if state is None else State(state).word,
        started_us=None if start_ns is None else start_ns // 1000,
        ended_us=None if terminal_stamp is None else time_of(terminal_stamp) // 1000,
        nominal_start=window.start,
        nominal_end=window.end,
        error=reading.error_message(facets.get("errorMessage")),
        parent=links.parent,
        root=links.root,
        inputs=tuple(one for direction, one in datasets if direction == Direction.INPUT),
        outputs=tuple(one for direction, one in datasets if direction == Direction.OUTPUT),
        facets=facets,
    )


def _run_facets(connection: Connection, number: int) -> dict[str, Any]:
    rows = connection.execute(
        "SELECT name, body FROM run_facet WHERE contribution = ? AND scope = ? AND body IS NOT NULL ORDER BY name",
        (number, int(Scope.RUN)),
    ).fetchall()
    return {name: raw(connection, body) for name, body in rows}


def _datasets(connection: Connection, number: int) -> list[tuple[int, RunDataset]]:
    rows = connection.execute(
        "SELECT direction, dataset FROM contribution_io WHERE contribution = ? ORDER BY direction, dataset", (number,)
    ).fetchall()
    facets: dict[tuple[int, int], dict[str, Any]] = {}
    for direction, dataset, name, body in connection.execute(
        "SELECT direction, dataset, name, body FROM io_facet WHERE contribution = ? AND body IS NOT NULL AND name IN"
        " ('version', 'schema', 'outputStatistics', 'inputStatistics', 'dataQualityMetrics')",
        (number,),
    ).fetchall():
        facets.setdefault((direction, dataset), {})[name] = raw(connection, body)
    return [(direction, _dataset(dataset, facets.get((direction, dataset), {}))) for direction, dataset in rows]


def _dataset(number: int, facets: dict[str, Any]) -> RunDataset:
    sizes = [reading.statistics(facets.get(name)) for name in _SIZES]
    schema = facets.get("schema")
    version = ""
    if isinstance(schema, dict) and reading.schema_fields(schema) is not None:
        version = schema_version(content_hash(canonical_json(schema["fields"])))
    return RunDataset(
        dataset=number,
        version=reading.dataset_version(facets.get("version")),
        schema_version=version,
        row_count=next((size.row_count for size in sizes if size.row_count), ""),
        bytes=next((size.bytes for size in sizes if size.bytes), ""),
    )
