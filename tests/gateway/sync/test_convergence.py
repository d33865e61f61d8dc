"""The law of following: whatever happened, the mirror ends up as the agent's state."""

import random

import pytest

from lineage_shared.model import NodeRecord, RunState, Volatile
from lineage_shared.wire import Position, Touch
from tests.gateway import fake_agent
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.sync.following import Following, dataset, following

ACTIONS = (
    "commit",
    "commit",
    "commit",
    "remove",
    "touch",
    "restart",
    "cut feed",
    "garble feed",
    "copy back",
    "new file",
)


async def act(action: str, agent: FakeAgent, pick: random.Random, epochs: list[int]) -> None:
    """Let one thing happen to the agent."""
    numbers = sorted(agent.nodes)
    if action == "commit":
        agent.commit(nodes=[dataset(pick.randint(1, 9), f"t{pick.randint(1, 999)}")])
    elif action == "remove" and numbers:
        agent.commit(gone=[pick.choice(numbers)])
    elif action == "touch" and numbers:
        moved = Volatile(RunState.COMPLETE, pick.randint(1, 999))
        touch = Touch(number=pick.choice(numbers), volatile=moved)
        kept = agent.nodes[touch.number]
        agent.commit(touched=[touch])
        agent.nodes[touch.number] = NodeRecord(kept.number, kept.kind, kept.namespace, kept.name, volatile=moved)
    elif action == "restart":
        await agent.stop()
        await agent.start()
    elif action in {"cut feed", "garble feed"}:
        broken = fake_agent.garbage(b"event: commit\ndata: [1\n\n", "text/event-stream")
        agent.faults["/changes"] = [fake_agent.cut(pick.randint(1, 200)) if action == "cut feed" else broken]
        await agent.stop()
        await agent.start()
    elif action in {"copy back", "new file"}:
        await agent.stop()
        epochs.append(len(epochs))
        epoch = f"e{len(epochs)}" if action == "new file" else agent.position.epoch
        kept_nodes = pick.sample(sorted(agent.nodes), len(agent.nodes) // 2)
        position = Position(epoch, max(1, agent.position.sequence - 1), f"b{len(epochs)}")
        agent.replace_file([agent.nodes[number] for number in kept_nodes], position)
        await agent.start()


def held(seen: Following) -> dict[int, NodeRecord]:
    """What the mirror holds."""
    return dict(seen.keeper.mirrors["sales"].records)


@pytest.mark.parametrize("begin", range(6))
async def test_any_history_ends_in_the_agents_state(begin: int) -> None:
    """After any mix of commits, losses, garbage, restored and new files, mirror and agent are equal."""
    pick, epochs = random.Random(begin), [0]
    async with FakeAgent("sales", [dataset(1)]) as agent, following(sales=agent.url) as seen:
        for _ in range(30):
            await act(pick.choice(ACTIONS), agent, pick, epochs)
            if pick.random() < 0.3:
                await seen.until_at(agent)
                assert held(seen) == agent.nodes
        agent.faults.clear()
        await seen.until_at(agent)
        assert held(seen) == agent.nodes
