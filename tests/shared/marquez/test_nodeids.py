"""Node ids: names with colons in them are found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.errors import InvalidInput
from lineage_shared.marquez import NodeId, Reading, node_id
from lineage_shared.marquez.nodeids import field_id
from lineage_shared.model import Kind

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(st.sampled_from(Kind), words, words)
def test_some_reading_is_the_one_that_was_written(kind: Kind, namespace: str, name: str) -> None:
    """Whatever colons are in a namespace and a name, one of the readings is right."""
    node = NodeId.parse(node_id(kind, namespace, name))
    assert node.kind is kind
    assert Reading(namespace, name) in set(node.readings())


@given(words, words, words)
def test_fields_too(namespace: str, name: str, column: str) -> None:
    """So it is with columns."""
    assert Reading(namespace, name, column) in set(NodeId.parse(field_id(namespace, name, column)).readings())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("dataset:postgres://db:5432:shop.public.orders", Reading("postgres://db:5432", "shop.public.orders")),
        ("dataset:s3://lake:orders/daily", Reading("s3://lake", "orders/daily")),
        ("job:airflow:load.orders", Reading("airflow", "load.orders")),
        ("datasetField:s3://lake:orders/daily:id", Reading("s3://lake", "orders/daily", "id")),
        ("dataset:file:/tmp/a:b", Reading("file", "/tmp/a:b")),
    ],
)
def test_the_likely_reading_comes_first(text: str, first: Reading) -> None:
    """As Marquez reads it: no split before // or a port."""
    assert next(NodeId.parse(text).readings()) == first


@pytest.mark.parametrize("text", [None, "", "dataset", "dataset:", "dataset:x", "run:a:b", "x:a:b", "job:" + "a:" * 99])
def test_what_is_no_node_id(text: str | None) -> None:
    """Anything else is refused, with the forms that are understood."""
    with pytest.raises(InvalidInput) as refused:
        NodeId.parse(text)
    assert refused.value.code == "NODE_ID_INVALID"
    assert "job:NAMESPACE:NAME" in refused.value.hint
