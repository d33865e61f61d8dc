"""The `lineage` command against a live gateway: what it prints, where, and with which exit code."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator

import pytest

from tests.gateway.cli.live import Done, lineage, live_gateway, start
from tests.gateway.graphql.federation import (
    CHURN,
    CUSTOMER_ORDERS,
    DAILY,
    ORDERS,
    SHOP,
    ml_agent,
    shop_agent,
    warehouse_agent,
)
from tests.gateway.graphql.telling_agent import TellingAgent

KEY = "correct-horse-battery"

Gateway = tuple[str, dict[str, TellingAgent]]


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """The URL of a gateway over the three domains, and the agents."""
    agents = (shop_agent(), warehouse_agent(), ml_agent())
    await asyncio.gather(*(agent.start() for agent in agents))
    try:
        async with live_gateway(*agents) as url:
            yield url, {agent.domain: agent for agent in agents}
    finally:
        await asyncio.gather(*(agent.stop() for agent in agents))


async def test_show_prints_a_tree_through_all_domains(gateway: Gateway) -> None:
    """Data on stdout, nothing on stderr, exit code 0; every way to name the asset shows the same."""
    url, _ = gateway
    done = await lineage("show", ORDERS, url=url)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "shop.public.orders  postgres://shop-db:5432 (shop)\n"
        "◀ upstream\n"
        "    (nothing)\n"
        "▶ downstream\n"
        "└── job load_orders  airflow (shop)\n"
        "    └── orders/daily  s3://lake (shop)\n"
        "        └── job build  dbt (warehouse)\n"
        "            └── wh.marts.customer_orders  snowflake://acme-wh (warehouse)\n"
        "                └── job train  training (ml)\n"
        "                    └── churn  mlflow://models (ml)\n"
    )
    for words in ([SHOP, "shop.public.orders"], [f"{SHOP} shop.public.orders"], ["orders"], ["shop.public.orders"]):
        assert await lineage("show", *words, url=url) == done


async def test_show_goes_as_far_as_it_is_told(gateway: Gateway) -> None:
    """0 leaves a direction out; --ascii draws with ASCII only."""
    url, _ = gateway
    done = await lineage("show", "job:dbt", "build", "--up", "0", "--down", "1", "--ascii", url=url)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "job build  dbt (warehouse)\n"
        "> downstream\n"
        "|-- wh.marts.customer_orders  snowflake://acme-wh (warehouse)\n"
        "`-- wh.marts.payments_daily  snowflake://acme-wh (warehouse)\n"
    )


async def test_a_terminal_without_unicode_gets_ascii(gateway: Gateway) -> None:
    """Nothing is printed that the terminal cannot show."""
    url, _ = gateway
    done = await lineage("show", DAILY, url=url, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert done.out.isascii()


async def test_json_is_an_envelope(gateway: Gateway) -> None:
    """Only JSON on stdout, of a stable form."""
    url, _ = gateway
    shown = json.loads((await lineage("show", DAILY, "--json", url=url)).out)
    assert sorted(shown) == ["command", "complete", "domains", "downstream", "envelope", "root", "upstream"]
    assert (shown["envelope"], shown["command"], shown["complete"], shown["root"]["id"]) == (1, "show", True, DAILY)
    assert sorted(shown["upstream"]) == ["edges", "endCursor", "nodes", "totalEdges", "totalNodes", "truncated"]
    assert [each["domain"] for each in shown["domains"]] == ["ml", "shop", "warehouse"]
    columns = json.loads((await lineage("columns", CHURN, "feature", "--json", url=url)).out)
    assert (columns["command"], columns["root"]["column"], columns["complete"]) == ("columns", "feature", True)
    found = json.loads((await lineage("search", "order", "--json", url=url)).out)
    assert (found["totalCount"], found["complete"], len(found["assets"])) == (5, True, 5)
    domains = json.loads((await lineage("domains", "--json", url=url)).out)
    assert [each["name"] for each in domains["domains"]] == ["ml", "shop", "warehouse"]


async def test_columns_domains_and_search_print_tables(gateway: Gateway) -> None:
    """Nothing is cut, however wide it is."""
    url, _ = gateway
    columns = await lineage("columns", "churn", "feature", url=url)
    assert columns.out.splitlines()[:3] == [
        "churn.feature  mlflow://models",
        "from                                to                                  kind      how",
        "wh.marts.customer_orders.order_key  churn.feature                       direct    AGGREGATION masked",
    ]
    down = await lineage("columns", "orders", "id", "--down", "--direct", url=url)
    assert down.out.splitlines()[2].startswith("shop.public.orders.id")
    domains = await lineage("domains", url=url)
    assert [line.split()[:5] for line in domains.out.splitlines()[1:]] == [
        ["ml", "LIVE", "3", "2", "2"],
        ["shop", "LIVE", "4", "2", "3"],
        ["warehouse", "LIVE", "5", "1", "4"],
    ]
    found = await lineage("search", "customer", "--kind", "dataset", url=url)
    assert CUSTOMER_ORDERS in found.out


async def test_a_narrow_terminal_gets_a_line_for_each_cell(gateway: Gateway) -> None:
    """A table that would not fit is stacked, and still whole; what is piped stays a table of any width."""
    url, _ = gateway
    terminal = {"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": "60"}
    stacked = await lineage("columns", "churn", "feature", url=url, **terminal)
    assert stacked.out.splitlines()[1:5] == [
        "from  wh.marts.customer_orders.order_key",
        "to    churn.feature",
        "kind  direct",
        "how   AGGREGATION masked",
    ]
    assert max(map(len, (await lineage("domains", url=url, **terminal)).out.splitlines())) > 40
    piped = await lineage("columns", "churn", "feature", url=url, COLUMNS="60")
    assert len(piped.out.splitlines()[2]) > 60


async def test_a_reader_that_leaves_is_no_failure(gateway: Gateway) -> None:
    """As with `| head -1`: the command ends with 0, and says nothing."""
    url, _ = gateway
    for words in (["show", "orders"], ["show", "orders", "--json"], ["search", "o"]):
        process = await start(*words, url=url)
        assert process.stdout is not None
        process.stdout._transport.close()  # type: ignore[attr-defined]
        assert process.stderr is not None
        assert (await process.stderr.read(), await process.wait()) == (b"", 0), words


async def test_a_domain_narrows_down_a_bare_name(gateway: Gateway) -> None:
    """`--domain` takes a domain that reports it, be it the authority or not; only its candidates are listed."""
    url, _ = gateway
    assert (await lineage("show", "orders", "--domain", "shop", url=url)).code == 0
    nothing = await lineage("search", "nothing-of-that-name", url=url)
    assert (nothing.code, nothing.err) == (0, "nothing found\n")


async def test_exit_codes_tell_what_went_wrong(gateway: Gateway) -> None:
    """2 for the question, 1 for what is not there; nothing on stdout, message and hint on stderr."""
    url, _ = gateway
    for words, code, said in (
        (["show"], 2, "Missing argument"),
        (["show", "orders", "--up", "x"], 2, "--up"),
        (["nonsense"], 2, "No such command"),
        (["show", "job:etl"], 2, "default (ml)"),
        (["show", "file", "/tmp/data.csv"], 2, "may be any of 3"),
        (["show", "file", "/tmp/data.csv", "--domain", "nobody"], 2, "no domain"),
        (["columns", "churn"], 2, "REF and COLUMN"),
        (["show", "nothing-of-that-name"], 1, "no dataset is called"),
        (["show", "load_orders"], 1, "jobs are named job:NAME"),
        (["show", "orders", "--domain", "nobody"], 1, "no dataset in nobody"),
        (["search", ""], 2, "printable"),
        (["show", SHOP, "nothing"], 1, "not known"),
        (["show", "00000000-0000-0000-0000-000000000000"], 1, "not known"),
        (["columns", "orders", "nope"], 1, "no column"),
    ):
        done = await lineage(*words, url=url)
        assert (done.code, done.out) == (code, ""), words
        assert said in done.err, words
    local = await lineage("show", "file", "/tmp/data.csv", "--domain", "ml", url=url)
    assert local.code == 0


async def test_an_incomplete_answer_is_told_and_exits_with_3() -> None:
    """The tree is printed all the same."""
    async with shop_agent() as shop:
        absent = ml_agent()
        await absent.start()
        await absent.stop()
        async with live_gateway(shop, absent) as url:
            shown = await lineage("show", "orders", url=url)
            assert (shown.code, shown.out.splitlines()[0]) == (3, f"shop.public.orders  {SHOP} (shop)")
            assert "ml: NEVER_SYNCED" in shown.err
            assert "incomplete" in shown.err
            found = await lineage("search", "order", url=url)
            assert (found.code, "never synced: ml" in found.err) == (3, True)
            assert (await lineage("columns", "orders", "id", url=url)).code == 3
            assert (await lineage("domains", url=url)).code == 0


async def test_a_key_is_sent_and_a_missing_one_exits_with_4() -> None:
    """--key and LINEAGE_KEY are the same."""
    async with shop_agent() as shop, live_gateway(shop, key=KEY) as url:
        refused = await lineage("domains", url=url)
        assert (refused.code, refused.out) == (4, "")
        assert "LINEAGE_KEY" in refused.err
        assert (await lineage("domains", "--key", KEY, url=url)).code == 0
        assert (await lineage("domains", url=url, LINEAGE_KEY=KEY)).code == 0


async def test_no_gateway_exits_with_1(unused_tcp_port: int) -> None:
    """And says where it looked."""
    done = await lineage("domains", url=f"http://127.0.0.1:{unused_tcp_port}")
    assert (done.code, done.out) == (1, "")
    assert str(unused_tcp_port) in done.err
    assert "--url" in done.err


async def test_colours_are_for_terminals(gateway: Gateway) -> None:
    """Piped output has none; FORCE_COLOR brings them, NO_COLOR and --no-color take them away."""
    url, _ = gateway
    assert "\x1b[" not in (await lineage("show", "orders", url=url)).out
    assert "\x1b[" in (await lineage("show", "orders", url=url, FORCE_COLOR="1")).out
    for words, environment in (([], {"NO_COLOR": "1"}), (["--no-color"], {})):
        done = await lineage("show", "orders", *words, url=url, FORCE_COLOR="1", **environment)
        assert "\x1b[" not in done.out


async def test_help_has_examples() -> None:
    """Each line of an example stands on its own line."""
    done = await lineage("show", "--help", url="")
    assert done.code == 0
    assert "\n  lineage show orders\n" in done.out


async def test_an_interrupt_exits_with_130() -> None:
    """Ctrl-C ends the waiting for a gateway that does not answer, without a traceback."""
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        process = await start("domains", url=f"http://127.0.0.1:{port}")
        await asyncio.wait_for(asked.wait(), 20)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err


async def test_path_prints_the_way_from_one_asset_to_another(gateway: Gateway) -> None:
    """Each path with a number, or all as one tree; ends are named in every way that is one word."""
    url, _ = gateway
    done = await lineage("path", "orders", "job:train", url=url)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "1. shop.public.orders  postgres://shop-db:5432 (shop)\n"
        "   job load_orders  airflow (shop)\n"
        "   orders/daily  s3://lake (shop)\n"
        "   job build  dbt (warehouse)\n"
        "   wh.marts.customer_orders  snowflake://acme-wh (warehouse)\n"
        "   job train  training (ml)\n"
    )
    drawn = await lineage("path", f"{SHOP} shop.public.orders", DAILY, "--tree", "--ascii", url=url)
    assert (drawn.code, drawn.err) == (0, "")
    assert drawn.out == (
        "shop.public.orders  postgres://shop-db:5432 (shop)\n"
        "`-- job load_orders  airflow (shop)\n"
        "    `-- orders/daily  s3://lake (shop)\n"
    )


async def test_path_says_when_there_is_none_or_more(gateway: Gateway) -> None:
    """No path is no failure; an unknown end is, and a limit that the gateway does not allow."""
    url, _ = gateway
    assert await lineage("path", CHURN, ORDERS, url=url) == Done(0, "", "no data flows from FROM to TO\n")
    assert (await lineage("path", CHURN, "nothing", url=url)).code == 1
    assert (await lineage("path", ORDERS, CHURN, "--limit", "100000", url=url)).code == 2
    shown = json.loads((await lineage("path", ORDERS, DAILY, "--json", url=url)).out)
    assert sorted(shown) == [
        "command", "complete", "domains", "edges", "envelope", "from", "nodes", "paths", "to", "truncated",
    ]  # fmt: skip
    assert [len(path) for path in shown["paths"]] == [3]
