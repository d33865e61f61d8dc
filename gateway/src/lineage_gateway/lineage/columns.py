"""Column lineage as a use case: the dataset closure from the mesh, its column edges from the agents, then a walk.

Column edges are details. The closure of the dataset says which datasets can matter; every domain that has a record of
one of them is asked for the edges into it, all in one parallel round. A closure larger than `columns_datasets_max` is
followed hop by hop instead: each round asks only for the datasets that the column itself has led to. So is what lies
beyond the closure: a column edge may name a dataset that no step connects. A domain that cannot be asked leaves a gap,
and the answer says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lineage_gateway.lineage.completeness import Rests, rests_on
from lineage_gateway.lineage.limits import BAD_USER_INPUT, within
from lineage_gateway.lineage.references import Reference, resolve
from lineage_gateway.lineage.view import MeshView
from lineage_gateway.mesh import ColumnWalk, Direction, FetchedColumns, Member, Mesh, WalkRequest, column_walk, walk
from lineage_gateway.mesh.columns import ColumnKey
from lineage_gateway.mesh.nodes import describing
from lineage_shared.errors import InvalidInput, NotFound
from lineage_shared.model import Kind
from lineage_shared.wire import DatasetColumns, SchemaDetail, SchemaField

Place = tuple[str, int]
"""A record: (domain, number)."""

WALKED_MAX = 1_000_000


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


@dataclass(frozen=True, slots=True)
class ColumnQuestion:
    """Which column to follow, and how far; `depth` None is unlimited.

    `column` None: every column of the dataset, or of all datasets that a job writes.
    """

    of: Reference
    column: str | None
    direction: Direction
    depth: int | None
    include_indirect: bool = True


@dataclass(frozen=True, slots=True)
class ColumnAnswer:
    """The columns reached, what is known of each (by node and name), and what the answer rests on."""

    walk: ColumnWalk
    fields: Mapping[tuple[int, str], SchemaField]
    truncated: bool
    rests: Rests


@dataclass(slots=True)
class _Fetched:
    """What the agents have told so far: edges, and which domains could not be asked."""

    edges: list[FetchedColumns] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)


async def column_lineage(view: MeshView, question: ColumnQuestion, source: ColumnSource) -> ColumnAnswer:
    """Answer a question about columns; raise COLUMN_NOT_FOUND for one that its dataset is known not to have."""
    if question.depth is not None:
        within("depth", question.depth, 0, view.limits.depth_max)
    root = resolve(view, question.of)
    starts = _starts(view.mesh, root, question)
    closures = [walk(view.mesh, WalkRequest(each, question.direction, question.depth, WALKED_MAX)) for each in starts]
    nodes = dict.fromkeys(node for closure in closures for node in closure.nodes.tolist())
    datasets = [node for node in nodes if view.mesh.entry(node).kind is Kind.DATASET]
    fetched = _Fetched()
    at_once = datasets if len(datasets) <= view.limits.columns_datasets_max else []
    await _fetch(view.mesh, source, at_once, fetched)
    roots = await _roots(view.mesh, source, (starts, question), fetched)
    walked = await _follow(view.mesh, source, (roots, question), fetched)
    reached = sorted({node.node for node in walked.nodes})
    fields = await _fields(view.mesh, source, reached, fetched)
    if question.column is not None and not _is_known(starts[0], question.column, fields, fetched):
        raise NotFound(
            f"{view.mesh.entry(starts[0]).name[:200]} has no column {question.column[:200]!r}",
            hint=f"it has {', '.join(sorted(name for node, name in fields if node == starts[0]))[:500]}",
            code="COLUMN_NOT_FOUND",
        )
    visited = {member.domain for member in view.mesh.entry(root).members}
    visited.update(domain for closure in closures for domain in closure.domains)
    rests = rests_on(view.states, visited, view.limits.staleness_bound_s, fetched.failures)
    truncated = walked.truncated or any(closure.truncated for closure in closures)
    return ColumnAnswer(walked, fields, truncated, rests)


def _starts(mesh: Mesh, root: int, question: ColumnQuestion) -> list[int]:
    """Return the datasets whose columns are asked for."""
    if mesh.entry(root).kind is Kind.DATASET:
        return [root]
    if question.column is not None:
        raise InvalidInput("a job has no columns", hint="point at a dataset", code=BAD_USER_INPUT)
    return list(mesh.neighbours(root, Direction.DOWNSTREAM))


async def _roots(
    mesh: Mesh, source: ColumnSource, start: tuple[Collection[int], ColumnQuestion], fetched: _Fetched
) -> list[ColumnKey]:
    """Return the columns to begin with: the one asked for, else all that schemas and edges know."""
    starts, question = start
    if question.column is not None:
        return [(node, question.column) for node in starts]
    await _fetch(mesh, source, starts, fetched)
    fields = await _fields(mesh, source, starts, fetched)
    known = dict.fromkeys(fields)
    for edge in fetched.edges:
        known |= {(edge.source, edge.input): None, (edge.target, edge.output): None}
    return [(node, name) for node, name in known if node in set(starts) and name]


def _walk(roots: Collection[ColumnKey], question: ColumnQuestion, fetched: _Fetched) -> ColumnWalk:
    return column_walk(
        fetched.edges,
        roots,
        question.direction,
        depth=question.depth,
        include_indirect=question.include_indirect,
    )


async def _fetch(mesh: Mesh, source: ColumnSource, datasets: Collection[int], fetched: _Fetched) -> None:
    """Ask for the edges into datasets that were not asked for yet."""
    new = [node for node in datasets if node not in fetched.asked]
    fetched.asked.update(new)
    members = [member for node in new for member in mesh.entry(node).members]
    answers = await source.columns(members)
    for member in members:
        answer = answers[member.domain, member.number]
        if isinstance(answer, Unasked):
            fetched.failures[member.domain] = answer.message
        else:
            fetched.edges.extend(_edges(mesh, member.domain, answer, fetched))


def _edges(mesh: Mesh, domain: str, columns: DatasetColumns, fetched: _Fetched) -> Iterator[FetchedColumns]:
    target = mesh.node_of(domain, columns.number)
    for edge in columns.edges:
        source = mesh.node_of(domain, edge.source)
        if source is None or target is None:
            fetched.failures[domain] = f"the agent of {domain} names a dataset that has not arrived here yet"
            continue
        yield FetchedColumns(
            source=source,
            input=edge.input,
            target=target,
            output=edge.output,
            kind=edge.kind,
            subtype=edge.subtype,
            description=edge.description,
            masking=edge.masking,
            job=mesh.node_of(domain, edge.job) if edge.job else None,
        )


async def _follow(
    mesh: Mesh, source: ColumnSource, start: tuple[Collection[ColumnKey], ColumnQuestion], fetched: _Fetched
) -> ColumnWalk:
    """Walk, and ask hop by hop for what the walk turns out to need, until it needs nothing more."""
    roots, question = start
    walked = _walk(roots, question, fetched)
    while wanted := _wanted(mesh, question, walked, fetched):
        await _fetch(mesh, source, sorted(wanted), fetched)
        walked = _walk(roots, question, fetched)
    return walked


def _wanted(mesh: Mesh, question: ColumnQuestion, walked: ColumnWalk, fetched: _Fetched) -> set[int]:
    """Return the datasets whose edges the walk needs: of those reached going up, of those one hop further going down.

    Going down, an edge to every column of a dataset leads to those that some edge names, be it one out of the dataset.
    """
    depth = question.depth
    inner = {(each.node, each.column) for each in walked.nodes if depth is None or each.distance < depth}
    nodes = {node for node, _ in inner}
    wanted = set(nodes) if question.direction is not Direction.DOWNSTREAM else set()
    if question.direction is not Direction.UPSTREAM:
        nodes |= {each.target for each in fetched.edges if not each.output and (each.source, each.input) in inner}
        wanted |= {far for node in nodes for far in _next_datasets(mesh, node)}
    return wanted - fetched.asked


def _next_datasets(mesh: Mesh, dataset: int) -> Iterator[int]:
    for node in mesh.neighbours(dataset, Direction.DOWNSTREAM):
        if mesh.entry(node).kind is Kind.DATASET:
            yield node
        else:
            yield from mesh.neighbours(node, Direction.DOWNSTREAM)


async def _fields(
    mesh: Mesh, source: ColumnSource, datasets: Collection[int], fetched: _Fetched
) -> dict[tuple[int, str], SchemaField]:
    """Return the columns of datasets as the domains that describe them know them, the first of them first."""
    entries = {node: mesh.entry(node) for node in datasets}
    members = {node: describing(entry.members, entry.domain) for node, entry in entries.items()}
    answers = await source.schemas([member for each in members.values() for member in each])
    fields: dict[tuple[int, str], SchemaField] = {}
    for node, described in members.items():
        for member in described:
            answer = answers[member.domain, member.number]
            if isinstance(answer, Unasked):
                fetched.failures[member.domain] = answer.message
            elif answer.fields is not None:
                fields |= {(node, each.name): each for each in answer.fields}
                break
    return fields


def _is_known(root: int, column: str, fields: Mapping[tuple[int, str], SchemaField], fetched: _Fetched) -> bool:
    """Tell whether the column may exist: its dataset has it, some edge names it, or nobody knows the columns."""
    names = {name for node, name in fields if node == root}
    if not names or column in names:
        return True
    return any((root, column) in ((edge.source, edge.input), (edge.target, edge.output)) for edge in fetched.edges)
