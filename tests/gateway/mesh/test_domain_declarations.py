"""What domains declare, in the mesh: a function of what everybody says at the end, whoever said it first."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.identity import Authorities, Declared, DomainDeclared, DomainLimits, declared_by, declared_of
from lineage_gateway.mesh import Mesh, MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.ids import asset_id
from lineage_shared.model import Kind, NodeRecord
from lineage_shared.naming import Declaration, read_declaration
from tests.gateway.mesh.test_keeper import DECLARATIONS, ORDERS, TABLE_A, TABLE_B, TOPIC, picture
from tests.gateway.mesh.worlds import DOMAINS, Numbers, Reported, claiming, records

LOCAL = {"namespace": "file", "name": "/tmp/orders.csv"}
HUB = {**ORDERS, "name": "hub"}
LIMITS = DomainLimits(declarations_max=20, bytes_max=20_000)

said_pool: tuple[dict[str, Any], ...] = (
    {"type": "alias", "a": TABLE_A, "b": TOPIC},
    {"type": "alias", "a": TABLE_A, "b": TOPIC, "by": "team"},
    {"type": "alias", "a": TOPIC, "b": ORDERS},
    {"type": "alias", "a": LOCAL, "b": TABLE_B},
    {"type": "symlink", "of": TABLE_B, "symlink": HUB},
    {"type": "symlink", "of": TABLE_A, "symlink": HUB},
    {"type": "different_from", "a": TABLE_A, "b": TOPIC},
    {"type": "different_from", "a": TABLE_A, "b": ORDERS},
    {"type": "different_from", "a": HUB, "b": {"namespace": "gs://other", "name": "hub"}},
    {"type": "namespace_alias", "canonical": "gs://other", "aliases": ["s3://lake"]},
    {"type": "namespace_alias", "canonical": "s3://lake", "aliases": ["kafka://broker"]},
    {"type": "namespace_alias", "canonical": "kafka://broker", "aliases": ["s3://lake"]},
    {"type": "case_policy", "namespace": "postgres://db:5432", "case": "insensitive"},
    {"type": "job_namespace_alias", "canonical": "dbt", "aliases": ["airflow"]},
    {"type": "alias", "a": {**LOCAL, "domain": "west"}, "b": TOPIC},
    {"type": "alias", "a": TABLE_A},
    {"type": "nonsense"},
)
LEFT, RIGHT = ({"type": "namespace_alias", "canonical": each} for each in ("gs://left", "gs://right"))
SYMLINK = {"type": "symlink", "of": {**TOPIC, "name": ORDERS["name"]}, "symlink": ORDERS}
SWAPPED: tuple[list[dict[str, Any]], ...] = tuple(
    [{**LEFT, "aliases": [one["namespace"]]}, {**RIGHT, "aliases": [other["namespace"]]}, *more]
    for one, other in ((TOPIC, ORDERS), (ORDERS, TOPIC))
    for more in ([SYMLINK], [])
)
"""Two namespaces that have each other's alias afterwards, with a symlink between them, and without."""

said = st.one_of(
    st.lists(st.sampled_from(said_pool), max_size=4, unique_by=repr),
    st.sampled_from(SWAPPED),
)
prefixes = st.sampled_from([{}, {"east": ["s3://lake"]}, {"north": ["kafka://broker"], "east": ["postgres://db"]}])
actions = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), st.sampled_from(DOMAINS), claiming),
        st.tuples(st.just("remove"), st.sampled_from(DOMAINS), st.none()),
        st.tuples(st.just("say"), st.sampled_from(DOMAINS), said),
        st.tuples(st.just("declare"), st.frozensets(st.sampled_from(DECLARATIONS), max_size=3), st.none()),
        st.tuples(st.just("govern"), prefixes, st.none()),
    ),
    max_size=8,
)


class World:
    """A keeper, and what everybody has said to it."""

    def __init__(self) -> None:
        self.keeper = MeshKeeper()
        self.operators: frozenset[Declaration] = frozenset()
        self.said: dict[str, DomainDeclared] = {}
        self.reported: dict[str, Reported] = {}
        self.authorities = Authorities()

    @property
    def declared(self) -> Declared:
        """Everything that is declared."""
        return declared_of(self.operators, (), self.said.values())

    def do(self, what: str, subject: Any, given_: Any, pauses: int = 10**9) -> None:
        """Do one thing, or drop it after so many pauses."""
        before = (self.operators, dict(self.said), dict(self.reported), self.authorities)
        if what == "replace":
            self.reported[subject] = given_
            work = self.keeper.replacing(subject, DomainMirror(subject, records(given_, Numbers())))
        elif what == "remove":
            self.reported.pop(subject, None)
            work = self.keeper.removing(subject)
        elif what == "govern":
            self.authorities = Authorities(subject)
            work = self.keeper.governing(self.authorities)
        else:
            if what == "say":
                self.said[subject] = declared_by(subject, given_, LIMITS)
            else:
                self.operators = subject
            work = self.keeper.declaring(self.declared)
        finished = len(list(islice(work, pauses))) < pauses
        work.close()
        if not finished:
            self.operators, self.said, self.reported, self.authorities = before

    def scratch(self, seed: int) -> MeshKeeper:
        """The keeper that hears of the same things in another order."""
        keeper = MeshKeeper()
        steps: list[Callable[[], object]] = [
            lambda: keeper.declare(self.declared),
            lambda: keeper.govern(self.authorities),
        ]
        for domain, reported in self.reported.items():
            mirror = DomainMirror(domain, records(reported, Numbers()))
            steps.append(partial(keeper.replace, domain, mirror))
        random.Random(seed).shuffle(steps)
        for step in steps:
            step()
        return keeper


