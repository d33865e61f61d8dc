"""The current lineage of one node, made again from its contributions (ARCHITECTURE rules 1 and 3).

SQL fetches the few contributions that can matter; the rules themselves are `lineage_agent.projection`. What comes out
is compared with what was current before: flags of edges, and which facet bodies speak for column edges. The steps go
to `publish`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from lineage_agent.projection import (
    Contribution,
    Direction,
    NodeKey,
    NodeKind,
    Scope,
    Source,
    Voice,
    merged_steps,
    speaking,
)
from lineage_agent.store.driver import Connection
from lineage_agent.store.ids import Ids
from lineage_agent.store.readings import Attributes, Form, Readings
from lineage_shared.model import Origin, Step

_ORIGINS: Final = {
    Source.RUN: Origin.RUN,
    Source.DESIGN: Origin.DESIGN,
    Source.DATASET: Origin.DESIGN,
    Source.RENAME: Origin.RUN,
}
_COLUMNS: Final = "id, source, run_id, began_ns, ended_ns, terminal, io_stamp"
_PLACES: Final = ((Direction.INPUT, 1), (Direction.OUTPUT, 1), (Direction.INPUT, 0), (Direction.OUTPUT, 0))
_NEWEST: Final = "ORDER BY ended_ns DESC, began_ns DESC, run_id DESC"

_Pair = tuple[frozenset[int], frozenset[int]]


class NodeRow(NamedTuple):
    """A node as the tables hold it."""

    number: int
    key: NodeKey
    named: bool
    updated_ns: int | None
    gone: bool
    retire_stamp: bytes


class ColumnSource(NamedTuple):
    """A facet body that speaks for the column edges into a dataset."""

    dataset: int
    body: int
    form: int


class CurrentEdge(NamedTuple):
    """A current edge of a node, with the event times between which it was asserted."""

    direction: int
    dataset: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a node asserts now. `moved` are the datasets whose column edges have changed by it."""

    steps: tuple[Step, ...] = ()
    edges: tuple[CurrentEdge, ...] = ()
    moved: frozenset[int] = frozenset()


def read_node(connection: Connection, number: int) -> NodeRow:
    """Return a node."""
    row = connection.execute(
        "SELECT kind, namespace.name, node.name, named, updated_ns,"
        " drop_stamp IS NOT NULL AND drop_stamp > coalesce(output_stamp, x''), coalesce(retire_stamp, x'')"
        " FROM node JOIN namespace ON namespace.id = namespace WHERE node.id = ?",
        (number,),
    ).fetchone()
    return NodeRow(number, NodeKey(*row[:3]), bool(row[3]), row[4], bool(row[5]), row[6])


