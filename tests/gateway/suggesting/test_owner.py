"""The owner of suggestions over a live gateway: when it looks, and when it rests."""

import asyncio

import httpx2

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
