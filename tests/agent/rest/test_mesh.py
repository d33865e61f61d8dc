"""The mesh protocol's questions, by real HTTP: about, details, columns, runs, expand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lineage_shared import wire
from lineage_shared.wire import (
    ColumnsAnswer,
    ColumnsRequest,
    DetailsAnswer,
    DetailsRequest,
    ExpandAnswer,
    ExpandRequest,
    Position,
    RunsAnswer,
    RunsRequest,
)
from tests import factories as make
from tests.agent.feed.streams import JSON, ReadSnapshot, read_snapshot
from tests.agent.running import RunningAgent, running_agent

MESH = "/mesh/v1"
HUGE = 10**30


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent that knows raw -> clean -> mart, with columns and schemas."""
    about = {"description": "All orders.", "contacts": "team:orders,x@y", "namespaces": make.DATASETS}
    with running_agent(tmp_path_factory.mktemp("mesh"), **about) as running:
        columns = make.column_lineage({"id": [make.column_input("raw", "order_id")]})
        clean = make.dataset("clean", schema=make.schema(id="int"), columnLineage=columns)
        facets = {"sql": {"query": "select 1"}, "big": {"number": HUGE}}
        for state, at in (("START", 1), ("COMPLETE", 2)):
            event = make.run_event("wash", type=state, at=at, inputs=["raw"], outputs=[clean], job_facets=facets)
            running.settle(running.post(event))
        running.settle(running.post(make.run_event("sum", run="2", at=3, inputs=["clean"], outputs=["mart"])))
        yield running


@pytest.fixture
def snapshot(client: httpx2.Client) -> ReadSnapshot:
    """What the agent published."""
    return read_snapshot(client)


def epoch_of(snapshot: ReadSnapshot) -> str:
    """The epoch of a snapshot."""
    return Position.parse(snapshot.position).epoch


def ask(client: httpx2.Client, call: str, request: Any, kind: type[Any], media_type: str = wire.MSGPACK) -> Any:
    """Ask in one encoding and read the answer in the same."""
    headers = {"content-type": media_type, "accept": media_type}
    response = client.post(f"{MESH}/{call}", content=wire.encode(request, media_type), headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, media_type), response.text
    return wire.decode(response.content, kind, media_type)


MEDIA_TYPES = pytest.mark.parametrize("media_type", [wire.MSGPACK, wire.JSON])


def test_about_tells_who_and_how_much(client: httpx2.Client) -> None:
    """About names the domain, its people and namespaces, its position and its counts."""
    about = client.get(f"{MESH}/about", headers=JSON).json()
    assert (about["domain"], about["protocol"], about["description"]) == ("shop", "1", "All orders.")
    assert (about["contacts"], about["namespaces"]) == (["team:orders", "x@y"], [make.DATASETS])
    assert (about["datasets"], about["jobs"], about["runs"], about["edges"]) == (3, 2, 2, 4)
    Position.parse(about["position"])


@MEDIA_TYPES
def test_details(client: httpx2.Client, snapshot: ReadSnapshot, media_type: str) -> None:
    """The parts asked for come with their revisions, the numbers unknown are named."""
    clean, wash = snapshot.find("clean"), snapshot.find("wash")
    request = DetailsRequest(
        epoch=epoch_of(snapshot), nodes=(clean.number, 999, wash.number), parts=("schema", "facets")
    )
    answer = ask(client, "details", request, DetailsAnswer, media_type)
    assert (answer.position, answer.missing, answer.truncated) == (snapshot.position, (999,), ())
    by_number = {node.number: node for node in answer.nodes}
    assert [field.name for field in by_number[clean.number].schema.fields] == ["id"]
    assert by_number[wash.number].facets.sql == "select 1"
    assert by_number[clean.number].revisions["schema"] == clean.revisions.schema


def test_numbers_beyond_64_bits_leave_as_text(client: httpx2.Client, snapshot: ReadSnapshot) -> None:
    """Facets may hold numbers that msgpack cannot carry."""
    request = DetailsRequest(epoch=epoch_of(snapshot), nodes=(snapshot.find("wash").number,), parts=("facets",))
    (node,) = ask(client, "details", request, DetailsAnswer).nodes
    assert node.facets.facets["big"]["number"] == str(HUGE)


