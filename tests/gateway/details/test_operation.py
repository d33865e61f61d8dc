"""What one operation wants at once goes out as one round."""

import asyncio

import pytest

from lineage_gateway.details import Deadline, DetailKey, Details, Failure, OperationDetails
from lineage_shared.model import Part
from tests.gateway.details.stub_agent import StubAgent, claims, facets, run, schema

SOON_S = 5.0


def key(number: int, part: Part = Part.SCHEMA, domain: str = "shop") -> DetailKey:
    """The key of one part of a node."""
    return DetailKey(domain, "e1", number, part, 1)


def operation_of(details: Details, seconds: float = SOON_S) -> OperationDetails:
    """An operation over both domains."""
    return OperationDetails(details, {"shop": "e1", "crm": "e1"}, Deadline(seconds))


async def test_wishes_of_one_turn_are_one_round() -> None:
    """Many fields of many nodes are one POST, and a repeated wish is answered once."""
    agent = StubAgent()
    async with Details({"shop": agent}.get, entries_max=0, bytes_max=0) as details:
        operation = operation_of(details)
        keys = [key(1), key(2), key(1, Part.FACETS), key(1)]
        found = await asyncio.gather(*(operation.get(each) for each in keys))
    assert found == [schema(1), schema(2), facets(1), schema(1)]
    assert agent.calls == [("details", (1, 2))]


async def test_a_wish_that_comes_a_turn_later_still_joins() -> None:
    """Fields of one level need not start in the very same turn of the loop."""
    agent = StubAgent()
    async with Details({"shop": agent}.get, entries_max=0, bytes_max=0) as details:
        operation = operation_of(details)

        async def later() -> object:
            await asyncio.sleep(0)
            return await operation.get(key(2))

        await asyncio.gather(operation.get(key(1)), later())
    assert agent.calls == [("details", (1, 2))]


async def test_a_cancelled_wish_leaves_the_others_alone() -> None:
    """Two fields may wish for the same; one of them going away changes nothing."""
    agent = StubAgent()
    agent.gate.clear()
    async with Details({"shop": agent}.get, entries_max=0, bytes_max=0) as details:
        operation = operation_of(details)
        first, second = (asyncio.create_task(operation.get(key(1))) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        agent.gate.set()
        assert await second == schema(1)


async def test_runs_are_looked_for_everywhere_at_once() -> None:
    """Several runIds are one POST to each domain."""
    agents = {"shop": StubAgent(), "crm": StubAgent()}
    async with Details(agents.get, entries_max=0, bytes_max=0) as details:
        operation = operation_of(details)
        wanted = [(domain, run_id) for run_id in ("r1", "r2") for domain in agents]
        found = await asyncio.gather(*(operation.runs(*each) for each in wanted))
    assert found == [(run(run_id, 7),) for _, run_id in wanted]
    assert [len(agent.calls) for agent in agents.values()] == [1, 1]


async def test_a_hanging_domain_does_not_hold_up_the_others() -> None:
    """What a healthy domain answered goes on at once: its next round has nearly all of the time."""
    agents = {"shop": StubAgent(), "crm": StubAgent()}
    agents["crm"].gate.clear()
    async with Details(agents.get, entries_max=0, bytes_max=0) as details:
        operation = operation_of(details)
        hanging = asyncio.create_task(operation.get(key(1, domain="crm")))
        first = await operation.get(key(1))
        second = await operation.get(key(2))
        assert (first, second, hanging.done()) == (schema(1), schema(2), False)
        agents["crm"].gate.set()
        assert await hanging == schema(1)


async def test_all_rounds_share_one_deadline() -> None:
    """A second round of a slow operation has only what the first has left."""
    agent = StubAgent()
    agent.gate.clear()
    async with Details({"shop": agent}.get, entries_max=0, bytes_max=0) as details:
        operation = operation_of(details, 0.05)
        first = await operation.get(key(1))
        second = await operation.get(key(2))
    assert isinstance(first, Failure)
    assert isinstance(second, Failure)
    assert operation.deadline.remaining_s() == 0


async def test_a_defect_reaches_every_wish_of_the_round() -> None:
    """Nobody waits for ever."""

    def broken(_: str) -> StubAgent:
        raise ZeroDivisionError

    async with Details(broken, entries_max=0, bytes_max=0) as details:
        operation = operation_of(details)
        found = await asyncio.gather(operation.get(key(1)), operation.get(key(2)), return_exceptions=True)
        assert [type(each) for each in found] == [ZeroDivisionError] * 2
        with pytest.raises(ZeroDivisionError):
            await operation.runs("shop", "r1")


async def test_claims_are_one_round_and_never_kept() -> None:
    """What many nodes claim is one POST to each domain; it moves with every run, so that each operation asks anew."""
    agents = {"shop": StubAgent(per_answer=2, known={1, 2, 3}), "crm": StubAgent(known={1})}
    async with Details(agents.get, entries_max=100, bytes_max=10_000) as details:
        wanted = [("shop", 1), ("shop", 2), ("shop", 3), ("shop", 1), ("crm", 1)]
        operation = operation_of(details)
        found = await asyncio.gather(*(operation.claims(*each) for each in wanted))
        assert found == [claims(number) for _, number in wanted]
        assert [agent.calls for agent in agents.values()] == [
            [("details", (1, 2, 3)), ("details", (3,))],
            [("details", (1,))],
        ]
        again = operation_of(details)
        assert await again.claims("crm", 1) == claims(1)
        gone = await again.claims("crm", 9)
    assert isinstance(gone, Failure)
    assert gone.code == "NODE_GONE"
    assert len(agents["crm"].calls) == 3
    assert len(details.cache) == 0
