"""Runs: executions of jobs, read from the agents; a parent may live in another domain and is found by its runId.

A page of runs is the agent's own page. Its cursors are ours: the agent's cursor of the page's start and how many runs
to pass over, so that a page may begin anywhere; the last item of a page carries the agent's own next cursor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, NamedTuple

import strawberry
from strawberry.scalars import JSON

from lineage_gateway.details import Failure, Page
from lineage_gateway.graphql.connections import PAGE, page_info
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.errors import failed
from lineage_gateway.graphql.ids import RunAddress, run_id
from lineage_gateway.graphql.nodes import LEFT_OUT, Node, PageInfo, given, resolved
from lineage_gateway.graphql.scalars import GraphQLRunState, Instant, as_instant
from lineage_gateway.lineage import bad_cursor, never_synced, seal, unseal, within
from lineage_gateway.mesh import NodeView
from lineage_shared.model import Kind, Part
from lineage_shared.wire import JobRuns, RunDetail, RunErrorDetail, RunLink
from lineage_shared.wire import RunDataset as RunDatasetDetail

if TYPE_CHECKING:
    from lineage_gateway.graphql.assets import DataJob, Dataset

LazyDataset = Annotated["Dataset", strawberry.lazy("lineage_gateway.graphql.assets")]
LazyDataJob = Annotated["DataJob", strawberry.lazy("lineage_gateway.graphql.assets")]

FacetNames = Annotated[list[str] | None, strawberry.argument(description="Only these facets; all when left out.")]

_RUNS = "runs"
SKIPPED_MAX = 10_000


@strawberry.type(description="Why a run failed.")
class RunError:
    """Why a run failed."""

    message: str = strawberry.field(description="The error's message.")
    language: str | None = strawberry.field(description="The programming language that raised it.")
    stack_trace: str | None = strawberry.field(description="The stack trace, where the domain shares it.")

    @classmethod
    def of(cls, error: RunErrorDetail) -> RunError:
        """Show an error."""
        return cls(message=error.message, language=error.language or None, stack_trace=error.stack_trace)


@strawberry.type(description="A dataset that a run read or wrote, and what the run said of it.")
class RunDataset:
    """A dataset that a run read or wrote."""

    dataset: LazyDataset = strawberry.field(description="The dataset.")
    version: str | None = strawberry.field(description="Its version at that time, as the producer named it.")
    schema_version: str | None = strawberry.field(description="The schema version that the run reported.")
    row_count: str | None = strawberry.field(description="Rows read or written. Text: it may exceed a JSON number.")
    bytes: str | None = strawberry.field(description="Bytes read or written. Text: it may exceed a JSON number.")


@strawberry.type(description="One execution of a job.")
class DataJobRun(Node):
    """One execution of a job: runs are keyed by (runId, job), since producers reuse a runId."""

    detail: strawberry.Private[RunDetail]
    home: strawberry.Private[str]

    run_id: str = strawberry.field(description="The producer's id of the run. One producer may use it for many jobs.")
    job: LazyDataJob = strawberry.field(description="The job that ran.")
    state: GraphQLRunState = strawberry.field(description="The state that its newest deciding event reported.")
    started_at: Instant | None = strawberry.field(description="When it started.")
    ended_at: Instant | None = strawberry.field(description="When it ended; null while it runs.")
    nominal_start: Instant | None = strawberry.field(description="The start of the time span that it stands for.")
    nominal_end: Instant | None = strawberry.field(description="The end of the time span that it stands for.")
    error: RunError | None = strawberry.field(description="Why it failed.")

    @resolved("The run that started it, perhaps in another domain.")
    def parent(self) -> RunRef | None:
        """Return the parent."""
        return _reference(self.detail.parent, self.home)

    @resolved("The run at the top of the chain of parents, perhaps in another domain.")
    def root(self) -> RunRef | None:
        """Return the root."""
        return _reference(self.detail.root, self.home)

    @resolved("What it read.")
    def inputs(self, info: Info) -> list[RunDataset] | None:
        """Return what it read."""
        return _datasets(info.context, self.home, self.detail.inputs)

    @resolved("What it wrote.")
    def outputs(self, info: Info) -> list[RunDataset] | None:
        """Return what it wrote."""
        return _datasets(info.context, self.home, self.detail.outputs)

    @resolved("All facets of the run, as the producers sent them.")
    def facets(self, names: FacetNames = LEFT_OUT) -> JSON | None:
        """Return facets by name."""
        facets, wanted = self.detail.facets, given(names)
        return JSON(facets if wanted is None else {name: facets[name] for name in wanted if name in facets})


@strawberry.type(description="A run that another run names; it may live in another domain, or be unknown here.")
class RunRef:
    """A run that another run names."""

    home: strawberry.Private[str]

    run_id: str = strawberry.field(description="The producer's id of the run.")
    job_namespace: str | None = strawberry.field(description="The namespace of its job, as the naming run has it.")
    job_name: str | None = strawberry.field(description="The name of its job, as the naming run has it.")

    @resolved("Its job: where the run is found, else the job of that name in the same domain.")
    async def job(self, info: Info) -> LazyDataJob | None:
        """Return the job of the run."""
        run = await _find(info.context, self)
        if run is not None:
            return run.job
        nodes = info.context.mesh.find(Kind.JOB, self.job_namespace or "", self.job_name or "", self.home)
        return info.context.asset(nodes[0]) if len(nodes) == 1 else None

    @resolved("The run itself, wherever it is; null when no domain has it.")
    async def run(self, info: Info) -> DataJobRun | None:
        """Return the run."""
        return await _find(info.context, self)


@strawberry.type(description="A run with its place in the connection.")
class DataJobRunEdge:
    """A run with its place in the connection."""

    node: DataJobRun = strawberry.field(description="The run.")
    cursor: str = strawberry.field(description="Its place, to be passed as `after`.")


@strawberry.type(description="Runs, newest first.")
class DataJobRunConnection:
    """Runs, newest first."""

    edges: list[DataJobRunEdge] = strawberry.field(description="This page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="All runs that are kept.")


class _Start(NamedTuple):
    """Where a page of runs begins: after the agent's cursor, and then past so many."""

    cursor: str | None
    skip: int


