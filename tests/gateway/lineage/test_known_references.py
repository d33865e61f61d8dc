"""What the mesh says of its references is enough to join them again, and so to compare rules and declarations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.access import EVERYTHING
from lineage_gateway.identity import Authorities, declared_of
from lineage_gateway.lineage import KnownReference, Limits, MeshView, in_force, known_references
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.claims import identify
from lineage_shared.model import Claim, Kind, NodeRecord
from lineage_shared.naming import Declarations, Reference, read_declaration
from lineage_shared.naming.shadow import compared

DOMAINS = ("east", "west")
NAMES = [
    ("hive://ms.acme.example:9083", "db.t"),
    ("hive://ms.acme.example:9083", "db.T"),
    ("hive://ms.acme.example:9083", "db.u"),
    ("s3://lake", "db/t"),
    ("s3a://lake", "/db/t/"),
    ("s3://copy", "db/t"),
    ("kafka://one:9092", "t"),
    ("kafka://two:9092", "t"),
    ("file", "/tmp/t"),
    ("s3://lake", "/"),
]
ENDS = [{"namespace": namespace, "name": name} for namespace, name in NAMES[:8]]
DECLARED = [
    {"type": "alias", "a": ENDS[0], "b": ENDS[3]},
    {"type": "alias", "a": ENDS[2], "b": ENDS[6]},
    {"type": "different_from", "a": ENDS[0], "b": ENDS[3]},
    {"type": "different_from", "a": ENDS[6], "b": ENDS[7]},
    {"type": "namespace_alias", "canonical": "kafka://one:9092", "aliases": ["kafka://two:9092"]},
    {"type": "namespace_alias", "canonical": "s3://lake", "aliases": ["s3://copy"], "domain": "east"},
    {"type": "symlink", "of": ENDS[5], "symlink": ENDS[0]},
]
LINKS = st.lists(
    st.tuples(st.sampled_from(DOMAINS), st.integers(1, len(NAMES)), st.integers(1, len(NAMES))), max_size=6, unique=True
)
OWNED = st.dictionaries(
    st.sampled_from(DOMAINS), st.lists(st.sampled_from(["hive://ms.acme.example", "s3:"]), max_size=1)
)


def keeper_of(links: Sequence[tuple[str, int, int]], declared: Sequence[dict[str, Any]], owned: Any) -> MeshKeeper:
    """Both domains report all names; `links` are the symlinks of a domain, by numbers."""
    keeper = MeshKeeper(Authorities(owned))
    for domain in DOMAINS:
        records = []
        for number, name in enumerate(NAMES, 1):
            targets = sorted({target for by, source, target in links if (by, source) == (domain, number)})
            claims = tuple(Claim(target, "TABLE") for target in targets)
            records.append(NodeRecord(number, Kind.DATASET, *name, claims=claims))
        keeper.replace(domain, DomainMirror(domain, [*records, NodeRecord(99, Kind.JOB, "jobs", "j")]))
    keeper.declare(declared_of(map(read_declaration, declared), []))
    return keeper


def all_of(keeper: MeshKeeper, page: int) -> list[KnownReference]:
    """All references, by pages."""
    view = MeshView(keeper.mesh, {}, EVERYTHING, Limits())
    found: list[KnownReference] = []
    while more := known_references(view, keeper.identities, page, found[-1].place if found else None):
        found += more
    return found


@given(LINKS, st.lists(st.sampled_from(DECLARED), unique_by=repr), OWNED, st.integers(1, 30))
def test_the_same_rules_join_the_same_references(
    links: list[tuple[str, int, int]], declared: list[dict[str, Any]], owned: Any, page: int
) -> None:
    """Whatever is claimed, believed, held back or waits for an owner: compared with itself, nothing changes."""
    keeper = keeper_of(links, declared, owned)
    found = all_of(keeper, page)
    assert [each.place for each in found] == [
        (domain, at) for domain in DOMAINS for at in (*range(1, len(NAMES) + 1), 99)
    ]
    references = [
        Reference(namespace=each.namespace, name=each.name, kind=each.kind, domain=known.member.domain)
        for known in found
        for each in (known.member.record,)
    ]
    symlinks = [
        read_declaration(
            {
                "type": "symlink",
                "of": {"namespace": known.member.record.namespace, "name": known.member.record.name},
                "symlink": {"namespace": other.namespace, "name": other.name},
                "domain": known.member.domain,
            }
        )
        for known in found
        for other in known.symlinks
    ]
    again = identify(references, Declarations([*in_force(keeper.identities), *symlinks]))
    before = dict(zip(references, (known.canonical for known in found), strict=True))
    assert not compared(before, dict(zip(references, again, strict=True)))
    nodes = {reference: keeper.mesh.node_of(*known.place) for reference, known in zip(references, found, strict=True)}
    for one, other in combinations(references, 2):
        same = before[one] is not None and before[one] == before[other]
        assert same is (nodes[one] == nodes[other] and before[one] is not None)


def test_a_symlink_that_waits_for_an_owner_says_nothing_yet() -> None:
    """One that is held back because of others is told, for it may be let in when these are read otherwise."""
    shared = keeper_of([("east", 4, 1), ("east", 6, 1)], [], {})
    assert [len(known.symlinks) for known in all_of(shared, 50)].count(1) == 2
    waiting = keeper_of([("east", 4, 1)], [], {"west": ["hive://ms.acme.example"]})
    assert {known.symlinks for known in all_of(waiting, 50)} == {()}


def test_a_record_that_comes_and_goes_does_not_shift_the_pages() -> None:
    """What is there all the time is on exactly one page."""
    keeper = keeper_of([], [], {})
    view = MeshView(keeper.mesh, {}, EVERYTHING, Limits())
    first = known_references(view, keeper.identities, 5, None)
    keeper.remove("east")
    view = MeshView(keeper.mesh, {}, EVERYTHING, Limits())
    rest = known_references(view, keeper.identities, 100, first[-1].place)
    assert {each.place[0] for each in rest} == {"west"}
    assert len(rest) == len(NAMES) + 1
