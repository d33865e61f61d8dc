"""Details of nodes for one answer: all of them in one parallel round over the domains, merged as rule 10 has it.

A domain that cannot be asked leaves its part null, and is noted: the answer is not complete then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from lineage_gateway.asking import Asking
from lineage_gateway.details import DetailKey, Failure, Outcome, Page
from lineage_gateway.lineage import Rests, rests_on
from lineage_gateway.mesh import Direction, Entry, Member
from lineage_gateway.mesh.nodes import describing, reporting
from lineage_shared import marquez
from lineage_shared.errors import AgentFailure
from lineage_shared.marquez import Asset, DomainPart, MeshPart, Name
from lineage_shared.model import Kind, Part
from lineage_shared.wire import FacetsDetail, JobRuns, RunDetail, SchemaDetail

TURN: Final = 64
"""Nodes shaped before others get their turn of the event loop."""

Outcomes = Mapping[DetailKey, Outcome]


class Gathering:
    """What one answer has gathered: which domains it rests on, and which of them failed."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.visited: set[str] = set()
        self.failures: dict[str, Failure] = {}

    async def assets(self, nodes: Collection[int]) -> dict[int, Asset]:
        """Return what is known of nodes."""
        entries = {node: self._asking.mesh.entry(node) for node in nodes}
        keys = [key for entry in entries.values() for key in self._keys(entry)]
        outcomes = await self._load(keys)
        return {node: self._asset(node, entry, outcomes) for node, entry in entries.items()}

    async def documents(self, nodes: Iterable[int], *, runs_shown: int) -> dict[int, marquez.Dataset | marquez.Job]:
        """Return datasets and jobs, in the order of the nodes; each job with its newest runs."""
        entries = {node: self._asking.mesh.entry(node) for node in nodes}
        newest = {
            node: self._asking.key(entry.members[0], Part.RUNS, Page(runs_shown))
            for node, entry in entries.items()
            if entry.kind is Kind.JOB
        }
        keys = [key for entry in entries.values() for key in self._keys(entry)]
        outcomes = await self._load([*keys, *newest.values()])
        found: dict[int, marquez.Dataset | marquez.Job] = {}
        for at, (node, entry) in enumerate(entries.items()):
            if at % TURN == 0:
                await asyncio.sleep(0)
            asset = self._asset(node, entry, outcomes)
            if node in newest:
                runs = outcomes[newest[node]]
                shown = self.runs(entry.members[0], runs.runs) if isinstance(runs, JobRuns) else None
                found[node] = marquez.job(
                    asset, self._beside(node, Direction.UPSTREAM), self._beside(node, Direction.DOWNSTREAM), shown
                )
            else:
                found[node] = marquez.dataset(asset)
        return found

    async def page_of_runs(self, member: Member, page: Page) -> JobRuns:
        """Return the newest runs of a job; raise `AgentFailure` when its agent cannot be asked."""
        self.visited.add(member.domain)
        key = self._asking.key(member, Part.RUNS, page)
        outcome = (await self._load([key]))[key]
        if not isinstance(outcome, JobRuns):
            raise self.failed()
        return outcome

    def runs(self, member: Member, runs: Iterable[RunDetail]) -> tuple[marquez.Run, ...]:
        """Return runs of a job."""
        of = Name(member.record.namespace, member.record.name)
        return tuple(marquez.run(each, of, member.domain, self._namer(member.domain)) for each in runs)

    def run(self, domain: str, run: RunDetail) -> marquez.Run | None:
        """Return a run of any job of a domain; None when its job has not arrived here yet, or has gone."""
        node = self._asking.mesh.node_of(domain, run.job)
        if node is None:
            return None
        own = (each for each in self._asking.mesh.entry(node).members if each.domain == domain)
        return self.runs(next(own), [run])[0]

    def failed(self) -> AgentFailure:
        """The error for an answer of which nothing is left without the domain that failed."""
        first = self.failures[min(self.failures)]
        return AgentFailure(first.message, domain=first.domain, code=first.code)

    def rests(self) -> Rests:
        """Return what the answer rests on."""
        failures = {domain: failure.message for domain, failure in self.failures.items()}
        return rests_on(self._asking.view.states, self.visited, self._asking.limits.staleness_bound_s, failures)

    def name(self, node: int) -> Name:
        """Return the name of a node."""
        entry = self._asking.mesh.entry(node)
        return Name(entry.namespace, entry.name)

    def item(self, node: int) -> MeshPart:
        """Return what an item of an answer has beyond Marquez."""
        entry = self._asking.mesh.entry(node)
        return MeshPart(id=self._asking.mesh.id(node), domain=entry.domain, reported_by=tuple(reporting(entry.members)))

    def _keys(self, entry: Entry) -> list[DetailKey]:
        self.visited.update(reporting(entry.members))
        parts = (Part.SCHEMA, Part.FACETS) if entry.kind is Kind.DATASET else (Part.FACETS,)
        return [self._asking.key(each, part) for each in describing(entry.members, entry.domain) for part in parts]

    async def _load(self, keys: Collection[DetailKey]) -> Outcomes:
        outcomes = await self._asking.sources.details.load(keys, self._asking.details.deadline)
        for outcome in outcomes.values():
            if isinstance(outcome, Failure):
                self.failures.setdefault(outcome.domain, outcome)
        return outcomes

    def _asset(self, node: int, entry: Entry, outcomes: Outcomes) -> Asset:
        view = self._asking.mesh.attributes(node)
        told = [outcomes[key] for key in self._keys(entry)]
        records = [member.record for member in entry.members]
        return Asset(
            kind=entry.kind,
            name=Name(entry.namespace, entry.name),
            type=view.type,
            tags=view.tags,
            updated_us=view.updated_us,
            seen_us=tuple(at for each in records for at in (*each.inputs_first_seen_us, *each.outputs_first_seen_us)),
            schema=_schema([each for each in told if isinstance(each, SchemaDetail)]),
            facets=_facets([each for each in told if isinstance(each, FacetsDetail)]),
            mesh=self.item(node),
        )

    def _beside(self, node: int, direction: Direction) -> list[Name]:
        return [self.name(each) for each in self._asking.mesh.neighbours(node, direction)]

    def _namer(self, domain: str) -> marquez.Namer:
        def name_of(number: int) -> Name | None:
            node = self._asking.mesh.node_of(domain, number)
            return None if node is None else self.name(node)

        return name_of


def parts_of(rests: Rests) -> tuple[DomainPart, ...]:
    """Return the domains that an answer rests on."""
    return tuple(DomainPart(each.domain, each.status.value, each.staleness_s, each.message) for each in rests.domains)


def _schema(told: list[SchemaDetail]) -> SchemaDetail | None:
    """Return the first schema that says something; None where nobody could be asked."""
    return next((each for each in told if each.fields is not None or each.versions), told[0] if told else None)


def _facets(told: list[FacetsDetail]) -> FacetsDetail | None:
    """Return the facets of all, of each name the first; None where nobody could be asked."""
    if len(told) <= 1:
        return told[0] if told else None
    merged: dict[str, object] = {}
    for each in reversed(told):
        merged |= each.facets
    return FacetsDetail(
        facets=merged,
        description=next((each.description for each in told if each.description is not None), None),
        source_code=next((each.source_code for each in told if each.source_code is not None), None),
        lifecycle=next((each.lifecycle for each in told if each.lifecycle), ()),
        dropped=all(each.dropped for each in told),
    )
