"""Following agents that are real servers: what is served after every fault, and what the statuses say meanwhile."""

import asyncio
from dataclasses import replace

import pytest

from lineage_gateway.sync import StatusRules
from lineage_shared.model import RunState, Volatile
from lineage_shared.wire import Commit, Position, Touch
from tests.gateway import fake_agent
from tests.gateway.fake_agent import FakeAgent, Fault
from tests.gateway.sync.following import LIMITS, dataset, datasets, following


async def test_a_snapshot_then_every_change() -> None:
    """A follower fills its mirror and then holds whatever the agent commits, without another snapshot."""
    async with FakeAgent("sales", datasets(250)) as agent, following(sales=agent.url) as seen:
        await seen.until_at(agent)
        assert len(seen.names()) == 250
        agent.commit(nodes=[dataset(251)], gone=[1])
        agent.commit(touched=[Touch(number=2, volatile=Volatile(RunState.COMPLETE, 5))])
        await seen.until_at(agent)
        assert len(seen.names()) == 250
        assert "shop.t251" in seen.names()
        assert seen.keeper.mirrors["sales"].records[2].volatile.updated_us == 5
        assert seen.followers.counts()["sales"].snapshots == 1
        assert [path for path, _ in agent.requests] == ["/about", "/snapshot", "/changes"]


async def test_an_empty_agent_is_synced_at_zero() -> None:
    """An agent that knows nothing is LIVE at sequence zero."""
    async with FakeAgent("sales") as agent, following(sales=agent.url) as seen:
        await seen.until_status("LIVE")
        assert seen.state().position == Position("e1", 0, "a0")
        assert seen.followers.ready


async def test_a_drop_is_resumed() -> None:
    """After an agent's restart the feed goes on from the last position, without a snapshot."""
    async with FakeAgent("sales", datasets(3)) as agent, following(sales=agent.url) as seen:
        await seen.until_at(agent)
        await agent.stop()
        await seen.until_status("UNREACHABLE")
        assert "cannot connect" in seen.state().message
        assert len(seen.names()) == 3
        agent.commit(nodes=[dataset(4)])
        await agent.start()
        await seen.until_at(agent)
        assert len(seen.names()) == 4
        assert seen.followers.counts()["sales"].snapshots == 1
        assert agent.requests[-1] == ("/changes", "e1.1.a1")


async def test_an_agent_that_is_down_at_start_is_followed_later() -> None:
    """NEVER_SYNCED with the reason until the agent comes; readiness does not wait for it once connecting failed."""
    agent = FakeAgent("sales", datasets(2))
    async with agent:
        pass
    async with following(sales=agent.url) as seen:
        assert not seen.followers.ready
        await seen.until(lambda: seen.followers.ready)
        assert seen.state().status == "NEVER_SYNCED"
        assert "cannot connect" in seen.state().message
        async with agent:
            await seen.until_at(agent)
            assert len(seen.names()) == 2


async def test_a_new_epoch_is_a_fresh_snapshot() -> None:
    """An agent that comes back with another file has its old nodes replaced as a whole."""
    async with FakeAgent("sales", datasets(3)) as agent, following(sales=agent.url) as seen:
        await seen.until_at(agent)
        await agent.stop()
        agent.replace_file([dataset(1, "restored")], Position("e2", 1, "f1"))
        await agent.start()
        await seen.until_at(agent)
        assert seen.names() == {"restored"}
        assert seen.followers.counts()["sales"].resets == 1


async def test_a_file_copied_back_is_noticed() -> None:
    """The same epoch and sequence with another commit's nonce is another history: reset, and a fresh snapshot."""
    async with FakeAgent("sales", datasets(3)) as agent, following(sales=agent.url) as seen:
        await seen.until_at(agent)
        assert str(agent.position) == "e1.1.a1"
        await agent.stop()
        agent.replace_file([dataset(1, "other")], Position("e1", 1, "b1"))
        await agent.start()
        await seen.until_at(agent)
        assert seen.names() == {"other"}


