"""Columnar blocks: the records come back, and a block that does not fit together is refused."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared import blocks, wire
from lineage_shared.errors import ProtocolViolation
from lineage_shared.model import Claim, Kind, NodeRecord, Origin, Owner, Revisions, RunState, Step, Volatile
from lineage_shared.wire import NodeBlock
from tests.shared.structs import of_struct

# In a block, -1 stands for no time.
RECORDS = st.lists(of_struct(NodeRecord).filter(lambda record: record.volatile.updated_us != blocks.NONE), max_size=5)

JOB = NodeRecord(
    number=7,
    kind=Kind.JOB,
    namespace="ns",
    name="load",
    type="BATCH",
    integration="DBT",
    tags=("gold", "ns"),
    owners=(Owner("team", "MAINTAINER"), Owner("other")),
    steps=(Step((1, 2), (3,)), Step((2,), (4,), Origin.DESIGN)),
    inputs=(1, 2),
    outputs=(3, 4),
    inputs_first_seen_us=(10, 20),
    outputs_first_seen_us=(30, 40),
    revisions=Revisions(1, 2, 3, 4, 5),
    volatile=Volatile(RunState.FAIL, 99, (11, 21), (31, 41)),
)
DATASET = NodeRecord(number=1, kind=Kind.DATASET, namespace="ns", name="t", mentioned=True, claims=(Claim(9, "TABLE"),))


@given(RECORDS)
def test_round_trip(records: list[NodeRecord]) -> None:
    """Any records come back from a block, also after a way through the wire."""
    block = blocks.pack(records)
    assert blocks.unpack(block) == records
    assert blocks.unpack(wire.decode(wire.encode(block), NodeBlock)) == records


def test_golden_block() -> None:
    """The columns of a block never change their meaning within a version of the protocol."""
    assert msgspec.to_builtins(blocks.pack([JOB, DATASET])) == {
        "message": "nodes",
        "strings": ["ns", "BATCH", "", "DBT", "gold", "team", "MAINTAINER", "other", "TABLE"],
        "numbers": [7, 1],
        "kinds": [1, 0],
        "namespaces": [0, 0],
        "names": ["load", "t"],
        "mentioned": [0, 1],
        "types": [1, 2],
        "integrations": [3, 2],
        "states": [3, -1],
        "updated_us": [99, -1],
        "revisions": [(1, 2, 3, 4, 5), (0, 0, 0, 0, 0)],
        "tags": [(0, 4), (0, 0)],
        "owners": [(0, 5, 6), (0, 7, 2)],
        "steps": [(0, 0, (1, 2), (3,)), (0, 1, (2,), (4,))],
        "edges": [(0, (1, 2), (3, 4), (10, 20), (30, 40), (11, 21), (31, 41))],
        "claims": [(1, 9, 8)],
    }


def test_codes_follow_the_model() -> None:
    """Words become numbers by their place in the model; a new word goes to the end of its list."""
    assert [kind.value for kind in Kind] == ["dataset", "job"]
    assert [origin.value for origin in Origin] == ["RUN", "DESIGN", "DECLARED", "INFERRED"]
    assert [state.value for state in RunState] == ["START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER"]


def test_empty() -> None:
    """No records make an empty block, and the other way round."""
    assert blocks.unpack(blocks.pack([])) == []


def test_strings_are_stored_once() -> None:
    """A string repeated over many records is sent once."""
    records = [msgspec.structs.replace(DATASET, number=number) for number in range(100)]
    assert len(blocks.pack(records).strings) == 3


BROKEN: list[tuple[str, Any]] = [
    ("names", ["load"]),
    ("numbers", [7]),
    ("numbers", []),
    ("revisions", []),
    ("kinds", [1, 2]),
    ("kinds", [-1, 0]),
    ("namespaces", [0, 9]),
    ("namespaces", [0, -1]),
    ("types", [0, 99]),
    ("integrations", [0, -9]),
    ("states", [0, 6]),
    ("states", [0, -2]),
    ("strings", []),
    ("tags", [(2, 0)]),
    ("tags", [(-1, 0)]),
    ("tags", [(0, 99)]),
    ("owners", [(0, 0, 99)]),
    ("owners", [(5, 0, 0)]),
    ("steps", [(0, 4, (), ())]),
    ("steps", [(9, 0, (), ())]),
    ("claims", [(0, 1, -1)]),
    ("edges", [(2, (), (), (), (), (), ())]),
    ("edges", [(0, (1, 2), (), (5,), (), (), ())]),
    ("edges", [(0, (), (1,), (), (), (), (5, 6))]),
    ("edges", [(0, (), (), (), (), (), ()), (0, (), (), (), (), (), ())]),
]


@pytest.mark.parametrize(("column", "value"), BROKEN, ids=[f"{column}={value}" for column, value in BROKEN])
def test_broken_block(column: str, value: Any) -> None:
    """Columns of different lengths and indices that do not exist, negative ones too, are a `ProtocolViolation`."""
    broken = msgspec.structs.replace(blocks.pack([JOB, DATASET]), **{column: value})
    with pytest.raises(ProtocolViolation):
        blocks.unpack(broken)


@given(of_struct(NodeBlock))
def test_no_other_error(block: NodeBlock) -> None:
    """Whatever a block holds: records, or a `ProtocolViolation`."""
    try:
        assert len(blocks.unpack(block)) == len(block.numbers)
    except ProtocolViolation as violation:
        assert "node block" in violation.message  # noqa: PT017 - either outcome is fine
