"""The answers to Marquez's read routes over one version of the mesh; a `Reads` lives as long as its request.

Walks need no network. Details of all nodes of an answer go out as one round, and every answer tells under
`lineageMesh` whether it is complete, and which domains it rests on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final, TypeVar

import msgspec

from lineage_gateway.asking import AskedDetails, Asking
from lineage_gateway.details import Failure
from lineage_gateway.details import Page as RunPage
from lineage_gateway.lineage import (
    ById,
    ByName,
    ColumnAnswer,
    ColumnQuestion,
    LineageQuestion,
    Rests,
    SearchQuestion,
    check_domains,
    column_lineage,
    lineage,
    not_found,
    resolve,
    search_assets,
)
from lineage_gateway.mesh import Direction
from lineage_gateway.rest.directory import Directory, Holding
from lineage_gateway.rest.gathering import Gathering, parts_of
from lineage_shared import marquez
from lineage_shared.errors import Conflict
from lineage_shared.marquez import MeshPart, Name, NodeId, Page, Reading
from lineage_shared.model import Kind
from lineage_shared.naming import readings

LATEST_RUNS: Final = 10
"""Runs shown with one job; in lists and graphs each job has its newest."""
CANDIDATES_SHOWN: Final = 10
"""Assets listed of those that a node id may mean."""

D = TypeVar("D", bound=msgspec.Struct)


class Reads:
    """Answers for the mesh. `domain`, where given, tells which of several assets of one name is meant."""

    def __init__(self, asking: Asking, directory: Directory, *, domain: str | None, nodes_max: int) -> None:
        self._asking = asking
        self._directory = directory
        self._domain = domain
        self._nodes_max = nodes_max
        self._gathering = Gathering(asking)
        if domain is not None:
            check_domains(asking.view, [domain])

    async def namespaces(self, page: Page) -> marquez.NamespaceList:
        """Return a page of namespaces."""
        found = self._directory.namespaces(self._asking.mesh)
        shown = list(found.items())[page.offset : page.end]
        self._gathering.visited.update(*(holding.domains for _, holding in shown))
        listed = tuple(_namespace(name, holding) for name, holding in shown)
        return self._answer(marquez.NamespaceList(listed, len(found)))

    async def namespace(self, name: str) -> marquez.Namespace:
        """Return one namespace."""
        return self._answer(_namespace(name, self._holding(name)))

    async def datasets(self, namespace: str, page: Page) -> marquez.DatasetList:
        """Return a page of the datasets of a namespace."""
        nodes, total = self._page(Kind.DATASET, namespace, page)
        documents = (await self._gathering.documents(nodes, runs_shown=1)).values()
        listed = tuple(each for each in documents if isinstance(each, marquez.Dataset))
        return self._answer(marquez.DatasetList(listed, total))

    async def dataset(self, name: Name) -> marquez.Dataset:
        """Return one dataset."""
        return self._answer(marquez.dataset(await self._asset(name)))

    async def versions(self, name: Name, page: Page) -> marquez.DatasetVersionList:
        """Return a page of a dataset's versions."""
        found = await self._versions(name)
        return self._answer(marquez.DatasetVersionList(found[page.offset : page.end], len(found)))

    async def version(self, name: Name, version: str) -> marquez.DatasetVersion:
        """Return one version of a dataset."""
        for each in await self._versions(name):
            if each.version == version:
                return self._answer(each)
        raise not_found(self._asking.view.states, f"the version {version[:80]!r} of {name.name[:200]}")

    async def jobs(self, namespace: str, page: Page) -> marquez.JobList:
        """Return a page of the jobs of a namespace."""
        nodes, total = self._page(Kind.JOB, namespace, page)
        documents = (await self._gathering.documents(nodes, runs_shown=1)).values()
        listed = tuple(each for each in documents if isinstance(each, marquez.Job))
        return self._answer(marquez.JobList(listed, total))

    async def job(self, name: Name) -> marquez.Job:
        """Return one job with its newest runs."""
        node = self._resolved(Kind.JOB, name)
        found = (await self._gathering.documents([node], runs_shown=LATEST_RUNS))[node]
        if not isinstance(found, marquez.Job):
            raise TypeError(type(found))
        return self._answer(found)

    async def runs(self, name: Name, page: Page) -> marquez.RunList:
        """Return a page of a job's runs."""
        member = self._asking.mesh.entry(self._resolved(Kind.JOB, name)).members[0]
        found = await self._gathering.page_of_runs(member, RunPage(max(1, page.end)))
        shown = self._gathering.runs(member, found.runs[page.offset : page.end])
        return self._answer(marquez.RunList(shown, found.total))

    async def run(self, run_id: str) -> marquez.Run:
        """Return a run by its runId, from whichever domain has it."""
        domains = sorted(self._asking.epochs)
        answers = await asyncio.gather(*(self._asking.details.runs(domain, run_id) for domain in domains))
        found: list[marquez.Run] = []
        for domain, answer in zip(domains, answers, strict=True):
            if isinstance(answer, Failure):
                self._gathering.failures[domain] = answer
            elif shown := [each for run in answer if (each := self._gathering.run(domain, run))]:
                self._gathering.visited.add(domain)
                found += shown
        if found:
            first = min(found, key=lambda run: (run.job_version.namespace, run.job_version.name))
            return self._answer(first)
        if self._gathering.failures:
            raise self._gathering.failed()
        raise not_found(self._asking.view.states, f"the run {run_id[:80]!r}")

    async def lineage(self, node: NodeId, depth: int) -> marquez.LineageGraph:
        """Return the lineage of a dataset or job in both directions."""
        root, _ = self._pointed(node)
        limit = min(self._nodes_max, self._asking.limits.limit_max)
        question = LineageQuestion(ById(self._asking.mesh.id(root)), Direction.BOTH, depth + 1, limit)
        walked = lineage(self._asking.view, question).walk
        documents = await self._gathering.documents(walked.nodes.tolist(), runs_shown=1)
        self._gathering.visited.update(walked.domains)
        domains = {each: self._asking.mesh.entry(each).domain for each in documents}
        edges = zip(walked.edges.sources.tolist(), walked.edges.targets.tolist(), strict=True)
        graph = marquez.lineage_graph({each: (data, domains[each]) for each, data in documents.items()}, edges)
        return self._answer(graph, MeshPart(truncated=walked.truncated, total_nodes=walked.total_nodes))

    async def column_lineage(self, node: NodeId, depth: int, *, downstream: bool) -> marquez.ColumnGraph:
        """Return the lineage of a column, of a dataset's columns, or of the columns that a job writes."""
        root, reading = self._pointed(node)
        direction = Direction.BOTH if downstream else Direction.UPSTREAM
        question = ColumnQuestion(ById(self._asking.mesh.id(root)), reading.column, direction, depth)
        answer = await column_lineage(self._asking.view, question, AskedDetails(self._asking))
        kept = [(root, answer.walk.nodes[0].column)] if reading.column is not None else []
        graph = self._column_graph(answer, kept)
        return self._answer(graph, MeshPart(truncated=answer.truncated), rests=answer.rests)

    async def search(self, text: str, kind: Kind | None, limit: int) -> marquez.SearchResults:
        """Return the best matches, best first."""
        kinds = None if kind is None else frozenset({kind})
        page = search_assets(self._asking.view, SearchQuestion(text, limit, kinds=kinds))
        entries = {node: self._asking.mesh.entry(node) for node in page.nodes}
        given = {
            node: (marquez.node_id(entry.kind, entry.namespace, entry.name), entry.domain)
            for node, entry in entries.items()
        }
        ids = marquez.distinct_ids(given)
        results = []
        for node, entry in entries.items():
            item = self._gathering.item(node)
            self._gathering.visited.update(item.reported_by)
            updated_us = self._asking.mesh.attributes(node).updated_us
            own = entry.domain if ids[node] != given[node][0] else None
            results.append(marquez.search_result(entry.kind, Name(entry.namespace, entry.name), updated_us, own, item))
        return self._answer(marquez.SearchResults(page.total, tuple(results)))

    def _holding(self, namespace: str) -> Holding:
        holding = self._directory.namespace(self._asking.mesh, namespace)
        if holding is None:
            raise not_found(self._asking.view.states, f"the namespace {namespace[:200]!r}")
        self._gathering.visited |= holding.domains
        return holding

    def _page(self, kind: Kind, namespace: str, page: Page) -> tuple[list[int], int]:
        places = sorted(self._holding(namespace).places[kind])
        return [node for _, node in places[page.offset : page.end]], len(places)

    def _resolved(self, kind: Kind, name: Name) -> int:
        return resolve(self._asking.view, ByName(kind, name.namespace, name.name, self._domain))

    def _pointed(self, node: NodeId) -> tuple[int, Reading]:
        """Return the node that an id means, and how it was read; `@DOMAIN` behind the name is heard.

        A namespace and a name come before the whole text as some system's spelling (`dataset:jdbc:...`).
        """
        for reading in node.readings():
            bare, _, domain = reading.name.rpartition("@")
            for name, asked in ((reading.name, self._domain), (bare, domain)):
                if name and self._asking.mesh.find(node.kind, reading.namespace, name, asked):
                    found = resolve(self._asking.view, ByName(node.kind, reading.namespace, name, asked))
                    return found, reading
        for spelling in () if node.is_field else readings(node.text, node.kind, self._domain):
            nodes = self._asking.mesh.find_reference(spelling, spelling.domain)
            if len(nodes) > 1:
                raise self._ambiguous(node, nodes)
            if nodes:
                return nodes[0], Reading(spelling.namespace, spelling.name)
        raise not_found(self._asking.view.states, f"the {node.kind.value} {node.text[:300]!r}")

    def _ambiguous(self, node: NodeId, nodes: Collection[int]) -> Conflict:
        ids = ", ".join(map(self._asking.mesh.id, list(nodes)[:CANDIDATES_SHOWN]))
        return Conflict(
            f"the {node.kind.value} {node.text[:300]!r} may be any of {len(nodes)}: {ids}",
            hint="add `domain`",
            code="AMBIGUOUS_REFERENCE",
        )

    async def _asset(self, name: Name) -> marquez.Asset:
        node = self._resolved(Kind.DATASET, name)
        return (await self._gathering.assets([node]))[node]

    async def _versions(self, name: Name) -> tuple[marquez.DatasetVersion, ...]:
        asset = await self._asset(name)
        if asset.schema is None or asset.facets is None:
            raise self._gathering.failed()
        return marquez.versions(asset)

    def _column_graph(self, answer: ColumnAnswer, kept: Collection[tuple[int, str]]) -> marquez.ColumnGraph:
        def column(key: tuple[int, str]) -> marquez.Column:
            return marquez.Column(self._gathering.name(key[0]), key[1])

        links = [
            marquez.ColumnLink(column(each.source), column(each.target), each.kind, each.subtype, each.description)
            for each in answer.walk.edges
        ]
        types = {column(key): field.type for key, field in answer.fields.items()}
        ends = (end for link in links for end in (link.source, link.target))
        return marquez.column_graph([*map(column, kept), *ends], links, types)

    def _answer(self, document: D, more: MeshPart | None = None, rests: Rests | None = None) -> D:
        """Return the document with what it rests on."""
        rested = rests or self._gathering.rests()
        known: MeshPart | msgspec.UnsetType = getattr(document, "lineage_mesh", msgspec.UNSET)
        base = more or (known if isinstance(known, MeshPart) else MeshPart())
        mesh = msgspec.structs.replace(base, complete=rested.complete, domains=parts_of(rested))
        return msgspec.structs.replace(document, lineage_mesh=mesh)


def _namespace(name: str, holding: Holding) -> marquez.Namespace:
    domains = tuple(sorted(holding.domains))
    owner = domains[0] if len(domains) == 1 else None
    return marquez.namespace(name, owner, holding.first_us, holding.last_us, MeshPart(reported_by=domains))
