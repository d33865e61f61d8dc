"""What the agents have told about columns for one question: edges and schemas, read by the names of the columns.

Everything told is kept as it came. What follows from it (which columns are one, the edges between them) is a function
of all that was told, so that neither the order of the rounds nor that of the domains matters; `ask` says whether
something that was worked out before may be otherwise now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, Protocol, TypeVar

from lineage_gateway.mesh import ColumnKey, ColumnNames, ColumnWalk, FetchedColumns, Member, Mesh, WrittenColumns
from lineage_gateway.mesh.nodes import describing
from lineage_shared.wire import ColumnEdge, DatasetColumns, SchemaDetail, SchemaField

T = TypeVar("T")

Place = tuple[str, int]
"""A record: (domain, number)."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """Why a domain could not be asked."""

    message: str


class ColumnSource(Protocol):
    """Where column edges and schemas come from: each call is one parallel round over all domains."""

    async def columns(self, members: Collection[Member]) -> Mapping[Place, DatasetColumns | Unasked]:
        """Return the column edges into each of these records."""

    async def schemas(self, members: Collection[Member]) -> Mapping[Place, SchemaDetail | Unasked]:
        """Return the schema of each of these records."""


class _Read(NamedTuple):
    """One column edge with its ends: nodes, and the columns written of their keys."""

    source: int
    inputs: WrittenColumns
    target: int
    outputs: WrittenColumns
    edge: ColumnEdge


class Told:
    """Holds what was told; one for each question."""

    def __init__(self, mesh: Mesh, source: ColumnSource) -> None:
        self._mesh = mesh
        self._source = source
        self._answers: list[tuple[str, DatasetColumns]] = []
        self._edges: list[FetchedColumns] = []
        self._joined: list[FetchedColumns] | None = None
        self._schemas: dict[Place, SchemaDetail | Unasked] = {}
        self._jobs: dict[Place, int | None] = {}
        self.names = ColumnNames(mesh)
        self.asked: set[int] = set()
        self.described: set[int] = set()
        self.failures: dict[str, str] = {}

    async def ask(self, datasets: Collection[int], described: Collection[int]) -> bool:
        """Ask in one round for the edges into `datasets` and the schemas of `described`, as far as they are not known.

        Return whether there may be other edges, or other names of columns, than before.
        """
        into = [each for node in datasets if node not in self.asked for each in self._mesh.entry(node).members]
        # Anybody's schema may have columns that differ in case only.
        of = [each for node in described if node not in self.described for each in self._mesh.entry(node).members]
        self.asked.update(datasets)
        self.described.update(described)
        columns, schemas = await asyncio.gather(_given(self._source.columns, into), _given(self._source.schemas, of))
        renamed = self._take_schemas(schemas)
        answers = self._take_edges(columns)
        if renamed:
            self._edges, answers = [], self._answers
        self._edges.extend(self._fetched(answers))
        self._joined = None
        return bool(answers) or renamed or any(map(self.names.has_several_keys, described))

    def _take_edges(self, columns: Mapping[Place, DatasetColumns | Unasked]) -> list[tuple[str, DatasetColumns]]:
        taken: list[tuple[str, DatasetColumns]] = []
        for (domain, _), answer in sorted(columns.items(), key=itemgetter(0)):
            if isinstance(answer, Unasked):
                self.failures[domain] = answer.message
            elif answer.edges:
                taken.append((domain, answer))
        self._answers += taken
        return taken

    def _take_schemas(self, schemas: Mapping[Place, SchemaDetail | Unasked]) -> bool:
        """Take in schemas; tell whether columns that were known have other names by them."""
        self._schemas.update(schemas)
        renamed = False
        for place, answer in schemas.items():
            found = self.names.at(*place)
            if found is not None and isinstance(answer, SchemaDetail) and answer.fields:
                renamed |= found[1].describe([each.name for each in answer.fields])
            elif found is not None and isinstance(answer, Unasked) and self.names.has_several_keys(found[0]):
                self.failures[place[0]] = answer.message
        return renamed

    def _read(self, answers: Collection[tuple[str, DatasetColumns]]) -> Iterator[tuple[str, _Read]]:
        at = self.names.at
        for domain, answer in answers:
            target = at(domain, answer.number)
            for edge in answer.edges:
                source = at(domain, edge.source)
                if source is None or target is None:
                    self.failures[domain] = f"the agent of {domain} names a dataset that has not arrived here yet"
                    continue
                yield domain, _Read(*source, *target, edge)

    def _fetched(self, answers: Collection[tuple[str, DatasetColumns]]) -> Iterator[FetchedColumns]:
        for domain, (source, inputs, target, outputs, edge) in self._read(answers):
            yield FetchedColumns(
                source,
                inputs[edge.input],
                target,
                outputs[edge.output] if edge.output else "",
                edge.kind,
                edge.subtype,
                edge.description,
                edge.masking,
                self._job((domain, edge.job)) if edge.job else None,
            )

    def _job(self, place: Place) -> int | None:
        if place not in self._jobs:
            self._jobs[place] = self._mesh.node_of(*place)
        return self._jobs[place]

    def edges(self) -> list[FetchedColumns]:
        """Return all edges that were told, columns that are one under one name."""
        if self._joined is None:
            joined = self.names.all_joined()
            self._joined = [_joined(each, joined) for each in self._edges] if joined else self._edges
        return self._joined

    def fields(self, nodes: Collection[int]) -> dict[ColumnKey, SchemaField]:
        """Return the columns of datasets as the domains that describe them know them, the first of them first."""
        found: dict[ColumnKey, SchemaField] = {}
        for node in nodes:
            find = self.names.finder(node)
            for each in self._schema(node):
                found.setdefault((node, find(each.name)), each)
        return found

    def _schema(self, node: int) -> Collection[SchemaField]:
        entry = self._mesh.entry(node)
        for domain, number, _ in describing(entry.members, entry.domain):
            answer = self._schemas.get((domain, number))
            if isinstance(answer, Unasked):
                self.failures[domain] = answer.message
            elif answer is not None and answer.fields is not None:
                return answer.fields
        return ()

    def spellings(self, columns: Collection[ColumnKey], walk: ColumnWalk) -> dict[ColumnKey, list[str]]:
        """Return how the edges of a walk spell these columns, the keys of a dataset in order."""
        followed = {(each.source, each.target) for each in walk.edges}
        into = {(source, node) for source, (node, _) in followed}
        joined = self.names.all_joined()
        found: dict[ColumnKey, set[tuple[int, str]]] = {column: set() for column in columns}
        for _, (source, inputs, target, outputs, edge) in self._read(self._answers if columns else ()):
            read = (source, inputs[edge.input])
            read = (source, joined.get(read, read[1]))
            written = (target, outputs[edge.output]) if edge.output else (target, "")
            written = (target, joined.get(written, written[1]))
            if (read, written) in followed or (not edge.output and (read, target) in into):
                for column, said in ((read, (inputs.rank, edge.input)), (written, (outputs.rank, edge.output))):
                    if column in found:
                        found[column].add(said)
        return {column: [text for _, text in sorted(said)] for column, said in found.items()}


def _joined(edge: FetchedColumns, joined: Mapping[ColumnKey, str]) -> FetchedColumns:
    source, target = (edge.source, edge.input), (edge.target, edge.output)
    if source not in joined and target not in joined:
        return edge
    return edge._replace(input=joined.get(source, edge.input), output=joined.get(target, edge.output))


async def _given(
    ask: Callable[[Collection[Member]], Awaitable[Mapping[Place, T]]], members: list[Member]
) -> Mapping[Place, T]:
    return await ask(members) if members else {}