def state(keeper: MeshKeeper) -> Mapping[str, Any]:
    """All that can be asked: the mesh, and what is held back."""
    classes = keeper.identities.classes
    return {
        **picture(keeper.mesh),
        "classes": dict(classes.all),
        "claims": set(classes.known),
        "conflicts": classes.conflicts(),
        "disagreements": keeper.identities.names.disagreements,
        "overruled": keeper.identities.declared.overruled,
    }


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.tuples(actions, st.integers(0, 14)), max_size=3), last=actions, seed=st.integers(0, 99))
def test_the_outcome_is_that_of_what_is_said_in_the_end(steps: list[Any], last: list[Any], seed: int) -> None:
    """Whatever came first, was taken back or dropped half-way: only what holds at the end counts."""
    world = World()
    for given_, pauses in [*steps, (last, 10**9)]:
        for what, subject, said_ in given_:
            world.do(what, subject, said_, pauses)
    assert state(world.keeper) == state(world.scratch(seed))
    assert_ids(world.keeper.mesh)


def test_aliases_that_swap_turn_a_symlink_round() -> None:
    """The keys are the same two, and the other one has the other name; then it can be taken back."""
    for swapped in permutations(SWAPPED):
        world = World()
        for seed, each in enumerate(swapped):
            world.do("say", "east", each)
            assert state(world.keeper) == state(world.scratch(seed))


def assert_ids(mesh: Mesh) -> None:
    """No two nodes have one id; a name leads to its node by its own id, and by the common one to one that has it."""
    alive = [node for node, entry in enumerate(mesh.entries) if entry is not None]
    assert len({mesh.id(node) for node in alive}) == len(alive)
    for node in alive:
        for member in mesh.entry(node).members:
            record = member.record
            assert mesh.resolve_id(asset_id(record.kind, record.namespace, record.name, member.scope)) == node
            if member.narrowed:
                common = mesh.resolve_id(asset_id(record.kind, record.namespace, record.name, None))
                assert common is not None
                names = {(each.record.namespace, each.record.name) for each in mesh.entry(common).members}
                assert (record.namespace, record.name) in names


@settings(max_examples=80, deadline=None)
@given(steps=actions, gone=st.sampled_from(DOMAINS), seed=st.integers(0, 99))
def test_a_domain_that_is_removed_was_never_there(steps: list[Any], gone: str, seed: int) -> None:
    """Its records, its namespaces and its declarations leave nothing behind, in whatever order they go."""
    world = World()
    for action in steps:
        world.do(*action)
    goodbye: list[tuple[str, Any, Any]] = [("remove", gone, None), ("say", gone, [])]
    for action in random.Random(seed).sample(goodbye, 2):
        world.do(*action)
    del world.said[gone]
    assert state(world.keeper) == state(world.scratch(seed))
    assert not any(gone == claim.domain for claim in world.keeper.identities.classes.known)


def domain(name: str, *declarations: dict[str, Any]) -> DomainDeclared:
    """What a domain declares."""
    return declared_by(name, declarations, LIMITS)


def mesh_of(
    *said_by: DomainDeclared, operators: tuple[Declaration, ...] = (), authorities: Authorities | None = None
) -> MeshKeeper:
    """A mesh in which two domains report a table and a topic."""
    keeper = MeshKeeper(authorities)
    for name in ("east", "north"):
        found = [
            NodeRecord(number, Kind.DATASET, each["namespace"], each["name"])
            for number, each in enumerate((TABLE_A, TOPIC), start=1)
        ]
        keeper.replace(name, DomainMirror(name, found))
    keeper.declare(declared_of(operators, (), said_by))
    return keeper


def joined(keeper: MeshKeeper, of: str = "east") -> bool:
    """Whether the table and the topic are one."""
    return keeper.mesh.node_of(of, 1) == keeper.mesh.node_of(of, 2)


