"""The change feed, by real HTTP: what a gateway sees, and from where it can go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import factories as make
from tests.agent.feed.streams import JSON, changes, read_snapshot
from tests.agent.running import RunningAgent, running_agent


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent whose heart beats fast."""
    with running_agent(tmp_path_factory.mktemp("feed"), heartbeat_s=0.2, volatile_interval_ms=100) as running:
        yield running


def position_of(client: httpx2.Client) -> str:
    """Where the agent is now."""
    return str(client.get("/mesh/v1/about", headers=JSON).json()["position"])


def test_a_change_is_told_at_once_and_whole(agent: RunningAgent, client: httpx2.Client) -> None:
    """An event becomes one commit with the full records of the nodes that it changed."""
    with changes(client, position_of(client)) as feed:
        response = agent.post(make.run_event("told", inputs=["told in"], outputs=["told out"]))
        commit = next(event for event in feed if event.name == "commit")
    names = {node["name"]: node for node in commit.data["nodes"]}
    assert set(names) == {"told", "told in", "told out"}
    assert names["told"]["inputs"] == [names["told in"]["number"]]
    assert commit.id == commit.data["position"] == position_of(client)
    assert response.headers["lineage-position"].split(".") == commit.id.split(".")[:2]


def test_a_gateway_goes_on_where_it_was(agent: RunningAgent, client: httpx2.Client) -> None:
    """After a break, the changes since the last position come, each node once and in its latest state."""
    before = position_of(client)
    for number in range(3):
        agent.settle(agent.post(make.run_event("again", run=str(number), at=number, outputs=[f"again {number}"])))
    with changes(client, before) as feed:
        commit = next(feed)
    assert commit.name == "commit"
    numbers = [node["number"] for node in commit.data["nodes"]]
    assert len(numbers) == len(set(numbers))
    assert {node["name"] for node in commit.data["nodes"]} == {"again", "again 0", "again 1", "again 2"}


def test_the_position_may_stand_in_the_url(agent: RunningAgent, client: httpx2.Client) -> None:
    """`?position=` does what Last-Event-ID does, for a person with curl."""
    with client.stream("GET", "/mesh/v1/changes", params={"position": position_of(client)}) as response:
        assert response.status_code == 200


def test_a_run_without_news_moves_no_topology(agent: RunningAgent, client: httpx2.Client) -> None:
    """Another run of a known job over known datasets is touches only: no record is sent again."""
    agent.settle(agent.post(make.run_event("same", run="1", at=1, inputs=["same in"], outputs=["same out"])))
    with changes(client, position_of(client)) as feed:
        agent.post(make.run_event("same", run="2", at=2, inputs=["same in"], outputs=["same out"]))
        commit = next(event for event in feed if event.name == "commit")
    assert "nodes" not in commit.data
    assert {touch["volatile"]["state"] for touch in commit.data["touched"] if "state" in touch["volatile"]} == {
        "COMPLETE"
    }


def test_a_quiet_feed_beats(client: httpx2.Client) -> None:
    """When nothing happens a heartbeat comes, which is no position to go on from."""
    position = position_of(client)
    with changes(client, position) as feed:
        beats = [next(feed), next(feed)]
    assert [(beat.name, beat.id, beat.data["position"]) for beat in beats] == [("heartbeat", "", position)] * 2


@pytest.mark.parametrize("part", [0, 1, 2], ids=["epoch", "sequence", "nonce"])
def test_an_unknown_position_is_reset(agent: RunningAgent, client: httpx2.Client, part: int) -> None:
    """Another epoch, a sequence of the future, another nonce: a `reset` comes, and the feed ends."""
    agent.settle(agent.post(make.run_event("reset")))
    parts = position_of(client).split(".")
    parts[part] = {0: "ffff", 1: "99999999", 2: "ffff"}[part]
    with changes(client, ".".join(parts)) as feed:
        assert [event.name for event in feed] == ["reset"]


