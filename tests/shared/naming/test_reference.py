"""The JSON form of references."""

from __future__ import annotations

from typing import Any

import pytest

from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind
from lineage_shared.naming import Reference, System, read_reference


def test_a_reference_is_read_with_all_it_says() -> None:
    """System, kind, column and type are taken over; evidence is left unread; a domain that is written comes first."""
    raw = {"system": "purview", "id": "x", "type": "azure_sql_column", "kind": "job", "column": "", "columns": ["a"]}
    expected = Reference(system=System.PURVIEW, id="x", type="azure_sql_column", kind=Kind.JOB, column="", domain="crm")
    assert read_reference(raw, domain="crm") == expected
    assert read_reference({"namespace": "", "domain": "sales"}, domain="crm") == Reference(domain="sales")
    assert read_reference({"id": "x", "namespace": None, "domain": ""}) == Reference(id="x")


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ([], "ids[3]"),
        ("text", "ids[3]"),
        ({}, "ids[3]"),
        ({"name": "t"}, "ids[3]"),
        ({"namespace": 7, "name": "t"}, "ids[3].namespace"),
        ({"id": ["x"]}, "ids[3].id"),
        ({"id": "x", "column": 1}, "ids[3].column"),
        ({"id": "x", "system": "hadoop"}, "ids[3].system"),
        ({"id": "x", "kind": "table"}, "ids[3].kind"),
    ],
)
def test_what_is_no_reference_is_refused_by_its_place(raw: Any, where: str) -> None:
    """The error names the path of what is wrong, and a choice its alternatives."""
    with pytest.raises(InvalidInput, match=rf"^{where.replace('[', '.').replace(']', '.')}: ") as refused:
        read_reference(raw, "ids[3]")
    if where.endswith(("system", "kind")):
        assert (refused.value.hint or "").startswith("one of ")
