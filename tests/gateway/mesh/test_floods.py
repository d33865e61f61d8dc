"""Claims that nobody can mean, in great numbers or with odd names: nothing is joined, one record tells, little is kept.

`tests.benchmarks.identity` does the same with a hundred thousand of them, and measures.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable
from typing import Any

import pytest

from lineage_gateway.identity import declared_of
from lineage_gateway.identity.identities import CLAIMS_SLICE
from lineage_gateway.mesh import MeshKeeper, MeshWriter
from lineage_gateway.mirror import DomainMirror
from lineage_shared.model import Claim, Kind, NodeRecord
from lineage_shared.naming import read_declaration
from lineage_shared.wire import Commit

POSITION = "0a.1.0b"
FLOOD = 3_000
HELD_BACK_BYTES_MAX = 2_500
"""For one claim that is held back: what its record claims, its keys, and its verdict."""
TABLE = ("hive://ms:9083", "default.t")


def dataset(number: int, namespace: str, name: str, *claims: int) -> NodeRecord:
    """A dataset with other names."""
    return NodeRecord(number, Kind.DATASET, namespace, name, claims=tuple(Claim(each, "TABLE") for each in claims))


def onto_one(domain: str, count: int, *, claiming: bool = True) -> list[NodeRecord]:
    """So many paths of a domain that all claim to be one table."""
    table = NodeRecord(1, Kind.DATASET, *TABLE, mentioned=True)
    claims = (1,) if claiming else ()
    return [table, *(dataset(number, f"s3://{domain}", f"p/{number}", *claims) for number in range(2, count + 2))]


def commit(*nodes: NodeRecord, gone: Iterable[int] = ()) -> Commit:
    """A commit of some nodes."""
    return Commit(position=POSITION, nodes=nodes, gone=tuple(gone))


@pytest.mark.parametrize("domains", [("east",), ("east", "north", "south")], ids=["one domain", "several"])
def test_a_flood_onto_one_target_joins_nothing_and_is_one_conflict(domains: tuple[str, ...]) -> None:
    """In snapshots and commits alike; one of them that is left joins again, and then nothing else is remembered."""
    keeper = MeshKeeper()
    for domain in domains:
        records = onto_one(domain, FLOOD // len(domains))
        keeper.replace(domain, DomainMirror(domain, records[:-5]))
        keeper.apply(domain, commit(*records[-5:]))
    classes = keeper.identities.classes
    (conflict,) = classes.conflicts()
    assert (conflict.reason, conflict.claims) == ("fan-in", FLOOD)
    assert len(conflict.keys) == 20
    assert not classes.all
    assert not keeper.mesh.redirects
    for domain in domains[1:]:
        keeper.remove(domain)
    numbers = keeper.mirrors[domains[0]].records.keys()
    keeper.apply(domains[0], commit(gone=(number for number in numbers if number > 2)))
    assert classes.conflicts() == ()
    assert len(classes.known) == 1
    assert keeper.mesh.node_of(domains[0], 1) == keeper.mesh.node_of(domains[0], 2)


def test_a_flood_is_taken_in_piece_by_piece() -> None:
    """Claims are weighed a few at a time, in and out, so that others have their turns in between."""
    keeper = MeshKeeper()
    for records in (onto_one("east", FLOOD), onto_one("east", FLOOD, claiming=False)):
        pauses = sum(1 for _ in keeper.replacing("east", DomainMirror("east", records)))
        assert pauses > FLOOD / CLAIMS_SLICE
    assert keeper.identities.classes.conflicts() == ()


def test_the_target_of_a_flood_may_be_touched_and_renamed() -> None:
    """A touch of it concerns no claim; under another name it is what they all claim then."""
    keeper = MeshKeeper()
    keeper.replace("east", DomainMirror("east", onto_one("east", 100)))
    asserted = keeper.identities._asserted
    table = keeper.mirrors["east"].records[1]
    assert asserted.concerned("east", {1: (table, table)}, [1]) == set()
    keeper.apply("east", commit(NodeRecord(1, Kind.DATASET, TABLE[0], "default.other", mentioned=True)))
    (conflict,) = keeper.identities.classes.conflicts()
    assert (conflict.about, conflict.claims) == ("ds1:hive:ms:9083:default/other".replace(":9083", ""), 100)


async def test_a_flood_costs_memory_for_itself_only() -> None:
    """What is kept for a claim that is held back is bounded, and all of it is given back."""
    writer = MeshWriter(MeshKeeper())

    async def used(records: list[NodeRecord]) -> int:
        await writer.replace("east", DomainMirror("east", records))
        await writer.tidy()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    plain, flood = onto_one("east", FLOOD, claiming=False), onto_one("east", FLOOD)
    tracemalloc.start()
    await used(plain)
    without = await used(list(plain))
    more = await used(flood) - without
    left = await used(list(plain)) - without
    tracemalloc.stop()
    assert more < FLOOD * HELD_BACK_BYTES_MAX
    assert left < FLOOD * HELD_BACK_BYTES_MAX / 4


def test_one_source_of_very_many_names_joins_none_of_them() -> None:
    """All of its claims are held back by one conflict; down to few enough, they hold again."""
    keeper = MeshKeeper()
    targets = [NodeRecord(number, Kind.DATASET, f"hive://ms{number}", "d.t") for number in range(2, FLOOD)]
    source = dataset(1, "s3://lake", "t", *range(2, FLOOD))
    keeper.replace("east", DomainMirror("east", [source, *targets]))
    (conflict,) = keeper.identities.classes.conflicts()
    assert (conflict.reason, conflict.claims) == ("fan-out", FLOOD - 2)
    keeper.apply("east", commit(dataset(1, "s3://lake", "t", *range(2, 12))))
    assert keeper.identities.classes.conflicts() == ()
    assert len(keeper.identities.members("ds1:s3:lake:t")) == 11


def test_a_chain_of_claims_without_end_joins_nothing() -> None:
    """One conflict holds all of it back, whichever end it grew from; broken in two, each half is looked at again."""
    count = 700
    records = [dataset(number, f"hive://ms{number:04}", "d.t", number + 1) for number in range(1, count)]
    keeper = MeshKeeper()
    keeper.replace("east", DomainMirror("east", [*records, dataset(count, f"hive://ms{count:04}", "d.t")]))
    (conflict,) = keeper.identities.classes.conflicts()
    assert (conflict.reason, conflict.claims) == ("growth", count - 1)
    keeper.apply("east", commit(dataset(660, "hive://ms0660", "d.t")))
    (conflict,) = keeper.identities.classes.conflicts()
    assert (conflict.reason, conflict.claims) == ("growth", 659)
    assert len(keeper.identities.members("ds1:hive:ms0700:d/t")) == 40


def alias(kind: str, one: dict[str, Any], other: dict[str, Any]) -> Any:
    """A declaration about two names."""
    return read_declaration({"type": kind, "a": one, "b": other})


NAMES = [{"namespace": f"s3://{name}", "name": "t"} for name in "abc"]


def named(*names: dict[str, Any]) -> MeshKeeper:
    """A mesh of datasets with these names."""
    keeper = MeshKeeper()
    found = (NodeRecord(at, Kind.DATASET, each["namespace"], each["name"]) for at, each in enumerate(names))
    keeper.replace("east", DomainMirror("east", found))
    return keeper


def test_a_cycle_of_aliases_is_one_class() -> None:
    """Of names and of namespaces; a cycle of namespaces is told as a disagreement as well."""
    keeper = named(*NAMES)
    keeper.declare(declared_of((), [alias("alias", NAMES[at], NAMES[(at + 1) % 3]) for at in range(3)]))
    assert keeper.mesh.alive == 1
    assert keeper.identities.conflicts == []
    cycle = [
        read_declaration({"type": "namespace_alias", "canonical": f"s3://{one}", "aliases": [f"s3://{other}"]})
        for one, other in ("ab", "bc", "ca")
    ]
    keeper.declare(declared_of((), cycle))
    assert keeper.mesh.alive == 1
    assert {reason for reason, _ in keeper.identities.conflicts} == {"disagreement-namespace_alias_cycle"}


def test_an_alias_against_a_difference_is_a_conflict() -> None:
    """Directly, and over several steps: then all aliases between the two are held back, and none is preferred."""
    keeper = named(*NAMES)
    apart = alias("different_from", NAMES[0], NAMES[2])
    keeper.declare(declared_of((), [apart, alias("alias", NAMES[0], NAMES[2])]))
    assert keeper.mesh.alive == 3
    assert [reason for reason, _ in keeper.identities.conflicts] == ["different-from"]
    steps = [alias("alias", NAMES[0], NAMES[1]), alias("alias", NAMES[1], NAMES[2])]
    keeper.declare(declared_of((), [apart, *steps]))
    (conflict,) = keeper.identities.classes.conflicts()
    assert (conflict.reason, conflict.claims, keeper.mesh.alive) == ("different-from", 2, 3)
    keeper.declare(declared_of((), steps))
    assert keeper.mesh.alive == 1


ODD = {
    "control characters": ("s3://lake", "orders\x00\n\x1b[31m"),
    "invisible": ("s3://lake", "orders\u200b"),
    "direction": ("s3://lake", "orders\u202e"),
    "cyrillic": ("s3://lake", "\u043erders"),
    "full width": ("s3://lake", "\uff4frders"),
    "combining": ("s3://lake", "o\u0308rders"),
    "composed": ("s3://lake", "\u00f6rders"),
    "long": ("s3://lake", "orders" + "x" * 10_000),
    "long namespace": ("s3://" + "lake" * 3_000, "orders"),
    "nothing": ("s3://lake", "null"),
    "root": ("s3://lake", "/"),
}


def test_odd_names_are_themselves_and_join_nothing() -> None:
    """Look-alikes, control characters and names of 10 kB each are a node of their own, in one domain and in two."""
    records = [NodeRecord(number, Kind.DATASET, *name) for number, name in enumerate(ODD.values(), start=2)]
    plain = NodeRecord(1, Kind.DATASET, "s3://lake", "orders")
    keeper = MeshKeeper()
    for domain in ("east", "north"):
        keeper.replace(domain, DomainMirror(domain, [plain, *records]))
    nodes = [keeper.mesh.node_of("east", number) for number in range(1, len(records) + 2)]
    assert len(set(nodes)) == len(nodes)
    # What denotes nothing is a node of its domain; the rest is one thing for both.
    scoped = [name for number, name in enumerate(ODD, start=2) if not _is_shared(keeper, number)]
    assert scoped == ["long", "long namespace", "nothing", "root"]


def _is_shared(keeper: MeshKeeper, number: int) -> bool:
    return keeper.mesh.node_of("east", number) == keeper.mesh.node_of("north", number)


@pytest.mark.parametrize("odd", ODD)
def test_a_claim_about_an_odd_name_is_a_claim_about_it_or_none(odd: str) -> None:
    """It joins what the claim names, and nothing where that denotes nothing; the look-alike is never meant."""
    plain = NodeRecord(3, Kind.DATASET, "s3://lake", "orders")
    keeper = MeshKeeper()
    claiming = dataset(1, "hive://ms", "d.orders", 2)
    keeper.replace("east", DomainMirror("east", [claiming, NodeRecord(2, Kind.DATASET, *ODD[odd]), plain]))
    joined = keeper.mesh.node_of("east", 1) == keeper.mesh.node_of("east", 2)
    assert joined is (odd not in ("long", "long namespace", "nothing", "root"))
    assert keeper.mesh.node_of("east", 1) != keeper.mesh.node_of("east", 3)
