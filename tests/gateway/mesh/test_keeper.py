"""The mesh is a function of the mirrors, however it came to be (ARCHITECTURE rule 7)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.identity import Authorities, Declared, declared_of
from lineage_gateway.mesh import Direction, Mesh, MeshKeeper, MeshLimits
from lineage_gateway.mesh.graph import edge_pairs
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import NotFound, ProtocolViolation
from lineage_shared.ids import asset_id
from lineage_shared.model import Kind, NodeRecord, Owner, RunState, Step, Volatile
from lineage_shared.naming import is_local, read_declaration
from lineage_shared.wire import Commit, Touch
from tests.gateway.mesh.worlds import DOMAINS, Numbers, Reported, claiming, records, reported

POSITION = "0a.1.0b"

prefixes = st.sampled_from(
    [{}, {"east": ["s3://lake"]}, {"east": ["s3://lake"], "north": ["s3a://lake/"]}, {"west": ["kafka:"]}]
)
TABLE_A = {"namespace": "postgres://db:5432", "name": "a"}
TABLE_B = {"namespace": "postgres://db:5432", "name": "b"}
TOPIC = {"namespace": "kafka://broker", "name": "topic"}
ORDERS = {"namespace": "s3://lake", "name": "orders"}
DECLARATIONS = tuple(
    read_declaration(each)
    for each in (
        {"type": "alias", "a": TABLE_A, "b": TOPIC},
        {"type": "alias", "a": TOPIC, "b": ORDERS, "by": "ops"},
        {"type": "alias", "a": TABLE_A, "b": TABLE_B},
        {"type": "different_from", "a": TABLE_A, "b": ORDERS},
        {"type": "different_from", "a": TABLE_B, "b": {"namespace": "s3://lake", "name": "hub"}},
        {"type": "alias", "a": {**ORDERS, "name": "hub"}, "b": {"system": "uri", "id": "gs://copy/hub"}},
        {"type": "namespace_alias", "canonical": "gs://other", "aliases": ["s3://lake"]},
        {
            "type": "namespace_binding",
            "system": "openlineage",
            "scope": {"namespace": "file"},
            "namespace": "s3://lake",
        },
        {
            "type": "alias",
            "a": {"kind": "job", "namespace": "dbt", "name": "model", "domain": "east"},
            "b": {"kind": "job", "namespace": "airflow", "name": "load", "domain": "north"},
        },
        {"type": "job_namespace_alias", "canonical": "dbt", "aliases": ["airflow"], "domain": "south"},
        {"type": "alias", "domain": "east", "a": {"namespace": "file", "name": "/tmp/orders.csv"}, "b": ORDERS},
    )
)
actions = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), st.sampled_from(DOMAINS), claiming),
        st.tuples(st.just("resync"), st.sampled_from(DOMAINS), claiming),
        st.tuples(st.just("apply"), st.sampled_from(DOMAINS), claiming),
        st.tuples(st.just("remove"), st.sampled_from(DOMAINS), st.none()),
        st.tuples(st.just("govern"), prefixes, st.none()),
        st.tuples(st.just("declare"), st.frozensets(st.sampled_from(DECLARATIONS), max_size=5), st.none()),
    ),
    max_size=8,
)


def picture(mesh: Mesh) -> dict[str, Any]:
    """All that a mesh says, by ids instead of numbers."""
    alive = [node for node, entry in enumerate(mesh.entries) if entry is not None]
    assert mesh.alive == len(alive)
    graph, names = mesh.graph, mesh.register.domain_names
    edges = defaultdict(list)
    for source, target, step in zip(*(part.tolist() for part in edge_pairs(graph, graph.live_steps())), strict=True):
        index, origin = graph.index.values[step], graph.origin.values[step]
        said = (names[graph.domain.values[step]], int(graph.number.values[step]), int(index), int(origin))
        edges[mesh.id(source), mesh.id(target)].append(said)
    return {
        "domains": mesh.domains,
        "counts": mesh.counts,
        "nodes": {mesh.id(node): mesh.attributes(node) for node in alive},
        "edges": {ends: sorted(said) for ends, said in edges.items()},
        "neighbours": {
            (mesh.id(node), way): [mesh.id(other) for other in mesh.neighbours(node, way)]
            for node in alive
            for way in Direction
        },
        "asserted": {mesh.id(node): sorted(names[each] for each in graph.asserted.of(node)) for node in alive},
        "steps": graph.steps - graph.dead_steps,
    }


def commit_between(before: Mapping[int, NodeRecord], after: list[NodeRecord]) -> Commit:
    """The commit that leads from one state of a domain to another; volatile changes travel as touches."""
    by_number = {record.number: record for record in after}
    nodes, touched = [], []
    for number, record in by_number.items():
        known = before.get(number)
        if known is not None and msgspec.structs.replace(known, volatile=record.volatile) == record:
            touched.append(Touch(number=number, volatile=record.volatile))
        else:
            nodes.append(record)
    gone = tuple(number for number in before if number not in by_number)
    return Commit(
        position=POSITION, nodes=tuple(nodes), gone=gone, touched=(*touched, Touch(number=-5, volatile=Volatile()))
    )


def assert_found(mesh: Mesh) -> None:
    """Every member is found by its id, its number and its name."""
    for node, entry in enumerate(mesh.entries):
        for member in entry.members if entry else ():
            record = member.record
            scope = member.domain if record.kind is Kind.JOB or is_local(record.namespace, record.name) else None
            assert mesh.resolve_id(asset_id(record.kind, record.namespace, record.name, scope)) == node
            assert mesh.node_of(member.domain, member.number) == node
            assert node in mesh.find(record.kind, record.namespace, record.name)
            assert mesh.find(record.kind, record.namespace, record.name, member.domain) == (node,)


@settings(max_examples=150, deadline=None)
@given(steps=actions, limits=st.sampled_from([MeshLimits(), MeshLimits(delta_entries_max=0, dead_nodes_max=0)]))
def test_any_history_gives_the_mesh_of_its_end(steps: list[Any], limits: MeshLimits) -> None:
    """After replacing, applying, removing, governing and declaring in any order, the mesh equals one from scratch."""
    keeper, authorities, declared = MeshKeeper(limits=limits), Authorities(), Declared()
    numbers = {domain: Numbers() for domain in DOMAINS}
    epochs = 0
    for action, subject, said in steps:
        if action in {"replace", "resync"}:
            if action == "resync":
                epochs += 1
                numbers[subject] = Numbers(epochs)
            keeper.replace(subject, DomainMirror(subject, records(said, numbers[subject])))
        elif action == "apply" and subject in keeper.mirrors:
            before = keeper.mirrors[subject].records
            keeper.apply(subject, commit_between(before, records(said, numbers[subject])))
        elif action == "remove":
            keeper.remove(subject)
        elif action == "govern":
            authorities = Authorities(configured=subject)
            keeper.govern(authorities)
        elif action == "declare":
            declared = declared_of(subject, ())
            keeper.declare(declared)
    scratch = MeshKeeper(authorities, declared=declared)
    for domain in sorted(keeper.mirrors, reverse=True):
        scratch.replace(domain, DomainMirror(domain, keeper.mirrors[domain].records.values()))
    assert picture(keeper.mesh) == picture(scratch.mesh)
    assert_found(keeper.mesh)


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.tuples(actions, st.integers(0, 12)), max_size=4), last=actions)
def test_what_is_dropped_half_way_leaves_nothing_behind(steps: list[Any], last: list[Any]) -> None:
    """Changes of every sort that end at one of their pauses: the mesh is that of the changes that were finished."""
    keeper, authorities, declared = MeshKeeper(), Authorities(), Declared()
    for at, (actions_given, pauses) in enumerate([*steps, (last, 1_000)]):
        for what, subject, said in actions_given:
            before = keeper.mesh
            if what in {"replace", "resync", "apply"}:
                work = keeper.replacing(subject, DomainMirror(subject, records(said, Numbers(at))))
            elif what == "remove":
                work = keeper.removing(subject)
            elif what == "govern":
                work = keeper.governing(Authorities(subject))
            else:
                work = keeper.declaring(declared_of([], subject))
            finished = len(list(islice(work, pauses))) < pauses
            work.close()
            assert finished or keeper.mesh is before
            if finished and what == "govern":
                authorities = Authorities(subject)
            elif finished and what == "declare":
                declared = declared_of([], subject)
    scratch = MeshKeeper(authorities, declared=declared)
    for domain, mirror in keeper.mirrors.items():
        scratch.replace(domain, DomainMirror(domain, mirror.records.values()))
    assert picture(keeper.mesh) == picture(scratch.mesh)
    assert_found(keeper.mesh)


@pytest.mark.parametrize("pauses", range(12))
def test_a_dropped_change_does_not_take_keys_out_of_their_classes(pauses: int) -> None:
    """Names that were first seen in a change that was dropped are still joined by what is declared of them."""
    keeper = MeshKeeper(declared=declared_of(DECLARATIONS[:1], ()))
    names = enumerate((TABLE_A, TOPIC), start=1)
    found = [NodeRecord(number, Kind.DATASET, name["namespace"], name["name"]) for number, name in names]
    work = keeper.replacing("east", DomainMirror("east", found))
    list(islice(work, pauses))
    work.close()
    keeper.replace("north", DomainMirror("north", [NodeRecord(1, Kind.DATASET, "s3://lake", "orders")]))
    keeper.replace("west", DomainMirror("west", found))
    assert keeper.mesh.alive == 2
    assert keeper.mesh.node_of("west", 1) == keeper.mesh.node_of("west", 2)


@settings(max_examples=40, deadline=None)
@given(first=reported, second=reported)
def test_a_version_never_changes(first: Reported, second: Reported) -> None:
    """What a reader took before a change says the same after it."""
    keeper, numbers = MeshKeeper(), Numbers()
    taken = keeper.replace("east", DomainMirror("east", records(first, numbers)))
    before = picture(taken)
    keeper.apply("east", commit_between(keeper.mirrors["east"].records, records(second, numbers)))
    keeper.remove("east")
    keeper.replace("north", DomainMirror("north", records(second, Numbers(7))))
    assert {**picture(taken), "counts": None} == {**before, "counts": None}


def dataset(number: int, name: str = "", **more: Any) -> NodeRecord:
    """A dataset of a shared namespace."""
    return NodeRecord(number, Kind.DATASET, "s3://lake", name or f"d{number}", **more)


def copy_job(number: int, source: int, target: int) -> NodeRecord:
    """A job that copies one dataset into another."""
    return NodeRecord(number, Kind.JOB, "airflow", f"job{number}", steps=(Step((source,), (target,)),))


@pytest.fixture
def keeper() -> MeshKeeper:
    """A keeper with one domain: 1 -> 3 -> 2."""
    keeper = MeshKeeper()
    keeper.replace("sales", DomainMirror("sales", [dataset(1), dataset(2), copy_job(3, 1, 2)]))
    return keeper


def test_a_touch_or_a_tag_rebuilds_nothing(keeper: MeshKeeper) -> None:
    """A change of volatile fields or attributes makes a new version that shares the whole graph."""
    before = keeper.mesh
    moved = Volatile(RunState.FAIL, 77)
    keeper.apply("sales", Commit(position=POSITION, touched=(Touch(number=3, volatile=moved, runs=9),)))
    tagged = dataset(1, tags=("pii",), owners=(Owner("team"),))
    after = keeper.apply("sales", Commit(position=POSITION, nodes=(tagged,)))
    assert after.version == before.version + 2
    assert after.graph is before.graph
    view = after.attributes(after.node_of("sales", 3) or 0)
    assert (view.state, view.updated_us, view.members[0].record.revisions.runs) == (RunState.FAIL, 77, 9)
    assert before.attributes(before.node_of("sales", 3) or 0).state is None
    assert after.attributes(after.node_of("sales", 1) or 0).tags == ("pii",)


def test_a_commit_that_says_nothing_new_makes_no_version(keeper: MeshKeeper) -> None:
    """Known records, touches and tombstones of unknown nodes, and a known snapshot leave the version as it is."""
    before = keeper.mesh
    nothing = Commit(
        position=POSITION, nodes=(dataset(1),), gone=(99,), touched=(Touch(number=98, volatile=Volatile()),)
    )
    assert keeper.apply("sales", nothing) is before
    assert keeper.replace("sales", DomainMirror("sales", keeper.mirrors["sales"].records.values())) is before
    assert keeper.remove("nobody") is before
    assert keeper.govern(Authorities()) is before


def test_a_commit_that_does_not_fit_changes_nothing(keeper: MeshKeeper) -> None:
    """A violation leaves mirror and mesh as they were, also when other parts of the commit would fit."""
    before = keeper.mesh
    bad = Commit(position=POSITION, nodes=(dataset(1, tags=("new",)), copy_job(4, 1, 55)))
    with pytest.raises(ProtocolViolation):
        keeper.apply("sales", bad)
    assert keeper.mesh is before
    assert keeper.mirrors["sales"].records[1].tags == ()
    assert 4 not in keeper.mirrors["sales"].records


def test_a_commit_for_a_domain_without_a_mirror_is_refused() -> None:
    """Changes need a snapshot to be changes of."""
    with pytest.raises(NotFound):
        MeshKeeper().apply("sales", Commit(position=POSITION))


def test_a_node_that_nobody_asserts_is_gone(keeper: MeshKeeper) -> None:
    """A retraction removes what its domain asserted; the last one removes the node, and its id resolves no more."""
    keeper.replace("crm", DomainMirror("crm", [dataset(1)]))
    mesh = keeper.mesh
    shared_id, own_id = mesh.id(mesh.node_of("sales", 1) or 0), mesh.id(mesh.node_of("sales", 3) or 0)
    after = keeper.remove("sales")
    assert after.domains == ("crm",)
    assert after.resolve_id(own_id) is None
    assert after.resolve_id(shared_id) is not None
    assert after.node_of("sales", 1) is None
    keeper.remove("crm")
    assert keeper.mesh.resolve_id(shared_id) is None
    assert keeper.mesh.alive == 0


def test_waste_is_compacted_and_rebuilt() -> None:
    """Rows are written anew, and everything is rebuilt, once too much is dead; answers stay the same."""
    keeper = MeshKeeper(limits=MeshLimits(delta_entries_max=4, dead_nodes_max=4))
    keeper.replace("sales", DomainMirror("sales", [dataset(1), dataset(2), copy_job(3, 1, 2)]))
    for turn in range(40):
        nodes = (dataset(100 + turn), copy_job(3, 1, 100 + turn))
        gone = (99 + turn,) if turn else ()
        keeper.apply("sales", Commit(position=POSITION, nodes=nodes, gone=gone))
        graph = keeper.mesh.graph
        assert graph.nodes <= 10
        assert graph.dead_steps <= 5
        assert max(graph.reads.waste, graph.writes.waste, graph.owned.waste) <= 5
    assert [
        keeper.mesh.entry(node).name
        for node in keeper.mesh.neighbours(keeper.mesh.node_of("sales", 3) or 0, Direction.BOTH)
    ]
    assert keeper.mesh.counts.edges == 2


async def test_a_waiter_sees_the_next_version(keeper: MeshKeeper) -> None:
    """`changed` returns at once for an old version, and wakes up when a new one is published."""
    assert await keeper.changed(0) is keeper.mesh
    waiting = asyncio.create_task(keeper.changed(keeper.mesh.version))
    await asyncio.sleep(0)
    assert not waiting.done()
    keeper.remove("sales")
    assert (await waiting).domains == ()


def test_compacted_rows_say_the_same(keeper: MeshKeeper) -> None:
    """Compaction changes where rows are kept, not what they hold."""
    graph = keeper.mesh.graph
    assert all(np.array_equal(graph.reads.compacted().of(node), graph.reads.of(node)) for node in range(graph.nodes))
