"""Snapshots, by real HTTP."""

from __future__ import annotations

import threading

import httpx2
import pytest

from tests import factories as make
from tests.agent.feed.streams import read_snapshot
from tests.agent.running import RunningAgent, running_agent


def test_an_empty_agent_has_a_snapshot(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An agent without events has a snapshot without nodes, at sequence zero."""
    with running_agent(tmp_path_factory.mktemp("empty")) as agent, agent.client() as client:
        snapshot = read_snapshot(client)
    assert (snapshot.header.domain, snapshot.records) == ("shop", [])
    assert snapshot.position.split(".")[1] == "0"


@pytest.mark.parametrize("accept", ["application/msgpack", "application/json", "*/*"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_every_form_holds_the_same_nodes(agent: RunningAgent, client: httpx2.Client, accept: str, coding: str) -> None:
    """Frames of msgpack or lines of JSON, compressed or not: the records are the same."""
    agent.settle(agent.post(make.run_event("orders", inputs=["raw"], outputs=["clean"])))
    snapshot = read_snapshot(client, **{"accept": accept, "accept-encoding": coding})
    job = snapshot.find("orders")
    assert job.inputs == (snapshot.find("raw").number,)
    assert job.outputs == (snapshot.find("clean").number,)
    assert snapshot.records == read_snapshot(client).records


def test_a_snapshot_is_consistent_while_events_come(agent: RunningAgent, client: httpx2.Client) -> None:
    """Each snapshot taken during writes is closed in itself: every number that a node points at is in it."""
    stop = threading.Event()

    def post() -> None:
        with agent.client() as poster:
            number = 0
            while not stop.is_set():
                number += 1
                event = make.run_event(f"job {number}", inputs=[f"in {number}"], outputs=[f"out {number}"])
                assert poster.post("/api/v1/lineage", json=event).status_code == 201

    poster = threading.Thread(target=post)
    poster.start()
    try:
        for _ in range(20):
            snapshot = read_snapshot(client)
            numbers = {record.number for record in snapshot.records}
            assert {n for record in snapshot.records for n in (*record.inputs, *record.outputs)} <= numbers
    finally:
        stop.set()
        poster.join()
