"""Every walk is the naive walk over the union of all domains' edges."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.mesh import Cursor, Direction, Mesh, MeshKeeper, MeshLimits, Walk, WalkRequest, traversal, walk
from lineage_gateway.mesh.selection import Selection
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import InvalidInput, NotFound, TooLarge
from lineage_shared.model import Kind, NodeRecord, Origin, Step
from tests.gateway.mesh import naive
from tests.gateway.mesh.worlds import DOMAINS, TAGS, Numbers, Reported, records, worlds

World = Mapping[str, list[NodeRecord]]

directions = st.sampled_from(Direction)
depths = st.one_of(st.none(), st.integers(0, 4))
filters = st.fixed_dictionaries(
    {},
    optional={
        "kinds": st.frozensets(st.sampled_from(Kind), max_size=1),
        "domains": st.frozensets(st.sampled_from(DOMAINS), max_size=2),
        "tags": st.frozensets(st.sampled_from(TAGS), max_size=1),
    },
)


def built(world: Mapping[str, Reported]) -> tuple[Mesh, World]:
    """The mesh of a world, and the records it was made from."""
    keeper = MeshKeeper()
    given = {domain: records(said, Numbers()) for domain, said in world.items()}
    for domain, each in given.items():
        keeper.replace(domain, DomainMirror(domain, each))
    return keeper.mesh, given


def oracle(world: World, root: str, direction: Direction, depth: int | None) -> list[naive.Followed]:
    """The naive walks of a direction."""
    steps = naive.steps_of(world)
    sides = {Direction.DOWNSTREAM: [True], Direction.UPSTREAM: [False], Direction.BOTH: [True, False]}[direction]
    return [naive.directed(steps, root, depth, downstream=side) for side in sides]


def distances_of(walks: list[naive.Followed]) -> dict[str, int]:
    """The smallest distance of everything reached."""
    found: dict[str, int] = {}
    for each in walks:
        for key, distance in each.distances.items():
            found[key] = min(distance, found.get(key, distance))
    return found


def edges_of(answer: Walk) -> dict[tuple[str, str], naive.NaiveEdge]:
    """The edges of an answer by keys."""
    keys = answer.mesh.register.keys
    views = answer.edges.views()
    assert len(views) == len(answer.edges)
    return {(keys[each.source], keys[each.target]): (each.steps, each.origin, each.domains) for each in views}


def nodes_of(answer: Walk) -> list[tuple[int, str]]:
    """(distance, id) of the nodes of an answer."""
    return list(zip(answer.distances.tolist(), answer.mesh.ids(answer.nodes), strict=True))


@pytest.fixture(params=[0, 2, 48], ids=["numpy", "mixed", "python"], autouse=True)
def _frontier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traversal, "PYTHON_FRONTIER_MAX", request.param)
    if request.param == 2:
        # No distance fits beside an id any more, as if the walk were very deep.
        monkeypatch.setattr(import_module("lineage_gateway.mesh.walk"), "_PACKED_DISTANCE_MAX", 0)


def each_root(mesh: Mesh) -> list[int]:
    """Every node of a mesh."""
    return [node for node, entry in enumerate(mesh.entries) if entry is not None]


@settings(max_examples=60, deadline=None)
@given(world=worlds, direction=directions, depth=depths)
def test_a_walk_reaches_what_the_naive_walk_reaches(
    world: Mapping[str, Reported], direction: Direction, depth: int | None
) -> None:
    """Nodes, distances, order, edges with steps, origins and domains, and totals equal the oracle's, from anywhere."""
    mesh, given_records = built(world)
    for root in each_root(mesh):
        answer = walk(mesh, WalkRequest(root, direction, depth))
        walks = oracle(given_records, mesh.register.keys[root], direction, depth)
        expected = distances_of(walks)
        reached = {
            mesh.register.keys[node]: distance
            for node, distance in zip(answer.nodes.tolist(), answer.distances.tolist(), strict=True)
        }
        assert reached == expected
        assert nodes_of(answer) == sorted(nodes_of(answer))
        assert edges_of(answer) == naive.merged_edges(walks, set(expected))
        assert (answer.total_nodes, answer.total_edges) == (len(expected), len(answer.edges))
        assert not answer.truncated