async def latest_run(operation: Operation, job: NodeView) -> DataJobRun | None:
    """Return the newest run of a job; None when it never ran."""
    member = job.members[0]
    found = await operation.detail(member, Part.RUNS, JobRuns, Page(1))
    return next(_runs_of(operation, member.domain, found.runs), None)


async def run_page(operation: Operation, job: NodeView, first: int | None, after: str | None) -> DataJobRunConnection:
    """Return a page of a job's runs."""
    size = within("first", PAGE if first is None else first, 0, operation.limits.page_max)
    start = _start(after)
    member = job.members[0]
    found = await operation.detail(member, Part.RUNS, JobRuns, Page(max(1, size + start.skip), start.cursor))
    runs = list(_runs_of(operation, member.domain, found.runs[start.skip : start.skip + size]))
    cursors = [_cursor(found, start, at) for at in range(len(runs))]
    more = found.end_cursor is not None or len(found.runs) > start.skip + size
    return DataJobRunConnection(
        edges=[DataJobRunEdge(node=run, cursor=cursor) for run, cursor in zip(runs, cursors, strict=True)],
        page_info=page_info(cursors, has_next=more, after=after),
        total_count=found.total,
    )


async def run_at(operation: Operation, address: RunAddress) -> DataJobRun | None:
    """Return the run at an address; None when there is none, an error when its domain cannot be asked."""
    node = operation.mesh.resolve_id(address.job_id)
    if node is None:
        return None
    members = [member for member in operation.mesh.attributes(node).members if member.domain == address.domain]
    if not members or address.domain not in operation.details.epochs:
        return None
    found = await operation.details.runs(address.domain, address.run_id)
    if isinstance(found, Failure):
        raise failed(found)
    numbers = {member.number for member in members}
    runs = (run for run in found if run.job in numbers)
    return next(_runs_of(operation, address.domain, runs), None)


