"""`lineage explain` and `lineage conflicts` against a live gateway."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.gateway.cli.live import lineage, live_gateway
from tests.gateway.graphql.federation import SHOP, shop_agent, warehouse_agent

TABLE = f"{SHOP} shop.public.orders"


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """The URL of a gateway over two domains."""
    agents = (shop_agent(), warehouse_agent())
    await asyncio.gather(*(agent.start() for agent in agents))
    try:
        async with live_gateway(*agents) as at:
            yield at
    finally:
        await asyncio.gather(*(agent.stop() for agent in agents))


async def test_equal_names_are_explained_by_the_rules(url: str) -> None:
    """Two spellings of one key are the same, with the rules that each of them took."""
    done = await lineage("explain", TABLE, "postgresql://SHOP-DB./shop/public/orders", url=url)
    assert (done.code, done.err) == (0, "")
    first, one, other = done.out.splitlines()
    assert first == "the same"
    assert one == "a  ds1:postgres:shop-db:shop/public/orders  by default-port"
    assert other.startswith("b  ds1:postgres:shop-db:shop/public/orders  by ")


async def test_different_names_are_told_with_what_would_join_them(url: str) -> None:
    """The first part that differs, and a declaration; a name that the mesh does not know is said to be none of it."""
    done = await lineage("explain", TABLE, "postgres://replica:5432 shop.public.orders", url=url)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "not the same"
    assert lines[2] == "b  ds1:postgres:replica:shop/public/orders  by default-port  (not in the mesh)"
    assert lines[3] == "they part at the authority: 'shop-db' is not 'replica'"
    assert json.loads(lines[4].removeprefix("would be joined by "))["type"] == "namespace_alias"


async def test_what_denotes_nothing_says_why(url: str) -> None:
    """A name that identifies nothing is no key."""
    done = await lineage("explain", TABLE, "s3://lake None", url=url)
    assert done.code == 0
    assert "b  denotes nothing: " in done.out


async def test_explanations_as_json(url: str) -> None:
    """The envelope holds the answer as GraphQL gives it."""
    done = await lineage("explain", TABLE, TABLE, "--json", url=url)
    answer = json.loads(done.out)
    assert (answer["command"], answer["same"], answer["path"]) == ("explain", True, [])


async def test_conflicts_of_a_mesh_without_any(url: str) -> None:
    """The titles alone, and an empty list as JSON."""
    done = await lineage("conflicts", url=url)
    assert (done.code, done.out, done.err) == (0, "reason  about  claims  because\n", "")
    answer = json.loads((await lineage("conflicts", "--json", url=url)).out)
    assert (answer["totalCount"], answer["conflicts"]) == (0, [])
