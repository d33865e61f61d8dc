"""`lineage` with arguments that are no names, and names that a terminal would obey."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.cli.live import lineage, live_gateway
from tests.gateway.graphql.federation import SHOP, dataset
from tests.gateway.graphql.telling_agent import TellingAgent

RED = "\x1b[31mred"
COMMANDS = (("show", 1), ("explain", 2), ("columns", 2), ("path", 2), ("search", 1))
BAD = (
    RED,
    "x" * 10_000,
    "urn:li:dataset:(",
    "{",
    "s3://a\nb",
    "\u202eabc",
    "",
    "job:",
    f"{SHOP} {'x' * 9_000}",
    "\udcff",
)


@pytest.mark.parametrize(("command", "names"), COMMANDS)
async def test_bad_names_end_with_a_line_that_says_why(command: str, names: int) -> None:
    """Exit code 1 or 2 and a message, or an answer; never a traceback, and nothing that a terminal would obey."""
    async with TellingAgent("shop") as agent, live_gateway(agent) as url:
        found = await asyncio.gather(*(lineage(command, *[bad] * names, url=url) for bad in BAD))
    for bad, done in zip(BAD, found, strict=True):
        assert done.code in (0, 1, 2), (bad[:40], done)
        assert "Traceback" not in done.err
        assert "\x1b" not in done.out + done.err
        assert done.out or done.err.startswith("lineage: ") or "nothing found" in done.err


async def test_names_of_producers_cannot_write_to_the_terminal() -> None:
    """What is not printable in a name is shown as a replacement character."""
    agent = TellingAgent("shop")
    agent.commit(nodes=[dataset(1, SHOP, f"shop.public.orders{RED}\nbelow")])
    async with agent, live_gateway(agent) as url:
        done = await lineage("search", "orders", url=url)
    assert "\x1b" not in done.out
    assert "orders\ufffd[31mred\ufffdbelow" in done.out
