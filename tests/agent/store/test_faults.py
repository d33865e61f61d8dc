"""When the disk refuses, or an event cannot be projected: nothing false is acknowledged, and all recovers by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lineage_agent import projection
from lineage_agent.store import Store, driver, facts, log, status
from lineage_agent.store.driver import Connection
from lineage_shared.errors import NotFound, Unavailable
from tests import factories as make
from tests.agent.store.files import Entry, entry, fill, fresh, opened

resource = pytest.importorskip("resource", reason="file size limits are a POSIX thing")


@contextmanager
def full_disk(path: Path, spare_bytes: int) -> Iterator[None]:
    """No file of this process can grow beyond what the log of `path` holds now, and a little."""
    log_size = path.with_name(path.name + "-wal").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log_size + spare_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def events(count: int, start: int = 0) -> list[Entry]:
    """That many different events, which compress badly."""
    return [
        entry(make.run_event(run=str(index), at=index, outputs=[os.urandom(2_000).hex()]))
        for index in range(start, start + count)
    ]


async def test_a_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    """While the disk is full appends fail and nothing of them is stored; with space again all goes on by itself."""
    path = tmp_path / "shop.db"
    async with Store.open(path, domain="shop") as store:
        before = await store.append(events(5))
        await store.projected(before[-1].event_id)
        with full_disk(path, 20_000):
            refused = events(200, start=100)
            with pytest.raises(Unavailable):
                await store.append(refused)
            assert store.gauges.fault
            with pytest.raises(Unavailable):
                await store.append(refused)
        after = await store.append(events(5, start=10))
        await asyncio.wait_for(store.projected(after[-1].event_id), 30)
        assert store.gauges.fault == ""
        found = await store.query(status.counts)
    assert (found.events, found.pending, found.runs) == (10, 0, 10)


def test_a_commit_that_failed_may_still_be_there(tmp_path: Path) -> None:
    """A commit whose sync failed can lie in the log whole: it is made durable, and its ids are not given out again."""
    path = tmp_path / "shop.db"
    log_file = path.with_name(path.name + "-wal")
    lost, later = events(2)
    with opened(path) as engine, driver.open_beside(path):
        engine.append([events(1, start=9)])
        engine.disconnect()
        survivor = driver.connect(path)
        with driver.transaction(survivor):
            log.append(survivor, [lost], engine.next_id)
        survivor.close()
        assert log_file.stat().st_size > 0
        assert [receipt.duplicate for receipt in engine.append([[later]])[0]] == [False]
        engine.disconnect()
        assert [receipt.duplicate for receipt in engine.append([[lost]])[0]] == [True]
        assert log_file.stat().st_size == 0


async def test_projection_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that are durable, but cannot be projected for want of a disk, are projected when it is back."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        (receipts,) = engine.append([events(5)])
    writable, broken = driver.connect_writer, True
    monkeypatch.setattr(driver, "connect_writer", lambda path: _read_only(path) if broken else writable(path))
    async with Store.open(path, domain="shop") as store:
        with pytest.raises(Unavailable):
            await store.append(events(1, start=50))
        await asyncio.sleep(0.5)
        assert (await store.query(status.counts)).pending == 5
        assert "readonly" in store.gauges.fault
        broken = False
        await asyncio.wait_for(store.projected(receipts[-1].event_id), 30)
        assert (await store.query(status.counts)).pending == 0


def _read_only(path: Path) -> Connection:
    return driver.connect(path, read_only=True)


async def test_an_event_that_cannot_be_read_is_a_dead_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of its chunk is projected; once the cause is gone a retry projects it too."""
    good = [make.run_event(run=str(index), at=index, outputs=["a"]) for index in range(5)]
    bad = make.run_event("poison", outputs=["b"])
    real = projection.facts_of

    def poisoned(event: Any) -> Any:
        if event.job is not None and event.job.name == "poison":
            raise ZeroDivisionError("poison")
        return real(event)

    monkeypatch.setattr("lineage_agent.store.projector.facts_of", poisoned)
    async with Store.open(tmp_path / "shop.db", domain="shop") as store:
        receipts = await store.append([entry(event) for event in (*good, bad)])
        await store.projected(receipts[-1].event_id)
        (letter,) = await store.query(log.dead_letters)
        assert (letter.event_id, letter.reason, letter.job) == (
            receipts[-1].event_id,
            "ZeroDivisionError: poison",
            "shop poison",
        )
        assert (await store.query(status.counts)).runs == 5
        assert store.gauges.dead_letters == 1
        assert await store.retry_dead_letters() == (1, 1)
        monkeypatch.undo()
        before = store.position
        assert await store.retry_dead_letters([letter.event_id]) == (1, 0)
        assert store.position.sequence > before.sequence
        found = await store.query(status.counts)
        (later,) = await store.append([entry(make.run_event(run="later", at=9))])
        assert later.event_id > store.position.sequence
    assert (found.runs, found.dead_letters, found.pending) == (6, 0, 0)


