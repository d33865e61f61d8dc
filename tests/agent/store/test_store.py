"""The store as the rest of the agent sees it: append, wait, read, close."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lineage_agent.store import Store, log, publication, status
from lineage_agent.store.driver import Connection
from lineage_shared.errors import InvalidSetting, Unavailable
from tests import factories as make
from tests.agent.store.files import entry, fill, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that does not exist yet."""
    return tmp_path / "shop.db"


def events(count: int, start: int = 0) -> list[tuple[bytes, bytes]]:
    """That many different events."""
    return [
        entry(make.run_event(run=str(index), at=index, inputs=["a"], outputs=[f"out{index % 7}"]))
        for index in range(start, start + count)
    ]


async def test_an_acknowledged_event_is_read_back_as_it_was_sent(path: Path) -> None:
    """What was appended is in the log, byte for byte, also after the store was closed."""
    sent = entry(b'{ "eventTime":"2026-01-01T00:00:00Z", "job":{"name":"x","namespace":"y"}, "z": 1.50 }')
    async with Store.open(path, domain="shop") as store:
        (receipt,) = await store.append([sent])
        assert not receipt.duplicate
    async with Store.open(path) as store:
        found = await store.query(log.find, receipt.event_id)
        assert found is not None
        assert (found.hash, found.body) == sent


async def test_the_same_event_is_stored_once(path: Path) -> None:
    """A repeated event gets its first receipt again, within one call and in a later one."""
    one, other = events(2)
    async with Store.open(path, domain="shop") as store:
        first, again, second = await store.append([one, one, other])
        assert (again.event_id, again.duplicate) == (first.event_id, True)
        assert second.event_id > first.event_id
        assert await store.append([other]) == [(second.event_id, True)]
        assert (await store.query(status.counts)).events == 2


async def test_concurrent_appends_are_all_answered(path: Path) -> None:
    """Many callers at once each get their own receipts, with distinct ids in the order of each call."""
    async with Store.open(path, domain="shop") as store:
        calls = [store.append(events(3, start=10 * index)) for index in range(100)]
        answers = await asyncio.gather(*calls)
    ids = [receipt.event_id for receipts in answers for receipt in receipts]
    assert len(set(ids)) == 300
    assert all(sorted(receipts) == receipts for receipts in answers)


async def test_waiting_for_an_event_makes_it_visible(path: Path) -> None:
    """After `projected` returns, a query sees the event, and the position has reached its id."""
    async with Store.open(path, domain="shop") as store:
        for event in events(5):
            (receipt,) = await store.append([event])
            position = await store.projected(receipt.event_id)
            assert position.sequence >= receipt.event_id
            assert (await store.query(status.counts)).pending == 0
            assert (await store.query(publication.position)).sequence >= receipt.event_id


async def test_waiting_for_a_position_ends_with_the_next_commit(path: Path) -> None:
    """`advanced` returns once there is a commit beyond the one named."""
    async with Store.open(path, domain="shop") as store:
        before = store.position
        waiting = asyncio.ensure_future(store.advanced(before.sequence))
        await asyncio.sleep(0)
        assert not waiting.done()
        await store.append(events(1))
        assert (await asyncio.wait_for(waiting, 10)).sequence > before.sequence


async def test_an_empty_store_stands_at_position_zero(path: Path) -> None:
    """A new file has sequence 0, is ready, and holds nothing."""
    async with Store.open(path, domain="shop") as store:
        assert store.position.sequence == 0
        assert store.ready
        assert await store.query(publication.count) == 0


async def test_a_snapshot_and_the_changes_since_it_agree(path: Path) -> None:
    """Records at a position, overlaid with the changes after it, are the records at the later position."""
    async with Store.open(path, domain="shop") as store:
        await store.projected((await store.append(events(10)))[-1].event_id)
        early = {record.number: record for record in await store.query(_records)}
        at = await store.query(publication.position)
        await store.projected((await store.append(events(10, start=10)))[-1].event_id)
        commit = await store.query(publication.changes, at, nodes_max=100)
        late = {record.number: record for record in await store.query(_records)}
    assert commit is not None
    early |= {record.number: record for record in commit.nodes}
    assert {number: record.steps for number, record in early.items()} == {n: r.steps for n, r in late.items()}
    for touch in commit.touched:
        assert late[touch.number].volatile == touch.volatile
        assert late[touch.number].revisions.runs == touch.runs


