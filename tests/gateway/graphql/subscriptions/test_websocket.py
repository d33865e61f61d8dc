"""graphql-transport-ws over real sockets: every step of the protocol, and every violation with its close code."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.gateway.fake_agent import FakeAgent
from tests.gateway.graphql.subscriptions.serving import PROTOCOL, Client, Served, client, served
from tests.gateway.sync.following import datasets

KEY = "correct-horse-battery"
STATUSES = "subscription { domainStatusChanged { name status } }"
MESH = "{ mesh { datasets } }"


@pytest.fixture
async def gateway() -> AsyncIterator[Served]:
    """One domain of three datasets."""
    async with FakeAgent("sales", datasets(3)) as sales, served(sales) as running:
        yield running


async def test_a_query_is_answered_and_completed(gateway: Served) -> None:
    """Queries travel as well: one result, then the end."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(MESH)
        assert await ws.data() == {"mesh": {"datasets": 3}}
        assert await ws.receive() == {"id": "1", "type": "complete"}


async def test_a_subscription_begins_with_the_present_state(gateway: Served) -> None:
    """The first message comes without any change."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(STATUSES)
        assert await ws.data() == {"domainStatusChanged": {"name": "sales", "status": "LIVE"}}


async def test_completing_ends_it_and_frees_its_id(gateway: Served) -> None:
    """After `complete` nothing more comes, and the id may be used again at once."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(STATUSES)
        await ws.data()
        await ws.send({"id": "1", "type": "complete"})
        await ws.subscribe(MESH)
        assert await ws.data() == {"mesh": {"datasets": 3}}
        assert await ws.receive() == {"id": "1", "type": "complete"}
        assert await gateway.metric("lineage_gateway_subscriptions") == 0


async def test_completing_what_is_not_there_is_ignored(gateway: Served) -> None:
    """A client's `complete` may cross the server's own."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.send({"id": "gone", "type": "complete"})
        await ws.subscribe(MESH)
        await ws.data()


async def test_many_operations_share_a_connection(gateway: Served) -> None:
    """A hundred subscriptions and more run on one socket, each under its id."""
    async with client(gateway) as ws:
        await ws.init()
        for number in range(100):
            await ws.subscribe(STATUSES, operation=str(number))
        assert {(await ws.receive())["id"] for _ in range(100)} == {str(number) for number in range(100)}
        assert await gateway.metric("lineage_gateway_subscriptions") == 100
    await gateway.until_unsubscribed()


async def test_pings_are_answered(gateway: Served) -> None:
    """Before and after the acknowledgement, with the payload that came; a pong is taken without a word."""
    async with client(gateway) as ws:
        await ws.send({"type": "ping"})
        assert await ws.receive() == {"type": "pong"}
        await ws.init()
        await ws.send({"type": "ping", "payload": {"at": 1}})
        assert await ws.receive() == {"type": "pong", "payload": {"at": 1}}
        await ws.send({"type": "pong"})
        assert await ws.quiet(0.1)


INVALID: list[tuple[str, Any]] = [
    ("not JSON", "{"),
    ("no object", "[]"),
    ("null", "null"),
    ("no type", {"id": "1"}),
    ("an unknown type", {"type": "start", "id": "1"}),
    ("a server's type", {"type": "connection_ack"}),
    ("no id", {"type": "subscribe", "payload": {"query": MESH}}),
    ("an empty id", {"type": "subscribe", "id": "", "payload": {"query": MESH}}),
    ("no payload", {"type": "subscribe", "id": "1"}),
    ("no query", {"type": "subscribe", "id": "1", "payload": {}}),
    ("a query of another type", {"type": "subscribe", "id": "1", "payload": {"query": 1}}),
    ("variables of another type", {"type": "subscribe", "id": "1", "payload": {"query": MESH, "variables": "x"}}),
    ("a number as id", {"type": "complete", "id": 1}),
    ("binary", b'{"type":"ping"}'),
    ("deep JSON", '{"type":"ping","payload":{"a":' + "[" * 50_000 + "]" * 50_000 + "}}"),
    ("half a surrogate", '{"type":"ping","payload":{"a":"\\ud800"}}'),
]


@pytest.mark.parametrize("message", [each[1] for each in INVALID], ids=[each[0] for each in INVALID])
async def test_invalid_messages_close_with_4400(gateway: Served, message: Any) -> None:
    """What is no message of the protocol closes the connection, and the reason says why."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.send(message)
        code, reason = await ws.closed()
        assert code == 4400
        assert reason.startswith("Invalid message")


async def test_subscribing_before_the_acknowledgement_closes_with_4401(gateway: Served) -> None:
    """Nothing runs on a connection that was not initialised."""
    async with client(gateway) as ws:
        await ws.subscribe(MESH)
        assert await ws.closed() == (4401, "Unauthorized")


