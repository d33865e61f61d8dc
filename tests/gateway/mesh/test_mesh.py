"""What one version answers without walking: references, attributes, authority, neighbours, counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.identity import Authorities
from lineage_gateway.mesh import Direction, Member, Mesh, MeshKeeper, WalkRequest, walk
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import NotFound
from lineage_shared.ids import asset_bytes, asset_id
from lineage_shared.model import Kind, NodeRecord, Origin, Owner, RunState, Step, Volatile
from tests.gateway.mesh import naive
from tests.gateway.mesh.worlds import Numbers, Reported, records, worlds


def dataset(number: int, name: str = "orders", namespace: str = "s3://lake", **more: Any) -> NodeRecord:
    """A dataset."""
    return NodeRecord(number, Kind.DATASET, namespace, name, **more)


def job(number: int, *steps: Step, name: str = "etl", **more: Any) -> NodeRecord:
    """A job."""
    return NodeRecord(number, Kind.JOB, "default", name, steps=steps, **more)


def mesh_of(authorities: Authorities | None = None, **given_records: list[NodeRecord]) -> Mesh:
    """A mesh of some domains."""
    keeper = MeshKeeper(authorities)
    for domain, each in given_records.items():
        keeper.replace(domain, DomainMirror(domain, each))
    return keeper.mesh


def only(mesh: Mesh, kind: Kind, namespace: str, name: str, domain: str | None = None) -> int:
    """The one node with this reference."""
    (node,) = mesh.find(kind, namespace, name, domain)
    return node


@given(kind=st.sampled_from(Kind), namespace=st.text(), name=st.text(), domain=st.none() | st.text())
def test_the_bytes_of_an_id_are_its_text(kind: Kind, namespace: str, name: str, domain: str | None) -> None:
    """The fast way to an id gives the UUIDv5 that everybody computes."""
    assert str(UUID(bytes=asset_bytes(kind, namespace, name, domain))) == asset_id(kind, namespace, name, domain)


def test_spellings_that_are_certainly_equal_are_one_node() -> None:
    """A dataset that two domains spell differently is one node, by its smallest reference; both ids resolve."""
    mesh = mesh_of(east=[dataset(1, namespace="s3://lake")], west=[dataset(5, namespace="s3a://lake/")])
    node = only(mesh, Kind.DATASET, "S3N://lake", "orders")
    assert mesh.id(node) == asset_id(Kind.DATASET, "s3://lake", "orders", None)
    for namespace in ("s3a://lake/", "s3://lake"):
        assert mesh.resolve_id(asset_id(Kind.DATASET, namespace, "orders", None).upper()) == node
    assert mesh.resolve_id(asset_id(Kind.DATASET, "s3://LAKE", "orders", None)) is None
    assert mesh.find(Kind.DATASET, "s3://lake", "Orders") == ()
    assert mesh.attributes(node).domains == ("east", "west")
    assert [tuple(member)[:2] for member in mesh.attributes(node).members] == [("east", 1), ("west", 5)]


def test_jobs_and_local_names_are_ambiguous_without_a_domain() -> None:
    """Equal jobs and local datasets of two domains are two nodes; the domain tells them apart."""
    local = dataset(2, "/tmp/x.csv", "file")
    mesh = mesh_of(east=[job(1), local], west=[job(1), local])
    for kind, namespace, name in ((Kind.JOB, "default", "etl"), (Kind.DATASET, "file", "/tmp/x.csv")):
        assert len(mesh.find(kind, namespace, name)) == 2
        east = only(mesh, kind, namespace, name, "east")
        assert mesh.attributes(east).domains == ("east",)
        assert mesh.id(east) == asset_id(kind, namespace, name, "east")
    assert mesh.find(Kind.JOB, "default", "etl", "north") == ()


def test_what_is_no_id_or_no_node_is_not_there() -> None:
    """An unknown id, text that is no id, an unknown number: None or a clear error, never a crash."""
    mesh = mesh_of(east=[dataset(1)])
    assert mesh.resolve_id("not an id") is None
    assert mesh.resolve_id("") is None
    assert mesh.resolve_id("6f1f2d0e-6f0c-5c0e-9b1e-3d1a54c5a7b2") is None
    assert mesh.node_of("east", 9) is None
    assert mesh.node_of("west", 1) is None
    with pytest.raises(NotFound):
        mesh.attributes(7)
    assert mesh_of().resolve_id("6f1f2d0e-6f0c-5c0e-9b1e-3d1a54c5a7b2") is None


WRITES = Step((), (1,))
READS = Step((1,), ())


@pytest.mark.parametrize(
    ("authorities", "domains", "expected"),
    [
        (None, {"east": [dataset(1)]}, "east"),
        (None, {"east": [dataset(1, mentioned=True)]}, None),
        (None, {"east": [dataset(1)], "west": [dataset(1)]}, None),
        (None, {"east": [dataset(1)], "west": [dataset(1, mentioned=True)]}, "east"),
        (None, {"east": [dataset(1), job(2, READS)], "west": [dataset(1), job(2, WRITES)]}, "west"),
        (None, {"east": [dataset(1), job(2, WRITES)], "west": [dataset(1), job(2, WRITES)]}, None),
        ({"configured": {"north": ["s3://lake"]}}, {"east": [dataset(1), job(2, WRITES)]}, "north"),
        ({"claimed": {"east": ["s3://lake"], "west": ["s3a://lake"]}}, {"east": [dataset(1)]}, None),
        ({"configured": {"west": ["s3:"]}, "claimed": {"east": ["s3://lake"]}}, {"east": [dataset(1)]}, "west"),
    ],
)
def test_authority(
    authorities: dict[str, Any] | None, domains: dict[str, list[NodeRecord]], expected: str | None
) -> None:
    """Who speaks for a dataset: the owner of its namespace, else its only writer, else the only one that reports it."""
    mesh = mesh_of(Authorities(**authorities) if authorities else None, **domains)
    assert mesh.attributes(only(mesh, Kind.DATASET, "s3://lake", "orders")).domain == expected


def test_an_authority_describes_alone() -> None:
    """Type, tags, owners and spelling are the authority's; times are the newest of all."""
    theirs = dataset(
        1, namespace="S3://lake", type="TABLE", tags=("wrong",), owners=(Owner("them"),), volatile=Volatile(None, 9)
    )
    ours = dataset(1, tags=("pii",), owners=(Owner("us"),), volatile=Volatile(RunState.COMPLETE, 5))
    mesh = mesh_of(east=[theirs], west=[ours, job(2, WRITES)])
    view = mesh.attributes(only(mesh, Kind.DATASET, "s3://lake", "orders"))
    assert (view.domain, view.namespace, view.type, view.tags, view.owners) == (
        "west",
        "s3://lake",
        "",
        ("pii",),
        (Owner("us"),),
    )
    assert (view.updated_us, view.state, view.mentioned) == (9, None, False)


