"""`POST /api/v1/lineage` and its batch, by real HTTP."""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests import factories as make
from tests.agent.running import RunningAgent, running_agent

LINEAGE = "/api/v1/lineage"
BATCH = "/api/v1/lineage/batch"
JSON = {"content-type": "application/json"}
EVENT = make.body(make.run_event("bad-input", inputs=["a"], outputs=["b"]))


def stored(client: httpx2.Client) -> float:
    """How many events the agent has stored since it began."""
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("lineage_agent_events_stored_total"))


def nested(depth: int) -> bytes:
    """An event with a facet of this depth."""
    deep = "[" * depth + "]" * depth
    return EVENT.replace(b'"facets": {}', b'"facets": {"deep": ' + deep.encode() + b"}", 1)


def without(*path: str, **replaced: Any) -> bytes:
    """The event without a field, or with another value in it."""
    event: Any = json.loads(EVENT)
    place = event
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    place.update(replaced)
    return json.dumps(event).encode()


BAD: list[tuple[str, bytes, dict[str, str], int, str]] = [
    ("no JSON", b"{not json", JSON, 400, "JSON_INVALID"),
    ("empty body", b"", JSON, 400, "JSON_INVALID"),
    ("two documents", EVENT + EVENT, JSON, 400, "JSON_INVALID"),
    ("invalid UTF-8", EVENT.replace(b"bad-input", b"bad-\xff\xfe"), JSON, 400, "JSON_INVALID"),
    ("100,000 deep", b"[" * 100_000 + b"]" * 100_000, JSON, 400, "JSON_TOO_DEEP"),
    ("100,000 deep facet", nested(100_000), JSON, 400, "JSON_TOO_DEEP"),
    ("NaN", EVENT.replace(b'"COMPLETE"', b"NaN"), JSON, 400, "JSON_INVALID"),
    ("an array", b"[" + EVENT + b"]", JSON, 422, "EVENT_NOT_AN_OBJECT"),
    ("a number", b"17", JSON, 422, "EVENT_NOT_AN_OBJECT"),
    ("no runId", without("run", "runId"), JSON, 422, "EVENT_RUN_ID_MISSING"),
    ("runId a number", without("run", "runId", runId=7), JSON, 422, "EVENT_RUN_ID_MISSING"),
    ("no eventTime", without("eventTime"), JSON, 422, "EVENT_TIME_INVALID"),
    ("eventTime no time", without("eventTime", eventTime="yesterday"), JSON, 422, "EVENT_TIME_INVALID"),
    ("eventTime in 2263", without("eventTime", eventTime="2263-01-01T00:00:00Z"), JSON, 422, "EVENT_TIME_INVALID"),
    ("job a string", without("job", job="etl"), JSON, 422, "EVENT_FIELD_INVALID"),
    ("no job name", without("job", "name"), JSON, 422, "EVENT_FIELD_INVALID"),
    ("inputs an object", without("inputs", inputs={}), JSON, 422, "EVENT_FIELD_INVALID"),
    ("input without name", without("inputs", inputs=[{"namespace": "x"}]), JSON, 422, "EVENT_FIELD_INVALID"),
    ("no kind at all", b'{"eventTime": "2026-01-01T00:00:00Z"}', JSON, 422, "EVENT_KIND_UNKNOWN"),
    ("text", EVENT, {"content-type": "text/plain"}, 415, "UNSUPPORTED_MEDIA"),
    ("a form", EVENT, {"content-type": "application/x-www-form-urlencoded"}, 415, "UNSUPPORTED_MEDIA"),
    ("latin-1", EVENT, {"content-type": "application/json; charset=iso-8859-1"}, 415, "CHARSET_UNSUPPORTED"),
    ("brotli", EVENT, {**JSON, "content-encoding": "br"}, 415, "CODING_UNSUPPORTED"),
    ("gzip that is none", EVENT, {**JSON, "content-encoding": "gzip"}, 400, "CODING_INVALID"),
    ("truncated gzip", gzip.compress(EVENT)[:-9], {**JSON, "content-encoding": "gzip"}, 400, "CODING_TRUNCATED"),
    ("65 MiB", bytes(65 * 2**20), JSON, 413, "BODY_TOO_LARGE"),
    ("gzip bomb", gzip.compress(bytes(65 * 2**20)), {**JSON, "content-encoding": "gzip"}, 413, "BODY_TOO_LARGE"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "status", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input(client: httpx2.Client, body: bytes, headers: dict[str, str], status: int, code: str) -> None:
    """What is no event gets a 4xx with a code and a reason, and nothing of it is stored."""
    before = stored(client)
    response = client.post(LINEAGE, content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["message"]
    assert stored(client) == before


ODD = [
    ("unknown facets", make.run_event("odd1", run_facets={"x_y": {"a": [1, {"b": None}]}}, outputs=["o"])),
    (
        "facets of wrong shape",
        make.run_event("odd2", run_facets={"parent": 7, "nominalTime": []}, job_facets={"sql": "x"}),
    ),
    ("null everywhere", {**make.run_event("odd3"), "inputs": None, "outputs": None, "producer": None}),
    ("unknown fields", {**make.run_event("odd4"), "zzz": {"deep": [[]]}}),
    ("unknown event type", make.run_event("odd5", type="PAUSED")),
    ("no event type", make.run_event("odd6", type=None)),
    ("a bare producer", {**make.run_event("odd7"), "producer": "SQLMesh"}),
    ("both job and dataset", {**make.run_event("odd8"), "dataset": make.dataset("d")}),
    ("no UUID", make.run_event("odd9", run="not-a-uuid")),
    ("no zone", {**make.run_event("odd10"), "eventTime": "2026-01-01T00:00:00.123456789"}),
    (
        "names of all sorts",
        make.run_event("q\"uo'te.s://x\u2028\U0001f600", inputs=[make.dataset("a;DROP TABLE event", "")]),
    ),
    ("a job event", make.job_event("odd11", inputs=["a"])),
    ("a dataset event", make.dataset_event("a")),
]


@pytest.mark.parametrize("event", [row[1] for row in ODD], ids=[row[0] for row in ODD])
def test_odd_input_is_accepted(client: httpx2.Client, agent: RunningAgent, event: Any) -> None:
    """What can be read as an event is accepted, and projected without a dead letter."""
    response = client.post(LINEAGE, json=event)
    assert (response.status_code, response.content) == (201, b"")
    agent.settle(response)
    assert client.get("/mesh/v1/about", headers={"accept": "application/json"}).json().get("dead_letters", 0) == 0


CODED: dict[str, tuple[Callable[[bytes], bytes], dict[str, str]]] = {
    "plain": (bytes, {}),
    "charset": (bytes, {"content-type": "application/json; charset=UTF-8"}),
    "gzip": (gzip.compress, {"content-encoding": "gzip"}),
    "deflate": (zlib.compress, {"content-encoding": "deflate"}),
}


@pytest.mark.parametrize("form", CODED)
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_codings(client: httpx2.Client, form: str, chunked: bool) -> None:
    """A body may be compressed, chunked, and say its charset."""
    code, headers = CODED[form]
    body = code(make.body(make.run_event(f"coded {form} {chunked}")))

    def pieces() -> Iterator[bytes]:
        yield body[:7]
        yield body[7:]

    response = client.post(LINEAGE, content=pieces() if chunked else body, headers={**JSON, **headers})
    assert response.status_code == 201


def test_the_same_event_is_stored_once(client: httpx2.Client) -> None:
    """Key order and white space make no other event: the second copy gets the first one's position."""
    event = make.run_event("twice", inputs=["a"])
    first = client.post(LINEAGE, json=event)
    reordered = json.dumps(dict(reversed(event.items())), indent=4).encode()
    before = stored(client)
    second = client.post(LINEAGE, content=reordered, headers=JSON)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["lineage-position"] == first.headers["lineage-position"]
    assert stored(client) == before


def test_thirty_megabytes_are_accepted(client: httpx2.Client, agent: RunningAgent) -> None:
    """A 30 MB event, as Spark's logical plans make them, is stored and projected."""
    plan = [{"class": f"org.apache.spark.Plan{number}", "text": "x" * 1_000} for number in range(29_500)]
    event = make.run_event("spark", run_facets={"spark.logicalPlan": {"plan": plan}}, outputs=["huge"])
    body = make.body(event)
    assert len(body) > 30_000_000
    response = client.post(LINEAGE, content=body, headers=JSON)
    assert response.status_code == 201
    agent.settle(response)


def test_batch_tells_each_item(client: httpx2.Client) -> None:
    """The good items of a batch are stored, the bad ones named by index."""
    items = [make.run_event("batch", run="1"), {"eventTime": "x"}, 7, make.run_event("batch", run="2")]
    response = client.post(BATCH, json=items)
    assert response.status_code == 200
    answer = response.json()
    assert answer["status"] == "partial_success"
    assert answer["summary"] == {"received": 4, "successful": 2, "failed": 2, "retriable": 0, "non_retriable": 2}
    assert [(each["index"], each["retriable"]) for each in answer["failed_events"]] == [(1, False), (2, False)]
    assert all(each["reason"] for each in answer["failed_events"])
    assert response.headers["lineage-position"]


@pytest.mark.parametrize(("items", "position"), [([], False), ([make.run_event("batch ok")], True)])
def test_batch_success(client: httpx2.Client, items: list[Any], position: bool) -> None:
    """A batch without bad items is a success; an empty one has no position."""
    response = client.post(BATCH, json=items)
    assert (response.status_code, response.json()["status"], response.json()["failed_events"]) == (200, "success", [])
    assert ("lineage-position" in response.headers) is position


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"a": 1}', 400, "BATCH_NOT_AN_ARRAY"),
        (b"[1, 2", 400, None),
        (b"[" * 100_000 + b"]" * 100_000, 400, "JSON_INVALID"),
        (b"[" + b"1," * 10_000 + b"1]", 413, "BATCH_TOO_LONG"),
    ],
)
def test_bad_batch(client: httpx2.Client, body: bytes, status: int, code: str | None) -> None:
    """What is no array of a bearable length is refused whole."""
    response = client.post(BATCH, content=body, headers=JSON)
    assert response.status_code == status
    assert code in {None, response.json()["code"]}


def test_a_request_that_breaks_off_stores_nothing(agent: RunningAgent, client: httpx2.Client) -> None:
    """A client that dies in the middle of its body has sent no event."""
    before = stored(client)
    address = urlsplit(agent.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        head = f"POST {LINEAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
        connection.sendall(head.encode() + EVENT)
    assert client.get("/health/live").status_code == 200
    assert stored(client) == before


def test_limits_are_settings(tmp_path: Any) -> None:
    """Body and batch limits are what the settings say."""
    with running_agent(tmp_path, body_bytes_max=2048, batch_events_max=1) as small, small.client() as client:
        assert client.post(LINEAGE, content=b" " * 3000 + EVENT, headers=JSON).status_code == 413
        assert client.post(BATCH, json=[1, 2]).status_code == 413
        assert client.post(LINEAGE, content=EVENT, headers=JSON).status_code == 201
