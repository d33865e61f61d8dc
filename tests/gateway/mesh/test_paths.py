"""Every search for paths finds what the naive enumeration finds, in order, and says so when it stopped early."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.mesh import (
    Direction,
    Mesh,
    MeshKeeper,
    MeshLimits,
    PathRequest,
    Paths,
    WalkRequest,
    find_paths,
    walk,
)
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import InvalidInput, NotFound
from lineage_shared.model import Kind, NodeRecord, Step
from tests.gateway.mesh import naive
from tests.gateway.mesh.test_walk import World, built, each_root
from tests.gateway.mesh.worlds import Reported, worlds

MANY = 100_000


def ids_of(answer: Paths) -> list[tuple[str, ...]]:
    """The paths as ids."""
    return [tuple(map(answer.mesh.id, path)) for path in answer.paths]


def all_paths(mesh: Mesh, world: World, source: int, target: int) -> list[tuple[str, ...]]:
    """What the oracle finds, as ids, in the promised order."""
    keys = mesh.register.keys
    nodes: Mapping[str, int] = {keys[node]: node for node in each_root(mesh)}
    found = naive.paths(naive.steps_of(world), keys[source], keys[target])
    return sorted((tuple(mesh.id(nodes[key]) for key in path) for path in found), key=lambda path: (len(path), path))


def one_domain(*records: NodeRecord, limits: MeshLimits | None = None) -> Mesh:
    """The mesh of one domain."""
    keeper = MeshKeeper(limits=limits)
    keeper.replace("east", DomainMirror("east", records))
    return keeper.mesh


def table(number: int) -> NodeRecord:
    """A dataset."""
    return NodeRecord(number, Kind.DATASET, "s3://lake", f"t{number}")


def job(number: int, *steps: Step) -> NodeRecord:
    """A job."""
    inputs = {each for step in steps for each in step.inputs}
    outputs = {each for step in steps for each in step.outputs}
    return NodeRecord(
        number, Kind.JOB, "dbt", f"j{number}", steps=steps, inputs=tuple(sorted(inputs)), outputs=tuple(sorted(outputs))
    )


def named(mesh: Mesh, path: tuple[int, ...]) -> list[str]:
    """The names along a path."""
    return [mesh.entry(node).name for node in path]


def at(mesh: Mesh, number: int) -> int:
    """The node of a record."""
    node = mesh.node_of("east", number)
    assert node is not None
    return node


@settings(max_examples=60, deadline=None)
@given(world=worlds, limit=st.sampled_from([1, 2, 5, MANY]))
def test_paths_are_those_of_the_naive_enumeration(world: Mapping[str, Reported], limit: int) -> None:
    """From anywhere to anywhere: the same paths, shortest first and then by ids, cut behind the limit."""
    mesh, given_records = built(world)
    for source in each_root(mesh):
        for target in each_root(mesh):
            expected = all_paths(mesh, given_records, source, target)
            answer = find_paths(mesh, PathRequest(source, target, limit))
            assert ids_of(answer) == expected[:limit]
            assert answer.truncated == (len(expected) > limit)


@settings(max_examples=50, deadline=None)
@given(world=worlds)
def test_there_is_a_path_exactly_to_what_a_walk_reaches(world: Mapping[str, Reported]) -> None:
    """Downstream of the source, at the walk's distances; edges are those of the paths, with steps that join up."""
    mesh, _ = built(world)
    for source in each_root(mesh):
        walked = walk(mesh, WalkRequest(source, Direction.DOWNSTREAM))
        distances = dict(zip(walked.nodes.tolist(), walked.distances.tolist(), strict=True))
        plain = {(edge.source, edge.target): edge for edge in walked.edges.views()}
        for target in each_root(mesh):
            answer = find_paths(mesh, PathRequest(source, target, MANY))
            assert bool(answer.paths) == (target in distances)
            nodes = dict(zip(answer.nodes.tolist(), answer.distances.tolist(), strict=True))
            assert nodes == {node: distances[node] for path in answer.paths for node in path}
            edges = {(edge.source, edge.target): edge for edge in answer.edges.views()}
            assert edges.keys() == {pair for path in answer.paths for pair in pairwise(path)}
            for pair, edge in edges.items():
                assert set(edge.steps) <= set(plain[pair].steps)
                assert set(edge.domains) <= set(plain[pair].domains)


