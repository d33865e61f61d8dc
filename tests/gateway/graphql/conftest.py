"""The federation, for tests that do not change it beyond their own."""

from collections.abc import AsyncIterator

import pytest

from tests.gateway.graphql.federation import Mesh, federation


@pytest.fixture
async def mesh() -> AsyncIterator[Mesh]:
    """Three domains and their gateway, fresh for this test."""
    async with federation() as made:
        yield made
