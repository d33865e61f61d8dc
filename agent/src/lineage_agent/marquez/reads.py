"""The answers to Marquez's read routes, one method each; `knowledge` says where they come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Concatenate, Final, ParamSpec, TypeVar

import msgspec

from lineage_agent.border import Border
from lineage_agent.marquez.knowledge import Knowledge, unknown
from lineage_agent.store import Store, catalog, publication, runs, walk
from lineage_agent.store.columnwalk import Column, ColumnWalk, Followed
from lineage_agent.store.driver import Connection
from lineage_shared import marquez
from lineage_shared.marquez import Asset, Name, NodeId, Page
from lineage_shared.model import Kind
from lineage_shared.wire import ColumnEdge

LATEST_RUNS: Final = 10
"""Runs shown with one job; in lists and graphs each job has its newest."""

P = ParamSpec("P")
T = TypeVar("T")


class Reads:
    """Answers for one domain. Each raises `NotFound` for what the domain does not know."""

    def __init__(self, store: Store, border: Border, *, nodes_max: int, bytes_max: int) -> None:
        self._store = store
        self._border = border
        self._nodes_max = nodes_max
        self._bytes_max = bytes_max

    async def namespaces(self, page: Page) -> marquez.NamespaceList:
        """Return a page of namespaces."""
        rows, total = await self._store.query(catalog.namespaces, page.limit, page.offset)
        return marquez.NamespaceList(tuple(map(self._namespace, rows)), total)

    async def namespace(self, name: str) -> marquez.Namespace:
        """Return one namespace."""
        return self._namespace(await self._store.query(_known_namespace, name))

    async def datasets(self, namespace: str, page: Page) -> marquez.DatasetList:
        """Return a page of the datasets of a namespace."""
        documents, total = await self._know(_listed, Kind.DATASET, namespace, page)
        return marquez.DatasetList(tuple(each for each in documents if isinstance(each, marquez.Dataset)), total)

    async def dataset(self, name: Name) -> marquez.Dataset:
        """Return one dataset."""
        return await self._know(_dataset, name)

    async def versions(self, name: Name, page: Page) -> marquez.DatasetVersionList:
        """Return a page of a dataset's versions."""
        found = marquez.versions(await self._know(_asset, name))
        return marquez.DatasetVersionList(found[page.offset : page.end], len(found))

    async def version(self, name: Name, version: str) -> marquez.DatasetVersion:
        """Return one version of a dataset."""
        for each in marquez.versions(await self._know(_asset, name)):
            if each.version == version:
                return each
        raise unknown(f"the version {version[:80]!r} of {name.name[:200]}")

    async def jobs(self, namespace: str, page: Page) -> marquez.JobList:
        """Return a page of the jobs of a namespace."""
        documents, total = await self._know(_listed, Kind.JOB, namespace, page)
        return marquez.JobList(tuple(each for each in documents if isinstance(each, marquez.Job)), total)

    async def job(self, name: Name) -> marquez.Job:
        """Return one job with its newest runs."""
        return await self._know(_job, name)

    async def runs(self, name: Name, page: Page) -> marquez.RunList:
        """Return a page of a job's runs."""
        return await self._know(_runs, name, page)

    async def run(self, run_id: str) -> marquez.Run:
        """Return a run by its runId; of several jobs' runs the one that comes first by job."""
        return await self._know(_run, run_id)

    async def lineage(self, node: NodeId, depth: int) -> marquez.LineageGraph:
        """Return the lineage of a dataset or job in both directions."""
        return await self._know(_lineage, node, depth, self._nodes_max)

    async def column_lineage(self, node: NodeId, depth: int, *, downstream: bool) -> marquez.ColumnGraph:
        """Return the lineage of a column, of a dataset's columns, or of the columns that a job writes."""
        return await self._know(_columns, node, depth, downstream=downstream)

    async def search(self, text: str, kind: Kind | None, limit: int) -> marquez.SearchResults:
        """Return the best matches, best first."""
        return await self._store.query(_search, text, kind, limit)

    async def _know(self, read: Callable[Concatenate[Knowledge, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def inside(connection: Connection) -> T:
            known = Knowledge(connection, self._border, names=self._store.names, bytes_max=self._bytes_max)
            return read(known, *args, **kwargs)

        return await self._store.query(inside)

    def _namespace(self, row: catalog.NamespaceRow) -> marquez.Namespace:
        return marquez.namespace(row.name, self._store.domain, row.first_us, row.last_us)


def _known_namespace(connection: Connection, name: str) -> catalog.NamespaceRow:
    row = catalog.namespace(connection, name)
    if row is None:
        raise unknown(f"the namespace {name[:200]!r}")
    return row


def _listed(
    known: Knowledge, kind: Kind, namespace: str, page: Page
) -> tuple[Iterable[marquez.Dataset | marquez.Job], int]:
    _known_namespace(known.connection, namespace)
    numbers, total = catalog.members(known.connection, kind, namespace, page.limit, page.offset)
    return known.documents(numbers, runs_shown=1).values(), total


def _asset(known: Knowledge, name: Name) -> Asset:
    number = known.number(Kind.DATASET, name)
    return known.assets(known.records([number]))[number]


def _dataset(known: Knowledge, name: Name) -> marquez.Dataset:
    found = marquez.dataset(_asset(known, name))
    return msgspec.structs.replace(found, lineage_mesh=_further_names(known, Kind.DATASET, found.id))


def _job(known: Knowledge, name: Name) -> marquez.Job:
    number = known.number(Kind.JOB, name)
    found = known.documents([number], runs_shown=LATEST_RUNS)[number]
    if not isinstance(found, marquez.Job):
        raise TypeError(type(found))
    return msgspec.structs.replace(found, lineage_mesh=_further_names(known, Kind.JOB, found.id))


def _further_names(known: Knowledge, kind: Kind, name: Name) -> marquez.MeshPart | msgspec.UnsetType:
    found = known.further_names(kind, name)
    return marquez.MeshPart(same_as=found) if found else msgspec.UNSET


def _runs(known: Knowledge, name: Name, page: Page) -> marquez.RunList:
    number = known.number(Kind.JOB, name)
    (read,) = runs.pages(known.connection, [number], page.end)
    return marquez.RunList(known.shaped(read.runs[page.offset :]), read.total)


def _run(known: Knowledge, run_id: str) -> marquez.Run:
    found = known.shaped(runs.find(known.connection, [run_id]))
    if not found:
        raise unknown(f"the run {run_id[:80]!r}")
    return min(found, key=lambda run: (run.job_version.namespace, run.job_version.name))


def _lineage(known: Knowledge, node: NodeId, depth: int, nodes_max: int) -> marquez.LineageGraph:
    root, _ = known.resolved(node)
    answers = [
        walk.expand(
            known.connection, [root], direction=side, depth=depth + 1, nodes_max=nodes_max, as_of_us=None, position=""
        )
        for side in walk.DIRECTIONS
    ]
    distances: dict[int, int] = {}
    for number, distance in (place for answer in answers for place in answer.nodes):
        distances[number] = min(distance, distances.get(number, distance))
    nearest = sorted(distances, key=lambda number: (distances[number], number))
    documents = known.documents(nearest[:nodes_max], runs_shown=1)
    edges = {edge for answer in answers for edge in answer.edges if documents.keys() >= set(edge)}
    truncated = len(nearest) > nodes_max or any(answer.truncated for answer in answers)
    nodes = {number: (data, None) for number, data in documents.items()}
    return marquez.lineage_graph(nodes, edges, _truncated(truncated=truncated))


def _columns(known: Knowledge, node: NodeId, depth: int, *, downstream: bool) -> marquez.ColumnGraph:
    root, reading = known.resolved(node)
    walked = ColumnWalk(known.connection)
    roots = [(root, reading.column)] if reading.column is not None else _root_columns(known, walked, root)
    for side in (False, True)[: 1 + downstream]:
        walked.run(roots, depth, downstream=side)
    kept = roots if reading.column is not None else []
    graph, assets = _column_graph(known, walked, kept)
    if reading.column is not None and not walked.followed and assets[root].lacks_column(reading.column):
        raise marquez.no_column(assets[root].name, reading.column)
    return graph


def _root_columns(known: Knowledge, walked: ColumnWalk, root: int) -> list[Column]:
    """Return the columns of a dataset, or of all that a job writes: those of the schema, and those with edges."""
    record = known.records([root])[root]
    datasets = known.records(record.outputs if record.kind is Kind.JOB else [root])
    found: list[Column] = []
    for number, asset in known.assets(datasets).items():
        fields = (asset.schema.fields if asset.schema else None) or ()
        names = (*(each.name for each in fields), *(edge.output for edge in walked.into(number) if edge.output))
        found += [(number, name) for name in dict.fromkeys(names)]
    return found


def _column_graph(
    known: Knowledge, walked: ColumnWalk, kept: Collection[Column]
) -> tuple[marquez.ColumnGraph, dict[int, Asset]]:
    ends = [*kept, *(end for each in walked.followed for end in (each.source, each.target))]
    assets = known.assets(known.records(dataset for dataset, _ in ends))
    places = {end: marquez.Column(assets[end[0]].name, end[1]) for end in ends if end[0] in assets}
    links = [_link(each, places) for each in walked.followed if each.source in places and each.target in places]
    types = {
        marquez.Column(asset.name, field.name): field.type
        for asset in assets.values()
        for field in (asset.schema.fields if asset.schema else None) or ()
    }
    return marquez.column_graph(places.values(), links, types, _truncated(truncated=walked.truncated)), assets


def _link(followed: Followed, places: dict[Column, marquez.Column]) -> marquez.ColumnLink:
    edge: ColumnEdge = followed.edge
    # An edge to every column of a dataset only decides what flows.
    kind = edge.kind if edge.output else "INDIRECT"
    return marquez.ColumnLink(places[followed.source], places[followed.target], kind, edge.subtype, edge.description)


def _truncated(*, truncated: bool) -> marquez.MeshPart | msgspec.UnsetType:
    return marquez.MeshPart(truncated=True) if truncated else msgspec.UNSET


def _search(connection: Connection, text: str, kind: Kind | None, limit: int) -> marquez.SearchResults:
    numbers, total = catalog.search(connection, text, kind, limit)
    records = (publication.record(connection, number) for number in numbers)
    found = (
        marquez.search_result(record.kind, Name(record.namespace, record.name), record.volatile.updated_us)
        for record in records
        if record is not None
    )
    return marquez.SearchResults(total, tuple(found))