def test_an_input_of_one_step_does_not_lead_to_an_output_of_another() -> None:
    """A job joins only what its steps join."""
    mesh = one_domain(*map(table, range(1, 5)), job(9, Step((1,), (2,)), Step((3,), (4,))))
    assert find_paths(mesh, PathRequest(at(mesh, 1), at(mesh, 4))).paths == ()
    (path,) = find_paths(mesh, PathRequest(at(mesh, 1), at(mesh, 2))).paths
    assert named(mesh, path) == ["t1", "j9", "t2"]


def test_a_job_may_be_passed_again_by_another_step() -> None:
    """Where one job makes the middle and the end, both of its steps are on the way."""
    mesh = one_domain(*map(table, range(1, 4)), job(9, Step((1,), (2,)), Step((2,), (3,))))
    answer = find_paths(mesh, PathRequest(at(mesh, 1), at(mesh, 3)))
    assert [named(mesh, path) for path in answer.paths] == [["t1", "j9", "t2", "j9", "t3"]]
    assert {named(mesh, (edge.source, edge.target))[0]: edge.steps for edge in answer.edges.views()}["t2"] == (1,)


def test_a_node_has_one_path_to_itself() -> None:
    """Also within a cycle."""
    mesh = one_domain(table(1), table(2), job(8, Step((1,), (2,))), job(9, Step((2,), (1,))))
    answer = find_paths(mesh, PathRequest(at(mesh, 1), at(mesh, 1)))
    assert (answer.paths, answer.truncated, len(answer.edges)) == (((at(mesh, 1),),), False, 0)
    assert (answer.nodes.tolist(), answer.distances.tolist(), answer.domains) == ([at(mesh, 1)], [0], ("east",))


def test_the_longest_detour_through_a_cycle_is_found_without_trying_everything() -> None:
    """Twelve tables that all feed each other, and one way in and one out: 2 paths, far fewer places looked at."""
    size = 12
    ring = [job(100 + n, Step((n,), tuple(m for m in range(2, size) if m != n))) for n in range(2, size)]
    blocked = [job(200, Step((1,), (2,))), job(201, Step((2,), (99,)))]
    mesh = one_domain(*map(table, range(1, size)), table(99), *ring, *blocked, limits=MeshLimits(paths_visits_max=500))
    answer = find_paths(mesh, PathRequest(at(mesh, 1), at(mesh, 99), limit=50))
    assert [named(mesh, path) for path in answer.paths] == [["t1", "j200", "t2", "j201", "t99"]]
    assert not answer.truncated


def test_a_search_that_looks_at_too_much_says_so() -> None:
    """What was found until then is right; `truncated` tells that there may be more."""
    layers = [job(1000 + n, Step((2 * n, 2 * n + 1), (2 * n + 2, 2 * n + 3))) for n in range(20)]
    mesh = one_domain(*map(table, range(42)), *layers, limits=MeshLimits(paths_visits_max=200))
    answer = find_paths(mesh, PathRequest(at(mesh, 0), at(mesh, 41), limit=1_000_000))
    assert answer.truncated
    assert 0 < len(answer.paths) < 100
    assert {len(path) for path in answer.paths} == {41}


def test_bad_requests_are_refused() -> None:
    """A limit below one, and nodes that this version does not have."""
    mesh = one_domain(table(1))
    with pytest.raises(InvalidInput):
        find_paths(mesh, PathRequest(0, 0, 0))
    with pytest.raises(NotFound):
        find_paths(mesh, PathRequest(0, 7))