async def test_the_old_mirror_is_served_until_the_new_is_whole() -> None:
    """While a fresh snapshot hangs, the domain is STALE and answers with what it had."""
    async with FakeAgent("sales", datasets(3)) as agent, following(sales=agent.url) as seen:
        await seen.until_at(agent)
        await agent.stop()
        agent.replace_file(datasets(500), Position("e2", 1, "f1"))
        agent.faults["/snapshot"] = [fake_agent.hanging(500)]
        await agent.start()
        await seen.until(lambda: ("/snapshot", "") in agent.requests[3:])
        assert (seen.state().status, seen.state().position) == ("STALE", Position("e1", 1, "a1"))
        assert "fresh snapshot" in seen.state().message
        assert len(seen.names()) == 3
        await seen.until_at(agent)
        assert len(seen.names()) == 500


SNAPSHOT_FAULTS: dict[str, Fault] = {
    "dies mid-snapshot": fake_agent.cut(9000),
    "hangs mid-snapshot": fake_agent.hanging(60),
    "drips": fake_agent.dripping(0.02),
    "garbage": fake_agent.garbage(),
    "wrong type": fake_agent.of_type("text/html"),
    "endless": fake_agent.endless(),
    "bomb": fake_agent.bomb(100_000_000),
    "no trailer": fake_agent.edited(lambda pieces: pieces[:-1]),
    "lost block": fake_agent.edited(lambda pieces: [pieces[0], *pieces[2:]]),
    "oversized": fake_agent.edited(lambda pieces: [pieces[0], b"\x7f\xff\xff\xff", *pieces[1:]]),
    "not there": fake_agent.refused(404),
    "rebuilding": fake_agent.refused(503, "REBUILDING"),
}


@pytest.mark.parametrize("fault", SNAPSHOT_FAULTS.values(), ids=SNAPSHOT_FAULTS.keys())
async def test_half_a_snapshot_is_never_served(fault: Fault) -> None:
    """Whatever is wrong with a snapshot, nothing of it is seen, the reason is told, and the next whole one is taken."""
    async with FakeAgent("sales", datasets(300)) as agent:
        agent.faults["/snapshot"] = fault
        async with following(sales=agent.url) as seen:
            await seen.until(lambda: seen.followers.counts()["sales"].connects_failed >= 1)
            assert seen.names() == set()
            assert seen.state().status == "NEVER_SYNCED"
            assert "sales" in seen.state().message
            del agent.faults["/snapshot"]
            await seen.until_at(agent)
            assert len(seen.names()) == 300


async def test_another_domains_agent_is_refused() -> None:
    """A URL that answers for another domain gives nothing, and the message says whose agent it is."""
    async with FakeAgent("finance", datasets(3)) as agent, following(sales=agent.url) as seen:
        await seen.until(lambda: seen.followers.ready)
        assert seen.state().status == "NEVER_SYNCED"
        assert "answers for domain 'finance'" in seen.state().message
        assert seen.names() == set()
        assert {path for path, _ in agent.requests} == {"/about"}


FEED_FAULTS: dict[str, Fault] = {
    "garbage": fake_agent.garbage(b"event: commit\ndata: [1\n\n", "text/event-stream"),
    "wrong type": fake_agent.of_type("text/html"),
    "oversized": fake_agent.endless(b"data: " + b"x" * 60_000 + b"\n"),
    "dies": fake_agent.cut(10),
    "ends": fake_agent.garbage(b"", "text/event-stream"),
    "silent": fake_agent.garbage(b": nothing to say\n", "text/event-stream"),
    "drips": fake_agent.dripping(0.1),
    "not there": fake_agent.refused(404),
}


