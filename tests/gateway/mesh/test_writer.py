"""Changing the mesh while a loop runs: others get their turns, changes wait for each other, half of one is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lineage_gateway.identity import Authorities, declared_of
from lineage_gateway.mesh import MeshKeeper, MeshLimits, MeshWriter
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import ProtocolViolation
from lineage_shared.model import Claim, Kind, NodeRecord, Step
from lineage_shared.naming import read_declaration
from lineage_shared.wire import Commit
from tests.gateway.mesh.test_keeper import picture
from tests.gateway.waiting import until

MANY = 6_000
POSITION = "0a.1.0b"


def chain(length: int, first: int = 1, namespace: str = "s3://lake") -> list[NodeRecord]:
    """Datasets and jobs in one line, numbered from `first`."""
    names = range(length)
    datasets = [NodeRecord(first + 2 * at, Kind.DATASET, namespace, f"d{at}") for at in names]
    steps = [(Step((first + 2 * at - 2,), (first + 2 * at,)),) for at in names]
    jobs = [NodeRecord(first + 2 * at + 1, Kind.JOB, "etl", f"j{at}", steps=steps[at]) for at in names[1:]]
    return [*datasets, *jobs]


def commit(*nodes: NodeRecord, gone: tuple[int, ...] = ()) -> Commit:
    """A commit of some nodes."""
    return Commit(position=POSITION, nodes=nodes, gone=gone)


@asynccontextmanager
async def counting_turns() -> AsyncIterator[Callable[[], int]]:
    """Count how often the loop gives another task its turn."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(count())
    try:
        yield lambda: turns
    finally:
        task.cancel()


async def _fill(writer: MeshWriter) -> None:
    await writer.replace("sales", DomainMirror("sales", chain(MANY)))


@pytest.mark.parametrize(
    "change",
    [
        lambda writer: writer.replace("sales", DomainMirror("sales", chain(MANY, first=7))),
        lambda writer: writer.remove("sales"),
        lambda writer: writer.apply("sales", commit(*chain(MANY, first=1_000_000, namespace="s3://more"))),
    ],
    ids=["replace", "remove", "apply"],
)
async def test_the_loop_goes_on_during_a_large_change(
    change: Callable[[MeshWriter], Coroutine[Any, Any, None]],
) -> None:
    """Other tasks get many turns while a large domain is taken in, taken out, or changed throughout."""
    writer = MeshWriter(MeshKeeper())
    async with counting_turns() as turns:
        await _fill(writer)
        first = turns()
        await change(writer)
        assert first > 5
        assert turns() - first > 5


