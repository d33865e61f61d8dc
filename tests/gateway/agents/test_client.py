"""The client of an agent: what it asks, what it bears, and what becomes of every failure."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from lineage_gateway.agents import AgentClient, AgentLimits, Heartbeat, Reset, open_http
from lineage_gateway.registry import DomainConfig
from lineage_shared import wire
from lineage_shared.errors import AgentFailure
from lineage_shared.model import Kind, NodeRecord, Part
from lineage_shared.wire import Commit, Position, RunsRequest
from tests.gateway import fake_agent
from tests.gateway.fake_agent import FakeAgent, Fault

LIMITS = AgentLimits(
    deadline_s=0.5, message_bytes_max=200_000, snapshot_bytes_max=500_000, snapshot_deadline_s=0.6, silence_s_max=0.4
)
KEY = "correct-horse-battery"


def datasets(count: int) -> list[NodeRecord]:
    """So many plain datasets."""
    return [
        NodeRecord(number, Kind.DATASET, "postgres://db.shop:5432", f"shop.t{number}") for number in range(1, count + 1)
    ]


@asynccontextmanager
async def client_of(agent: FakeAgent, limits: AgentLimits = LIMITS, key: str = "") -> AsyncIterator[AgentClient]:
    """A client for the agent."""
    async with open_http(connect_timeout_s=1.0) as connections:
        yield AgentClient(connections, DomainConfig(agent.domain, agent.url, key), limits)


async def read_snapshot(client: AgentClient) -> tuple[Position, int]:
    """Read a snapshot to its end; return its position and how many nodes came."""
    async with client.snapshot() as stream:
        nodes = sum([len(block.numbers) async for block in stream])
        return stream.position, nodes


async def first_change(client: AgentClient, position: Position) -> object:
    """Open the feed and wait for one message."""
    async with client.changes(position) as feed:
        return await anext(feed)


ASK: dict[str, Callable[[AgentClient], object]] = {
    "/about": lambda client: client.about(),
    "/details": lambda client: client.details("e1", [1], [Part.SCHEMA]),
    "/columns": lambda client: client.columns("e1", [1]),
    "/runs": lambda client: client.runs(RunsRequest(epoch="e1", jobs=(1,))),
    "/expand": lambda client: client.expand(wire.ExpandRequest(epoch="e1", nodes=(1,))),
    "/snapshot": read_snapshot,
    "/changes": lambda client: first_change(client, Position("e1", 0, "a0")),
}
FAULTY = ["/about", "/details", "/snapshot", "/changes"]
"""One path of each way of asking; the other POSTs take the same way as /details."""


async def failure_of(path: str, fault: Fault | None, limits: AgentLimits = LIMITS, **more: str) -> AgentFailure:
    """Ask an agent that has this fault; return what the client raises."""
    async with (
        FakeAgent("sales", datasets(300), key=more.pop("agent_key", "")) as agent,
        client_of(agent, limits, **more) as client,
    ):
        if fault is not None:
            agent.faults[path] = fault
        with pytest.raises(AgentFailure) as caught:
            await ASK[path](client)  # type: ignore[misc]
    assert caught.value.domain == "sales"
    return caught.value


async def test_calls_are_answered() -> None:
    """Every call comes back as its message, with the key sent along."""
    async with FakeAgent("sales", datasets(3), key=KEY) as agent, client_of(agent, key=KEY) as client:
        about = await client.about()
        assert (about.domain, about.position) == ("sales", "e1.1.a1")
        assert (await client.details("e1", [1, 2], [Part.SCHEMA, Part.FACETS])).position == "e1.1.a1"
        assert (await client.columns("e1", [1])).position == "e1.1.a1"
        assert (await client.runs(RunsRequest(epoch="e1", jobs=(1,)))).position == "e1.1.a1"
        assert (await client.expand(wire.ExpandRequest(epoch="e1", nodes=(1,)))).position == "e1.1.a1"


async def test_a_snapshot_arrives_whole() -> None:
    """A snapshot gives its position and every node."""
    async with FakeAgent("sales", datasets(250)) as agent, client_of(agent) as client:
        assert await read_snapshot(client) == (Position("e1", 1, "a1"), 250)


async def test_an_empty_agent_has_a_snapshot() -> None:
    """An agent that knows nothing has a snapshot at sequence zero."""
    async with FakeAgent("sales") as agent, client_of(agent) as client:
        assert await read_snapshot(client) == (Position("e1", 0, "a0"), 0)


async def test_changes_follow_a_position() -> None:
    """The feed gives what came after the position, then what happens, then heartbeats."""
    async with FakeAgent("sales", datasets(1)) as agent, client_of(agent) as client:
        async with client.changes(Position("e1", 0, "a0")) as feed:
            first = await anext(feed)
            agent.commit(gone=[1])
            second = await anext(feed)
            third = await anext(feed)
        assert isinstance(first, Commit)
        assert isinstance(second, Commit)
        assert (first.position, second.position, second.gone) == ("e1.1.a1", "e1.2.a2", (1,))
        assert third == Heartbeat()


async def test_an_unknown_position_is_a_reset() -> None:
    """A position of another file is answered with a reset."""
    async with FakeAgent("sales") as agent, client_of(agent) as client:
        assert await first_change(client, Position("e9", 5, "b5")) == Reset()


@pytest.mark.parametrize("path", FAULTY)
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (fake_agent.garbage(), "AGENT_BAD_RESPONSE"),
        (fake_agent.of_type("text/html"), "AGENT_BAD_RESPONSE"),
        (fake_agent.refused(302, headers={"location": "http://127.0.0.1:1/"}), "AGENT_BAD_RESPONSE"),
        (fake_agent.refused(400, "INVALID_INPUT"), "AGENT_BAD_RESPONSE"),
        (fake_agent.refused(404, "NOT_FOUND"), "AGENT_BAD_RESPONSE"),
        (fake_agent.refused(401), "AGENT_UNAUTHORIZED"),
        (fake_agent.refused(403), "AGENT_UNAUTHORIZED"),
        (fake_agent.refused(409, "EPOCH_CHANGED"), "EPOCH_CHANGED"),
        (fake_agent.refused(500), "AGENT_UNAVAILABLE"),
        (fake_agent.refused(503, "REBUILDING"), "AGENT_UNAVAILABLE"),
        (fake_agent.hanging(), "AGENT_TIMEOUT"),
        (fake_agent.dripping(0.2), "AGENT_TIMEOUT"),
        (fake_agent.cut(5), "AGENT_UNAVAILABLE"),
        (fake_agent.bomb(50_000_000), "AGENT_BAD_RESPONSE"),
        (fake_agent.endless(), "AGENT_BAD_RESPONSE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_fault_becomes_a_failure_of_the_domain(path: str, fault: Fault, code: str) -> None:
    """Whatever an agent does wrong ends within the deadline, as a failure that names the domain and says why."""
    if path == "/changes" and code == "AGENT_BAD_RESPONSE":
        fault = _on_a_feed(fault)
    async with asyncio.timeout(5):
        assert (await failure_of(path, fault)).code == code


def _on_a_feed(fault: Fault) -> Fault:
    """Bytes that are no msgpack may be a harmless feed: make them a commit that cannot be read."""

    def on_feed(answer: fake_agent.Answer) -> fake_agent.Answer:
        faulty = fault(answer)
        if faulty.status != 200 or faulty.media_type == "text/html":
            return faulty
        return replace(fake_agent.garbage(b"event: commit\ndata: [1\n\n", wire.EVENT_STREAM)(answer))

    return on_feed


async def test_a_refused_connection_is_unavailable() -> None:
    """Nobody listens: the agent is unavailable, and the message says to look whether it runs."""
    agent = FakeAgent("sales")
    async with agent:
        pass
    async with client_of(agent) as client:
        with pytest.raises(AgentFailure, match="cannot connect") as caught:
            await client.about()
    assert caught.value.code == "AGENT_UNAVAILABLE"
    assert caught.value.hint


async def test_what_is_not_http_is_a_bad_response() -> None:
    """A server of another protocol is told apart from one that is down."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    agent = FakeAgent("sales")
    agent.port = server.sockets[0].getsockname()[1]
    async with server, client_of(agent) as client:
        with pytest.raises(AgentFailure) as caught:
            await client.about()
    assert caught.value.code == "AGENT_BAD_RESPONSE"


