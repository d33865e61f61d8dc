"""Real agents under a real gateway, each a process with files of its own, for end-to-end tests.

    def test_x(federation):
        sales = federation.start_agent("sales")
        gateway = federation.start_gateway(sales)
        sales.post(run_event(...))                      # acknowledged and projected
        gateway.until_synced(sales)                     # and now visible in GraphQL

Everything listens on free ports, waits by readiness and positions (never by sleeping for luck), and is stopped at the
end of the test.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.federation.mesh import Federation


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    """Agents and gateways for one test."""
    with Federation(tmp_path) as made:
        yield made