@MEDIA_TYPES
def test_columns(client: httpx2.Client, snapshot: ReadSnapshot, media_type: str) -> None:
    """Column edges point at node numbers, and name the job that makes them."""
    clean, raw = snapshot.find("clean").number, snapshot.find("raw").number
    request = ColumnsRequest(epoch=epoch_of(snapshot), datasets=(clean, 999))
    answer = ask(client, "columns", request, ColumnsAnswer, media_type)
    assert answer.missing == (999,)
    (edge,) = answer.datasets[0].edges
    assert (edge.source, edge.input, edge.output, edge.job) == (raw, "order_id", "id", snapshot.find("wash").number)


@MEDIA_TYPES
def test_runs(client: httpx2.Client, snapshot: ReadSnapshot, media_type: str) -> None:
    """Runs come by job or by id; a run by its id is told in the same words."""
    wash = snapshot.find("wash").number
    request = RunsRequest(epoch=epoch_of(snapshot), jobs=(wash,), run_ids=("1",))
    answer = ask(client, "runs", request, RunsAnswer, media_type)
    assert [(run.run_id, run.state) for run in answer.jobs[0].runs] == [("1", "COMPLETE")]
    assert answer.runs == answer.jobs[0].runs


@MEDIA_TYPES
def test_expand(client: httpx2.Client, snapshot: ReadSnapshot, media_type: str) -> None:
    """A closure has distances as the mesh counts them."""
    request = ExpandRequest(epoch=epoch_of(snapshot), nodes=(snapshot.find("raw").number,))
    answer = ask(client, "expand", request, ExpandAnswer, media_type)
    names = {record.number: record.name for record in snapshot.records}
    assert {names[number]: distance for number, distance in answer.nodes} == {
        "raw": 0, "wash": 1, "clean": 1, "sum": 2, "mart": 2,
    }  # fmt: skip