async def test_a_wrong_key_is_unauthorized() -> None:
    """The hint of a refused key names the settings to mend."""
    failure = await failure_of("/about", None, agent_key=KEY, key="another-key-altogether")
    assert failure.code == "AGENT_UNAUTHORIZED"
    assert "key_file" in failure.hint


async def test_a_passing_failure_is_retried() -> None:
    """A 503 and a broken connection are tried again within the deadline; a refusal is not."""
    async with FakeAgent("sales") as agent, client_of(agent) as client:
        agent.faults["/about"] = [fake_agent.refused(503), fake_agent.cut(3)]
        assert (await client.about()).domain == "sales"
        assert len(agent.requests) == 3
        agent.faults["/about"] = [fake_agent.refused(401)]
        with pytest.raises(AgentFailure):
            await client.about()
        assert len(agent.requests) == 4


async def test_retries_are_bounded() -> None:
    """An agent that stays unavailable is asked `attempts_max` times."""
    async with FakeAgent("sales") as agent, client_of(agent) as client:
        agent.faults["/about"] = fake_agent.refused(503)
        with pytest.raises(AgentFailure):
            await client.about()
        assert len(agent.requests) == LIMITS.attempts_max


async def test_calls_beyond_the_limit_wait_their_turn() -> None:
    """No more than `calls_per_agent_max` calls are under way, and waiting counts against the deadline."""
    async with FakeAgent("sales") as agent, client_of(agent, replace(LIMITS, calls_per_agent_max=2)) as client:
        agent.faults["/about"] = fake_agent.hanging()
        calls = [asyncio.create_task(client.about()) for _ in range(5)]
        await asyncio.sleep(0.25)
        assert len(agent.requests) == 2
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [getattr(each, "code", "") for each in outcomes] == ["AGENT_TIMEOUT"] * 5


