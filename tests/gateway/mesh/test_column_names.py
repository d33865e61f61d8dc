"""The columns of a class of several keys: what follows from them is that of all that is known at the time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.mesh import Mesh
from lineage_gateway.mesh.column_names import ColumnNames
from lineage_shared.model import Kind
from tests.gateway.lineage.column_world import DOMAINS, HIVE_T, NAMES, S3_T, mesh_of

TEXTS = ("id", "ID", "Id", "name", "Name")
learning = st.lists(st.tuples(st.sampled_from((HIVE_T, S3_T)), st.lists(st.sampled_from(TEXTS)), st.booleans()))


def learn(names: ColumnNames, number: int, texts: list[str], is_schema: bool) -> None:
    """Describe a record by a schema, or let edges name its columns."""
    found = names.at(DOMAINS[0], number)
    assert found is not None
    if is_schema:
        found[1].describe(texts)
    else:
        for text in texts:
            found[1][text]


def told(names: ColumnNames, node: int) -> object:
    """Everything that is said of a node."""
    find = names.finder(node)
    known = sorted(names.known(node))
    each = [(text, find(text), list(names.texts(node, text)), names.is_loose(node, [text])) for text in TEXTS]
    return known, each, names.all_joined(), names.is_open(node, None), names.is_open(node, "id")


def node_in(mesh: Mesh) -> int:
    """The class of two keys."""
    return mesh.find(Kind.DATASET, *NAMES[HIVE_T])[0]


@given(learning)
def test_what_was_asked_before_does_not_matter(steps: list[tuple[int, list[str], bool]]) -> None:
    """Asked after every step, or only at the end: the answer is the same."""
    mesh = mesh_of([])
    asked, silent = ColumnNames(mesh), ColumnNames(mesh)
    for step in steps:
        told(asked, node_in(mesh))
        learn(asked, *step)
        learn(silent, *step)
    assert told(asked, node_in(mesh)) == told(silent, node_in(mesh))


def test_what_follows_is_worked_out_once_until_something_is_learned() -> None:
    """A question for each column of a dataset does not look at all its columns each time."""
    mesh = mesh_of([])
    names = ColumnNames(mesh)
    learn(names, HIVE_T, list(TEXTS), is_schema=True)
    find = names.finder(node_in(mesh))
    assert names.finder(node_in(mesh)) is find
    learn(names, S3_T, ["other"], is_schema=False)
    assert names.finder(node_in(mesh)) is not find
