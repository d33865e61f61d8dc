"""The `columnLineage` facet in all its forms."""

from typing import Any

from lineage_shared.model import DatasetRef
from lineage_shared.openlineage.facets import ColumnInput, column_lineage
from tests.factories import DATASETS, column_input
from tests.factories import column_lineage as facet_of

ORDERS = DatasetRef(DATASETS, "orders")


def _field(column: str, **more: Any) -> dict[str, Any]:
    return {"namespace": DATASETS, "name": "orders", "field": column, **more}


def test_first_form() -> None:
    """1-0: without transformations an input is DIRECT, with the subtype and description of the column."""
    column = {"inputFields": [_field("a")], "transformationType": "IDENTITY", "transformationDescription": "as it is"}
    (edge,) = column_lineage({"fields": {"x": column}}).edges
    assert edge == ColumnInput("x", ORDERS, "a", "DIRECT", "IDENTITY", "as it is", None)


def test_first_form_bare() -> None:
    """1-0 without any transformation: DIRECT, and nothing else is known."""
    (edge,) = column_lineage({"fields": {"x": {"inputFields": [_field("a")]}}}).edges
    assert edge == ColumnInput("x", ORDERS, "a", "DIRECT")


def test_first_form_masked() -> None:
    """1-0: MASKED says that the transformation masks."""
    column = {"inputFields": [_field("a")], "transformationType": "MASKED"}
    (edge,) = column_lineage({"fields": {"x": column}}).edges
    assert (edge.subtype, edge.masking) == ("MASKED", True)


def test_several_transformations() -> None:
    """1-1: every transformation of an input is an edge of its own; those of the column are then obsolete."""
    how = [
        {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": "a + 1", "masking": True},
        {"type": "INDIRECT", "subtype": "JOIN"},
    ]
    column = {"inputFields": [_field("a", transformations=how)], "transformationType": "IDENTITY"}
    assert column_lineage({"fields": {"x": column}}).edges == (
        ColumnInput("x", ORDERS, "a", "DIRECT", "TRANSFORMATION", "a + 1", True),
        ColumnInput("x", ORDERS, "a", "INDIRECT", "JOIN", "", None),
    )


def test_inputs_of_every_column() -> None:
    """1-2: `dataset[]` feeds every column, which an empty output stands for; INDIRECT unless it says otherwise."""
    facet = {"fields": {}, "dataset": [_field("a"), column_input("orders", "b", "INDIRECT", "FILTER")]}
    assert column_lineage(facet).edges == (
        ColumnInput("", ORDERS, "a", "INDIRECT"),
        ColumnInput("", ORDERS, "b", "INDIRECT", "FILTER", "", False),
    )


def test_forms_agree() -> None:
    """An indirect input repeated for each column says of each what `dataset[]` says of all."""
    join = column_input("orders", "id", "INDIRECT", "JOIN")
    repeated = column_lineage(facet_of({"x": [join], "y": [join]})).edges
    shared = column_lineage(facet_of({}, [join])).edges
    assert {edge.output for edge in repeated} == {"x", "y"}
    assert {(e.source, e.input, e.kind, e.subtype) for e in repeated} == {
        (e.source, e.input, e.kind, e.subtype) for e in shared
    }


def test_repetition_is_dropped() -> None:
    """An edge said twice is one edge."""
    assert len(column_lineage({"fields": {"x": {"inputFields": [_field("a"), _field("a")]}}}).edges) == 1


def test_ill_shaped_pieces_cost_only_themselves() -> None:
    """An input without a name, a column that is no object, an empty column: passed over; the rest is read."""
    facet = {
        "fields": {
            "x": {"inputFields": [{"field": "a"}, 7, _field(""), _field("a", transformations="none")]},
            "y": [],
            "z": {"inputFields": None},
            "": {"inputFields": [_field("a")]},
        },
        "dataset": {"not": "a list"},
    }
    assert column_lineage(facet).edges == (ColumnInput("x", ORDERS, "a", "DIRECT"),)


def test_unknown_transformation_type() -> None:
    """A type that is not INDIRECT counts as DIRECT, which hides nothing."""
    how = [{"type": "indirect"}, {"type": "MAGIC"}, {}]
    edges = column_lineage({"fields": {"x": {"inputFields": [_field("a", transformations=how)]}}}).edges
    assert [edge.kind for edge in edges] == ["INDIRECT", "DIRECT"]
