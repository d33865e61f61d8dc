"""The owner of suggestions over a live gateway: when it looks, and when it rests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from lineage_gateway.config import Configuration, load
from lineage_gateway.declarations import DeclarationFile
from lineage_gateway.declaring import Declaring
from lineage_gateway.details import Details
from lineage_gateway.mesh import MeshKeeper, MeshWriter
from lineage_gateway.registry import Registry
from lineage_gateway.suggesting.owner import Suggesting, SuggestionLimits
from lineage_gateway.sync import DomainState
from tests.gateway.cli.live import live_gateway
from tests.gateway.graphql.federation import ml_agent, shop_agent, warehouse_agent

ASK = "{ identitySuggestions { version totalCount } }"


async def test_agents_are_asked_for_evidence_once_somebody_asks_for_suggestions() -> None:
    """What nobody reads is not worked out: without a question and without a policy no agent is asked for anything."""
    agents = (shop_agent(), warehouse_agent(), ml_agent())
    await asyncio.gather(*(agent.start() for agent in agents))
    try:
        async with live_gateway(*agents) as url, httpx2.AsyncClient(trust_env=False, timeout=20) as http:
            await http.post(f"{url}/graphql", json={"query": "{ mesh { datasets } }"})
            await asyncio.sleep(0.3)
            assert [agent.posts for agent in agents] == [[], [], []]
            answer = (await http.post(f"{url}/graphql", json={"query": ASK})).json()
            assert answer["data"]["identitySuggestions"]["version"]
            assert any(agent.posts for agent in agents)
    finally:
        await asyncio.gather(*(agent.stop() for agent in agents))


class States:
    """The states of no domains at all; told to fail so many times first, with an error that nobody expects."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.asked = 0
        self.told = asyncio.Event()

    def __call__(self) -> Mapping[str, DomainState]:
        """Return them, or fail."""
        self.asked += 1
        if self.asked <= self.failures:
            raise RuntimeError("not foreseen")
        self.told.set()
        return {}


@asynccontextmanager
async def owner(folder: Path, states: States, interval_s: float) -> AsyncIterator[Suggesting]:
    """The owner of suggestions about an empty mesh."""
    keeper = MeshKeeper()
    settings = load({"agents": ()}, {"LINEAGE_GATEWAY_AGENTS": ""}).settings
    registry = Registry(lambda: Configuration(settings, ()))
    file, limits = DeclarationFile(folder / "d.db"), SuggestionLimits(interval_s=interval_s)
    async with (
        Declaring(registry, MeshWriter(keeper), file, poll_s=60, declarations_max=10) as declaring,
        Details(lambda _: None, entries_max=1, bytes_max=1) as details,
        Suggesting(keeper, declaring, registry, details, states, limits=limits) as suggesting,
    ):
        keeper.declare(keeper.identities.declared)
        yield suggesting


async def test_a_round_that_fails_ends_neither_the_others_nor_the_questions(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever waits is answered, though with nothing; the failure is logged, and the next round surveys."""
    states = States(failures=1)
    async with asyncio.timeout(20), owner(tmp_path, states, interval_s=0.01) as suggesting:
        await suggesting.current()
        assert "RuntimeError: not foreseen" in caplog.text
        await states.told.wait()
        await suggesting.current()


async def test_a_question_that_is_given_up_leaves_no_task(tmp_path: Path) -> None:
    """Callers that go away before the first survey is there take with them what waited for it."""
    async with asyncio.timeout(20), owner(tmp_path, States(failures=0), interval_s=60) as suggesting:
        await turns()
        before = asyncio.all_tasks()
        questions = [asyncio.create_task(suggesting.current()) for _ in range(5)]
        await asyncio.sleep(0)
        for each in questions:
            each.cancel()
        await asyncio.wait(questions)
        await turns()
        assert not asyncio.all_tasks() - before


async def turns() -> None:
    """Let every task that can go on do so."""
    for _ in range(3):
        await asyncio.sleep(0)