async def test_an_event_that_changes_nothing_structural_moves_no_topology(path: Path) -> None:
    """A further run of the same job touches its nodes, but changes none of their records."""
    async with Store.open(path, domain="shop") as store:
        first = make.run_event(run="1", at=1, inputs=["a"], outputs=["b"])
        again = make.run_event(run="2", at=2, inputs=["a"], outputs=["b"])
        await store.projected((await store.append([entry(first)]))[0].event_id)
        before = await store.query(publication.position)
        await store.projected((await store.append([entry(again)]))[0].event_id)
        commit = await store.query(publication.changes, before, nodes_max=100)
    assert commit is not None
    assert commit.nodes == ()
    assert len(commit.touched) == 3


async def test_a_foreign_position_has_no_changes(path: Path) -> None:
    """A position of another epoch, or with another nonce, or of the future, is answered with None: take a snapshot."""
    async with Store.open(path, domain="shop") as store:
        await store.projected((await store.append(events(1)))[0].event_id)
        here = store.position
        for field, value in (("epoch", "00"), ("nonce", "00"), ("sequence", here.sequence + 1)):
            elsewhere = type(here)(**{**_fields(here), field: value})
            assert await store.query(publication.changes, elsewhere, nodes_max=9) is None
        assert await store.query(publication.changes, here, nodes_max=9) is not None


async def test_a_backlog_beyond_the_limit_has_no_changes(path: Path) -> None:
    """More changed nodes than the reader wants are answered with None."""
    async with Store.open(path, domain="shop") as store:
        start = store.position
        await store.projected((await store.append(events(7)))[-1].event_id)
        assert await store.query(publication.changes, start, nodes_max=8) is None
        assert await store.query(publication.changes, start, nodes_max=9) is not None


async def test_a_query_sees_one_commit(path: Path) -> None:
    """What is committed while a reading function runs does not show in it."""
    async with Store.open(path, domain="shop") as store:
        reading, written = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def twice(connection: Connection) -> tuple[int, int]:
            before = status.counts(connection).events
            loop.call_soon_threadsafe(reading.set)
            asyncio.run_coroutine_threadsafe(written.wait(), loop).result(10)
            return before, status.counts(connection).events

        query = asyncio.ensure_future(store.query(twice))
        await reading.wait()
        await store.append(events(1))
        written.set()
        assert await query == (0, 0)


async def test_a_reading_function_cannot_write(path: Path) -> None:
    """Reading connections are read-only."""
    async with Store.open(path, domain="shop") as store:
        with pytest.raises(Unavailable, match="readonly"):
            await store.query(lambda connection: connection.execute("DELETE FROM event"))


async def test_more_queries_than_connections_wait_their_turn(path: Path) -> None:
    """Any number of queries is answered; a cancelled one gives its connection back."""
    async with Store.open(path, domain="shop", readers_max=2) as store:
        given_up = asyncio.ensure_future(store.query(_endless))
        await asyncio.sleep(0.05)
        given_up.cancel()
        assert await asyncio.wait_for(asyncio.gather(*(store.query(publication.count) for _ in range(20))), 20)


async def test_closing_writes_what_is_queued(path: Path) -> None:
    """Appends that were queued when the store closes are acknowledged, and are there."""
    async with Store.open(path, domain="shop") as store:
        waiting = [asyncio.ensure_future(store.append([event])) for event in events(50)]
        await asyncio.sleep(0)
    receipts = await asyncio.gather(*waiting)
    with opened(path) as engine:
        held = {event.id for event in log.read(engine.connection, 0, 100)}
    assert held == {receipt.event_id for (receipt,) in receipts}


async def test_a_closed_store_accepts_nothing(path: Path) -> None:
    """After closing, appends and waits end with `Unavailable`, also those that were waiting."""
    async with Store.open(path, domain="shop") as store:
        waiting = asyncio.ensure_future(store.advanced(10**6))
        await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(waiting, 10)
    with pytest.raises(Unavailable):
        await store.append(events(1))


