"""`lineage explain` and `lineage conflicts` against a live gateway."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from lineage_shared.ids import asset_id
from lineage_shared.model import Claim, Kind
from lineage_shared.wire import ClaimsDetail, SourceEvent, SymlinkDetail
from tests.gateway.cli.live import lineage, live_gateway
from tests.gateway.fake_agent import refused
from tests.gateway.graphql.federation import SEEN_US, SHOP, dataset, shop_agent, warehouse_agent
from tests.gateway.graphql.telling_agent import TellingAgent

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


@pytest.mark.parametrize(
    "spelling",
    [
        "jdbc:postgresql://shop-db/shop?currentSchema=public orders",
        "postgresql+psycopg2://u:p@/shop?host=shop-db:5432 public.orders",
        "postgresql://u@shop-db/shop public.orders",
        '{"namespace": "postgresql://shop-db", "name": "shop.public.orders"}',
        "postgresql:shop-db.shop.public.orders",
    ],
)
async def test_a_spelling_with_a_space_is_one_text(url: str, spelling: str) -> None:
    """A connection's address with its table, as one word or as two, and a name without any address."""
    explained = await lineage("explain", TABLE, spelling, url=url)
    assert (explained.code, explained.out.splitlines()[0], explained.err) == (0, "the same", "")
    wanted = await lineage("show", TABLE, url=url)
    for words in ([spelling], spelling.split(" ")):
        shown = await lineage("show", *words, url=url)
        assert (shown.code, shown.out) == (0, wanted.out)


async def test_bigquerys_legacy_form_is_read_when_no_name_has_it() -> None:
    """A bare name that no search finds is read as any tool's spelling, and is nobody's name after that."""
    agent = TellingAgent("lake")
    agent.commit(nodes=[dataset(1, "bigquery", "p.shop.orders")])
    async with agent, live_gateway(agent) as url:
        found = await lineage("show", "p:shop.orders", url=url)
        assert (found.code, found.out.splitlines()[0]) == (0, "p.shop.orders  bigquery (lake)")
        missing = await lineage("show", "q:shop.orders", url=url)
        assert (missing.code, "no dataset is called 'q:shop.orders'" in missing.err) == (1, True)


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


HIVE, PATH = ("hive://metastore:9083", "sales.orders"), ("s3://lake", "warehouse/orders")
HIVE_ID, PATH_ID = (asset_id(Kind.DATASET, *name, None) for name in (HIVE, PATH))


def lake_agent() -> TellingAgent:
    """A domain whose producer says that its path is a table."""
    agent = TellingAgent("lake")
    agent.commit(nodes=[dataset(1, *HIVE), dataset(2, *PATH, claims=(Claim(1, "TABLE"),))])
    event = SourceEvent("ab12", SEEN_US + 1_000_000, "spark", "r-1", "spark", "load")
    agent.claims[2] = ClaimsDetail(event, (SymlinkDetail(*HIVE, "TABLE", SEEN_US),))
    return agent


async def test_an_id_of_another_name_is_said_to_be_one() -> None:
    """`show`, `columns` and `path` say on stderr which asset an id led to; its own id needs no word."""
    async with lake_agent() as agent, live_gateway(agent) as url:
        shown = await lineage("show", PATH_ID, url=url)
        assert (shown.code, shown.err) == (0, f"{PATH_ID} is another name of {HIVE_ID}\n")
        assert (await lineage("show", HIVE_ID, url=url)).err == ""
        root = json.loads((await lineage("show", PATH_ID, "--json", url=url)).out)["root"]
        assert (root["id"], root["redirectedFrom"]) == (HIVE_ID, PATH_ID)
        assert PATH_ID in (await lineage("columns", PATH_ID, "id", url=url)).err
        assert PATH_ID in (await lineage("path", HIVE_ID, PATH_ID, url=url)).err


async def test_an_explanation_shows_event_and_times() -> None:
    """Each claim with the newest event and since when; without the agent the answer is incomplete, and says who."""
    async with lake_agent() as agent, live_gateway(agent) as url:
        done = await lineage("explain", PATH_ID, " ".join(HIVE), url=url)
        assert done.code == 0
        assert (
            "    said from 2026-01-01T00:00:00Z to 2026-01-01T00:00:01Z, by the event ab12 of the job spark load\n"
            in done.out
        )
        agent.faults["/details"] = refused(401)
        without = await lineage("explain", PATH_ID, " ".join(HIVE), url=url)
        assert (without.code, "joined by symlink of lake" in without.out, "said from" in without.out) == (
            3,
            True,
            False,
        )
        assert without.err.startswith("lake: LIVE: ")
