"""An agent's client for the details tests: answers from a seed, counts its calls, and waits or fails on request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from lineage_shared.errors import AgentFailure
from lineage_shared.model import Part, RunState
from lineage_shared.wire import (
    CLAIMS_PART,
    ClaimsDetail,
    ColumnsAnswer,
    DatasetColumns,
    DetailsAnswer,
    FacetsDetail,
    JobRuns,
    NodeDetails,
    RunDetail,
    RunsAnswer,
    RunsRequest,
    SchemaDetail,
    SchemaField,
    SourceEvent,
)

POSITION = "e1.1.a1"


class StubAgent:
    """Details of any node: they follow from its number and `revision`, so that every answer can be checked."""

    def __init__(self, *, revision: int = 1, known: Iterable[int] = range(1, 1000), per_answer: int = 1000) -> None:
        self.revision = revision
        self.known = set(known)
        self.per_answer = per_answer
        self.calls: list[tuple[str, tuple[int, ...]]] = []
        self.failure: AgentFailure | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def details(self, epoch: str, nodes: Iterable[int], parts: Iterable[str]) -> DetailsAnswer:
        """Answer for the first `per_answer` nodes; the others are truncated."""
        numbers, wanted = tuple(nodes), set(parts)
        await self._called("details", numbers)
        there = [number for number in numbers if number in self.known]
        return DetailsAnswer(
            position=POSITION,
            nodes=tuple(self._node(number, wanted) for number in there[: self.per_answer]),
            missing=tuple(number for number in numbers if number not in self.known),
            truncated=tuple(there[self.per_answer :]),
        )

    async def columns(self, epoch: str, datasets: Iterable[int]) -> ColumnsAnswer:
        """Answer without edges."""
        numbers = tuple(datasets)
        await self._called("columns", numbers)
        found = tuple(DatasetColumns(number=number, revision=self.revision) for number in numbers)
        return ColumnsAnswer(position=POSITION, datasets=found)

    async def runs(self, request: RunsRequest) -> RunsAnswer:
        """Answer one run for each job, or for each runId."""
        await self._called("runs", request.jobs)
        jobs = tuple(
            JobRuns(job=job, revision=self.revision, total=1, runs=(run(f"run-{job}", job),)) for job in request.jobs
        )
        return RunsAnswer(position=POSITION, jobs=jobs, runs=tuple(run(each, 7) for each in request.run_ids))

    async def _called(self, path: str, numbers: tuple[int, ...]) -> None:
        self.calls.append((path, numbers))
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure

    def _node(self, number: int, wanted: set[str]) -> NodeDetails:
        return NodeDetails(
            number=number,
            revisions={Part(part): self.revision for part in wanted if part != CLAIMS_PART},
            claims=claims(number) if CLAIMS_PART in wanted else None,
            schema=schema(number, self.revision) if Part.SCHEMA in wanted else None,
            facets=facets(number, self.revision) if Part.FACETS in wanted else None,
        )


def schema(number: int, revision: int = 1) -> SchemaDetail:
    """The schema that the stub gives a node."""
    return SchemaDetail(fields=(SchemaField(name=f"c{number}_{revision}"),))


def facets(number: int, revision: int = 1) -> FacetsDetail:
    """The facets that the stub gives a node."""
    return FacetsDetail(description=f"d{number}_{revision}")


def claims(number: int) -> ClaimsDetail:
    """What the stub says that a node claims."""
    return ClaimsDetail(SourceEvent(f"e{number}", number))


def run(run_id: str, job: int) -> RunDetail:
    """A run that went well."""
    return RunDetail(run_id=run_id, job=job, state=RunState.COMPLETE)
