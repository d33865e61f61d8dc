"""What subscribers are told adds up to the walk, however the mesh changed and however slow they are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.access import EVERYTHING
from lineage_gateway.graphql.subscriptions.difference import NOTHING, Difference, WalkState, difference, same
from lineage_gateway.graphql.subscriptions.hub import Hub, HubLimits
from lineage_gateway.graphql.subscriptions.walking import walk_state
from lineage_gateway.graphql.subscriptions.watch import Event
from lineage_gateway.lineage import ById, ByName, Limits, MeshView
from lineage_gateway.mesh import Direction, MeshKeeper, MeshLimits
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.errors import LineageError, NotFound, TooLarge, Unavailable
from lineage_shared.model import Kind, NodeRecord, Step
from tests.gateway.graphql.subscriptions.reading import LIMITS, World, live
from tests.gateway.mesh.worlds import DATASETS, DOMAINS, mirror, reported

actions = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), st.sampled_from(DOMAINS), reported),
        st.tuples(st.just("remove"), st.sampled_from(DOMAINS), st.none()),
        st.tuples(st.just("rebuild"), st.none(), st.none()),
        st.tuples(st.just("status"), st.sampled_from(DOMAINS), st.sampled_from(DomainStatus)),
        st.tuples(st.just("pass"), st.none(), st.none()),
        st.tuples(st.just("read"), st.integers(0, 3), st.none()),
        st.tuples(
            st.just("subscribe"),
            st.integers(0, len(DATASETS) - 1),
            st.tuples(st.sampled_from(Direction), st.sampled_from([0, 1, 2, None])),
        ),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(actions)
def test_differences_add_up_to_the_walk(script: list[tuple[str, Any, Any]]) -> None:
    """Whatever was coalesced, a subscriber that has read everything has the walk of the newest version."""

    async def run() -> None:
        world = World()
        for each in script:
            await world.act(*each)
        await world.hub._pass()
        for reader in world.readers:
            while await reader.read():
                pass
            expected = world.expected(reader)
            assert reader.nodes.keys() == expected.nodes.keys()
            if expected.nodes:
                assert same(reader.state, expected)
                assert not reader.state.edges.keys() ^ expected.edges.keys()
            for node in reader.nodes.values():
                found = world.keeper.mesh.resolve_id(node.id)
                assert found is not None

    asyncio.run(run())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(DOMAINS), reported), min_size=1, max_size=6))
def test_an_old_state_never_changes_the_result(versions: list[tuple[str, Any]]) -> None:
    """A walk that leans on the state before is the walk made anew."""
    keeper = MeshKeeper(limits=MeshLimits(dead_nodes_max=3, delta_entries_max=5))
    before = NOTHING
    for domain, said in versions:
        mesh = keeper.replace(domain, mirror(domain, said))
        view = MeshView(mesh, live(*DOMAINS), EVERYTHING, LIMITS)
        found = mesh.find(Kind.DATASET, *DATASETS[0])
        if len(found) != 1:
            continue
        state = walk_state(view, found[0], Direction.BOTH, None, before)
        anew = walk_state(view, found[0], Direction.BOTH, None, NOTHING)
        assert list(state.nodes) == list(anew.nodes)
        assert [node.node for node in state.nodes.values()] == [node.node for node in anew.nodes.values()]
        assert state.nodes == anew.nodes
        assert state.edges == anew.edges
        assert state.rests == anew.rests
        before = state


def dataset(number: int, **more: Any) -> NodeRecord:
    """A dataset named by its number."""
    return NodeRecord(number, Kind.DATASET, "s3://lake", f"t{number}", **more)


def job(number: int, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> NodeRecord:
    """A job of one step."""
    return NodeRecord(
        number,
        Kind.JOB,
        "airflow",
        f"j{number}",
        steps=(Step(inputs, outputs),),
        inputs=inputs,
        outputs=outputs,
        inputs_first_seen_us=(1,) * len(inputs),
        outputs_first_seen_us=(1,) * len(outputs),
    )


T1 = ByName(Kind.DATASET, "s3://lake", "t1")


def made(*records: NodeRecord) -> MeshKeeper:
    """A mesh of one domain."""
    keeper = MeshKeeper()
    put(keeper, *records)
    return keeper


def put(keeper: MeshKeeper, *records: NodeRecord) -> None:
    """Let the domain say this from now on."""
    keeper.replace("east", DomainMirror("east", list(records)))


def hub_of(keeper: MeshKeeper, limits: Limits = LIMITS, **pace: Any) -> Hub:
    """A hub whose domains are all live."""
    return Hub(keeper, lambda: live("east"), limits, HubLimits(**pace))


async def told(events: Any) -> Event:
    """Wait for the next event."""
    async with asyncio.timeout(5):
        event: Event = await anext(events)
    return event


async def test_a_thousand_subscribers_cost_one_walk_a_change() -> None:
    """All get the same event, and the mesh is walked once per version."""
    keeper = made(dataset(1), dataset(2), job(3, (1,), (2,)))
    async with hub_of(keeper, subscription_interval_ms=0) as hub:
        subscribers = [hub.lineage(T1, Direction.DOWNSTREAM, 3) for _ in range(1000)]
        assert len({id(await told(each)) for each in subscribers}) == 1
        assert hub.walks == 1
        for version in (2, 3, 4):
            put(keeper, dataset(1), dataset(2), dataset(4, type=f"v{version}"), job(3, (1,), (2, 4)))
            events = {id(event): event for event in [await told(each) for each in subscribers]}
            assert len(events) == 1
            assert hub.walks == version
        for each in subscribers:
            await each.aclose()
        assert hub.watches == 0


async def test_other_references_to_one_asset_share_the_walk() -> None:
    """What is walked is the asset, by whatever name it was asked for."""
    keeper = made(dataset(1), dataset(2), job(3, (1,), (2,)))
    node = keeper.mesh.find(Kind.DATASET, "s3://lake", "t1")[0]
    async with hub_of(keeper, subscription_interval_ms=0) as hub:
        one = hub.lineage(T1, Direction.BOTH, None)
        other = hub.lineage(ById(keeper.mesh.id(node)), Direction.BOTH, None)
        spelled = hub.lineage(ByName(Kind.DATASET, "s3a://lake/", "t1"), Direction.BOTH, None)
        for each in (one, other, spelled):
            await told(each)
        assert (hub.watches, hub.walks) == (3, 1)


async def test_what_does_not_touch_the_walk_says_nothing() -> None:
    """A change elsewhere is looked at, and nobody is told."""
    keeper = made(dataset(1), dataset(2), dataset(5), job(3, (1,), (2,)))
    async with hub_of(keeper, subscription_interval_ms=0) as hub:
        events = hub.lineage(T1, Direction.DOWNSTREAM, 3)
        await told(events)
        put(keeper, dataset(1), dataset(2), dataset(5, type="TABLE"), job(3, (1,), (2,)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await anext(events)
        assert hub.walks == 2


async def test_a_vanished_root_empties_the_walk_and_fills_it_again() -> None:
    """The subscription outlives its asset."""
    keeper = made(dataset(1), dataset(2), job(3, (1,), (2,)))
    async with hub_of(keeper, subscription_interval_ms=0) as hub:
        events = hub.lineage(T1, Direction.DOWNSTREAM, 3)
        first = (await told(events)).changed
        assert isinstance(first, Difference)
        put(keeper, dataset(9))
        gone = (await told(events)).changed
        assert isinstance(gone, Difference)
        assert sorted(gone.removed_nodes) == sorted(node.id for node in first.added_nodes)
        assert len(gone.removed_edges) == len(first.added_edges) == 2
        put(keeper, dataset(1), dataset(2), job(3, (1,), (2,)))
        again = (await told(events)).changed
        assert isinstance(again, Difference)
        assert [node.id for node in again.added_nodes] == [node.id for node in first.added_nodes]


async def test_a_changed_edge_is_removed_and_added() -> None:
    """An edge has an identity, its ends; what else it says is replaced."""
    keeper = made(dataset(1), dataset(2), job(3, (1,), (2,)))
    async with hub_of(keeper, subscription_interval_ms=0) as hub:
        events = hub.lineage(T1, Direction.DOWNSTREAM, 3)
        await told(events)
        two = NodeRecord(
            3,
            Kind.JOB,
            "airflow",
            "j3",
            steps=(Step((1,), ()), Step((1,), (2,))),
            inputs=(1,),
            outputs=(2,),
            inputs_first_seen_us=(1,),
            outputs_first_seen_us=(1,),
        )
        put(keeper, dataset(1), dataset(2), two)
        changed = (await told(events)).changed
        assert isinstance(changed, Difference)
        ends = {(edge.source, edge.target) for edge in changed.added_edges}
        assert ends == {(edge.source, edge.target) for edge in changed.removed_edges}
        assert not changed.added_nodes
        assert not changed.removed_nodes


async def test_a_walk_beyond_the_limit_is_refused_or_ends() -> None:
    """A walk that is too large at first is refused; one that grows too large ends for its subscribers."""
    keeper = made(dataset(1), dataset(2), job(3, (1,), (2,)))
    with pytest.raises(TooLarge):
        hub_of(keeper, Limits(limit_max=2)).lineage(T1, Direction.DOWNSTREAM, 3)
    async with hub_of(keeper, Limits(limit_max=3), subscription_interval_ms=0) as hub:
        events = hub.lineage(T1, Direction.DOWNSTREAM, 3)
        await told(events)
        put(keeper, dataset(1), dataset(2), dataset(4), job(3, (1,), (2, 4)))
        with pytest.raises(TooLarge):
            await told(events)
        put(keeper, dataset(1), dataset(2), job(3, (1,), (2,)))
        await told(hub.lineage(T1, Direction.DOWNSTREAM, 3))


async def test_bad_questions_are_refused_at_once() -> None:
    """An unknown asset, a depth outside the limits, one watch too many."""
    keeper = made(dataset(1), dataset(2))
    async with hub_of(keeper, watches_max=1) as hub:
        with pytest.raises(NotFound):
            hub.lineage(ById("nothing"), Direction.BOTH, 1)
        with pytest.raises(LineageError, match="depth"):
            hub.lineage(T1, Direction.BOTH, -1)
        kept = hub.lineage(T1, Direction.BOTH, 1)
        with pytest.raises(Unavailable):
            hub.lineage(T1, Direction.BOTH, 2)
        await kept.aclose()
        await kept.aclose()
        hub.lineage(T1, Direction.BOTH, 2)


async def test_statuses_are_told_when_they_change() -> None:
    """First every domain, then the one that is otherwise; also one that is configured later."""
    states = dict(live("east", "west"))
    async with Hub(MeshKeeper(), lambda: dict(states), LIMITS, HubLimits(0, 1, 0.01)) as hub:
        events = hub.domains()
        assert [(await told(events)).changed for _ in range(2)] == ["east", "west"]
        states["west"] = DomainState("west", DomainStatus.UNREACHABLE)
        assert (await told(events)).changed == "west"
        del states["west"]
        states |= live("north")
        assert (await told(events)).changed == "north"
        states |= live("west")
        assert (await told(events)).changed == "west"
        await events.aclose()


async def test_a_status_changes_an_answer_without_a_walk() -> None:
    """When a domain is lost, the walk is incomplete: said at once, without walking."""
    keeper = made(dataset(1), dataset(2), job(3, (1,), (2,)))
    states = dict(live("east"))
    async with Hub(keeper, lambda: dict(states), LIMITS, HubLimits(0, 1, 0.01)) as hub:
        events = hub.lineage(T1, Direction.DOWNSTREAM, 3)
        await told(events)
        states["east"] = DomainState("east", DomainStatus.UNREACHABLE, "gone", not_live_s=100.0)
        changed = (await told(events)).changed
        assert isinstance(changed, Difference)
        assert not changed.rests.complete
        assert [each.status for each in changed.rests.domains] == [DomainStatus.UNREACHABLE]
        assert not changed.added_nodes
        assert hub.walks == 1


async def test_a_fault_of_ours_ends_one_walk_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in one walk is an error for its subscribers; the others go on."""
    keeper = made(dataset(1), dataset(2), job(3, (1,), (2,)))
    async with hub_of(keeper, subscription_interval_ms=0) as hub:
        broken, whole = hub.lineage(T1, Direction.DOWNSTREAM, 3), hub.lineage(T1, Direction.UPSTREAM, 3)
        await told(broken)
        await told(whole)

        def breaks(view: Any, root: int, direction: Direction, depth: int, before: WalkState) -> WalkState:
            if direction is Direction.DOWNSTREAM:
                raise ZeroDivisionError
            return walk_state(view, root, direction, depth, before)

        monkeypatch.setattr("lineage_gateway.graphql.subscriptions.hub.walk_state", breaks)
        put(keeper, dataset(1, type="TABLE"), dataset(2), job(3, (1,), (2,)))
        await told(whole)
        with pytest.raises(LineageError, match="internal"):
            await told(broken)


def test_nothing_differs_from_itself() -> None:
    """A state and itself are the same, and their difference is empty."""
    assert same(NOTHING, NOTHING)
    empty = difference(NOTHING, NOTHING)
    assert not any(
        (empty.added_nodes, empty.removed_nodes, empty.changed_nodes, empty.added_edges, empty.removed_edges)
    )