def test_without_an_authority_descriptions_are_merged() -> None:
    """Where nobody has authority, the domains' descriptions come together in the order of their names."""
    east = dataset(1, type="TABLE", tags=("b", "a"), owners=(Owner("x"),))
    west = dataset(1, type="VIEW", tags=("a", "c"), owners=(Owner("x"), Owner("y")))
    mesh = mesh_of(west=[west], east=[east], north=[dataset(3, mentioned=True, type="TOPIC", tags=("d",))])
    view = mesh.attributes(only(mesh, Kind.DATASET, "s3://lake", "orders"))
    assert (view.type, view.tags, view.owners) == ("TABLE", ("b", "a", "c", "d"), (Owner("x"), Owner("y")))
    assert view.domains == ("east", "west")
    assert view.key == "ds1:s3:lake:orders"
    assert all(isinstance(member, Member) for member in view.members)


def test_counts() -> None:
    """Edges are distinct (dataset, job, direction); jobless steps and mere mentions do not count."""
    east = [
        dataset(1),
        dataset(2, "other"),
        job(3, Step((1, 2), (2,)), Step((1,), (2,))),
        dataset(9, "seen", mentioned=True),
    ]
    west = [dataset(1), dataset(4, "copy", steps=(Step((1,), (4,)),)), job(5, READS)]
    mesh = mesh_of(Authorities({"east": ["s3://lake"]}), east=east, west=west)
    counts = mesh.counts
    assert (counts.datasets, counts.jobs, counts.edges, counts.cross_domain_edges) == (3, 2, 4, 1)
    assert (counts.domains["east"].datasets, counts.domains["east"].jobs, counts.domains["east"].edges) == (2, 1, 3)
    assert (counts.domains["west"].datasets, counts.domains["west"].jobs, counts.domains["west"].edges) == (2, 1, 1)
    assert mesh_of().counts.edges == 0