SAME = {"type": "alias", "a": TABLE_A, "b": TOPIC}
DIFFERENT = {"type": "different_from", "a": TABLE_A, "b": TOPIC}


def reasons(keeper: MeshKeeper) -> list[str]:
    """Why claims are held back."""
    return [each.reason.value for each in keeper.identities.classes.conflicts()]


def test_a_domain_joins_two_names_that_it_reports() -> None:
    """Its word counts for everybody, and is gone with it."""
    keeper = mesh_of(domain("east", SAME))
    assert joined(keeper)
    assert joined(keeper, "north")
    keeper.declare(declared_of((), (), ()))
    assert not joined(keeper)


def test_a_domain_that_reports_neither_name_waits_until_it_does() -> None:
    """What it declares is held back with a reason of its own, and joins with the record that comes."""
    keeper = mesh_of(domain("south", SAME))
    assert not joined(keeper)
    assert reasons(keeper) == ["not-reported"]
    mentioned = NodeRecord(1, Kind.DATASET, TABLE_A["namespace"], TABLE_A["name"], mentioned=True)
    keeper.replace("south", DomainMirror("south", [mentioned]))
    assert not joined(keeper)
    spelled = NodeRecord(1, Kind.DATASET, "postgresql://DB", TABLE_A["name"])
    keeper.replace("south", DomainMirror("south", [spelled]))
    assert joined(keeper)
    keeper.remove("south")
    assert reasons(keeper) == ["not-reported"]
    assert not joined(keeper)


def test_a_domain_must_report_the_source_of_a_symlink() -> None:
    """To know the other name is not enough."""
    table = NodeRecord(1, Kind.DATASET, TABLE_A["namespace"], TABLE_A["name"])
    for source, target, holds in ((TABLE_A, HUB, True), (HUB, TABLE_A, False)):
        keeper = MeshKeeper()
        keeper.replace("east", DomainMirror("east", [table]))
        keeper.declare(declared_of((), (), [domain("east", {"type": "symlink", "of": source, "symlink": target})]))
        assert reasons(keeper) == ([] if holds else ["not-reported"])
        assert bool(keeper.identities.classes.all) is holds


def test_an_owner_who_agrees_lets_another_domain_s_declaration_in() -> None:
    """Until the owner declares or claims the same, it waits; then both hold, and taking back parts them again."""
    owned = Authorities({"north": ["kafka://broker"]})
    keeper = mesh_of(domain("east", SAME), authorities=owned)
    assert not joined(keeper)
    assert reasons(keeper) == ["awaits-owner"]
    keeper.declare(declared_of((), (), [domain("east", SAME), domain("north", SAME)]))
    assert joined(keeper)
    assert reasons(keeper) == []
    keeper.declare(declared_of((), (), [domain("east", SAME), domain("north", DIFFERENT)]))
    assert not joined(keeper)
    assert reasons(keeper) == ["awaits-owner"]
    keeper.govern(Authorities())
    assert reasons(keeper) == ["different-from"]


def test_domains_that_disagree_join_nothing_and_say_so() -> None:
    """One says that two names are one, the other that they are two: that is a conflict, whoever came first."""
    for first, second in (("east", "north"), ("north", "east")):
        keeper = mesh_of(domain(first, SAME), domain(second, DIFFERENT))
        assert not joined(keeper)
        assert reasons(keeper) == ["different-from"]


def test_the_gateway_s_word_comes_before_a_domain_s() -> None:
    """Directly opposed it is overruled; over several steps what the domain holds apart is one, and that is shown."""
    alias, apart = read_declaration(SAME), read_declaration(DIFFERENT)
    keeper = mesh_of(domain("east", DIFFERENT), operators=(alias,))
    assert joined(keeper)
    (overruled,) = keeper.identities.declared.overruled
    assert (overruled.domain, overruled.why) == ("east", "what is declared at the gateway says otherwise")
    keeper = mesh_of(domain("east", SAME), operators=(apart,))
    assert not joined(keeper)
    assert [each.domain for each in keeper.identities.declared.overruled] == ["east"]
    chain = [{"type": "alias", "a": TABLE_A, "b": ORDERS}, {"type": "alias", "a": ORDERS, "b": TOPIC}]
    keeper = mesh_of(domain("east", DIFFERENT), operators=tuple(map(read_declaration, chain)))
    assert joined(keeper)
    assert reasons(keeper) == ["overruled"]