async def test_an_event_that_cannot_be_written_is_a_dead_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only the tables refuse it, it alone is left out of its chunk."""
    good = [make.run_event(run=str(index), at=index, outputs=["a"]) for index in range(5)]
    bad = make.run_event("poison", outputs=["b"])
    real = facts.write

    def refusing(connection: Any, ids: Any, chunk: Any) -> Any:
        touched = real(connection, ids, chunk)
        if any(key.name == "poison" for key in chunk.nodes):
            raise OverflowError("too large")
        return touched

    monkeypatch.setattr(facts, "write", refusing)
    async with Store.open(tmp_path / "shop.db", domain="shop") as store:
        receipts = await store.append([entry(event) for event in (*good[:3], bad, *good[3:])])
        await store.projected(receipts[-1].event_id)
        (letter,) = await store.query(log.dead_letters)
        found = await store.query(status.read)
    assert (letter.event_id, letter.reason) == (receipts[3].event_id, "OverflowError: too large")
    with fresh() as engine:
        fill(engine, good)
        clean = status.read(engine.connection)
    assert (found.digest, found.dead_letters) == (clean.digest, 1)


async def test_only_dead_letters_are_retried(tmp_path: Path) -> None:
    """Naming an event that is no dead letter is an error, and harms nothing."""
    async with Store.open(tmp_path / "shop.db", domain="shop") as store:
        await store.append(events(1))
        with pytest.raises(NotFound, match="not a dead letter: event 7"):
            await store.retry_dead_letters([7])
        assert await store.retry_dead_letters() == (0, 0)
        assert store.gauges.fault == ""


_APPENDER = """
import asyncio, sys
from lineage_agent.store import Store
from tests.agent.store.test_faults import small_events
async def main(path, start):
    async with Store.open(path, domain="shop") as store:
        for number in range(start, start + 100000):
            (receipt,) = await store.append(small_events(1, number))
            print(number, receipt.event_id, flush=True)
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def small_events(count: int, start: int) -> list[Entry]:
    """That many different events."""
    return [entry(make.run_event(run=str(n), at=n, outputs=[f"out{n % 5}"])) for n in range(start, start + count)]


def test_what_was_acknowledged_survives_kill(tmp_path: Path) -> None:
    """After each of several kills at any moment every acknowledged event is there once, and the rest is whole."""
    path, acknowledged = tmp_path / "shop.db", dict[int, int]()
    for cycle in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", _APPENDER, str(path), str(1000 * cycle)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(20 + 13 * cycle):
            number, event_id = child.stdout.readline().split()
            acknowledged[int(number)] = int(event_id)
        child.kill()
        for line in child.stdout.read().splitlines():
            if len(line.split()) == 2 and line.endswith(line.split()[1]):
                acknowledged.setdefault(int(line.split()[0]), int(line.split()[1]))
        child.stdout.close()
        child.wait()
    with opened(path) as engine:
        while engine.project(256):
            pass
        held = {event.id: event.hash for event in log.read(engine.connection, 0, 10**6)}
        assert engine.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = status.read(engine.connection)
        everything = [event.body for event in log.read(engine.connection, 0, 10**6)]
    assert {number: held.get(event) for number, event in acknowledged.items()} == {
        number: small_events(1, number)[0][0] for number in acknowledged
    }
    assert len(set(held.values())) == len(held) == found.events
    with fresh() as engine:
        fill(engine, everything)
        assert status.read(engine.connection).digest == found.digest
