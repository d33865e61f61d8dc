"""The process's details: one POST per domain, cached by revision, single flight, failures as values."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.details import Deadline, DetailKey, Details, Failure, Outcome, Page
from lineage_shared.errors import AgentFailure
from lineage_shared.model import Part
from lineage_shared.wire import JobRuns
from tests.gateway.details.stub_agent import StubAgent, facets, run, schema

SOON_S = 5.0


def key(number: int, part: Part = Part.SCHEMA, *, revision: int = 1, domain: str = "shop") -> DetailKey:
    """The key of one part of a node."""
    return DetailKey(domain, "e1", number, part, revision)


def details_of(agents: dict[str, StubAgent], *, entries_max: int = 1000) -> Details:
    """The details of some agents."""
    return Details(agents.get, entries_max=entries_max, bytes_max=1_000_000)


async def test_one_round_asks_each_domain_once() -> None:
    """Schemas and facets of many nodes of two domains are two POSTs."""
    agents = {"shop": StubAgent(), "crm": StubAgent()}
    async with details_of(agents) as details:
        keys = [key(n, part, domain=domain) for n in (1, 2) for part in (Part.SCHEMA, Part.FACETS) for domain in agents]
        found = await details.load(keys, Deadline(SOON_S))
    assert {name: agent.calls for name, agent in agents.items()} == {
        "shop": [("details", (1, 2))],
        "crm": [("details", (1, 2))],
    }
    expected: dict[DetailKey, Outcome] = {
        each: schema(each.number) if each.part is Part.SCHEMA else facets(each.number) for each in keys
    }
    assert found == expected


async def test_what_is_cached_is_not_asked_again() -> None:
    """A second load of the same revision costs nothing; a newer revision is asked for."""
    agent = StubAgent()
    async with details_of({"shop": agent}) as details:
        await details.load([key(1)], Deadline(SOON_S))
        await details.load([key(1)], Deadline(SOON_S))
        agent.revision = 2
        newer = await details.load([key(1, revision=2), key(1)], Deadline(SOON_S))
    assert [numbers for _, numbers in agent.calls] == [(1,), (1,)]
    assert newer == {key(1, revision=2): schema(1, 2), key(1): schema(1, 1)}


async def test_a_newer_answer_than_asked_for_is_kept_under_its_own_revision() -> None:
    """The agent may be ahead of the feed: its answer serves, but never as the older revision."""
    agent = StubAgent(revision=5)
    async with details_of({"shop": agent}) as details:
        first = await details.load([key(1, revision=4)], Deadline(SOON_S))
        later = await details.load([key(1, revision=5)], Deadline(SOON_S))
    assert first == {key(1, revision=4): schema(1, 5)}
    assert later == {key(1, revision=5): schema(1, 5)}
    assert len(agent.calls) == 1


async def test_what_the_agent_left_out_is_asked_for_again() -> None:
    """An answer over the agent's byte limit names the rest, which comes in further calls."""
    agent = StubAgent(per_answer=2)
    async with details_of({"shop": agent}) as details:
        found = await details.load([key(n) for n in range(1, 6)], Deadline(SOON_S))
    assert found == {key(n): schema(n) for n in range(1, 6)}
    assert [numbers for _, numbers in agent.calls] == [(1, 2, 3, 4, 5), (3, 4, 5), (5,)]


async def test_a_node_too_large_for_any_answer_fails_alone() -> None:
    """An agent that leaves everything out is not asked for ever."""
    async with details_of({"shop": StubAgent(per_answer=0)}) as details:
        found = await details.load([key(1)], Deadline(SOON_S))
    assert isinstance(found[key(1)], Failure)
    assert found[key(1)].code == "AGENT_ANSWER_TOO_LARGE"  # type: ignore[union-attr]  # just told apart


async def test_a_node_that_the_agent_does_not_know_is_a_failure() -> None:
    """It was removed a moment ago; that is not the same as having no columns."""
    async with details_of({"shop": StubAgent(known=[1])}) as details:
        found = await details.load([key(1), key(2)], Deadline(SOON_S))
    assert found[key(1)] == schema(1)
    assert found[key(2)] == Failure("shop", "NODE_GONE", "domain 'shop' does not know this node any more; ask again")


async def test_a_failing_domain_fails_only_its_own_keys() -> None:
    """Failures are values, and are not cached."""
    agents = {"shop": StubAgent(), "crm": StubAgent()}
    agents["crm"].failure = AgentFailure("gone", domain="crm", code="AGENT_UNAVAILABLE")
    async with details_of(agents) as details:
        found = await details.load([key(1), key(1, domain="crm")], Deadline(SOON_S))
        assert found == {key(1): schema(1), key(1, domain="crm"): Failure("crm", "AGENT_UNAVAILABLE", "gone")}
        agents["crm"].failure = None
        assert await details.load([key(1, domain="crm")], Deadline(SOON_S)) == {key(1, domain="crm"): schema(1)}