def _start(after: str | None) -> _Start:
    if after is None:
        return _Start(None, 0)
    values = unseal(after, str, str, int)
    if values is None or values[0] != _RUNS or not 0 <= values[2] <= SKIPPED_MAX:
        raise bad_cursor()
    return _Start(values[1] or None, values[2])


def _cursor(found: JobRuns, start: _Start, at: int) -> str:
    passed = start.skip + at + 1
    if passed == len(found.runs) and found.end_cursor is not None:
        return seal(_RUNS, found.end_cursor, 0)
    return seal(_RUNS, start.cursor or "", passed)


def _runs_of(operation: Operation, domain: str, runs: Iterable[RunDetail]) -> Iterator[DataJobRun]:
    for run in runs:
        node = operation.mesh.node_of(domain, run.job)
        if node is None:
            continue  # Its job was removed a moment ago: the run has no place any more.
        job = operation.asset(node)
        yield DataJobRun(
            detail=run,
            home=domain,
            id=strawberry.ID(run_id(RunAddress(domain, job.id, run.run_id))),
            run_id=run.run_id,
            job=job,
            state=GraphQLRunState(run.state.value),
            started_at=Instant(run.started_us) if run.started_us is not None else None,
            ended_at=Instant(run.ended_us) if run.ended_us is not None else None,
            nominal_start=as_instant(run.nominal_start),
            nominal_end=as_instant(run.nominal_end),
            error=RunError.of(run.error) if run.error is not None else None,
        )


def _reference(link: RunLink | None, home: str) -> RunRef | None:
    if link is None:
        return None
    return RunRef(
        home=home, run_id=link.run_id, job_namespace=link.job_namespace or None, job_name=link.job_name or None
    )


async def _find(operation: Operation, reference: RunRef) -> DataJobRun | None:
    """Ask all domains for the run, at once; the naming run's own domain is heard first, and is enough if it has it."""
    domains = sorted(operation.details.epochs, key=lambda name: (name != reference.home, name))
    asked = [asyncio.ensure_future(operation.details.runs(domain, reference.run_id)) for domain in domains]
    failure: Failure | None = None
    others: list[DataJobRun] = []
    for domain, asking in zip(domains, asked, strict=True):
        found = await asking
        if isinstance(found, Failure):
            failure = failure or found
            continue
        for run in _runs_of(operation, domain, found):
            if (run.job.namespace, run.job.name) == (reference.job_namespace, reference.job_name):
                return run
            others.append(run)
    if others:
        return others[0]
    if failure is not None:
        raise failed(failure)
    for domain in never_synced(operation.view.states):
        raise failed(
            Failure(domain, "DOMAIN_NEVER_SYNCED", f"domain {domain!r} was never synced; the run may be there")
        )
    return None


def _datasets(operation: Operation, domain: str, used: Iterable[RunDatasetDetail]) -> list[RunDataset]:
    return [
        RunDataset(
            dataset=_dataset(operation, domain, each.dataset),
            version=each.version or None,
            schema_version=each.schema_version or None,
            row_count=each.row_count or None,
            bytes=each.bytes or None,
        )
        for each in used
    ]


def _dataset(operation: Operation, domain: str, number: int) -> Dataset:
    node = operation.mesh.node_of(domain, number)
    if node is None:
        behind = f"the agent of domain {domain!r} names a dataset that has not arrived here yet; ask again"
        raise failed(Failure(domain, "MIRROR_BEHIND", behind))
    dataset: Dataset = operation.asset(node)
    return dataset
