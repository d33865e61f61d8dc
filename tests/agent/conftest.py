"""Agents for tests: real processes, one per module where tests do not disturb each other."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from tests.agent.running import RunningAgent, running_agent


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent that the tests of one module share."""
    with running_agent(tmp_path_factory.mktemp("agent")) as running:
        yield running


@pytest.fixture(scope="module")
def client(agent: RunningAgent) -> Iterator[httpx2.Client]:
    """An HTTP client of the shared agent."""
    with agent.client() as opened:
        yield opened
