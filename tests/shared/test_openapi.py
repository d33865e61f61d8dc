"""Documents from tables of operations."""

from __future__ import annotations

from typing import Any

import msgspec
from openapi_spec_validator import validate

from lineage_shared.openapi import Content, Operation, Parameter, document


class Thing(msgspec.Struct):
    """Something with a name."""

    name: str


TABLE = (
    Operation(
        "GET", "/things/{id}", "getThing", "things", "One thing", Content("The thing.", Thing), "key",
        parameters=(Parameter("id", "path", "Its id."),), errors=(404, 503), headers={"X-Of": "Whose it is."},
    ),
    Operation(
        "POST", "/things/{id}", "putThing", "things", "Store a thing", Content("Stored.", media=()),
        parameters=(Parameter("id", "path", "Its id."),), body=Content("A thing.", Thing), status=201, errors=(400,),
    ),
)  # fmt: skip


def test_a_table_becomes_a_valid_document() -> None:
    """Paths, parameters, bodies, answers, refusals and keys stand where OpenAPI 3.1 has them."""
    made: Any = document(title="t", version="1", description="d", operations=TABLE, locked=bool)
    validate(made)
    get, post = made["paths"]["/things/{id}"]["get"], made["paths"]["/things/{id}"]["post"]
    assert set(get["responses"]) == {"200", "401", "404", "503"}
    assert (get["security"], post["security"]) == ([{"bearer": []}], [])
    assert get["responses"]["503"]["headers"].keys() == {"Retry-After"}
    assert get["responses"]["200"]["headers"].keys() == {"X-Of"}
    assert get["parameters"][0]["required"] is True
    assert set(post["responses"]) == {"201", "400"}
    assert "content" not in post["responses"]["201"]
    assert post["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Thing"}
    assert made["components"]["schemas"].keys() == {"Thing", "ErrorBody"}