async def test_initialising_twice_closes_with_4429(gateway: Served) -> None:
    """A connection is initialised once."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.send({"type": "connection_init"})
        assert await ws.closed() == (4429, "Too many initialisation requests")


async def test_an_id_in_use_closes_with_4409(gateway: Served) -> None:
    """Two operations cannot have one id."""
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(STATUSES)
        await ws.data()
        await ws.subscribe(STATUSES)
        assert await ws.closed() == (4409, "Subscriber for 1 already exists")


async def test_silence_closes_with_4408() -> None:
    """A client that does not initialise in time is sent away; pings do not buy it time."""
    async with served(websocket_init_s=0.2) as gateway, client(gateway) as ws:
        await ws.send({"type": "ping"})
        await ws.receive()
        assert await ws.closed() == (4408, "Connection initialisation timeout")


async def test_the_timeout_ends_with_the_acknowledgement() -> None:
    """An initialised connection may be quiet."""
    async with served(websocket_init_s=0.2) as gateway, client(gateway) as ws:
        await ws.init()
        assert await ws.quiet(0.4)
        await ws.subscribe(MESH)
        await ws.data()


@pytest.mark.parametrize("offered", [["graphql-ws"], ["soap"], None])
async def test_other_subprotocols_close_with_4406(gateway: Served, offered: Any) -> None:
    """The older protocol of the same purpose is not spoken."""
    async with client(gateway, subprotocols=offered) as ws:
        assert ws.connection.subprotocol is None
        assert await ws.closed() == (4406, "Subprotocol not acceptable")


async def test_our_subprotocol_is_chosen_among_several(gateway: Served) -> None:
    """A client that speaks both gets the one that is spoken here."""
    async with client(gateway, subprotocols=["graphql-ws", PROTOCOL]) as ws:
        assert ws.connection.subprotocol == PROTOCOL


async def test_a_document_that_may_not_run_is_an_error(gateway: Served) -> None:
    """Errors before the operation runs come as `error`, and the connection goes on."""
    async with client(gateway) as ws:
        await ws.init()
        for query, code in (("{ nothing }", "GRAPHQL_VALIDATION_FAILED"), ("{", "GRAPHQL_PARSE_FAILED")):
            await ws.subscribe(query)
            message = await ws.receive()
            assert (message["type"], message["id"]) == ("error", "1")
            assert message["payload"][0]["extensions"]["code"] == code
        await ws.subscribe(MESH)
        await ws.data()


async def test_a_subscription_to_nothing_is_an_error(gateway: Served) -> None:
    """A reference that means nothing at the start is answered as a query would be."""
    query = "subscription($id: ID!) { lineageChanged(of: {id: $id}) { version } }"
    async with client(gateway) as ws:
        await ws.init()
        await ws.subscribe(query, id="nothing")
        message = await ws.receive()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == "ASSET_NOT_FOUND"
        await ws.subscribe(query, wrong="variable")
        assert (await ws.receive())["type"] == "error"


async def test_limits_of_operations() -> None:
    """Beyond the caps of connection and caller an operation gets an error, and the others go on."""
    async with (
        FakeAgent("sales", datasets(1)) as sales,
        served(sales, subscriptions_per_connection_max=2, subscriptions_per_caller_max=3) as gateway,
        client(gateway) as one,
        client(gateway) as other,
    ):
        await one.init()
        await other.init()
        for ws, codes in ((one, ["", "", "TOO_MANY_SUBSCRIPTIONS"]), (other, ["", "TOO_MANY_SUBSCRIPTIONS"])):
            for number, code in enumerate(codes):
                await ws.subscribe(STATUSES, operation=str(number))
                message = await ws.receive()
                assert message["type"] == ("error" if code else "next")
                if code:
                    assert message["payload"][0]["extensions"]["code"] == code
        await one.send({"id": "0", "type": "complete"})
        await one.subscribe(STATUSES, operation="again")
        await one.data("again")


async def test_limits_of_walks() -> None:
    """Different walks are limited too; another subscriber to a known one is welcome."""
    query = 'subscription($name: String!) { lineageChanged(of: {dataset: {namespace: "ns", name: $name}}) { version } }'
    async with FakeAgent("sales", datasets(2)) as sales, served(sales, watches_max=1) as gateway:
        names = [record.name for record in datasets(2)]
        namespace = datasets(1)[0].namespace
        async with client(gateway) as ws:
            await ws.init()
            text = query.replace('"ns"', json.dumps(namespace))
            await ws.subscribe(text, operation="a", name=names[0])
            await ws.data("a")
            await ws.subscribe(text, operation="b", name=names[1])
            assert (await ws.receive())["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
            await ws.subscribe(text, operation="c", name=names[0])
            await ws.data("c")


async def test_limits_of_connections() -> None:
    """Beyond the cap of connections the handshake is refused with 503."""
    async with served(connections_max=1) as gateway, client(gateway) as ws:
        await ws.init()
        with pytest.raises(InvalidStatus) as refused:
            async with client(gateway):
                pass
        assert refused.value.response.status_code == 503
        assert "retry-after" in refused.value.response.headers


ORIGINS = [
    ("https://evil.example", 403),
    ("null", 403),
    ("http://127.0.0.1:1", 403),
    ("https://app.example", 101),
    ("HTTPS://APP.example", 101),
]


@pytest.mark.parametrize(("origin", "status"), ORIGINS)
async def test_pages_of_other_sites_may_not_connect(origin: str, status: int) -> None:
    """A page connects from this host or from a configured origin; programs name no origin."""
    async with served(websocket_origins=("https://app.example",)) as gateway:
        if status == 101:
            async with client(gateway, origin=origin) as ws:
                await ws.init()
            return
        with pytest.raises(InvalidStatus) as refused:
            async with client(gateway, origin=origin):
                pass
        assert refused.value.response.status_code == status
        assert json.loads(refused.value.response.body)["code"] == "ORIGIN_NOT_ALLOWED"


async def test_pages_of_this_host_may_connect(gateway: Served) -> None:
    """The gateway's own page is no foreigner, and `*` lets everybody in."""
    async with client(gateway, origin=f"http://127.0.0.1:{gateway.port}") as ws:
        await ws.init()
    async with served(websocket_origins=("*",)) as open_to_all, client(open_to_all, origin="https://any.example") as ws:
        await ws.init()