async def test_an_agents_words_are_not_repeated() -> None:
    """Of an agent's error only a well-formed code is passed on, never its text."""
    failure = await failure_of("/about", fake_agent.refused(500, "<script>"))
    assert "script" not in failure.message
    assert failure.message.endswith("answered 500")


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda pieces: pieces[:-1], "before its trailer"),
        (lambda pieces: pieces[1:], "does not begin with a header"),
        (lambda pieces: [pieces[0], *pieces], "two headers"),
        (lambda pieces: [*pieces[:2], *pieces[3:]], "trailer does not fit"),
        (lambda pieces: [*pieces, pieces[1]], "behind its trailer"),
        (lambda pieces: [pieces[0], b"\x7f\xff\xff\xff", *pieces[1:]], "longer than 200000 bytes"),
        (lambda pieces: [*pieces[:-1], pieces[-1][:-3]], "inside a frame"),
        (lambda pieces: [], "before its trailer"),
    ],
)
async def test_an_unfit_snapshot_is_refused(edit: Callable[[list[bytes]], list[bytes]], why: str) -> None:
    """A snapshot that lost, doubled or changed anything is noticed, and the message says what."""
    failure = await failure_of("/snapshot", fake_agent.edited(edit))
    assert failure.code == "AGENT_BAD_RESPONSE"
    assert why in failure.message


async def test_a_snapshot_of_another_domain_is_refused() -> None:
    """A URL that answers for another domain than configured gives no nodes."""
    async with FakeAgent("finance", datasets(3)) as agent, open_http(connect_timeout_s=1.0) as connections:
        client = AgentClient(connections, DomainConfig("sales", agent.url), LIMITS)
        with pytest.raises(AgentFailure, match="domain 'finance', not 'sales'") as caught:
            await read_snapshot(client)
    assert caught.value.code == "AGENT_BAD_RESPONSE"


async def test_a_large_answer_is_decoded() -> None:
    """An answer that is long enough for a thread is decoded like any other."""
    async with FakeAgent("sales") as agent, client_of(agent, replace(LIMITS, message_bytes_max=10_000_000)) as client:
        agent.answers["/columns"] = {"position": "e1.0.a0", "missing": list(range(1000, 300_000))}
        assert len((await client.columns("e1", [1])).missing) == 299_000


async def test_a_silent_feed_times_out() -> None:
    """A feed that stays open and says nothing, or drips, is given up after `silence_s_max`."""
    async with FakeAgent("sales", heartbeat_s=60) as agent, client_of(agent) as client:
        with pytest.raises(AgentFailure) as caught:
            await first_change(client, agent.position)
        assert caught.value.code == "AGENT_TIMEOUT"


async def test_an_oversized_commit_is_refused() -> None:
    """A message beyond `message_bytes_max` ends the feed before it is collected."""
    async with FakeAgent("sales") as agent, client_of(agent, replace(LIMITS, message_bytes_max=5000)) as client:
        agent.commit(nodes=datasets(500))
        with pytest.raises(AgentFailure, match="larger than 5000 bytes"):
            await first_change(client, Position("e1", 0, "a0"))