@pytest.mark.parametrize("fault", FEED_FAULTS.values(), ids=FEED_FAULTS.keys())
async def test_a_broken_feed_loses_nothing(fault: Fault) -> None:
    """After any fault of the feed the mirror ends up exactly as the agent's state."""
    async with FakeAgent("sales", datasets(3)) as agent:
        agent.faults["/changes"] = [fault, fault]
        async with following(sales=agent.url) as seen:
            await seen.until(lambda: not agent.faults["/changes"])
            agent.commit(nodes=[dataset(4)], gone=[1])
            await seen.until_at(agent)
            assert seen.names() == {"shop.t2", "shop.t3", "shop.t4"}


@pytest.mark.parametrize(
    "commit",
    [
        Commit(position="e1.0.a0", nodes=(dataset(9),)),
        Commit(position="e2.9.a9", nodes=(dataset(9),)),
        Commit(position="nonsense", nodes=(dataset(9),)),
        Commit(position="e1.9.a9", nodes=(dataset(9), dataset(9))),
    ],
    ids=["backwards", "other epoch", "no position", "one number twice"],
)
async def test_a_commit_that_does_not_fit_means_a_fresh_snapshot(commit: Commit) -> None:
    """Nothing of an unfit commit is seen; the mirror is taken anew."""
    async with FakeAgent("sales", datasets(3)) as agent, following(sales=agent.url) as seen:
        await seen.until_at(agent)
        agent.send(commit)
        await seen.until(lambda: seen.followers.counts()["sales"].snapshots == 2)
        assert len(seen.names()) == 3
        agent.log.clear()
        await seen.until_at(agent)


async def test_a_reset_right_after_a_snapshot_backs_off() -> None:
    """An agent that denies its own snapshot's position is asked ever more slowly, not in a tight loop."""
    async with FakeAgent("sales", datasets(3)) as agent:
        agent.faults["/changes"] = fake_agent.garbage(b"event: reset\ndata: {}\n\n", "text/event-stream")
        async with following(sales=agent.url) as seen:
            await seen.until(lambda: seen.followers.counts()["sales"].connects_failed >= 3)
            assert seen.state().status == "STALE"
            assert "its own snapshot" in seen.state().message
            assert len(seen.names()) == 3


async def test_a_mute_agent_stops_being_live() -> None:
    """A connected agent that says nothing is STALE after the bound, and LIVE again with its next message."""
    limits = replace(LIMITS, rules=StatusRules(0.2, 3))
    async with FakeAgent("sales", datasets(1), heartbeat_s=0.7) as agent, following(limits, sales=agent.url) as seen:
        await seen.until_status("LIVE")
        await seen.until_status("STALE")
        assert "no message" in seen.state().message
        await seen.until_status("LIVE")
        assert seen.followers.counts()["sales"].connects_failed == 0


async def test_domains_come_and_go_with_the_registry() -> None:
    """A new domain is followed, a removed one takes its assertions along, a moved one resumes."""
    async with (
        FakeAgent("sales", datasets(3)) as sales,
        FakeAgent("hr", [dataset(1, "hr.people")]) as hr,
        following(sales=sales.url) as seen,
    ):
        await seen.until_at(sales)
        seen.registered.set(sales=sales.url, hr=hr.url)
        await seen.until(lambda: "hr" in seen.followers.statuses())
        await seen.until_at(hr)
        assert list(seen.keeper.mesh.domains) == ["hr", "sales"]
        seen.registered.set(hr=hr.url + "/")
        await seen.until(lambda: "sales" not in seen.followers.statuses())
        assert list(seen.keeper.mesh.domains) == ["hr"]
        assert seen.followers.client("sales") is None
        assert len(hr.requests) == 3
        async with FakeAgent("hr") as moved:
            moved.replace_file([dataset(1, "hr.people")], hr.position)
            seen.registered.set(hr=moved.url)
            await seen.until(lambda: ("/changes", str(hr.position)) in moved.requests)
            assert seen.names("hr") == {"hr.people"}
            await seen.until_at(moved)
            assert ("/snapshot", "") not in moved.requests


