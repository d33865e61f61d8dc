"""A fake agent that also tells details, columns and runs, counts the POSTs, and can be made to fail at any of them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from lineage_shared import wire
from lineage_shared.model import Part
from lineage_shared.wire import (
    CLAIMS_PART,
    ClaimsDetail,
    ColumnEdge,
    ColumnsAnswer,
    ColumnsRequest,
    DatasetColumns,
    DetailsAnswer,
    DetailsRequest,
    FacetsDetail,
    JobRuns,
    NodeDetails,
    RunDetail,
    RunsAnswer,
    RunsRequest,
    SchemaDetail,
)
from tests.gateway.fake_agent import FakeAgent


class TellingAgent(FakeAgent):
    """`schemas`, `facets`, `columns`, `claims` are by node number, `runs` newest first; `posts` lists the requests."""

    def __init__(self, domain: str, **more: Any) -> None:
        super().__init__(domain, **more)
        self.schemas: dict[int, SchemaDetail] = {}
        self.facets: dict[int, FacetsDetail] = {}
        self.columns: dict[int, tuple[ColumnEdge, ...]] = {}
        self.claims: dict[int, ClaimsDetail] = {}
        self.runs: list[RunDetail] = []
        self.posts: list[tuple[str, Any]] = []

    async def _respond(self, request: Request) -> Response:
        path = request.url.path.removeprefix(wire.PREFIX)
        if request.method == "POST":
            asked = _REQUESTS[path]
            message = wire.decode(await request.body(), asked)
            self.posts.append((path, message))
            self.answers[path] = self._told(message)
        return await super()._respond(request)

    def _told(self, message: Any) -> Any:
        position = str(self.position)
        if isinstance(message, DetailsRequest):
            return DetailsAnswer(position=position, nodes=tuple(self._node(message, each) for each in message.nodes))
        if isinstance(message, ColumnsRequest):
            found = [
                DatasetColumns(
                    number=each, revision=self.nodes[each].revisions.columns, edges=self.columns.get(each, ())
                )
                for each in message.datasets
            ]
            return ColumnsAnswer(position=position, datasets=tuple(found))
        return RunsAnswer(
            position=position,
            jobs=tuple(self._page(message, job) for job in message.jobs),
            runs=tuple(run for run in self.runs if run.run_id in message.run_ids),
        )

    def _node(self, message: DetailsRequest, number: int) -> NodeDetails:
        revisions = self.nodes[number].revisions
        wanted = [Part(part) for part in message.parts if part != CLAIMS_PART]
        return NodeDetails(
            number=number,
            revisions={part: getattr(revisions, part.value) for part in wanted},
            schema=self.schemas.get(number, SchemaDetail()) if Part.SCHEMA in wanted else None,
            facets=self.facets.get(number, FacetsDetail()) if Part.FACETS in wanted else None,
            claims=self.claims.get(number, ClaimsDetail()) if CLAIMS_PART in message.parts else None,
        )

    def _page(self, message: RunsRequest, job: int) -> JobRuns:
        runs = [run for run in self.runs if run.job == job]
        start = int(message.after or 0)
        end = start + message.limit
        return JobRuns(
            job=job,
            revision=self.nodes[job].revisions.runs,
            total=len(runs),
            runs=tuple(runs[start:end]),
            end_cursor=str(end) if end < len(runs) else None,
        )


_REQUESTS: dict[str, Any] = {"/details": DetailsRequest, "/columns": ColumnsRequest, "/runs": RunsRequest}
