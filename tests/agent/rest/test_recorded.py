"""The recorded messages of the mesh protocol (`tests/fixtures/protocol`), for agents in other languages too."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from lineage_shared import blocks, wire
from lineage_shared.snapshot import SnapshotReader
from lineage_shared.wire import (
    About,
    ColumnsAnswer,
    Commit,
    DetailsAnswer,
    ExpandAnswer,
    NodeBlock,
    Position,
    RunsAnswer,
)
from tests.agent.protocol import FIXTURES, recorded

ANSWERS: dict[str, type[Any]] = {
    "about": About,
    "details": DetailsAnswer,
    "columns": ColumnsAnswer,
    "runs": RunsAnswer,
    "expand": ExpandAnswer,
}
ERRORS = {
    "error-epoch": (409, "EPOCH_CHANGED"),
    "error-request": (400, "REQUEST_INVALID"),
    "error-too-large": (413, "REQUEST_TOO_LARGE"),
    "error-key": (401, "UNAUTHORIZED"),
    "error-method": (405, "METHOD_NOT_ALLOWED"),
    "error-position": (400, "POSITION_INVALID"),
}


@cache
def today() -> dict[str, bytes]:
    """What today's agent says."""
    return dict(recorded())


def read(name: str) -> Any:
    """One recorded exchange."""
    return json.loads((FIXTURES / name).read_bytes())


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_todays_agent_says_the_same(name: str) -> None:
    """Every recorded message is what the agent says now; `python -m tests.agent.protocol` records it anew."""
    assert today()[name] == (FIXTURES / name).read_bytes()


def test_nothing_is_missing() -> None:
    """One exchange of every call is recorded."""
    assert set(today()) == {path.name for path in FIXTURES.iterdir()}


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_answers_are_read(name: str) -> None:
    """The shared vocabulary reads every answer, and writes it as it was."""
    body = read(f"{name}.json")["answer"]["body"]
    answer = wire.decode(json.dumps(body).encode(), ANSWERS[name], wire.JSON)
    assert json.loads(wire.encode(answer, wire.JSON)) == body


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_errors_have_one_shape(name: str) -> None:
    """Every error has a code, a message and the status that belongs to it."""
    answer = read(f"{name}.json")["answer"]
    assert (answer["status"], answer["body"]["code"]) == ERRORS[name]
    assert set(answer["body"]) - {"hint"} == {"code", "message"}


def test_both_snapshots_hold_the_same() -> None:
    """As msgpack and as JSON a snapshot has the same header and records; the msgpack one passes all checks."""
    reader = SnapshotReader()
    records = [
        record for block in reader.feed((FIXTURES / "snapshot.msgpack").read_bytes()) for record in blocks.unpack(block)
    ]
    header = reader.finish()
    first, *middle, last = (FIXTURES / "snapshot.ndjson").read_bytes().splitlines()
    as_json = [record for line in middle for record in blocks.unpack(wire.decode(line, NodeBlock, wire.JSON))]
    assert (as_json, json.loads(first)["position"]) == (records, header.position)
    assert json.loads(last)["nodes"] == len(records)


def test_the_feed_leads_to_the_snapshot() -> None:
    """The commit that was followed carries whole records, and its id is the position of the snapshot taken after it."""
    events = (FIXTURES / "changes.txt").read_text().split("\n\n")
    retry, (commit, heartbeat) = (
        events[0],
        (dict(line.split(": ", 1) for line in each.split("\n")) for each in events[1:3]),
    )
    message = wire.decode(commit["data"].encode(), Commit, wire.JSON)
    snapshot = json.loads((FIXTURES / "snapshot.ndjson").read_bytes().splitlines()[0])
    assert retry.startswith("retry: ")
    assert commit["id"] == message.position == snapshot["position"]
    assert message.nodes
    assert (heartbeat["event"], "id" in heartbeat) == ("heartbeat", False)
    assert Position.parse(message.position).sequence > 0
