"""Search finds a piece of text in names and namespaces, best first, page by page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.mesh import Mesh, MeshKeeper, MeshLimits
from lineage_gateway.mirror import DomainMirror
from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind, NodeRecord, Volatile
from lineage_shared.wire import Commit, Touch

NAMES = ("orders", "Public.ORDERS_raw", "shop/orders.csv", "reorders", "customers", "straße", "line\nbreak")


def keeper_of(names: tuple[str, ...] = NAMES, limits: MeshLimits | None = None) -> MeshKeeper:
    """A mesh of one domain with datasets of these names, and a job."""
    keeper = MeshKeeper(limits=limits)
    found = [
        NodeRecord(at, Kind.DATASET, "s3://Lake", name, tags=("pii",) if at % 2 else ())
        for at, name in enumerate(names, 1)
    ]
    keeper.replace("east", DomainMirror("east", [*found, NodeRecord(99, Kind.JOB, "airflow", "load_orders")]))
    return keeper


def names_of(mesh: Mesh, nodes: tuple[int, ...]) -> list[str]:
    """The names of nodes."""
    return [mesh.entry(node).name for node in nodes]


def test_the_best_comes_first() -> None:
    """The exact name, then what begins the last segment, then what merely holds the text; then by name."""
    mesh = keeper_of().mesh
    page = mesh.search("ORDERS")
    assert names_of(mesh, page.nodes) == ["orders", "Public.ORDERS_raw", "shop/orders.csv", "load_orders", "reorders"]
    assert (page.total, page.has_more) == (5, False)


def test_filters_narrow_the_hits() -> None:
    """Kinds, domains and tags choose among the hits."""
    mesh = keeper_of().mesh
    assert names_of(mesh, mesh.search("orders", kinds=[Kind.JOB]).nodes) == ["load_orders"]
    assert names_of(mesh, mesh.search("orders", tags=["pii"]).nodes) == ["orders", "shop/orders.csv"]
    assert mesh.search("orders", domains=["west"]).total == 0
    assert mesh.search("orders", kinds=[]).total == 0


def test_namespaces_and_every_spelling_are_searched() -> None:
    """A namespace is text too, and a node is found under the spelling of any domain."""
    keeper = keeper_of()
    keeper.replace("west", DomainMirror("west", [NodeRecord(1, Kind.DATASET, "s3a://lake/", "orders")]))
    assert keeper.mesh.search("lake/").total == 1
    assert keeper.mesh.search("S3://lake").total == len(NAMES)
    assert keeper.mesh.search("STRASSE").total == 0
    assert keeper.mesh.search("line break").total == 1


def test_search_follows_changes() -> None:
    """New, renamed and gone nodes are found, or not, in the very next version; older versions stay as they were."""
    keeper = keeper_of()
    before = keeper.mesh
    assert before.search("orders").total == 5
    keeper.apply(
        "east",
        Commit(
            position="0a.1.0b",
            nodes=(NodeRecord(50, Kind.DATASET, "s3://lake", "new_orders"),),
            gone=(1, 4),
            touched=(Touch(number=2, volatile=Volatile(None, 7)),),
        ),
    )
    assert keeper.mesh.search("orders").total == 4
    assert before.search("orders").total == 5


def test_a_very_long_name_fits_into_a_cursor() -> None:
    """A page goes on behind a name of any length, and equal beginnings are parted by their ids."""
    mesh = keeper_of(("x" * 100_000, "x" * 100_001, "x" * 100_002)).mesh
    first = mesh.search("xx", first=1)
    rest = mesh.search("xx", after=first.cursors[0])
    assert len({*first.nodes, *rest.nodes}) == 3
    assert len(first.cursors[0]) < 1000


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.text(alphabet="aAbB./", min_size=1, max_size=5), max_size=30).map(tuple),
    text=st.text(alphabet="aAbB./", min_size=1, max_size=3),
    first=st.integers(1, 5),
)
def test_pages_together_are_all_hits(names: tuple[str, ...], text: str, first: int) -> None:
    """Pages joined by cursors give every hit once, in the order of one large page, and nothing else."""
    mesh = keeper_of(tuple(dict.fromkeys(names))).mesh
    whole = mesh.search(text, first=1000)
    expected = {
        entry.name
        for entry in mesh.entries
        for member in (entry.members if entry else ())
        if entry and text.lower() in f"{member.record.name} {member.record.namespace}".lower()
    }
    assert set(names_of(mesh, whole.nodes)) == expected
    found: list[int] = []
    after = None
    while True:
        page = mesh.search(text, first=first, after=after)
        assert page.total == whole.total
        found += page.nodes
        if not page.has_more:
            break
        after = page.cursors[-1]
    assert tuple(found) == whole.nodes


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        ("", {}, "SEARCH_TEXT_INVALID"),
        ("  ", {}, "SEARCH_TEXT_INVALID"),
        ("x" * 11, {}, "SEARCH_TEXT_INVALID"),
        ("a\x00b", {}, "SEARCH_TEXT_INVALID"),
        ("a", {"first": -1}, "FIRST_INVALID"),
        ("a", {"after": "%%%"}, "CURSOR_INVALID"),
        ("a", {"after": "é"}, "CURSOR_INVALID"),
        ("a", {"after": "W10"}, "CURSOR_INVALID"),
        ("a", {"after": "W10" * 9000}, "CURSOR_INVALID"),
    ],
)
def test_what_cannot_be_searched_is_refused(text: str, more: dict[str, str], code: str) -> None:
    """Texts, pages and cursors out of bounds are errors with codes of their own."""
    mesh = keeper_of(limits=MeshLimits(search_chars_max=10)).mesh
    with pytest.raises(InvalidInput) as caught:
        mesh.search(text, **more)  # type: ignore[arg-type]
    assert caught.value.code == code