async def test_one_domain_does_not_hold_up_another() -> None:
    """While one agent hangs and another sends garbage, the third is followed."""
    async with (
        FakeAgent("sales", datasets(3)) as sales,
        FakeAgent("hr") as hr,
        FakeAgent("ml") as ml,
        following(sales=sales.url, hr=hr.url, ml=ml.url) as seen,
    ):
        hr.faults["/about"] = fake_agent.hanging()
        ml.faults["/snapshot"] = fake_agent.garbage()
        await seen.until_at(sales)
        sales.commit(nodes=[dataset(4)])
        await seen.until_at(sales)
        assert {name: state.status.value for name, state in seen.followers.statuses().items() if name != "sales"} == {
            "hr": "NEVER_SYNCED",
            "ml": "NEVER_SYNCED",
        }


async def test_readiness_gives_up_after_its_bound() -> None:
    """A hanging agent holds readiness up for `ready_after_s` and no longer; once ready, always ready."""
    limits = replace(LIMITS, ready_after_s=0.3, agents=replace(LIMITS.agents, deadline_s=30))
    async with FakeAgent("sales") as agent:
        agent.faults["/about"] = fake_agent.hanging()
        async with following(limits, sales=agent.url) as seen:
            assert not seen.followers.ready
            await seen.until(lambda: seen.followers.ready)
            seen.registered.set(sales=agent.url, hr=agent.url)
            await seen.until(lambda: "hr" in seen.followers.statuses())
            assert seen.followers.ready


async def test_a_wrong_key_is_told() -> None:
    """A refused key leaves the domain NEVER_SYNCED with a message about keys."""
    async with FakeAgent("sales", key="0123456789abcdef") as agent, following(sales=agent.url) as seen:
        await seen.until(lambda: seen.followers.ready)
        assert "401" in seen.state().message


async def test_claims_of_agents_reach_the_mesh() -> None:
    """The namespaces that an agent claims make its domain the authority of their datasets."""

    class Claiming(FakeAgent):
        def about(self) -> dict[str, object]:
            return {**super().about(), "namespaces": ["postgres://db.shop:5432"]}

    async with (
        Claiming("sales", datasets(1)) as sales,
        FakeAgent("hr", datasets(1)) as hr,
        following(sales=sales.url, hr=hr.url) as seen,
    ):
        await seen.until_at(sales)
        await seen.until_at(hr)
        mesh = seen.keeper.mesh
        (node,) = mesh.find(datasets(1)[0].kind, "postgres://db.shop:5432", "shop.t1")
        assert (mesh.attributes(node).domain, mesh.attributes(node).domains) == ("sales", ("hr", "sales"))


async def test_leaving_ends_every_task() -> None:
    """After the followers are left, no task of theirs is alive, whatever they were doing."""
    async with FakeAgent("sales", datasets(300)) as sales, FakeAgent("hr") as hr:
        sales.faults["/snapshot"] = fake_agent.hanging(100)
        before = asyncio.all_tasks()
        async with following(sales=sales.url, hr=hr.url) as seen:
            await seen.until_at(hr)
        left = {task for task in asyncio.all_tasks() - before if task.get_name().startswith("follow")}
        assert left == set()


async def test_an_error_of_ours_does_not_end_following(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect met while applying is logged, and the domain is taken anew."""
    async with FakeAgent("sales", datasets(3)) as agent, following(sales=agent.url) as seen:
        await seen.until_at(agent)
        applying, broken = seen.keeper.applying, [True]

        def fail_once(domain: str, commit: Commit) -> object:
            if broken.pop() if broken else False:
                raise ZeroDivisionError
            return applying(domain, commit)

        monkeypatch.setattr(seen.keeper, "applying", fail_once)
        agent.commit(nodes=[dataset(4)])
        await seen.until_at(agent)
        assert len(seen.names()) == 4
        assert seen.followers.counts()["sales"].snapshots == 2
