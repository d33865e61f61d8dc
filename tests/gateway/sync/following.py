"""Followers over real agents, for tests: started together, watched until something holds."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lineage_gateway.agents import AgentLimits, open_http
from lineage_gateway.config import Configuration, DomainTable, load
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.registry import Registry
from lineage_gateway.sync import DomainState, Followers, Pace, StatusRules, SyncLimits
from lineage_shared.model import Kind, NodeRecord
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.waiting import until

LIMITS = SyncLimits(
    agents=AgentLimits(
        deadline_s=1.0,
        attempts_max=1,
        message_bytes_max=500_000,
        snapshot_bytes_max=2_000_000,
        snapshot_deadline_s=2.0,
        silence_s_max=1.0,
    ),
    pace=Pace(backoff_s_min=0.02, backoff_s_max=0.1),
    rules=StatusRules(live_within_s=25, unreachable_after_connects=3),
    ready_after_s=10,
)
NAMESPACE = "postgres://db.shop:5432"


def dataset(number: int, name: str = "") -> NodeRecord:
    """A plain dataset."""
    return NodeRecord(number, Kind.DATASET, NAMESPACE, name or f"shop.t{number}")


def datasets(count: int) -> list[NodeRecord]:
    """Datasets numbered from 1."""
    return [dataset(number) for number in range(1, count + 1)]


class Registered:
    """A registry whose domains a test sets."""

    def __init__(self, **urls: str) -> None:
        self.urls = urls
        self.registry = Registry(self._load)

    def set(self, **urls: str) -> None:
        """Configure these domains from now on."""
        self.urls = urls
        assert self.registry.reload()

    def _load(self) -> Configuration:
        domains = tuple(DomainTable(name, url, "the test") for name, url in self.urls.items())
        return Configuration(load({"agents": ()}, {"LINEAGE_GATEWAY_AGENTS": ""}).settings, domains)


class Following:
    """Followers under watch."""

    def __init__(self, followers: Followers, keeper: MeshKeeper, registered: Registered) -> None:
        self.followers = followers
        self.keeper = keeper
        self.registered = registered

    def state(self, domain: str = "sales") -> DomainState:
        """The state of a domain."""
        return self.followers.statuses()[domain]

    def names(self, domain: str = "sales") -> set[str]:
        """The names that a domain's mirror holds."""
        mirror = self.keeper.mirrors.get(domain)
        return {record.name for record in mirror.records.values()} if mirror is not None else set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        await until(holds, 0.005)

    async def until_status(self, status: str, domain: str = "sales") -> None:
        """Wait until a domain has a status."""
        await self.until(lambda: self.state(domain).status == status)

    async def until_at(self, agent: FakeAgent) -> None:
        """Wait until a domain is LIVE at its agent's position."""
        await self.until(
            lambda: (self.state(agent.domain).status, self.state(agent.domain).position) == ("LIVE", agent.position)
        )


@asynccontextmanager
async def following(limits: SyncLimits = LIMITS, **urls: str) -> AsyncIterator[Following]:
    """Follow these domains."""
    registered, keeper = Registered(**urls), MeshKeeper()
    async with (
        open_http(connect_timeout_s=0.5) as connections,
        Followers(registered.registry, keeper, connections, limits) as followers,
    ):
        yield Following(followers, keeper, registered)