class Deriver:
    """Derives current lineage on one writing connection."""

    def __init__(self, connection: Connection, ids: Ids, readings: Readings, windows: Mapping[str, int]) -> None:
        self._connection = connection
        self._ids = ids
        self._readings = readings
        self._windows = windows

    def derive(self, node: NodeRow, attributes: Attributes, *, owns: bool) -> Lineage:
        """Bring the node's current edges and column sources up to date, and return its lineage.

        `owns` is false for a node whose contributions nothing has changed: when none speaks now, none did before.
        """
        chosen = self._speaking(node, attributes)
        if not chosen and not owns:
            return Lineage()
        voices, sources = self._voices(node, chosen, snapshot=attributes.job_type.is_snapshot)
        steps = merged_steps(voices)
        edges = self._mark_current(node, steps)
        moved = self._mark_sources(node.number, sources)
        return Lineage(steps, edges, frozenset(moved))

    def _speaking(self, node: NodeRow, attributes: Attributes) -> list[tuple[Contribution, bytes]]:
        if node.key.kind == NodeKind.DATASET and node.gone:
            return []
        window = self._windows.get(node.key.namespace, 1)
        continuous = attributes.job_type.is_continuous
        rows = candidates(self._connection, node, continuous=continuous, window=window)
        stamps = {row[0]: row[6] or b"" for row in rows}
        reported = [Contribution(*row[:6]) for row in rows]
        return [(one, stamps[one.id]) for one in speaking(reported, continuous=continuous, window=window)]

    def _voices(
        self, node: NodeRow, chosen: Iterable[tuple[Contribution, bytes]], *, snapshot: bool
    ) -> tuple[list[Voice], set[ColumnSource]]:
        voices: list[Voice] = []
        sources: set[ColumnSource] = set()
        for one, io_stamp in chosen:
            only = io_stamp if snapshot or one.source != Source.RUN else None
            inputs, outputs, named, gone = self._io(one, only)
            if node.key.kind == NodeKind.DATASET:
                voice = _jobless(node.number, inputs, one, gone)
                spoken = outputs = frozenset({node.number}) if one.source == Source.DATASET else frozenset()
                explicit = self._explicit(one, only, spoken, sources)
            else:
                explicit = self._explicit(one, only, (outputs | named[1]).difference(gone), sources)
                voice = Voice(inputs, outputs, explicit, named, _ORIGINS[Source(one.source)]).without(gone)
            voices.append(voice)
        return voices, sources

    def _io(self, one: Contribution, only: bytes | None) -> tuple[frozenset[int], frozenset[int], _Pair, set[int]]:
        """Return listed inputs and outputs, those only named, and which of all these datasets are gone."""
        rows = self._connection.execute(
            "SELECT direction, dataset, stamp, listed,"
            " drop_stamp IS NOT NULL AND drop_stamp > coalesce(output_stamp, x'')"
            " FROM contribution_io JOIN node ON node.id = dataset WHERE contribution = ?",
            (one.id,),
        ).fetchall()
        held = [row for row in rows if only is None or row[2] == only]
        inputs, outputs, read, written = (
            frozenset(row[1] for row in held if (row[0], row[3]) == place) for place in _PLACES
        )
        return inputs, outputs, (read, written), {row[1] for row in rows if row[4]}

    def _explicit(
        self, one: Contribution, only: bytes | None, outputs: Collection[int], sources: set[ColumnSource]
    ) -> dict[int, frozenset[int]]:
        """Return the explicit inputs of outputs, and add the bodies that speak for their column edges to `sources`."""
        found: dict[int, set[int]] = defaultdict(set)
        spoken: dict[int, set[ColumnSource]] = defaultdict(set)
        named: set[int] = set()  # Outputs whose explicit lineage speaks of columns, and supersedes columnLineage.
        for body, lineage, target, form in self._stated(one, only or b"", outputs):
            if lineage.inputs is not None:
                numbers = {self._ids.node(NodeKey(NodeKind.DATASET, *_pair(ref))) for ref in lineage.inputs}
                found[target].update(numbers)
            if any(edge.output for edge in lineage.edges):
                named.add(target)
            if lineage.edges:
                spoken[target].add(ColumnSource(target, body, form))
        for dataset, body in self._io_facets(one, "columnLineage"):
            if dataset in outputs and dataset not in named:
                spoken[dataset].add(ColumnSource(dataset, body, Form.COLUMN_LINEAGE))
        sources.update(*spoken.values())
        return {target: frozenset(inputs) for target, inputs in found.items()}

    def _stated(self, one: Contribution, since: bytes, outputs: Collection[int]) -> Iterable[tuple[int, Any, int, int]]:
        """Give the explicit lineage that holds: an event that replaces what was listed replaces this as well."""
        for dataset, body in self._io_facets(one, "lineage", since):
            if dataset in outputs:
                yield body, self._readings.dataset_lineage(body), dataset, Form.DATASET_LINEAGE
        row = self._connection.execute(
            "SELECT body FROM run_facet"
            " WHERE contribution = ? AND scope = ? AND name = 'lineage' AND stamp >= ? AND body IS NOT NULL",
            (one.id, int(Scope.JOB), since),
        ).fetchone()
        for entry in self._readings.job_lineage(row[0]).datasets if row else ():
            target = self._ids.node(NodeKey(NodeKind.DATASET, *_pair(entry.target)))
            if target in outputs:
                yield row[0], entry.lineage, target, Form.JOB_ENTRY

    def _io_facets(self, one: Contribution, name: str, since: bytes = b"") -> list[tuple[int, int]]:
        rows = self._connection.execute(
            "SELECT dataset, body FROM io_facet"
            " WHERE contribution = ? AND direction = ? AND name = ? AND stamp >= ? AND body IS NOT NULL",
            (one.id, int(Direction.OUTPUT), name, since),
        )
        return rows.fetchall()

    def _mark_current(self, node: NodeRow, steps: Iterable[Step]) -> tuple[CurrentEdge, ...]:
        wanted = {(int(Direction.INPUT), number) for step in steps for number in step.inputs}
        if node.key.kind == NodeKind.JOB:
            wanted |= {(int(Direction.OUTPUT), number) for step in steps for number in step.outputs}
        rows = self._connection.execute(
            "SELECT direction, dataset, first_ns, last_ns FROM edge WHERE owner = ? AND current = 1", (node.number,)
        )
        known = {row[:2]: CurrentEdge(*row) for row in rows}
        if stale := known.keys() - wanted:
            self._connection.executemany(
                "UPDATE edge SET current = 0 WHERE owner = ? AND direction = ? AND dataset = ?",
                [(node.number, *place) for place in stale],
            )
        return tuple(known.get(place) or self._revive(node.number, *place) for place in sorted(wanted))

    def _revive(self, owner: int, direction: int, dataset: int) -> CurrentEdge:
        row = self._connection.execute(
            "UPDATE edge SET current = 1 WHERE owner = ? AND direction = ? AND dataset = ? RETURNING first_ns, last_ns",
            (owner, direction, dataset),
        ).fetchone()
        return CurrentEdge(direction, dataset, *row)

    def _mark_sources(self, owner: int, wanted: set[ColumnSource]) -> set[int]:
        rows = self._connection.execute("SELECT dataset, body, form FROM column_source WHERE owner = ?", (owner,))
        known = {ColumnSource(*row) for row in rows}
        if known == wanted:
            return set()
        for source in known - wanted:
            self._connection.execute(
                "DELETE FROM column_source WHERE owner = ? AND dataset = ? AND body = ? AND form = ?", (owner, *source)
            )
        self._connection.executemany(
            "INSERT INTO column_source (owner, dataset, body, form) VALUES (?, ?, ?, ?)",
            [(owner, *source) for source in wanted - known],
        )
        self._count(known - wanted, wanted - known)
        return {source.dataset for source in known ^ wanted}

    def _count(self, removed: Iterable[ColumnSource], added: Iterable[ColumnSource]) -> None:
        change: Counter[tuple[int, int]] = Counter()
        for source in removed:
            change.subtract(self._pairs(source))
        for source in added:
            change.update(self._pairs(source))
        self._connection.executemany(
            "UPDATE column_edge SET sources = sources + ? WHERE output = ? AND input = ?",
            [(by, *pair) for pair, by in change.items() if by],
        )

    def _pairs(self, source: ColumnSource) -> set[tuple[int, int]]:
        target = read_node(self._connection, source.dataset).key
        return {
            (self._ids.column(source.dataset, edge.output), self._input_column(edge.source, edge.input))
            for edge in self._readings.column_inputs(source.form, source.body, target)
            if edge.output
        }

    def _input_column(self, ref: Any, name: str) -> int:
        return self._ids.column(self._ids.node(NodeKey(NodeKind.DATASET, *_pair(ref))), name)


