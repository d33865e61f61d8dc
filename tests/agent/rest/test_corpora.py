"""Events of real producers, posted to a real agent: accepted or refused as the design says."""

from __future__ import annotations

from pathlib import Path

import httpx2

from tests import corpora
from tests.agent.running import RunningAgent

# The only events of all corpora that cannot be read as one: `run` without an id.
REFUSED = {"EVENT_RUN_ID_MISSING"}


def post_all(client: httpx2.Client, paths: list[Path]) -> tuple[int, list[tuple[int, str]]]:
    """Post every line; return how many were accepted, and the refusals."""
    answers = [
        client.post("/api/v1/lineage", content=line, headers={"content-type": "application/json"})
        for path in paths
        for line in corpora.lines(path)
    ]
    refused = [(each.status_code, each.json()["code"]) for each in answers if each.status_code != 201]
    return len(answers) - len(refused), refused


def test_kept_events_are_accepted(client: httpx2.Client) -> None:
    """Every event kept in this repository is accepted."""
    accepted, refused = post_all(client, corpora.event_files())
    assert accepted > 0
    assert refused == []


def test_all_corpora(client: httpx2.Client, agent: RunningAgent) -> None:
    """Of the corpora beside the repository only what has no run id is refused, and nothing ends as a dead letter."""
    accepted, refused = post_all(client, corpora.event_files(corpora.beside("events")))
    assert accepted >= 541
    assert {status for status, _ in refused} <= {422}
    assert {code for _, code in refused} <= REFUSED
    last = client.post(
        "/api/v1/lineage", json={"eventTime": "2026-01-01T00:00:00Z", "job": {"namespace": "", "name": "last"}}
    )
    agent.settle(last)
    about = client.get("/mesh/v1/about", headers={"accept": "application/json"}).json()
    assert about.get("dead_letters", 0) == 0
