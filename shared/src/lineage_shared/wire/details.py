"""The details side of the protocol: what is asked for by node, and the answers."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from lineage_shared.model import Part, RunState

CLAIMS_PART: Final = "claims"
"""A part without a revision: the times in it move with every run, so that nobody keeps it."""


class DetailsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """`POST /details`: the named parts of the nodes with these numbers. Another epoch gets 409 EPOCH_CHANGED."""

    epoch: str
    nodes: tuple[int, ...]
    parts: tuple[str, ...]


class SchemaField(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column; nested fields follow their parent with a dotted path as their name.

    `masked` is true where the border shares a column's name only. Whether values are masked on their way from another
    column is told by `ColumnEdge.masking`.
    """

    name: str
    type: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    masked: bool = False


class SchemaVersion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One distinct schema of a dataset and the event times between which it was reported."""

    version: str
    first_seen_us: int
    last_seen_us: int
    fields: tuple[SchemaField, ...] = ()


class SchemaDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Part `schema`: `fields` is None when no producer ever reported a schema; versions are newest first."""

    fields: tuple[SchemaField, ...] | None = None
    versions: tuple[SchemaVersion, ...] = ()


class LifecycleChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change of a dataset's life: CREATE, ALTER, OVERWRITE, TRUNCATE, RENAME or DROP, at an event time."""

    change: str
    at_us: int
    previous_namespace: str = ""
    previous_name: str = ""


class Assertion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One data quality assertion of the newest event that reported any."""

    assertion: str
    success: bool
    column: str | None = None
    severity: str = ""
    at_us: int | None = None


class SourceCodeDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a job's code lives."""

    type: str = ""
    url: str = ""
    version: str = ""
    branch: str = ""
    path: str = ""
    repo_url: str = ""


class FacetsDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Part `facets`: every facet verbatim (after the border), and what is commonly read out of them.

    `omitted` names the facets that were left out because the node alone would be longer than an answer may be; what is
    read out of them is left out as well.
    """

    facets: dict[str, Any] = {}
    description: str | None = None
    sql: str | None = None
    source_code: SourceCodeDetail | None = None
    quality: tuple[Assertion, ...] = ()
    lifecycle: tuple[LifecycleChange, ...] = ()
    dropped: bool = False
    omitted: tuple[str, ...] = ()


class EdgeHistory(msgspec.Struct, frozen=True, omit_defaults=True):
    """One edge of the owner with its validity intervals in event time; `to_us` None = still valid."""

    dataset: int
    direction: str
    intervals: tuple[tuple[int, int | None], ...] = ()


class SourceEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """The event that said something: the hash of its content, its time, and what it says of where it comes from.

    The rest is empty where the event is not in the agent's log (any more), or names no job.
    """

    id: str
    at_us: int
    producer: str = ""
    run_id: str = ""
    job_namespace: str = ""
    job_name: str = ""


class SymlinkDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another name of a dataset, of a type such as TABLE, and the time of the first event that gave it."""

    namespace: str
    name: str
    type: str
    first_seen_us: int


class ClaimsDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Part `claims`: the other names that hold, and the newest event that gave them, which is one for all.

    There is no event where there are no other names.
    """

    event: SourceEvent | None = None
    symlinks: tuple[SymlinkDetail, ...] = ()


class NodeDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The details of one node; a part that was not asked for is None. `revisions` are those of the parts given."""

    number: int
    revisions: dict[Part, int] = {}
    schema: SchemaDetail | None = None
    facets: FacetsDetail | None = None
    history: tuple[EdgeHistory, ...] | None = None
    claims: ClaimsDetail | None = None


class DetailsAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Details of all nodes asked for that exist; `missing` names the others; `truncated` those over the byte limit."""

    position: str
    nodes: tuple[NodeDetails, ...] = ()
    missing: tuple[int, ...] = ()
    truncated: tuple[int, ...] = ()


class ColumnsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /columns`: the current column edges *into* these datasets."""

    epoch: str
    datasets: tuple[int, ...]


class ColumnEdge(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One column feeding another. An empty `output` stands for every column (a `dataset[]` entry).

    `kind` is DIRECT or INDIRECT; `job` is the number of the job, or 0 for a dataset's own assertion.
    """

    source: int
    input: str
    output: str
    kind: str
    subtype: str = ""
    description: str = ""
    masking: bool | None = None
    job: int = 0


class DatasetColumns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The column edges into one dataset, with the revision of its `columns` part."""

    number: int
    revision: int
    edges: tuple[ColumnEdge, ...] = ()


class ColumnsAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Column edges of all datasets asked for that exist."""

    position: str
    datasets: tuple[DatasetColumns, ...] = ()
    missing: tuple[int, ...] = ()


class RunsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /runs`: of each job the newest `limit` runs after the opaque cursor `after`; or runs by their runId."""

    epoch: str
    jobs: tuple[int, ...] = ()
    run_ids: tuple[str, ...] = ()
    limit: int = 20
    after: str | None = None


class RunDataset(msgspec.Struct, frozen=True, omit_defaults=True):
    """A dataset that a run read or wrote. Counts are text: they may exceed what JSON numbers carry."""

    dataset: int
    version: str = ""
    schema_version: str = ""
    row_count: str = ""
    bytes: str = ""


class RunErrorDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a run failed; the stack trace only where the border lets it pass."""

    message: str
    language: str = ""
    stack_trace: str | None = None


class RunLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parent or root run, which may live with another agent."""

    run_id: str
    job_namespace: str = ""
    job_name: str = ""


class RunDetail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run of one job. `omitted` names facets left out, as in `FacetsDetail`."""

    run_id: str
    job: int
    state: RunState
    started_us: int | None = None
    ended_us: int | None = None
    nominal_start: str | None = None
    nominal_end: str | None = None
    error: RunErrorDetail | None = None
    parent: RunLink | None = None
    root: RunLink | None = None
    inputs: tuple[RunDataset, ...] = ()
    outputs: tuple[RunDataset, ...] = ()
    facets: dict[str, Any] = {}
    omitted: tuple[str, ...] = ()


class JobRuns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page of a job's runs, newest first; `end_cursor` is None at the end."""

    job: int
    revision: int
    total: int
    runs: tuple[RunDetail, ...] = ()
    end_cursor: str | None = None


class RunsAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pages of runs for the jobs asked for, and the runs found by runId."""

    position: str
    jobs: tuple[JobRuns, ...] = ()
    runs: tuple[RunDetail, ...] = ()
    missing: tuple[int, ...] = ()


class ExpandRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /expand`: the closure inside this domain from a frontier of nodes, optionally as of an event time."""

    epoch: str
    nodes: tuple[int, ...]
    direction: str = "DOWNSTREAM"
    depth: int | None = None
    nodes_max: int = 10_000
    as_of_us: int | None = None


class ExpandAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Node numbers with their distance, and the edges followed, as (source, target) pairs."""

    position: str
    nodes: tuple[tuple[int, int], ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    truncated: bool = False