def test_answers_are_compressed_on_request(client: httpx2.Client, snapshot: ReadSnapshot) -> None:
    """A long answer is gzip where the client takes it, and the plain one otherwise."""
    numbers = tuple(record.number for record in snapshot.records)
    parts = ("schema", "facets", "history")
    body = wire.encode(DetailsRequest(epoch=epoch_of(snapshot), nodes=numbers, parts=parts), wire.JSON)
    headers = {"content-type": wire.JSON, "accept": wire.JSON}
    coded, plain = (
        client.post(f"{MESH}/details", content=body, headers={**headers, "accept-encoding": coding})
        for coding in ("gzip", "gzip;q=0")
    )
    assert (coded.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert coded.content == plain.content


@pytest.mark.parametrize(
    ("call", "request_"),
    [
        ("details", {"nodes": [1], "parts": ["schema"]}),
        ("columns", {"datasets": [1]}),
        ("runs", {"jobs": [1]}),
        ("expand", {"nodes": [1]}),
    ],
)
def test_another_epoch_is_a_conflict(client: httpx2.Client, call: str, request_: dict[str, Any]) -> None:
    """Numbers of another file must not be answered with this file's nodes."""
    response = client.post(f"{MESH}/{call}", json={"epoch": "ffff", **request_})
    assert (response.status_code, response.json()["code"]) == (409, "EPOCH_CHANGED")


@pytest.mark.parametrize(
    ("call", "request_", "status", "code"),
    [
        ("details", {"nodes": [1], "parts": ["secrets"]}, 400, "PART_UNKNOWN"),
        ("details", {"nodes": "x", "parts": []}, 400, "REQUEST_INVALID"),
        ("details", {"nodes": list(range(10_001)), "parts": []}, 413, "REQUEST_TOO_LARGE"),
        ("runs", {"jobs": [], "limit": -1}, 400, "NUMBER_INVALID"),
        ("runs", {"jobs": [1], "after": "@"}, 400, "CURSOR_INVALID"),
        ("expand", {"nodes": [1], "direction": "SIDEWAYS"}, 400, "DIRECTION_INVALID"),
        ("columns", {"datasets": [10**30]}, 400, "NUMBER_INVALID"),
        ("runs", {"jobs": [-(10**30)]}, 400, "NUMBER_INVALID"),
        ("expand", {"nodes": [1], "depth": -1}, 400, "NUMBER_INVALID"),
        ("expand", {"nodes": [1], "nodes_max": 0}, 400, "NUMBER_INVALID"),
        ("expand", {"nodes": [1], "as_of_us": 2**62}, 400, "NUMBER_INVALID"),
    ],
)
def test_bad_questions(  # noqa: PLR0917 - a table
    client: httpx2.Client, snapshot: ReadSnapshot, call: str, request_: dict[str, Any], status: int, code: str
) -> None:
    """A question that cannot be answered gets a 4xx with a code."""
    response = client.post(f"{MESH}/{call}", json={"epoch": epoch_of(snapshot), **request_})
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("number", [-1, 0, 2**62, 2**63 - 1])
@pytest.mark.parametrize("call", ["details", "columns", "runs", "expand"])
def test_absurd_numbers_are_missing(client: httpx2.Client, snapshot: ReadSnapshot, call: str, number: int) -> None:
    """A number that no node has is missing, and no failure."""
    request = {"epoch": epoch_of(snapshot), "nodes": [number], "datasets": [number], "jobs": [number], "parts": []}
    assert client.post(f"{MESH}/{call}", json=request).status_code == 200


@pytest.mark.parametrize("body", [b"", b"\xc1", b"{", b"[" * 100_000, b"null"])
@pytest.mark.parametrize("media_type", [wire.MSGPACK, wire.JSON, "text/plain"])
def test_garbage_is_bad_input(client: httpx2.Client, body: bytes, media_type: str) -> None:
    """What is no request gets a 4xx, in any encoding."""
    response = client.post(f"{MESH}/details", content=body, headers={"content-type": media_type})
    assert 400 <= response.status_code < 500
    assert response.json()["code"]


def test_long_answers_are_cut(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Details beyond the byte limit are named, and can be asked for again; the other answers are refused."""
    with running_agent(tmp_path_factory.mktemp("cut"), detail_bytes_max=4_000) as agent, agent.client() as client:
        facets = {"note": {"text": "x" * 1_500}}
        for number in range(4):
            made = make.run_event(f"job {number}", run=str(number), job_facets=facets, run_facets=facets)
            agent.settle(agent.post(made))
        snapshot = read_snapshot(client)
        epoch, numbers = epoch_of(snapshot), tuple(record.number for record in snapshot.records)
        seen: list[int] = []
        while numbers:
            request = DetailsRequest(epoch=epoch, nodes=numbers, parts=("facets",))
            answer = ask(client, "details", request, DetailsAnswer)
            seen += [node.number for node in answer.nodes]
            numbers = answer.truncated
        assert seen == [record.number for record in snapshot.records]
        refused = client.post(f"{MESH}/runs", json={"epoch": epoch, "jobs": seen})
        assert (refused.status_code, refused.json()["code"]) == (413, "ANSWER_TOO_LARGE")


def test_what_never_fits_comes_without_its_largest_facets(tmp_path: Path) -> None:
    """A node or a run longer than any answer may be is answered all the same, and names what it lacks."""
    with running_agent(tmp_path, detail_bytes_max=4_000) as agent, agent.client() as client:
        facets = {"plan": {"text": "x" * 9_000}, "note": {"text": "y"}}
        agent.settle(agent.post(make.run_event("spark", job_facets=facets, run_facets=facets)))
        snapshot = read_snapshot(client)
        epoch, number = epoch_of(snapshot), snapshot.find("spark").number
        request = DetailsRequest(epoch=epoch, nodes=(number,), parts=("facets",))
        (node,) = ask(client, "details", request, DetailsAnswer).nodes
        assert (sorted(node.facets.facets), node.facets.omitted) == (["note"], ("plan",))
        (run,) = ask(client, "runs", RunsRequest(epoch=epoch, jobs=(number,)), RunsAnswer).jobs[0].runs
        assert (sorted(run.facets), run.omitted) == (["note"], ("plan",))


@pytest.mark.parametrize("token", ["x", "ffff", "1.2.3.4.5", "-1.0"])
def test_a_strange_token_is_bad_input(client: httpx2.Client, token: str) -> None:
    """Only what the agent gave can be waited for."""
    response = client.get(f"{MESH}/about", params={"wait": token})
    assert (response.status_code, response.json()["code"]) == (400, "POSITION_INVALID")


def test_waiting_ends(client: httpx2.Client, snapshot: ReadSnapshot) -> None:
    """A position that does not come ends in 408 after the time asked for; one of another epoch in 409."""
    future = f"{epoch_of(snapshot)}.99999999"
    response = client.get(f"{MESH}/about", params={"wait": future, "wait_s": "0.05"})
    assert (response.status_code, response.json()["code"]) == (408, "WAIT_TIMEOUT")
    assert client.get(f"{MESH}/about", params={"wait": "ffff.1"}).status_code == 409
    assert client.get(f"{MESH}/about", params={"wait": future, "wait_s": "soon"}).status_code == 400