def test_lineage_takes_touches_along(tmp_path: Path) -> None:
    """What moves no lineage is held back for a while; a change of lineage goes at once, and takes it along."""
    with running_agent(tmp_path, volatile_interval_ms=5_000) as agent, agent.client() as client:

        def post(run: int, output: str) -> None:
            agent.settle(agent.post(make.run_event("busy", run=str(run), at=run, outputs=[output])))

        post(0, "old")
        with changes(client, position_of(client)) as feed:
            for run in (1, 2, 3):
                post(run, "old")
            first = next(feed)
            post(4, "new")
            second = next(feed)
    assert "nodes" not in first.data
    assert {node["name"] for node in second.data["nodes"]} == {"busy", "new"}
    assert second.data["touched"]


def test_a_file_copied_back_is_noticed(tmp_path: Path) -> None:
    """A file put back as it was yesterday may reach the same sequence by another way: the nonce tells, and resets."""
    with running_agent(tmp_path) as agent:
        agent.settle(agent.post(make.run_event("kept")))
    copy = (tmp_path / "shop.db").read_bytes()
    with running_agent(tmp_path) as agent, agent.client() as client:
        agent.settle(agent.post(make.run_event("lost")))
        position = position_of(client)
    (tmp_path / "shop.db").write_bytes(copy)
    with running_agent(tmp_path) as agent, agent.client() as client:
        agent.settle(agent.post(make.run_event("other")))
        assert position_of(client).split(".")[:2] == position.split(".")[:2]
        with changes(client, position) as feed:
            assert next(feed).name == "reset"


def test_a_restart_does_not_reset(tmp_path: Path) -> None:
    """A gateway goes on where it was after the agent was restarted on its own file."""
    with running_agent(tmp_path) as agent, agent.client() as client:
        agent.settle(agent.post(make.run_event("before")))
        position = position_of(client)
    with running_agent(tmp_path) as agent, agent.client() as client:
        agent.settle(agent.post(make.run_event("after")))
        with changes(client, position) as feed:
            assert [node["name"] for node in next(feed).data["nodes"]] == ["after"]


def test_a_long_backlog_is_reset(tmp_path_factory: pytest.TempPathFactory) -> None:
    """More than 10,000 changed nodes are a snapshot's business."""
    with running_agent(tmp_path_factory.mktemp("backlog")) as agent, agent.client() as client:
        start = read_snapshot(client).position
        for block in range(6):
            outputs = [f"t{block}.{number}" for number in range(2_000)]
            agent.settle(agent.post(make.run_event(f"wide {block}", outputs=outputs)))
        with changes(client, start) as feed:
            assert next(feed).name == "reset"
        assert len(read_snapshot(client).records) == 12_006


@pytest.mark.parametrize(
    ("text", "code"), [("", "POSITION_MISSING"), ("x", "POSITION_INVALID"), ("a.b.c", "POSITION_INVALID")]
)
def test_no_position_is_bad_input(client: httpx2.Client, text: str, code: str) -> None:
    """A feed begins after a position; anything else is a 400 that says so."""
    response = client.get("/mesh/v1/changes", headers={"last-event-id": text})
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_subscribers_are_limited(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Beyond `subscribers_max` a gateway is asked to come back; a place that is left is free again."""
    with (
        running_agent(tmp_path_factory.mktemp("limit"), subscribers_max=1, heartbeat_s=0.1) as agent,
        agent.client() as client,
    ):
        position = position_of(client)
        with changes(client, position) as feed:
            next(feed)
            refused = client.get("/mesh/v1/changes", headers={"last-event-id": position})
            assert (refused.status_code, refused.json()["code"]) == (503, "SUBSCRIBERS_LIMIT")
            assert refused.headers["retry-after"]
        for _ in range(50):
            with client.stream("GET", "/mesh/v1/changes", headers={"last-event-id": position}) as response:
                if response.status_code == 200:
                    return
        raise AssertionError("the place was never free again")
