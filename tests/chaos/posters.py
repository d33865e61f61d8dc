"""Producers that never give up: each event is sent again until the agent acknowledges it, as the real clients do."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from uuid import uuid4

CREATED = 201


@dataclass
class Ledger:
    """What the agent acknowledged, by runId, and how often something had to be sent again."""

    acknowledged: set[str] = field(default_factory=set)
    resent: int = 0
    refused: list[str] = field(default_factory=list)


class Poster(threading.Thread):
    """One producer with one connection; its ledger is read after it was joined."""

    def __init__(self, port: int, number: int, stopping: threading.Event) -> None:
        """`stopping` ends the thread after the event at hand."""
        super().__init__(name=f"poster-{number}", daemon=True)
        self.ledger = Ledger()
        self._port = port
        self._number = number
        self._stopping = stopping
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)

    def run(self) -> None:
        """Send events one after the other."""
        while not self._stopping.is_set():
            run_id = str(uuid4())
            self._send_until_acknowledged(run_id, json.dumps(event(run_id, self._number)).encode())
        self._connection.close()

    def _send_until_acknowledged(self, run_id: str, body: bytes) -> None:
        while not self._stopping.is_set():
            status = self._send(body)
            if status == CREATED:
                self.ledger.acknowledged.add(run_id)
                return
            if status is not None and status < http.client.INTERNAL_SERVER_ERROR:
                self.ledger.refused.append(f"{run_id}: {status}")
                return
            self.ledger.resent += 1
            time.sleep(0.01)

    def _send(self, body: bytes) -> int | None:
        try:
            self._connection.request("POST", "/api/v1/lineage", body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        return response.status


def event(run_id: str, poster: int) -> dict[str, object]:
    """Build a COMPLETE event whose edge belongs to this run alone, so that a lost one shows in the projection too."""
    return {
        "eventType": "COMPLETE",
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "producer": "https://example.com/chaos",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run_id},
        "job": {"namespace": "chaos", "name": f"job-{poster}"},
        "inputs": [{"namespace": "postgres://db.example.com:5432", "name": f"shop.public.in_{run_id}"}],
        "outputs": [{"namespace": "postgres://db.example.com:5432", "name": f"shop.public.out_{poster}"}],
    }
