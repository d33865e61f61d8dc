"""One exchange of every call of the mesh protocol, recorded from a real agent that holds the demonstration's ML events.

    python -m tests.agent.protocol      writes tests/fixtures/protocol anew; look at the difference before it is kept

What differs from run to run is replaced by values of equal length: the epoch, the nonces of commits, the version.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import msgspec

from lineage_agent import __version__
from lineage_shared import wire
from tests.agent.feed.streams import read_snapshot
from tests.agent.running import RunningAgent, running_agent
from tests.agent.store.files import fill, opened

ROOT: Final = Path(__file__).parents[2]
FIXTURES: Final = ROOT / "tests" / "fixtures" / "protocol"
EVENTS: Final = ROOT / "deploy" / "demo" / "events" / "ml.ndjson"
STORED: Final = 4  # So many events are there at first; the others come while the feed is followed.
KEY: Final = "mesh-0123456789abcdef"
DECLARATIONS: Final = (
    '[{"type": "namespace_alias", "canonical": "mlflow://models.acme.example", "aliases": ["mlflow://10.0.0.9:5000"]}]'
)
KEPT_HEADERS: Final = ("content-type", "lineage-position", "www-authenticate", "allow", "retry-after")

EPOCH: Final = "e0e0e0e0e0e0e0e0"
_NONCE: Final = re.compile(rf"({EPOCH}\.(\d+)\.)[0-9a-f]{{16}}".encode())

# File name, call, request without the epoch.
QUESTIONS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("details", "details", {"nodes": [6, 2, 999], "parts": ["schema", "facets", "history"]}),
    ("columns", "columns", {"datasets": [6, 999]}),
    ("runs", "runs", {"jobs": [2], "limit": 1}),
    ("expand", "expand", {"nodes": [3], "direction": "DOWNSTREAM", "depth": 2}),
    ("error-epoch", "details", {"epoch": "ffffffffffffffff", "nodes": [1], "parts": []}),
    ("error-request", "columns", {"datasets": "all"}),
    ("error-too-large", "columns", {"datasets": list(range(10_001))}),
)


def recorded() -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content) of every fixture, made by talking to a fresh agent."""
    with tempfile.TemporaryDirectory() as folder:
        events = EVENTS.read_bytes().splitlines()
        with opened(Path(folder) / "ml.db", domain="ml") as engine:
            fill(engine, events[:STORED])
            epoch = engine.state.epoch.encode()
        about = {
            "description": "Churn prediction",
            "contacts": "team:ml",
            "namespaces": "mlflow://models.acme.example",
            "declarations": DECLARATIONS,
        }
        with running_agent(Path(folder), domain="ml", mesh_keys=KEY, heartbeat_s=0.2, **about) as agent:
            for name, content in _exchanges(agent, events[STORED:]):
                yield name, _steady(content, epoch)


def _exchanges(agent: RunningAgent, following: list[bytes]) -> Iterator[tuple[str, bytes]]:
    with agent.client(authorization=f"Bearer {KEY}") as client:
        epoch, position = _start(client)
        yield "changes.txt", _followed(client, position, following)
        yield "changes-reset.txt", _stream(client, f"{epoch}.0.{'0' * 16}", "reset")
        yield "about.json", _exchange(client, "GET", "about")
        for name, accept in (("snapshot.ndjson", wire.JSON), ("snapshot.msgpack", wire.MSGPACK)):
            yield name, client.get(f"{wire.PREFIX}/snapshot", headers={"accept": accept}).content
        for name, call, question in QUESTIONS:
            body = msgspec.json.encode({"epoch": epoch, **question})
            yield f"{name}.json", _exchange(client, "POST", call, {"content-type": wire.JSON}, body)
        yield "error-key.json", _exchange(client, "GET", "about", {"authorization": "Bearer wrong"})
        yield "error-method.json", _exchange(client, "GET", "details")
        yield "error-position.json", _exchange(client, "GET", "changes", {"last-event-id": "yesterday"})


def _start(client: httpx2.Client) -> tuple[str, str]:
    position = read_snapshot(client).position
    return position.partition(".")[0], position


def _exchange(
    client: httpx2.Client, method: str, call: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    sent = {"accept": wire.JSON, **(headers or {})}
    response = client.request(method, f"{wire.PREFIX}/{call}", headers=sent, content=body)
    told = {
        "request": {
            "method": method,
            "path": f"{wire.PREFIX}/{call}",
            "headers": sent,
            **({"body": _short(msgspec.json.decode(body))} if body else {}),
        },
        "answer": {
            "status": _expected(response).status_code,
            "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
            "body": response.json(),
        },
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _expected(response: httpx2.Response) -> httpx2.Response:
    assert response.status_code < 500, response.text
    return response


def _short(question: dict[str, Any]) -> dict[str, Any]:
    """A request that is refused for its length is not worth keeping whole."""
    return {
        name: [*value[:3], f"... {len(value)} numbers"] if isinstance(value, list) and len(value) > 100 else value
        for name, value in question.items()
    }


def _followed(client: httpx2.Client, position: str, following: list[bytes]) -> bytes:
    for event in following:
        posted = client.post("/api/v1/lineage", content=event, headers={"content-type": wire.JSON})
        assert posted.status_code == 201, posted.text
        waited = client.get(f"{wire.PREFIX}/about", params={"wait": posted.headers["lineage-position"]})
        assert waited.status_code == 200, waited.text
    return _stream(client, position, "heartbeat")


def _stream(client: httpx2.Client, position: str, until: str) -> bytes:
    """Follow the changes up to the first event of a name."""
    content = b""
    with client.stream("GET", f"{wire.PREFIX}/changes", headers={"last-event-id": position}) as response:
        assert response.headers["content-type"].startswith(wire.EVENT_STREAM)
        for chunk in response.iter_bytes():
            content += chunk
            if f"event: {until}\n".encode() in content and content.endswith(b"\n\n"):
                break
    return content


def _steady(content: bytes, epoch: bytes) -> bytes:
    """Replace what differs from run to run."""
    content = content.replace(epoch, EPOCH.encode()).replace(f'"{__version__}"'.encode(), b'"VERSION"')
    return _NONCE.sub(lambda found: b"%s%016x" % (found[1], int(found[2])), content)


if __name__ == "__main__":
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for each in FIXTURES.iterdir():
        each.unlink()
    for file, text in recorded():
        (FIXTURES / file).write_bytes(text)