def candidates(connection: Connection, node: NodeRow, *, continuous: bool, window: int) -> list[Any]:
    """Return the rows of the contributions that rule 1 can choose from; those before a retirement do not count."""
    runs = f"SELECT {_COLUMNS} FROM contribution WHERE owner = ? AND source = 0 AND reported = 1 AND last_stamp > ?"  # noqa: S608 - made of constants
    place = (node.number, node.retire_stamp)
    if node.key.kind == NodeKind.DATASET:
        return connection.execute(
            f"SELECT {_COLUMNS} FROM contribution WHERE owner = ? AND source > 0 AND reported = 1",  # noqa: S608 - made of constants
            place[:1],
        ).fetchall()
    if continuous:
        found = connection.execute(f"{runs} {_NEWEST} LIMIT 1", place).fetchall()
    else:
        found = connection.execute(f"{runs} AND terminal = 3 {_NEWEST} LIMIT ?", (*place, window)).fetchall()
        if found:
            age = (found[0][4], found[0][3], found[0][2])
            newer = f"{runs} AND terminal IS NULL AND (ended_ns, began_ns, run_id) > (?, ?, ?)"
            found += connection.execute(newer, (*place, *age)).fetchall()
        else:
            # Runs that say the same are one as far as lineage goes: there may be very many that never completed.
            alike = runs.replace(_COLUMNS, "max(id)", 1) + " GROUP BY signature"
            found = connection.execute(
                f"SELECT {_COLUMNS} FROM contribution WHERE id IN ({alike})",  # noqa: S608 - made of constants
                place,
            ).fetchall()
    return (
        found
        or connection.execute(
            f"SELECT {_COLUMNS} FROM contribution WHERE owner = ? AND source = 1 AND reported = 1 AND last_stamp > ?",  # noqa: S608 - made of constants
            place,
        ).fetchall()
    )


def _jobless(dataset: int, inputs: frozenset[int], one: Contribution, gone: Collection[int]) -> Voice:
    """A dataset's own step: from its inputs to itself. A rename holds although the old name is gone."""
    held = inputs if one.source == Source.RENAME else inputs.difference(gone)
    outputs = frozenset({dataset}) if held else frozenset[int]()
    return Voice(held, outputs, origin=_ORIGINS[Source(one.source)])


def _pair(ref: Any) -> tuple[str, str]:
    return ref.namespace, ref.name
