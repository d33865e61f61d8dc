"""Unmodified producers: the OpenLineage Python client delivers to a real agent."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import schema_dataset

from tests.agent.running import lineage_agent, running_agent

KEY = "producer-0123456789abcdef"
RUNS = 20


FIELDS = [schema_dataset.SchemaDatasetFacetFields(name="id", type="int")]
SCHEMA = {"schema": schema_dataset.SchemaDatasetFacet(fields=FIELDS)}
EVENTS = [
    RunEvent(
        eventType=state,
        eventTime=datetime(2026, 3, 1, 12, number, second, tzinfo=UTC).isoformat(),
        run=Run(runId=str(UUID(int=number))),
        job=Job(namespace="tests", name="load"),
        producer="https://example.org/tests",
        inputs=[InputDataset("postgres://db:5432", "shop.raw")],
        outputs=[OutputDataset("postgres://db:5432", "shop.clean", facets=dict(SCHEMA))],
    )
    for number in range(RUNS)
    for second, state in enumerate((RunState.START, RunState.COMPLETE))
]
TRANSPORTS = [
    {"type": "http"},
    {"type": "http", "compression": "gzip"},
    {"type": "async_http"},
    {"type": "async_http", "compression": "gzip"},
]


@pytest.mark.parametrize("key", ["", KEY], ids=["open", "api key"])
@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda config: " ".join(config.values()))
def test_the_python_client_delivers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, transport: dict[str, Any], key: str
) -> None:
    """Every event arrives, in every transport and coding, with an api key and without, and no error is logged."""
    keys = {"ingest_keys": key, "mesh_keys": key} if key else {}
    with caplog.at_level(logging.WARNING), running_agent(tmp_path, **keys) as agent:
        auth = {"auth": {"type": "api_key", "apiKey": key}} if key else {}
        client = OpenLineageClient(config={"transport": {**transport, "url": agent.url, **auth}})
        for event in EVENTS:
            client.emit(event)
        assert client.close(timeout=20)
        assert [record.getMessage() for record in caplog.records] == []
    status = json.loads(lineage_agent(tmp_path, "status", "--db", "shop.db", "--json").stdout)
    assert (status["events"], status["runs"], status["jobs"], status["datasets"]) == (len(EVENTS), RUNS, 1, 2)
    assert (status["edges_current"], status["dead_letters"]) == (2, 0)


def test_a_wrong_key_is_an_error_of_the_client(tmp_path: Path) -> None:
    """The client learns of a key that does not fit, at once and without a retry."""
    with running_agent(tmp_path, ingest_keys=KEY) as agent:
        auth = {"type": "api_key", "apiKey": "wrong-0123456789abcdef"}
        client = OpenLineageClient(config={"transport": {"type": "http", "url": agent.url, "auth": auth}})
        with pytest.raises(OSError, match="401"):
            client.emit(EVENTS[0])
        client.close()


def test_a_url_with_a_path_needs_its_slash(tmp_path: Path) -> None:
    """The client drops the last segment of a path without a slash: our 404 names the route that was meant."""
    with running_agent(tmp_path) as agent:
        client = OpenLineageClient(config={"transport": {"type": "http", "url": f"{agent.url}/domains/shop"}})
        with pytest.raises(OSError, match="404"):
            client.emit(EVENTS[0])
        client.close()