@settings(max_examples=100, deadline=None)
@given(world=worlds, direction=directions, depth=depths, chosen=filters)
def test_a_filter_chooses_what_is_returned_and_contracts_the_rest(
    world: Mapping[str, Reported], direction: Direction, depth: int | None, chosen: dict[str, frozenset[str]]
) -> None:
    """What a filter leaves out is walked, and edges lead across it without joining steps that are apart."""
    mesh, given_records = built(world)
    selection = Selection.of(**{"kinds": None, "domains": None, "tags": None, **chosen})  # type: ignore[arg-type]
    keys = mesh.register.keys
    for root in each_root(mesh):
        answer = walk(mesh, WalkRequest(root, direction, depth, **chosen))  # type: ignore[arg-type]
        walks = oracle(given_records, keys[root], direction, depth)
        expected = {
            key: distance
            for key, distance in distances_of(walks).items()
            if key == keys[root] or selection.accepts(mesh.entry(mesh.register.nodes[key]))  # type: ignore[index]
        }
        assert {keys[node]: int(at) for node, at in zip(answer.nodes, answer.distances, strict=True)} == expected
        assert edges_of(answer) == naive.merged_edges(walks, set(expected))
        assert (answer.total_nodes, answer.total_edges) == (len(expected), len(answer.edges))


@settings(max_examples=60, deadline=None)
@given(world=worlds, direction=directions, depth=depths, limit=st.integers(1, 4), chosen=filters)
def test_pages_together_are_the_whole(
    world: Mapping[str, Reported],
    direction: Direction,
    depth: int | None,
    limit: int,
    chosen: dict[str, frozenset[str]],
) -> None:
    """Pages joined by their cursors give all nodes once, and each page the edges between its own nodes."""
    mesh, _ = built(world)
    for root in each_root(mesh)[:3]:
        whole = walk(mesh, WalkRequest(root, direction, depth, **chosen))  # type: ignore[arg-type]
        found, after = [], None
        while True:
            page = walk(mesh, WalkRequest(root, direction, depth, limit, after, **chosen))  # type: ignore[arg-type]
            assert (page.total_nodes, page.total_edges) == (whole.total_nodes, whole.total_edges)
            inside = {mesh.register.keys[node] for node in page.nodes.tolist()}
            all_edges = edges_of(whole)
            assert edges_of(page) == {ends: all_edges[ends] for ends in all_edges if inside.issuperset(ends)}
            found += nodes_of(page)
            after = page.end_cursor
            if not page.truncated:
                break
        assert found == nodes_of(whole)


@settings(max_examples=30, deadline=None)
@given(world=worlds, direction=directions)
def test_an_answer_names_the_domains_it_rests_on(world: Mapping[str, Reported], direction: Direction) -> None:
    """Every domain that asserts or owns something visited, or asserts a step in between, is named."""
    mesh, given_records = built(world)
    for root in each_root(mesh):
        answer = walk(mesh, WalkRequest(root, direction, kinds=frozenset()))
        walks = oracle(given_records, mesh.register.keys[root], direction, None)
        expected = {step.domain for each in walks for _, step in each.entering | each.leaving}
        for node in answer.visited.tolist():
            entry = mesh.entry(node)
            expected |= {member.domain for member in entry.members} | ({entry.domain} if entry.domain else set())
        assert answer.domains == tuple(sorted(expected))
        assert {mesh.register.keys[node] for node in answer.visited.tolist()} == distances_of(walks).keys()


def dataset(number: int, name: str) -> NodeRecord:
    """A dataset by name."""
    return NodeRecord(number, Kind.DATASET, "postgres://db:1", name)


def job(number: int, name: str, *steps: Step) -> NodeRecord:
    """A job with steps."""
    return NodeRecord(number, Kind.JOB, "airflow", name, steps=steps)


def mesh_of(*given_records: NodeRecord, limits: MeshLimits | None = None) -> Mesh:
    """A mesh of one domain."""
    keeper = MeshKeeper(limits=limits)
    return keeper.replace("sales", DomainMirror("sales", given_records))