async def _keyed(ws: Client) -> None:
    await ws.subscribe(MESH)
    assert await ws.data() == {"mesh": {"datasets": 0}}


async def test_a_key_opens() -> None:
    """As a header, or in the payload of `connection_init`, at its top or among `headers`, in any case."""
    bearer = f"Bearer {KEY}"
    async with served(keys=(KEY,)) as gateway:
        async with client(gateway, additional_headers={"Authorization": bearer}) as ws:
            await ws.init()
            await _keyed(ws)
        for payload in ({"Authorization": bearer}, {"authorization": bearer}, {"headers": {"AUTHORIZATION": bearer}}):
            async with client(gateway) as ws:
                await ws.init(payload)
                await _keyed(ws)


@pytest.mark.parametrize("payload", [None, {"authorization": "Bearer wrong-wrong-wrong-wrong"}, {"authorization": 1}])
async def test_without_the_key_it_closes_with_4403(payload: Any) -> None:
    """No key or a wrong one in `connection_init`, where none came as a header, is forbidden."""
    async with served(keys=(KEY,)) as gateway, client(gateway) as ws:
        await ws.send({"type": "connection_init", "payload": payload})
        code, reason = await ws.closed()
        assert code == 4403
        assert reason.startswith("Forbidden")


async def test_a_wrong_key_as_a_header_refuses_the_handshake() -> None:
    """As for every other request it is a 401."""
    async with served(keys=(KEY,)) as gateway:
        with pytest.raises(InvalidStatus) as refused:
            async with client(gateway, additional_headers={"Authorization": "Bearer wrong-wrong-wrong-wrong"}):
                pass
        assert refused.value.response.status_code == 401


async def test_messages_have_a_size() -> None:
    """A message beyond body_bytes_max closes with WebSocket's own 1009."""
    async with served(body_bytes_max=2000) as gateway, client(gateway) as ws:
        await ws.init()
        await ws.send({"type": "ping", "payload": {"a": "x" * 3000}})
        assert (await ws.closed())[0] == 1009


async def test_stopping_closes_with_1001() -> None:
    """When the gateway stops, clients are told to connect elsewhere, and it does not wait for them."""
    async with FakeAgent("sales", datasets(1)) as sales, served(sales) as gateway, client(gateway) as ws:
        await ws.init()
        await ws.subscribe(STATUSES)
        await ws.data()
        gateway.stop()
        code, reason = await ws.closed()
        assert code == 1001
        assert "connect again" in reason


async def test_signs_of_life_are_sent(gateway: Served) -> None:
    """The server pings every keep_alive_s; a client that answers stays."""
    async with FakeAgent("sales", datasets(1)) as sales, served(sales, keep_alive_s=0.1) as quick, client(quick) as ws:
        await ws.init()
        assert await ws.quiet(0.6)
        await ws.subscribe(MESH)
        await ws.data()
