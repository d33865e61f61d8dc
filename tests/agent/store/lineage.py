"""What a store says is current, by names: for tests that tell a story in events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lineage_agent.store import columns, publication
from lineage_agent.store.engine import Engine
from lineage_shared.model import NodeRecord
from tests import factories as make
from tests.agent.store.files import fill, fresh, name_of, number

Step = tuple[set[str], set[str]]


def record(engine: Engine, name: str, *, kind: int = 1) -> NodeRecord:
    """The published record of a job (kind 1) or a dataset (kind 0)."""
    wanted = number(engine.connection, name, kind=kind)
    return next(found for found in publication.records(engine.connection) if found.number == wanted)


def steps_in(engine: Engine, name: str = "etl", *, kind: int = 1) -> list[Step]:
    """The current steps of a node, ordered."""
    found = [
        tuple({name_of(engine.connection, one) for one in side} for side in (step.inputs, step.outputs))
        for step in record(engine, name, kind=kind).steps
    ]
    return sorted(((inputs, outputs) for inputs, outputs in found), key=lambda step: (sorted(step[0]), sorted(step[1])))


def steps_of(
    *events: make.Json, name: str = "etl", kind: int = 1, windows: Mapping[str, int] | None = None
) -> list[Step]:
    """The steps of a node after these events."""
    with fresh(windows=windows) as engine:
        fill(engine, events)
        return steps_in(engine, name, kind=kind)


def columns_in(engine: Engine, name: str) -> set[tuple[str, str, str, str]]:
    """The current column edges into a dataset: (source, column, column here, kind)."""
    wanted = number(engine.connection, name)
    (found,) = columns.read(engine.connection, [wanted])
    return {(name_of(engine.connection, edge.source), edge.input, edge.output, edge.kind) for edge in found.edges}


def columns_of(events: Iterable[make.Json], name: str) -> set[tuple[str, str, str, str]]:
    """The column edges into a dataset after these events."""
    with fresh() as engine:
        fill(engine, events)
        return columns_in(engine, name)