def test_steps_of_one_job_are_not_joined() -> None:
    """From an input only the outputs of the steps that read it are reached, and contraction keeps it so."""
    two = job(9, "two", Step((1,), (2,)), Step((3,), (4,), Origin.DESIGN))
    mesh = mesh_of(*(dataset(number, f"d{number}") for number in (1, 2, 3, 4)), two)
    (root,) = mesh.find(Kind.DATASET, "postgres://db:1", "d3")
    answer = walk(mesh, WalkRequest(root, Direction.DOWNSTREAM))
    assert [mesh.entry(node).name for node in sorted(answer.nodes.tolist())] == ["d3", "d4", "two"]
    assert {(each.steps, each.origin) for each in answer.edges.views()} == {((1,), Origin.DESIGN)}
    (only,) = walk(mesh, WalkRequest(root, Direction.BOTH, kinds=frozenset({Kind.DATASET}))).edges.views()
    assert (mesh.entry(only.source).name, mesh.entry(only.target).name, only.steps) == ("d3", "d4", ())
    assert (only.first_seen_us, only.last_seen_us) == (None, None)


def test_a_hub_is_walked_by_numpy() -> None:
    """A frontier of hundreds is walked like a small one, deep chains behind it included."""
    datasets = [dataset(number, f"d{number:04d}") for number in range(1, 402)]
    fan = job(1000, "fan", Step((1,), tuple(range(2, 302))))
    chain = [job(1000 + at, f"chain{at}", Step((at,), (at + 1,))) for at in range(301, 401)]
    mesh = mesh_of(*datasets, fan, *chain)
    (root,) = mesh.find(Kind.DATASET, "postgres://db:1", "d0001")
    answer = walk(mesh, WalkRequest(root, Direction.DOWNSTREAM, limit=10_000))
    assert answer.total_nodes == 502
    assert int(answer.distances[-1]) == 101
    assert answer.total_edges == 301 + 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"depth": -1}, "DEPTH_INVALID"),
        ({"limit": -1}, "LIMIT_INVALID"),
        ({"after": "nonsense"}, "CURSOR_INVALID"),
        ({"after": "é"}, "CURSOR_INVALID"),
        ({"after": "x" * 1000}, "CURSOR_INVALID"),
        ({"after": "MTIzNA"}, "CURSOR_INVALID"),
    ],
)
def test_what_cannot_be_walked_is_refused(changes: dict[str, int], code: str) -> None:
    """A negative bound or a foreign cursor is an error with a code of its own."""
    mesh = mesh_of(dataset(1, "a"))
    with pytest.raises(InvalidInput) as caught:
        walk(mesh, WalkRequest(0, **changes))  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_root_of_another_version_is_not_found() -> None:
    """A node number that this version does not have is an error, not an answer."""
    mesh = mesh_of(dataset(1, "a"))
    for node in (-1, 1, 99):
        with pytest.raises(NotFound):
            walk(mesh, WalkRequest(node))


def test_nothing_fits_into_no_room() -> None:
    """A limit of zero returns no node, all totals, and no cursor."""
    mesh = mesh_of(dataset(1, "a"), dataset(2, "b"), job(3, "j", Step((1,), (2,))))
    answer = walk(mesh, WalkRequest(0, limit=0))
    assert (len(answer.nodes), answer.total_nodes, answer.total_edges, answer.truncated) == (0, 3, 2, True)
    assert answer.end_cursor is None


def test_contraction_has_limits() -> None:
    """A filter that leaves out too much is refused with a clear error instead of hanging."""
    hub = [dataset(number, f"d{number}") for number in range(1, 30)]
    everything = job(99, "all", Step(tuple(range(1, 15)), tuple(range(15, 30))))
    request = WalkRequest(0, Direction.DOWNSTREAM, kinds=frozenset({Kind.DATASET}))
    mesh = mesh_of(*hub, everything)
    assert walk(mesh, request).total_edges == 15
    for limits in (MeshLimits(contracted_edges_max=3), MeshLimits(contraction_visits_max=0)):
        with pytest.raises(TooLarge) as caught:
            walk(mesh_of(*hub, everything, limits=limits), request)
        assert caught.value.code == "CONTRACTION_TOO_LARGE"


def test_a_cursor_reads_back() -> None:
    """The opaque text of a cursor holds its distance and id."""
    cursor = Cursor(3, "6f1f2d0e-6f0c-5c0e-9b1e-3d1a54c5a7b2")
    assert Cursor.parse(str(cursor)) == cursor
