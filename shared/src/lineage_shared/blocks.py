"""Node records to columnar blocks and back, for the snapshot (`wire.NodeBlock`; ARCHITECTURE section 5).

A block holds each repeated string once and names it by its index; what a record may lack or have several of is kept in
lists of their own, by row. `unpack` checks every index, because a block comes from another machine. Numbers that stand
for a word (`kinds`, `states`, the origin of a step) count in the order in which `model` lists the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar, cast

from lineage_shared.errors import ProtocolViolation
from lineage_shared.model import Claim, Kind, NodeRecord, Origin, Owner, Revisions, RunState, Step, Volatile
from lineage_shared.wire import NodeBlock

NONE: Final = -1

_KIND: Final = dict(enumerate(Kind))
_ORIGIN: Final = dict(enumerate(Origin))
_STATE: Final[dict[int, RunState | None]] = {NONE: None, **dict(enumerate(RunState))}
_KIND_CODE: Final = {kind: code for code, kind in _KIND.items()}
_ORIGIN_CODE: Final = {origin: code for code, origin in _ORIGIN.items()}
_STATE_CODE: Final = {state: code for code, state in _STATE.items()}

T = TypeVar("T")
_Ints = tuple[int, ...]
_Edges = tuple[_Ints, _Ints, _Ints, _Ints, _Ints, _Ints]
_NO_EDGES: Final[_Edges] = ((), (), (), (), (), ())


class _Strings(dict[str, int]):
    """The index of each string, in the order of first use."""

    def __missing__(self, text: str) -> int:
        self[text] = index = len(self)
        return index


class _Once(dict[_Ints, _Ints]):
    """One object for equal tuples: a job's datasets stand in its steps too, and most edges were seen once only."""

    def __missing__(self, values: _Ints) -> _Ints:
        self[values] = values
        return values


class _Revised(dict[_Ints, Revisions]):
    """One object for equal revisions: nodes that changed in one commit have the same."""

    def __missing__(self, values: _Ints) -> Revisions:
        self[values] = revisions = Revisions(*values)
        return revisions


def pack(records: Sequence[NodeRecord]) -> NodeBlock:
    """Put records into one block, in their order."""
    index = _Strings()
    return NodeBlock(
        numbers=[record.number for record in records],
        kinds=[_KIND_CODE[record.kind] for record in records],
        namespaces=[index[record.namespace] for record in records],
        names=[record.name for record in records],
        mentioned=[int(record.mentioned) for record in records],
        types=[index[record.type] for record in records],
        integrations=[index[record.integration] for record in records],
        states=[_STATE_CODE[record.volatile.state] for record in records],
        updated_us=[NONE if (time := record.volatile.updated_us) is None else time for record in records],
        revisions=[_revisions(record.revisions) for record in records],
        tags=[(row, index[tag]) for row, record in enumerate(records) for tag in record.tags],
        owners=[(row, index[o.name], index[o.type]) for row, record in enumerate(records) for o in record.owners],
        steps=[
            (row, _ORIGIN_CODE[step.origin], step.inputs, step.outputs)
            for row, record in enumerate(records)
            for step in record.steps
        ],
        edges=[(row, *each) for row, record in enumerate(records) if (each := _edges(record)) != _NO_EDGES],
        claims=[(row, c.target, index[c.type]) for row, record in enumerate(records) for c in record.claims],
        strings=list(index),
    )


def unpack(block: NodeBlock) -> list[NodeRecord]:
    """Return the records of a block; raise `ProtocolViolation` when its columns or indices do not fit together."""
    rows = _check_columns(block)
    try:
        return _records(block, rows) if rows else []
    except KeyError as error:
        raise ProtocolViolation(f"a node block uses the index {error}, which does not exist") from None