async def test_a_domain_that_left_the_mesh_is_a_failure() -> None:
    """There is nobody to ask."""
    async with details_of({}) as details:
        found = await details.load([key(1)], Deadline(SOON_S))
        runs = await details.runs_by_id("shop", "e1", ("r1",), Deadline(SOON_S))
    assert (
        found[key(1)] == runs == Failure("shop", "DOMAIN_NOT_FOUND", "domain 'shop' is no longer a part of this mesh")
    )


async def test_the_deadline_ends_the_waiting() -> None:
    """A hanging agent costs no more than the deadline, and its domain is named."""
    agent = StubAgent()
    agent.gate.clear()
    async with details_of({"shop": agent}) as details:
        found = await details.load([key(1)], Deadline(0.05))
        runs = await details.runs_by_id("shop", "e1", ("r1",), Deadline(0.05))
    assert found[key(1)] == runs == Failure("shop", "AGENT_TIMEOUT", "domain 'shop' did not answer within 0.05 s")


async def test_a_hundred_callers_share_one_flight() -> None:
    """Whoever wants what is under way joins it."""
    agent = StubAgent()
    agent.gate.clear()
    async with details_of({"shop": agent}) as details:
        waiting = [asyncio.create_task(details.load([key(1)], Deadline(SOON_S))) for _ in range(100)]
        await asyncio.sleep(0)
        agent.gate.set()
        assert await asyncio.gather(*waiting) == [{key(1): schema(1)}] * 100
    assert len(agent.calls) == 1


async def test_a_cancelled_first_caller_does_not_poison_the_others() -> None:
    """The flight belongs to nobody."""
    agent = StubAgent()
    agent.gate.clear()
    async with details_of({"shop": agent}) as details:
        first = asyncio.create_task(details.load([key(1)], Deadline(SOON_S)))
        await asyncio.sleep(0)
        second = asyncio.create_task(details.load([key(1)], Deadline(SOON_S)))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        agent.gate.set()
        assert await second == {key(1): schema(1)}
        assert first.cancelled()
    assert len(agent.calls) == 1


async def test_who_joined_a_flight_that_failed_late_asks_again() -> None:
    """A caller with time left does not pay for the time that an earlier caller used up."""
    agent = StubAgent()
    agent.failure = AgentFailure("late", domain="shop", code="AGENT_TIMEOUT")
    agent.gate.clear()
    async with details_of({"shop": agent}) as details:
        first = asyncio.create_task(details.load([key(1)], Deadline(SOON_S)))
        await asyncio.sleep(0)
        second = asyncio.create_task(details.load([key(1)], Deadline(SOON_S)))
        await asyncio.sleep(0.01)
        agent.gate.set()
        await first
        agent.failure = None
        assert await second == {key(1): schema(1)}
        assert await first == {key(1): Failure("shop", "AGENT_TIMEOUT", "late")}
    assert len(agent.calls) == 2


async def test_pages_of_runs_are_kept_apart() -> None:
    """The page is a part of the key."""
    agent = StubAgent()
    async with details_of({"shop": agent}) as details:
        keys = [DetailKey("shop", "e1", 3, Part.RUNS, 1, Page(limit)) for limit in (1, 20)]
        found = await details.load(keys, Deadline(SOON_S))
        again = await details.load(keys, Deadline(SOON_S))
    assert found == again == dict.fromkeys(keys, JobRuns(job=3, revision=1, total=1, runs=(run("run-3", 3),)))
    assert len(agent.calls) == 2


async def test_leaving_the_context_ends_what_is_under_way() -> None:
    """No task survives, and whoever still waits is told."""
    agent = StubAgent()
    agent.gate.clear()
    details = details_of({"shop": agent})
    async with details:
        waiting = asyncio.create_task(details.load([key(1)], Deadline(SOON_S)))
        await asyncio.sleep(0.01)
    found = await waiting
    assert isinstance(found[key(1)], Failure)


async def test_a_defect_reaches_every_waiter() -> None:
    """An unexpected error is not swallowed, and does not stay in the way."""
    agent = StubAgent()
    async with details_of({"shop": agent}) as details:
        agent.calls = None  # type: ignore[assignment]  # the defect
        with pytest.raises(AttributeError):
            await details.load([key(1)], Deadline(SOON_S))
        agent.calls = []
        assert await details.load([key(1)], Deadline(SOON_S)) == {key(1): schema(1)}


WANTED = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([Part.SCHEMA, Part.FACETS]), st.integers(0, 1)), max_size=8
)


@settings(max_examples=50, deadline=None)
@given(st.lists(WANTED, max_size=6), st.integers(0, 6))
def test_cached_equals_uncached(loads: list[list[tuple[int, Part, int]]], entries_max: int) -> None:
    """Whatever is asked in whatever order, with revisions moving on: a cache of any size changes no answer."""

    async def answers(entries: int) -> list[dict[DetailKey, Outcome]]:
        agent, revision, found = StubAgent(revision=0), 0, []
        async with details_of({"shop": agent}, entries_max=entries) as details:
            for wanted in loads:
                revision += any(moved for _, _, moved in wanted)
                agent.revision = revision
                keys = {key(number, part, revision=revision) for number, part, _ in wanted}
                found.append(await details.load(sorted(keys), Deadline(SOON_S)))
        return found

    assert asyncio.run(answers(entries_max)) == asyncio.run(answers(0))