@settings(max_examples=60, deadline=None)
@given(world=worlds)
def test_neighbours_and_degrees_are_those_of_the_edges(world: Mapping[str, Reported]) -> None:
    """Direct neighbours equal the naive ones, sorted by id, and degrees count them."""
    given_records = {domain: records(said, Numbers()) for domain, said in world.items()}
    mesh = mesh_of(None, **given_records)
    keys = mesh.register.keys
    edges = set()
    for step in naive.steps_of(given_records):
        for one in step.inputs:
            edges |= {(one, step.job or each) for each in ([step.job] if step.job else step.outputs)}
        edges |= {(step.job, other) for other in step.outputs if step.job}
    nodes = np.array([node for node, entry in enumerate(mesh.entries) if entry is not None], np.int32)
    upstream, downstream = mesh.degrees(nodes)
    for place, node in enumerate(nodes.tolist()):
        found = {way: mesh.neighbours(node, way) for way in Direction}
        assert {keys[each] for each in found[Direction.DOWNSTREAM]} == {two for one, two in edges if one == keys[node]}
        assert {keys[each] for each in found[Direction.UPSTREAM]} == {one for one, two in edges if two == keys[node]}
        assert set(found[Direction.BOTH]) == set(found[Direction.UPSTREAM]) | set(found[Direction.DOWNSTREAM])
        assert list(found[Direction.BOTH]) == sorted(found[Direction.BOTH], key=mesh.id)
        assert (len(found[Direction.UPSTREAM]), len(found[Direction.DOWNSTREAM])) == (
            upstream[place],
            downstream[place],
        )


def test_edges_tell_when_they_were_seen() -> None:
    """First and last time of an edge come from every record that asserts it; a domain that does not say adds none."""
    steps = (Step((1,), (2,), Origin.DESIGN), Step((1, 4), (2,)))
    seen = Volatile(None, None, (50, 60), (70,))
    east = [
        dataset(1),
        dataset(4, namespace="S3://lake"),
        dataset(2, "out"),
        job(
            3,
            *steps,
            inputs=(1, 4),
            outputs=(2,),
            inputs_first_seen_us=(10, 5),
            outputs_first_seen_us=(30,),
            volatile=seen,
        ),
    ]
    mesh = mesh_of(east=east)
    answer = walk(mesh, WalkRequest(only(mesh, Kind.DATASET, "s3://lake", "orders")))
    into, out = answer.edges.views()
    assert (into.steps, into.origin, into.domains, into.first_seen_us, into.last_seen_us) == (
        (0, 1),
        Origin.RUN,
        ("east",),
        5,
        60,
    )
    assert (out.steps, out.first_seen_us, out.last_seen_us) == ((0, 1), 30, 70)
    silent = mesh_of(east=[dataset(1), dataset(2, "out"), job(3, Step((1,), (2,)))])
    edges = walk(silent, WalkRequest(0)).edges.views()
    assert {(each.first_seen_us, each.last_seen_us) for each in edges} == {(None, None)}