async def test_a_full_queue_is_refused_at_once(path: Path) -> None:
    """Beyond `queue_events_max` waiting events an append fails with `Unavailable`, and nothing of it is stored."""
    async with Store.open(path, domain="shop", queue_events_max=10) as store:
        calls = [asyncio.ensure_future(store.append(events(5, start=5 * index))) for index in range(40)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, Unavailable)]
        assert refused
        assert {error.code for error in refused} == {"QUEUE_FULL"}
        assert (await store.query(status.counts)).events == 5 * (40 - len(refused))


async def test_a_batch_longer_than_the_queue_is_taken_when_it_is_empty(path: Path) -> None:
    """One large batch is accepted by an idle store."""
    async with Store.open(path, domain="shop", queue_events_max=10) as store:
        assert len(await store.append(events(50))) == 50


async def test_what_was_durable_but_not_projected_is_projected_at_start(path: Path) -> None:
    """A store that died between append and projection catches up when it is opened."""
    with opened(path) as engine:
        (receipts,) = engine.append([events(20)])
    async with Store.open(path) as store:
        await asyncio.wait_for(store.projected(receipts[-1].event_id), 10)
        found = await store.query(status.read)
    assert (found.events, found.pending, found.jobs) == (20, 0, 1)


async def test_ids_go_on_after_a_restart(path: Path) -> None:
    """An id is never given twice, and sequences only grow within an epoch."""
    seen: list[int] = []
    for start in (0, 5, 10):
        async with Store.open(path, domain="shop") as store:
            assert store.position.sequence >= max(seen, default=0)
            receipts = await store.append(events(5, start=start))
            await store.projected(receipts[-1].event_id)
            seen += [receipt.event_id for receipt in receipts]
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("change", ["version", "windows"])
async def test_newer_rules_rebuild_while_events_come_in(path: Path, change: str) -> None:
    """A file projected by other rules is projected again in a new epoch; meanwhile it is not ready, but appends."""
    with opened(path) as engine:
        fill(engine, [body for _, body in events(600)])
        before = status.read(engine.connection)
        if change == "version":
            engine.connection.execute("UPDATE meta SET value = '0' WHERE key = 'projection_version'")
    windows = {make.JOBS: 3} if change == "windows" else {}
    async with Store.open(path, windows=windows) as store:
        assert (store.ready, store.rebuilding) == (False, (0, 600))
        (receipt,) = await store.append(events(1, start=600))
        await asyncio.wait_for(store.projected(receipt.event_id), 30)
        assert (store.ready, store.rebuilding) == (True, None)
        after = await store.query(status.read)
    assert after.epoch != before.epoch
    assert (after.events, after.edges) == (601, before.edges)
    assert after.edges_current == (4 if change == "windows" else 2)


async def test_windows_are_kept_where_none_are_named(path: Path) -> None:
    """A file opened without windows keeps those that it was projected with, and its epoch."""
    with opened(path, windows={make.JOBS: 3}) as engine:
        fill(engine, [body for _, body in events(5)])
        before = engine.state
    async with Store.open(path) as store:
        assert (store.position.epoch, store.rebuilding) == (before.epoch, None)


async def test_a_defect_is_no_reason_to_come_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure that is not the disk's reaches who waits as it is, and not as a busy store; later appends succeed."""
    async with Store.open(path, domain="shop") as store:
        with monkeypatch.context() as patch:
            patch.setattr(log, "append", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await store.append(events(1))
        assert len(await store.append(events(1))) == 1


async def test_a_new_file_needs_a_domain(path: Path, tmp_path: Path) -> None:
    """Without a domain no file is made; and a file keeps the domain that it was made for."""
    with pytest.raises(InvalidSetting, match="no domain"):
        async with Store.open(path):
            pass
    assert _files(tmp_path) == ["shop.db.lock"]
    async with Store.open(path, domain="shop") as store:
        assert store.domain == "shop"
    with pytest.raises(InvalidSetting, match="'shop', not 'other'"):
        async with Store.open(path, domain="other"):
            pass


def _files(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def _records(connection: Connection) -> list[Any]:
    return list(publication.records(connection))


def _fields(of: Any) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__struct_fields__}


def _endless(connection: Connection) -> int:
    found: Callable[..., Any] = connection.execute
    return len(
        found("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0").fetchall()
    )
