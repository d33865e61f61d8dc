"""Clients of a running gateway that follow a walk, by WebSocket or by server-sent events, and put together what it is.

Each does what the documentation says, strictly: only what is there is taken away or changed, only what is not is added.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.federation.mesh import WAIT_S_MAX, Name

FOLLOW = """subscription ($of: AssetRef!, $direction: LineageDirection!) {
  lineageChanged(of: $of, direction: $direction, depth: null) {
    removedNodes removedEdges { source target } addedNodes { id name upstreamCount downstreamCount }
    changedNodes { id name upstreamCount downstreamCount } addedEdges { source target domains } complete } }"""

Edge = tuple[str, str]


class Subscriber(ABC):
    """Follows the walk from a dataset until it is closed; `nodes` and `edges` are what it has."""

    def __init__(self, url: str, of: Name, direction: str) -> None:
        self.url = url
        named = {"dataset": {"namespace": of[0], "name": of[1]}}
        self.operation = {"query": FOLLOW, "variables": {"of": named, "direction": direction}}
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[Edge, list[str]] = {}
        self.was: set[str] = set()
        self.added: set[str] = set()
        self.removed: set[str] = set()
        self.problem: BaseException | None = None
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    @abstractmethod
    def messages(self) -> Iterator[dict[str, Any]]:
        """Give the payloads as they come, until it is closed."""

    @abstractmethod
    def close(self) -> None:
        """Stop following."""

    def __enter__(self) -> Self:
        self._thread.start()
        self.until(lambda: bool(self.nodes), "the first message")
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._thread.join(WAIT_S_MAX)

    def mark(self) -> None:
        """Note what there is, and from now on what is added and removed."""
        with self._moved:
            self.was, self.added, self.removed = set(self.nodes), set(), set()

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until what it has is as it should be."""
        with self._moved:
            came = self._moved.wait_for(lambda: self.problem is not None or holds(), WAIT_S_MAX)
            assert self.problem is None, self.problem
            assert came, f"never: {what}; it has {sorted(each['name'] for each in self.nodes.values())}"

    def _follow(self) -> None:
        try:
            for payload in self.messages():
                assert "errors" not in payload, payload
                with self._moved:
                    self._apply(payload["data"]["lineageChanged"])
                    self._moved.notify_all()
        except BaseException as problem:  # noqa: BLE001 - told to who waits, in another thread
            with self._moved:
                self.problem = problem
                self._moved.notify_all()

    def _apply(self, changed: dict[str, Any]) -> None:
        for edge in changed["removedEdges"]:
            del self.edges[edge["source"], edge["target"]]
        for asset_id in changed["removedNodes"]:
            del self.nodes[asset_id]
            self.removed.add(asset_id)
        for node in changed["addedNodes"]:
            assert node["id"] not in self.nodes
            self.nodes[node["id"]] = node
            self.added.add(node["id"])
        for node in changed["changedNodes"]:
            assert node["id"] in self.nodes
            self.nodes[node["id"]] = node
        for edge in changed["addedEdges"]:
            ends = (edge["source"], edge["target"])
            assert ends not in self.edges
            self.edges[ends] = edge["domains"]


class OverWebSocket(Subscriber):
    """By graphql-transport-ws."""

    _connection: ClientConnection | None = None

    def messages(self) -> Iterator[dict[str, Any]]:
        """Give the payloads of one operation."""
        at = f"{self.url.replace('http', 'ws', 1)}/graphql"
        with connect(at, subprotocols=["graphql-transport-ws"], proxy=None) as connection:  # type: ignore[list-item]  # a NewType of str
            self._connection = connection
            connection.send(json.dumps({"type": "connection_init"}))
            assert json.loads(connection.recv(WAIT_S_MAX))["type"] == "connection_ack"
            connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": self.operation}))
            with contextlib.suppress(ConnectionClosed):
                for text in connection:
                    message = json.loads(text)
                    if message["type"] == "ping":
                        connection.send(json.dumps({"type": "pong"}))
                    else:
                        assert message["type"] == "next", message
                        yield message["payload"]

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()


class OverEvents(Subscriber):
    """By server-sent events, over a connection of its own, so that it can be closed while it is silent."""

    _socket: socket.socket | None = None

    def messages(self) -> Iterator[dict[str, Any]]:
        """Give the payloads of `next` events."""
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=WAIT_S_MAX)
        headers = {"accept": "text/event-stream", "content-type": "application/json"}
        connection.request("POST", "/graphql", json.dumps(self.operation), headers)
        self._socket = connection.sock
        with contextlib.closing(connection), connection.getresponse() as answer:
            while line := self._line(answer):
                if line.startswith(b"data:") and line.strip() != b"data:":
                    yield json.loads(line.removeprefix(b"data:"))

    def _line(self, answer: HTTPResponse) -> bytes:
        try:
            return answer.readline()
        except (HTTPException, OSError):
            if self._socket is not None:
                raise
            return b""

    def close(self) -> None:
        """Cut the connection."""
        closing, self._socket = self._socket, None
        if closing is not None:
            with contextlib.suppress(OSError):
                closing.shutdown(socket.SHUT_RDWR)
