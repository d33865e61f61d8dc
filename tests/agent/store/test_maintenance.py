"""Status, backup and rebuild of files, beside a server and without one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from lineage_agent.store import Store, maintenance
from lineage_shared.errors import Conflict, InvalidSetting, NotFound
from tests import factories as make
from tests.agent.store.files import entry, fill, opened

EVENTS = [make.run_event(run=str(n), at=n, inputs=[f"day{n}"], outputs=["all"]) for n in range(20)]


async def test_status_of_a_served_file(tmp_path: Path) -> None:
    """The numbers are those that the server has, and the server is not disturbed."""
    path = tmp_path / "shop.db"
    async with Store.open(path, domain="shop") as store:
        receipts = await store.append([entry(event) for event in EVENTS])
        await store.projected(receipts[-1].event_id)
        found = maintenance.status(path)
        assert (found.domain, found.events, found.runs, found.edges, found.edges_current) == ("shop", 20, 20, 21, 2)
        assert (found.epoch, found.sequence) == (store.position.epoch, store.position.sequence)
        await store.append([entry(make.run_event(run="more", at=99))])
    assert maintenance.status(path).events == 21


def test_status_of_no_store(tmp_path: Path) -> None:
    """A missing file, another file and a file without a domain are each told apart."""
    with pytest.raises(NotFound):
        maintenance.status(tmp_path / "none.db")
    other = tmp_path / "other.db"
    other.write_text("something else entirely")
    with pytest.raises(InvalidSetting, match="not an SQLite file"):
        maintenance.status(other)
    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(InvalidSetting):
        maintenance.status(empty)


async def test_a_backup_of_a_served_file(tmp_path: Path) -> None:
    """The copy holds what was committed, is checked, has a manifest with its hash, and can be served itself."""
    path, target = tmp_path / "shop.db", tmp_path / "copy.db"
    async with Store.open(path, domain="shop") as store:
        receipts = await store.append([entry(event) for event in EVENTS])
        await store.projected(receipts[-1].event_id)
        manifest = maintenance.backup(path, target)
        await store.append([entry(make.run_event(run="more", at=99))])
    written = json.loads((tmp_path / "copy.db.json").read_text())
    assert written["sha256"] == manifest.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert maintenance.status(target).digest == manifest.status.digest
    assert (manifest.status.events, maintenance.status(path).events) == (20, 21)
    async with Store.open(target) as store:
        assert not (await store.append([entry(make.run_event(run="other", at=99))]))[0].duplicate


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    """An existing target, and one in no folder, are refused."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        fill(engine, EVENTS)
    for target in (path, tmp_path / "none" / "copy.db"):
        with pytest.raises(InvalidSetting):
            maintenance.backup(path, target)
    assert maintenance.status(path).events == 20


async def test_a_rebuild_needs_the_file_for_itself(tmp_path: Path) -> None:
    """A served file is refused; otherwise the same facts come out, in a new epoch."""
    path = tmp_path / "shop.db"
    async with Store.open(path, domain="shop", windows={make.JOBS: 3}) as store:
        receipts = await store.append([entry(event) for event in EVENTS])
        await store.projected(receipts[-1].event_id)
        with pytest.raises(Conflict):
            maintenance.rebuild(path)
    before = maintenance.status(path)
    seen: list[tuple[int, int]] = []
    after = maintenance.rebuild(path, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (20, 20)
    assert after.epoch != before.epoch
    assert (after.digest, after.edges_current) == (before.digest, before.edges_current) == (before.digest, 4)
    assert maintenance.rebuild(path, windows={}).edges_current == 2
