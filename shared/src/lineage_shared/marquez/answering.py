"""From an operation's id and the parts of a request to its document: the same for every server that can read.

A server gives a `Reads`, which knows the answers, and the bounds; it does the HTTP around it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from lineage_shared.errors import InvalidInput
from lineage_shared.marquez.documents import (
    ColumnGraph,
    Dataset,
    DatasetList,
    DatasetVersion,
    DatasetVersionList,
    Job,
    JobList,
    LineageGraph,
    Name,
    Namespace,
    NamespaceList,
    Run,
    RunList,
    SearchResults,
)
from lineage_shared.marquez.nodeids import NodeId
from lineage_shared.marquez.parameters import SEARCH_LIMIT, Limits, Page, Query, segment
from lineage_shared.marquez.shaping import sorted_results
from lineage_shared.model import Kind


class Reads(Protocol):
    """Who knows the answers. Each raises `LineageError` for what it does not know."""

    async def namespaces(self, page: Page) -> NamespaceList:
        """Return a page of namespaces."""

    async def namespace(self, name: str) -> Namespace:
        """Return one namespace."""

    async def datasets(self, namespace: str, page: Page) -> DatasetList:
        """Return a page of the datasets of a namespace."""

    async def dataset(self, name: Name) -> Dataset:
        """Return one dataset."""

    async def versions(self, name: Name, page: Page) -> DatasetVersionList:
        """Return a page of a dataset's versions."""

    async def version(self, name: Name, version: str) -> DatasetVersion:
        """Return one version of a dataset."""

    async def jobs(self, namespace: str, page: Page) -> JobList:
        """Return a page of the jobs of a namespace."""

    async def job(self, name: Name) -> Job:
        """Return one job."""

    async def runs(self, name: Name, page: Page) -> RunList:
        """Return a page of a job's runs."""

    async def run(self, run_id: str) -> Run:
        """Return a run by its runId."""

    async def lineage(self, node: NodeId, depth: int) -> LineageGraph:
        """Return the lineage of a dataset or job."""

    async def column_lineage(self, node: NodeId, depth: int, *, downstream: bool) -> ColumnGraph:
        """Return the lineage of columns."""

    async def search(self, text: str, kind: Kind | None, limit: int) -> SearchResults:
        """Return the best matches, best first."""


class Asked:
    """One request: `path` are its raw path parameters, `query` the query's."""

    def __init__(self, path: Mapping[str, str], query: Mapping[str, str], limits: Limits) -> None:
        self._path = path
        self.query = Query(query)
        self.limits = limits

    def part(self, name: str) -> str:
        """Return a path parameter, decoded."""
        return segment(self._path[name])

    @property
    def dataset(self) -> Name:
        """The dataset that the path names."""
        return Name(self.part("namespace"), self.part("dataset"))

    @property
    def job(self) -> Name:
        """The job that the path names."""
        return Name(self.part("namespace"), self.part("job"))

    @property
    def page(self) -> Page:
        """The part of a list that is wanted."""
        return self.query.page(self.limits)


async def _lineage(reads: Reads, asked: Asked) -> LineageGraph:
    node = NodeId.parse(asked.query.text("nodeId"))
    if node.is_field:
        raise InvalidInput("`nodeId` is a field", hint="fields are for /api/v1/column-lineage", code="NODE_ID_INVALID")
    return await reads.lineage(node, asked.query.depth(asked.limits))


async def _column_lineage(reads: Reads, asked: Asked) -> ColumnGraph:
    node = NodeId.parse(asked.query.text("nodeId"))
    downstream = asked.query.flag("withDownstream")
    return await reads.column_lineage(node, asked.query.depth(asked.limits), downstream=downstream)


async def _search(reads: Reads, asked: Asked) -> SearchResults:
    text = (asked.query.text("q") or "").strip()
    if not text or not text.isprintable() or len(text) > asked.limits.search_chars_max:
        bound = asked.limits.search_chars_max
        raise InvalidInput(f"`q` must be 1 to {bound} printable characters", code="SEARCH_TEXT_INVALID")
    kind = asked.query.choice("filter", *Kind)
    sort = asked.query.choice("sort", "name", "updated_at")
    limit = asked.query.integer("limit", SEARCH_LIMIT, 0, asked.limits.page_max)
    return sorted_results(await reads.search(text, Kind(kind) if kind else None, limit), sort)


ANSWERS: Final[Mapping[str, Callable[[Reads, Asked], Awaitable[Any]]]] = {
    "listNamespaces": lambda reads, asked: reads.namespaces(asked.page),
    "getNamespace": lambda reads, asked: reads.namespace(asked.part("namespace")),
    "listDatasets": lambda reads, asked: reads.datasets(asked.part("namespace"), asked.page),
    "getDataset": lambda reads, asked: reads.dataset(asked.dataset),
    "listDatasetVersions": lambda reads, asked: reads.versions(asked.dataset, asked.page),
    "getDatasetVersion": lambda reads, asked: reads.version(asked.dataset, asked.part("version")),
    "listJobs": lambda reads, asked: reads.jobs(asked.part("namespace"), asked.page),
    "getJob": lambda reads, asked: reads.job(asked.job),
    "listRuns": lambda reads, asked: reads.runs(asked.job, asked.query.page_of_runs(asked.limits)),
    "getRun": lambda reads, asked: reads.run(asked.part("id")),
    "getLineage": _lineage,
    "getColumnLineage": _column_lineage,
    "search": _search,
}
"""The answer to each operation of `operations`, by its id."""