async def test_a_rebuild_lets_others_have_their_turns() -> None:
    """What is dead is left behind piece by piece, and the graph is the same afterwards."""
    writer = MeshWriter(MeshKeeper(limits=MeshLimits(dead_nodes_max=10)))
    await _fill(writer)
    await writer.replace("sales", DomainMirror("sales", chain(MANY // 2, first=7)))
    keeper, before = writer.keeper, writer.keeper.mesh
    assert before.is_wasteful
    async with counting_turns() as turns:
        await writer.tidy()
        assert turns() > 5
    assert not keeper.mesh.is_wasteful
    assert (keeper.mesh.counts, keeper.mesh.alive) == (before.counts, before.alive)


async def test_readers_keep_a_whole_version_until_the_next_is_whole() -> None:
    """While a change is made there is the version before, and nothing of the change in it."""
    writer = MeshWriter(MeshKeeper())
    await writer.replace("sales", DomainMirror("sales", chain(3)))
    before = writer.keeper.mesh
    shown = picture(before)
    changing = asyncio.create_task(writer.replace("sales", DomainMirror("sales", chain(MANY, first=7))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not changing.done()
    assert writer.keeper.mesh is before
    assert picture(before) == shown
    assert before.find(Kind.DATASET, "s3://lake", "d5") == ()
    await changing
    assert writer.keeper.mesh.alive == 2 * MANY - 1


async def test_changes_wait_for_each_other() -> None:
    """Whatever is asked for during a large change happens after it, on its result, as if called one by one."""
    writer, other = MeshWriter(MeshKeeper()), MeshKeeper()
    fresh = NodeRecord(900_000, Kind.DATASET, "s3://lake", "late")
    await writer.replace("crm", DomainMirror("crm", chain(20)))
    await asyncio.gather(
        writer.replace("sales", DomainMirror("sales", chain(MANY))),
        writer.apply("crm", commit(fresh)),
        writer.apply("crm", commit(gone=(2,))),
        writer.govern(Authorities(configured={"crm": ["s3://lake"]})),
    )
    other.govern(Authorities(configured={"crm": ["s3://lake"]}))
    for domain, mirror in writer.keeper.mirrors.items():
        other.replace(domain, DomainMirror(domain, mirror.records.values()))
    mesh, scratch = writer.keeper.mesh, other.mesh
    assert mesh.counts == scratch.counts
    assert mesh.domains == scratch.domains == ("crm", "sales")
    assert mesh.find(Kind.DATASET, "s3://lake", "late", "crm")
    ids = sorted(mesh.id(node) for node, entry in enumerate(mesh.entries) if entry is not None)
    assert ids == sorted(scratch.id(node) for node, entry in enumerate(scratch.entries) if entry is not None)


async def test_a_change_that_is_cancelled_has_changed_nothing() -> None:
    """Neither mirror nor mesh, and the next change goes on as if it had never begun."""
    writer = MeshWriter(MeshKeeper())
    await writer.replace("sales", DomainMirror("sales", chain(5)))
    before = writer.keeper.mesh
    for _ in range(3):
        changing = asyncio.create_task(writer.replace("sales", DomainMirror("sales", chain(MANY, first=2))))
        for _ in range(8):
            await asyncio.sleep(0)
        changing.cancel()
        await asyncio.wait([changing])
        assert changing.cancelled()
    assert writer.keeper.mesh is before
    assert len(writer.keeper.mirrors["sales"].records) == 9
    await writer.apply("sales", commit(NodeRecord(2, Kind.DATASET, "s3://lake", "instead")))
    scratch = MeshKeeper()
    scratch.replace("sales", DomainMirror("sales", writer.keeper.mirrors["sales"].records.values()))
    assert picture(writer.keeper.mesh) == picture(scratch.mesh)


async def test_a_change_that_does_not_fit_leaves_the_way_free() -> None:
    """A violation is raised to its caller, and the next change is made."""
    writer = MeshWriter(MeshKeeper())
    await writer.replace("sales", DomainMirror("sales", chain(5)))
    with pytest.raises(ProtocolViolation):
        await writer.apply("sales", commit(NodeRecord(50, Kind.JOB, "etl", "bad", steps=(Step((99,), ()),))))
    await writer.apply("sales", commit(NodeRecord(50, Kind.DATASET, "s3://lake", "good")))
    assert writer.keeper.mesh.find(Kind.DATASET, "s3://lake", "good")


async def test_what_is_cancelled_is_put_back_piece_by_piece() -> None:
    """Others have their turns while claims are put back, and then everything is as it was before."""
    writer = MeshWriter(MeshKeeper())
    names = range(0, 2 * MANY, 2)
    paths = [NodeRecord(at, Kind.DATASET, "s3://lake", f"t{at}", mentioned=True) for at in names]
    tables = [NodeRecord(at + 1, Kind.DATASET, "postgres://db", f"a.b.t{at}", claims=(Claim(at),)) for at in names]
    await writer.replace("sales", DomainMirror("sales", [*paths, *tables]))
    await writer.tidy()
    before, classes = writer.keeper.mesh, dict(writer.keeper.identities.classes.all)
    alias = read_declaration({"type": "namespace_alias", "canonical": "s3://new", "aliases": ["s3://lake"]})
    changing = asyncio.create_task(writer.declare(declared_of((alias,), ())))
    identities = writer.keeper.identities
    await until(lambda: len(identities.members("ds1:s3:new:t1000")) > 1, 0)
    async with counting_turns() as turns:
        changing.cancel()
        await asyncio.sleep(0)
        changing.cancel()
        await asyncio.wait([changing])
        assert turns() > 5
    assert changing.cancelled()
    assert writer.keeper.mesh is before
    assert dict(identities.classes.all) == classes
    assert identities.names.all == ()