def _records(block: NodeBlock, rows: int) -> list[NodeRecord]:
    # A dict, because a list takes a negative index without complaint.
    strings = dict(enumerate(block.strings))
    once = _Once()
    edges = _edges_by_row(rows, block.edges, once)
    inputs, outputs, inputs_first_us, outputs_first_us, inputs_last_us, outputs_last_us = zip(*edges, strict=True)
    states = map(_STATE.__getitem__, block.states)
    times = (None if time == NONE else time for time in block.updated_us)
    # Column by column in the order of NodeRecord's fields: a hundred thousand records take a fraction of a second.
    return list(
        map(
            NodeRecord,
            block.numbers,
            map(_KIND.__getitem__, block.kinds),
            map(strings.__getitem__, block.namespaces),
            block.names,
            map(bool, block.mentioned),
            map(strings.__getitem__, block.types),
            map(strings.__getitem__, block.integrations),
            _by_row(rows, ((row, strings[tag]) for row, tag in block.tags)),
            _by_row(rows, ((row, Owner(strings[name], strings[kind])) for row, name, kind in block.owners)),
            _by_row(rows, ((row, Step(once[ins], once[outs], _ORIGIN[code])) for row, code, ins, outs in block.steps)),
            inputs,
            outputs,
            inputs_first_us,
            outputs_first_us,
            _by_row(rows, ((row, Claim(target, strings[kind])) for row, target, kind in block.claims)),
            map(_Revised().__getitem__, block.revisions),
            map(Volatile, states, times, inputs_last_us, outputs_last_us),
        )
    )


def _revisions(of: Revisions) -> tuple[int, int, int, int, int]:
    return (of.topology, of.schema, of.columns, of.runs, of.facets)


def _edges(record: NodeRecord) -> _Edges:
    volatile = record.volatile
    return (
        record.inputs,
        record.outputs,
        record.inputs_first_seen_us,
        record.outputs_first_seen_us,
        volatile.inputs_last_seen_us,
        volatile.outputs_last_seen_us,
    )


def _check_columns(block: NodeBlock) -> int:
    columns: tuple[Sequence[object], ...] = (
        block.numbers,
        block.kinds,
        block.namespaces,
        block.names,
        block.mentioned,
        block.types,
        block.integrations,
        block.states,
        block.updated_us,
        block.revisions,
    )
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise ProtocolViolation(f"the columns of a node block have different lengths: {sorted(lengths)}")
    return lengths.pop()


def _by_row(rows: int, pairs: Iterable[tuple[int, T]]) -> list[tuple[T, ...]]:
    """Collect the values of each row, in their order."""
    found: dict[int, list[T]] = {}
    for row, value in pairs:
        if row in found:
            found[row].append(value)
        else:
            found[row] = [value]
    return _placed(rows, ((row, tuple(values)) for row, values in found.items()), ())


def _edges_by_row(rows: int, edges: Sequence[tuple[Any, ...]], once: _Once) -> list[_Edges]:
    if len({edge[0] for edge in edges}) != len(edges):
        raise ProtocolViolation("a node block gives a row its edges twice")
    if not all(map(_is_parallel, edges)):
        raise ProtocolViolation("a node block has times that do not run parallel to their edges")
    # Every row of edges has six tuples: the type of the message says so.
    shared = ((row, cast("_Edges", tuple(map(once.__getitem__, of_row)))) for row, *of_row in edges)
    return _placed(rows, shared, _NO_EDGES)


def _is_parallel(edge: tuple[Any, ...]) -> bool:
    """Tell whether first and last times are given for each input and output, or for none of them."""
    _, inputs, outputs, inputs_first, outputs_first, inputs_last, outputs_last = edge
    wanted_in, wanted_out = (0, len(inputs)), (0, len(outputs))
    return (
        len(inputs_first) in wanted_in
        and len(inputs_last) in wanted_in
        and len(outputs_first) in wanted_out
        and len(outputs_last) in wanted_out
    )


def _placed(rows: int, pairs: Iterable[tuple[int, T]], default: T) -> list[T]:
    placed = [default] * rows
    for row, value in pairs:
        if not 0 <= row < rows:
            raise KeyError(row)
        placed[row] = value
    return placed
