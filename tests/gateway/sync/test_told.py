"""What agents declare reaches whoever waits for it, changes with them, and goes with their domains."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from lineage_gateway.identity import DomainLimits
from lineage_gateway.sync.told import Told
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.sync.following import datasets, following

ALIAS = {"type": "alias", "a": {"namespace": "s3://a", "name": "x"}, "b": {"namespace": "s3://b", "name": "x"}}
BAD = {"type": "alias"}


class Declaring(FakeAgent):
    """An agent that declares what a test wants."""

    declarations: tuple[dict[str, Any], ...] = (ALIAS, BAD)

    def about(self) -> dict[str, object]:
        """What it says of itself."""
        return {**super().about(), "declarations": self.declarations}


async def test_declarations_come_with_an_agent_and_go_with_its_domain() -> None:
    """They are there with the first answer, others with the next one, and none once the domain is not configured."""
    async with Declaring("sales", datasets(1)) as agent, following(sales=agent.url) as seen:
        said = await asyncio.wait_for(seen.followers.said_changed(()), 10)
        assert [each.domain for each in said] == ["sales"]
        assert [(len(each.declarations), len(each.refused)) for each in said] == [(1, 1)]
        await seen.until_at(agent)
        agent.declarations = (ALIAS,)
        await agent.stop()
        await agent.start()
        said = await asyncio.wait_for(seen.followers.said_changed(said), 10)
        assert said[0].refused == ()
        seen.registered.set()
        assert await asyncio.wait_for(seen.followers.said_changed(said), 10) == ()


async def test_nobody_is_woken_when_nothing_changes() -> None:
    """The same declarations again, or domains that declare nothing, are no change."""
    told = Told(DomainLimits())
    told.tell({"sales": (ALIAS,)})
    said = told.said
    told.tell({"sales": (dict(ALIAS),), "hr": ()})
    assert told.said is said
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(told.changed(said), 0.05)


def test_a_flood_of_bad_declarations_is_a_few_lines_of_log(caplog: pytest.LogCaptureFixture) -> None:
    """All of them are kept to be shown; the log tells of the first ones and how many there are."""
    told = Told(DomainLimits())
    with caplog.at_level(logging.WARNING):
        told.tell({"sales": (BAD,) * 500})
    assert len(told.said[0].refused) == 500
    assert len(caplog.records) == 11
