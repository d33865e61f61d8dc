"""Column lineage as a use case: the dataset closure from the mesh, its column edges from the agents, then a walk.

Column edges are details. The closure of the dataset says which datasets can matter; every domain that has a record of
one of them is asked for the edges into it, all in one parallel round. A closure larger than `columns_datasets_max` is
followed hop by hop instead: each round asks only for the datasets that the column itself has led to. So is what lies
beyond the closure: a column edge may name a dataset that no step connects. A domain that cannot be asked leaves a gap,
and the answer says so.

The walk goes over names (`mesh.column_names`), the answer spells each column as the schema of the domain that speaks
for the dataset does, else as the edges do. In a dataset of several keys it depends on all its columns which of them are
one: then its schemas and the edges into it are asked for as well, and those of its readers where names are joined that
differ in case, for these may know a further one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from lineage_gateway.lineage.column_telling import ColumnSource, Told
from lineage_gateway.lineage.completeness import Rests, rests_on
from lineage_gateway.lineage.limits import BAD_USER_INPUT, within
from lineage_gateway.lineage.references import Reference, resolve
from lineage_gateway.lineage.view import MeshView
from lineage_gateway.mesh import ColumnKey, ColumnNode, ColumnWalk, Direction, Mesh, WalkRequest, column_walk, walk
from lineage_shared.errors import InvalidInput, NotFound
from lineage_shared.model import Kind
from lineage_shared.naming.fold import lower
from lineage_shared.wire import SchemaField

WALKED_MAX = 1_000_000
HINT_CHARS_MAX = 500


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
    fields: Mapping[ColumnKey, SchemaField]
    truncated: bool
    rests: Rests


async def column_lineage(view: MeshView, question: ColumnQuestion, source: ColumnSource) -> ColumnAnswer:
    """Answer a question about columns; raise COLUMN_NOT_FOUND for one that its dataset is known not to have."""
    if question.depth is not None:
        within("depth", question.depth, 0, view.limits.depth_max)
    root = resolve(view, question.of)
    starts = _starts(view.mesh, root, question)
    closures = [walk(view.mesh, WalkRequest(each, question.direction, question.depth, WALKED_MAX)) for each in starts]
    nodes = dict.fromkeys(node for closure in closures for node in closure.nodes.tolist())
    datasets = [node for node in nodes if view.mesh.entry(node).kind is Kind.DATASET]
    told = Told(view.mesh, source)
    at_once = datasets if len(datasets) <= view.limits.columns_datasets_max else []
    described = [*filter(told.names.has_several_keys, at_once), *(starts if question.column is None else ())]
    await told.ask(at_once or (starts if question.column is None else ()), described)
    walked = await _follow(view.mesh, told, starts, question)
    if question.column is not None and not _is_known(told, starts[0], question.column):
        # Only its readers may know it.
        await told.ask(sorted(_readers(view.mesh, starts)), ())
        walked = await _follow(view.mesh, told, starts, question)
        if not _is_known(told, starts[0], question.column):
            _fail(view.mesh.entry(starts[0]).name, question.column, told.fields(starts))
    fields = told.fields(sorted({*starts, *(each.node for each in walked.nodes)}))
    walked, shown = _spelled(told, walked, fields, question)
    visited = {member.domain for member in view.mesh.entry(root).members}
    visited.update(domain for closure in closures for domain in closure.domains)
    rests = rests_on(view.states, visited, view.limits.staleness_bound_s, told.failures)
    truncated = walked.truncated or any(closure.truncated for closure in closures)
    return ColumnAnswer(walked, shown, truncated, rests)


def _starts(mesh: Mesh, root: int, question: ColumnQuestion) -> list[int]:
    """Return the datasets whose columns are asked for."""
    if mesh.entry(root).kind is Kind.DATASET:
        return [root]
    if question.column is not None:
        raise InvalidInput("a job has no columns", hint="point at a dataset", code=BAD_USER_INPUT)
    return list(mesh.neighbours(root, Direction.DOWNSTREAM))


async def _follow(mesh: Mesh, told: Told, starts: Collection[int], question: ColumnQuestion) -> ColumnWalk:
    """Walk, and ask hop by hop for what the walk turns out to need, until it needs nothing more."""
    walked = _walk(told, starts, question)
    while True:
        reached = {each.node for each in walked.nodes}
        wanted = _wanted(mesh, told, walked, starts, question) - told.asked
        described = (reached | set(starts)) - told.described
        if not wanted and not described:
            return walked
        if await told.ask(sorted(wanted), sorted(described)):
            walked = _walk(told, starts, question)


def _walk(told: Told, starts: Collection[int], question: ColumnQuestion) -> ColumnWalk:
    """Walk from the column asked for, else from all that schemas and edges know."""
    if question.column is not None:
        roots = [(node, told.names.finder(node)(question.column)) for node in starts]
    else:
        roots = [(node, name) for node in starts for name in sorted(told.names.known(node))]
    return column_walk(
        told.edges(),
        roots,
        question.direction,
        depth=question.depth,
        include_indirect=question.include_indirect,
    )


def _wanted(mesh: Mesh, told: Told, walked: ColumnWalk, starts: Collection[int], question: ColumnQuestion) -> set[int]:
    """Return the datasets whose edges the walk needs: those reached going up, those one hop further going down."""
    wanted = {node for node, _ in _inner(walked.upstream, question.depth)}
    if question.direction is not Direction.UPSTREAM and question.depth != 0:
        wanted |= _readers(mesh, {*starts, *_passed(told, _inner(walked.downstream, question.depth))})
    for node, names in _by_node(walked).items():
        if told.names.has_several_keys(node):
            wanted.add(node)
            asked = question.column if node in starts else None
            is_open = told.names.is_open(node, asked) or told.names.is_loose(node, names)
            wanted |= _readers(mesh, [node]) if is_open else set()
    return wanted


def _by_node(walked: ColumnWalk) -> Mapping[int, Collection[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for each in walked.nodes:
        found[each.node].append(each.column)
    return found


def _inner(reached: Mapping[ColumnKey, int], depth: int | None) -> set[ColumnKey]:
    """Return the columns from which the walk goes on."""
    return {column for column, distance in reached.items() if depth is None or distance < depth}


def _passed(told: Told, inner: Collection[ColumnKey]) -> set[int]:
    """Return the datasets that a walk downstream passes.

    An edge to every column of a dataset leads to those that some edge names, be it one out of the dataset.
    """
    whole = {each.target for each in told.edges() if not each.output and (each.source, each.input) in inner}
    return whole | {node for node, _ in inner}


def _readers(mesh: Mesh, datasets: Collection[int]) -> set[int]:
    """Return the datasets that steps make of these."""
    return {far for node in datasets for far in _next_datasets(mesh, node)}


def _next_datasets(mesh: Mesh, dataset: int) -> Iterator[int]:
    for node in mesh.neighbours(dataset, Direction.DOWNSTREAM):
        if mesh.entry(node).kind is Kind.DATASET:
            yield node
        else:
            yield from mesh.neighbours(node, Direction.DOWNSTREAM)


def _is_known(told: Told, root: int, column: str) -> bool:
    """Tell whether the column may exist: its dataset has it, some edge names it, or nobody knows the columns."""
    return not told.fields([root]) or told.names.finder(root)(column) in told.names.known(root)


def _fail(dataset: str, column: str, fields: Mapping[ColumnKey, SchemaField]) -> NoReturn:
    names = sorted(field.name for field in fields.values())
    near = [name for name in names if lower(name) == lower(column)]
    hint = f"case counts there: it has {', '.join(near)}" if near else f"it has {', '.join(names)}"
    raise NotFound(
        f"{dataset[:200]} has no column {column[:200]!r}", hint=hint[:HINT_CHARS_MAX], code="COLUMN_NOT_FOUND"
    )


def _spelled(
    told: Told, walked: ColumnWalk, fields: Mapping[ColumnKey, SchemaField], question: ColumnQuestion
) -> tuple[ColumnWalk, Mapping[ColumnKey, SchemaField]]:
    """Return the answer with each column as it is spelled; what is spelled so means that column and no other."""
    columns = {(each.node, each.column) for each in walked.nodes}
    shown = {column: fields[column].name for column in columns & fields.keys()}
    finders = {node: told.names.finder(node) for node in {node for node, _ in columns - fields.keys()}}
    for column, texts in told.spellings(columns - fields.keys(), walked).items():
        # Nobody may have written the column that the question begins with.
        asked = [question.column] if question.column is not None and not texts else []
        written = told.names.texts(*column)
        shown[column] = _spelling(finders[column[0]], column[1], (*texts, *asked, column[1], *written))
    return _renamed(walked, shown), {(node, field.name): field for (node, _), field in fields.items()}


def _spelling(find: Callable[[str], str], name: str, texts: Iterable[str]) -> str:
    """Return the first of these texts that leads back to the column of this name."""
    return next((text for text in texts if find(text) == name), name)


def _renamed(walked: ColumnWalk, shown: Mapping[ColumnKey, str]) -> ColumnWalk:
    """Return the walk with other names for its columns, in the order of these."""
    if all(name == text for (_, name), text in shown.items()):
        return walked
    nodes = [ColumnNode(node, shown[node, name], distance) for node, name, distance in walked.nodes]
    edges = [each._replace(source=_at(each.source, shown), target=_at(each.target, shown)) for each in walked.edges]
    return replace(
        walked,
        nodes=tuple(sorted(nodes, key=lambda each: (each.distance, each.node, each.column))),
        edges=tuple(edges),
        upstream={_at(column, shown): distance for column, distance in walked.upstream.items()},
        downstream={_at(column, shown): distance for column, distance in walked.downstream.items()},
    )


def _at(column: ColumnKey, shown: Mapping[ColumnKey, str]) -> ColumnKey:
    return column[0], shown[column]
