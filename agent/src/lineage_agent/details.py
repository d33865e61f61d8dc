"""Details on request: schemas, facets, claims, columns and runs, in batches, each answer as the border lets it pass.

A request names the epoch that its node numbers are of; an agent whose file is another one says so (EPOCH_CHANGED)
instead of answering about other nodes. Answers are cut at a number of bytes: which nodes of `/details` are missing for
that reason is told in `truncated`, so that the reader can ask for them again in smaller batches; the other calls are
refused with 413 instead. A node or run that would not fit alone comes without its largest facets (`trimming`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from lineage_agent.border import Border
from lineage_agent.bounds import within_bytes
from lineage_agent.store import Store, columns, publication, runs, walk
from lineage_agent.store import details as node_details
from lineage_agent.store.driver import Connection
from lineage_agent.trimming import trimmed_details, trimmed_run
from lineage_shared import wire
from lineage_shared.errors import Conflict, InvalidInput, TooLarge
from lineage_shared.model import Part
from lineage_shared.wire import (
    ColumnsAnswer,
    ColumnsRequest,
    DatasetColumns,
    DetailsAnswer,
    DetailsRequest,
    ExpandAnswer,
    ExpandRequest,
    NodeDetails,
    Position,
    RunDetail,
    RunsAnswer,
    RunsRequest,
)

PARTS: Final = frozenset({Part.SCHEMA, Part.FACETS, node_details.HISTORY, wire.CLAIMS_PART})
INTEGER_MAX: Final = 2**63 - 1
TIME_US_MAX: Final = INTEGER_MAX // 1_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request and its answer."""

    nodes_max: int
    bytes_max: int
    runs_max: int
    expand_nodes_max: int


class Details:
    """Answers detail requests."""

    def __init__(self, store: Store, border: Border, limits: Limits) -> None:
        self._store = store
        self._border = border
        self._limits = limits

    async def details(self, asked: DetailsRequest) -> DetailsAnswer:
        """Answer the parts asked for of each node."""
        if unknown := set(asked.parts) - PARTS:
            raise InvalidInput(
                f"unknown part {min(unknown)[:40]!r}", hint=f"parts are {', '.join(sorted(PARTS))}", code="PART_UNKNOWN"
            )
        self._check_count(asked.nodes, "nodes")
        return await self._store.query(self._read_details, asked)

    async def columns(self, asked: ColumnsRequest) -> ColumnsAnswer:
        """Answer the column edges into each dataset."""
        self._check_count(asked.datasets, "datasets")
        return await self._store.query(self._read_columns, asked)

    async def runs(self, asked: RunsRequest) -> RunsAnswer:
        """Answer a page of runs of each job, and the runs with the ids asked for."""
        self._check_count((*asked.jobs, *asked.run_ids), "jobs and runs")
        _check_range("limit", asked.limit, 0, self._limits.runs_max)
        return await self._store.query(self._read_runs, asked)

    async def expand(self, asked: ExpandRequest) -> ExpandAnswer:
        """Answer the closure of a frontier inside this domain."""
        self._check_count(asked.nodes, "nodes")
        _check_range("depth", asked.depth or 0, 0, INTEGER_MAX)
        _check_range("nodes_max", asked.nodes_max, 1, INTEGER_MAX)
        _check_range("as_of_us", asked.as_of_us or 0, -TIME_US_MAX, TIME_US_MAX)
        return await self._store.query(self._read_closure, asked)

    def _read_details(self, connection: Connection, asked: DetailsRequest) -> DetailsAnswer:
        position = _position(connection, asked.epoch)
        numbers = list(dict.fromkeys(asked.nodes))
        found: list[NodeDetails] = []
        left = self._limits.bytes_max
        for each in node_details.read(connection, numbers, asked.parts):
            node = trimmed_details(self._border.details(each), self._limits.bytes_max)
            left -= len(wire.encode(node))
            if left < 0:
                break
            found.append(node)
        told = len(numbers) if left >= 0 else numbers.index(found[-1].number) + 1 if found else 0
        return DetailsAnswer(
            position=str(position),
            nodes=tuple(found),
            missing=_missing(numbers[:told], (node.number for node in found)),
            truncated=tuple(numbers[told:]),
        )

    def _read_columns(self, connection: Connection, asked: ColumnsRequest) -> ColumnsAnswer:
        position = _position(connection, asked.epoch)
        numbers = list(dict.fromkeys(asked.datasets))
        found: list[DatasetColumns] = within_bytes(columns.read(connection, numbers), self._limits.bytes_max)
        return ColumnsAnswer(
            position=str(position), datasets=tuple(found), missing=_missing(numbers, (each.number for each in found))
        )

    def _read_runs(self, connection: Connection, asked: RunsRequest) -> RunsAnswer:
        position = _position(connection, asked.epoch)
        jobs = list(dict.fromkeys(asked.jobs))
        pages = (
            msgspec.structs.replace(page, runs=tuple(map(self._shown, page.runs)))
            for page in runs.pages(connection, jobs, asked.limit, asked.after)
        )
        found = within_bytes(pages, self._limits.bytes_max)
        by_id = map(self._shown, runs.find(connection, dict.fromkeys(asked.run_ids)))
        singly = within_bytes(by_id, self._limits.bytes_max)
        return RunsAnswer(
            position=str(position),
            jobs=tuple(found),
            runs=tuple(singly),
            missing=_missing(jobs, (page.job for page in found)),
        )

    def _shown(self, run: RunDetail) -> RunDetail:
        return trimmed_run(self._border.run(run), self._limits.bytes_max)

    def _read_closure(self, connection: Connection, asked: ExpandRequest) -> ExpandAnswer:
        position = _position(connection, asked.epoch)
        return walk.expand(
            connection,
            asked.nodes,
            direction=asked.direction,
            depth=asked.depth,
            nodes_max=min(asked.nodes_max, self._limits.expand_nodes_max),
            as_of_us=asked.as_of_us,
            position=str(position),
        )

    def _check_count(self, listed: tuple[int | str, ...], what: str) -> None:
        if len(listed) > self._limits.nodes_max:
            raise TooLarge(
                f"{len(listed)} {what}; at most {self._limits.nodes_max} at a time", code="REQUEST_TOO_LARGE"
            )
        for number in listed:
            if isinstance(number, int):
                _check_range("a node number", number, -INTEGER_MAX, INTEGER_MAX)


def _check_range(what: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidInput(f"{what} = {str(value)[:40]} is outside {low} to {high}", code="NUMBER_INVALID")


def _position(connection: Connection, epoch: str) -> Position:
    position = publication.position(connection)
    if position.epoch != epoch:
        raise Conflict(
            f"the numbers are of epoch {epoch[:64]!r}; this is {position.epoch!r}",
            hint="take a new snapshot",
            code="EPOCH_CHANGED",
        )
    return position


def _missing(asked: Iterable[int], found: Iterable[int]) -> tuple[int, ...]:
    known = set(found)
    return tuple(number for number in asked if number not in known)