def test_a_namespace_declaration_is_about_its_domain_only() -> None:
    """The names of others are read as before; an operator's word about the same comes first."""
    mine = {"type": "namespace_alias", "canonical": "kafka://broker", "aliases": ["postgres://db:5432"]}
    keeper = mesh_of(domain("east", mine))
    by_domain = {name: keeper.mesh.attributes(keeper.mesh.node_of(name, 1) or 0).key for name in ("east", "north")}
    assert by_domain["east"].startswith("ds1:kafka:")
    assert by_domain["north"].startswith("ds1:postgres:")
    other = read_declaration({**mine, "canonical": "postgres://other:5432"})
    keeper = mesh_of(domain("east", mine), operators=(other,))
    assert "other" in keeper.mesh.attributes(keeper.mesh.node_of("east", 1) or 0).key
    assert [each.domain for each in keeper.identities.declared.overruled] == ["east"]


def test_one_spelling_that_means_two_things_has_two_ids() -> None:
    """Read by a domain in its own way, it is that domain's; the common id means what others read, if anybody does."""
    mine = {"type": "namespace_alias", "canonical": "kafka://broker", "aliases": ["postgres://db:5432"]}
    keeper = mesh_of()
    name = (TABLE_A["namespace"], TABLE_A["name"])
    common = asset_id(Kind.DATASET, *name, None)
    keeper.declare(declared_of((), (), [domain("east", mine)]))
    mesh = keeper.mesh
    assert mesh.resolve_id(common) == mesh.node_of("north", 1)
    assert mesh.resolve_id(asset_id(Kind.DATASET, *name, "east")) == mesh.node_of("east", 1)
    keeper.remove("north")
    assert keeper.mesh.resolve_id(common) == keeper.mesh.node_of("east", 1)
    everybodys = read_declaration(mine)
    keeper.declare(declared_of((everybodys,), (), [domain("east", mine)]))
    (member,) = keeper.mesh.entry(keeper.mesh.node_of("east", 1) or 0).members
    assert (member.scope, member.narrowed) == (None, False)


def test_local_names_in_a_declaration_are_the_domain_s() -> None:
    """The same words of two domains are about two files, and join nothing across domains."""
    local = {"type": "alias", "a": LOCAL, "b": TABLE_A}
    keeper = MeshKeeper()
    for name in ("east", "north"):
        found = NodeRecord(1, Kind.DATASET, LOCAL["namespace"], LOCAL["name"])
        table = NodeRecord(2, Kind.DATASET, TABLE_A["namespace"], TABLE_A["name"])
        keeper.replace(name, DomainMirror(name, [found, table]))
    keeper.declare(declared_of((), (), [domain("east", local)]))
    assert keeper.mesh.node_of("east", 1) == keeper.mesh.node_of("east", 2)
    assert keeper.mesh.node_of("north", 1) != keeper.mesh.node_of("north", 2)
    keeper.declare(declared_of((), (), [domain("east", local), domain("north", local)]))
    assert reasons(keeper) == ["local-names"]
    assert keeper.mesh.node_of("east", 1) != keeper.mesh.node_of("north", 1)


def test_a_domain_s_difference_beats_its_own_alias_of_a_namespace() -> None:
    """Two names that it declares to be different stay apart in its reading, and no other's is touched."""
    alias = {"type": "namespace_alias", "canonical": "gs://other", "aliases": ["s3://lake"]}
    apart = {"type": "different_from", "a": HUB, "b": {"namespace": "gs://other", "name": "hub"}}
    keeper = MeshKeeper()
    for name in ("east", "north"):
        spellings = [("s3://lake", "hub"), ("gs://other", "hub"), ("s3://lake", "x"), ("gs://other", "x")]
        found = [NodeRecord(number, Kind.DATASET, *each) for number, each in enumerate(spellings)]
        keeper.replace(name, DomainMirror(name, found))
    keeper.declare(declared_of((), (), [domain("east", alias, apart), domain("north", alias)]))
    nodes = {name: [keeper.mesh.node_of(name, number) for number in range(4)] for name in ("east", "north")}
    assert nodes["east"][0] != nodes["east"][1]
    assert nodes["east"][2] == nodes["east"][3]
    assert nodes["north"][0] == nodes["north"][1]


@pytest.mark.parametrize("pauses", range(10))
@pytest.mark.parametrize("later", [(), ({"type": "alias", "a": TABLE_B, "b": HUB},)], ids=["nothing", "another"])
def test_a_change_of_declarations_that_is_dropped_changes_nothing(
    pauses: int, later: tuple[dict[str, Any], ...]
) -> None:
    """What a domain declared before still waits for the names that it is about, and joins them when they come."""
    keeper = mesh_of(domain("south", SAME))
    work = keeper.declaring(declared_of((), (), [domain("south", *later)]))
    dropped = len(list(islice(work, pauses))) == pauses
    work.close()
    table = NodeRecord(1, Kind.DATASET, TABLE_A["namespace"], TABLE_A["name"])
    keeper.replace("south", DomainMirror("south", [table]))
    assert joined(keeper) is dropped
