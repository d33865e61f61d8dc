"""`declare`: who says it is kept, and what is misspelt or says nothing is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gateway.graphql.federation import mesh_of

DECLARE = """mutation ($it: JSON!, $by: String) { declare(declaration: $it, by: $by) {
  declaration { id declaration assertedBy } claim { assertedBy } } }"""
A, B = {"namespace": "s3://a", "name": "x"}, {"namespace": "s3://b", "name": "y"}


@pytest.mark.parametrize("kind", ["alias", "different_from"])
async def test_who_declares_a_pair_is_named_in_it(kind: str, tmp_path: Path) -> None:
    """The caller's name is taken into a declaration that holds none, and never replaces one."""
    async with mesh_of(declarations_db=str(tmp_path / "d.db")) as mesh:
        for given, said in (({}, "ops"), ({"by": "eve"}, "eve")):
            made = (await mesh.ask(DECLARE, it={"type": kind, "a": A, "b": B, **given}, by="ops"))["declare"]
            assert made["declaration"]["declaration"]["by"] == said
            assert made["claim"]["assertedBy"] == said


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            {"type": "namespace_alias", "canonical": "s3://a", "aliases": ["s3://b"], "domian": "shop"},
            "the field 'domian' is unknown",
        ),
        ({"type": "namespace_alias", "canonical": "s3://a", "aliases": ["s3://a"]}, "says nothing"),
        ({"type": "alias", "a": A, "b": {**B, "column": "id"}}, "a dataset and a column"),
        ({"type": "alias", "a": A, "b": B, "by": "x" * 201}, "longer than 200"),
    ],
)
async def test_what_cannot_be_meant_is_refused(raw: dict[str, Any], message: str, tmp_path: Path) -> None:
    """With one code, and nothing is declared."""
    async with mesh_of(declarations_db=str(tmp_path / "d.db")) as mesh:
        (error,) = (await mesh.post(DECLARE, it=raw))["errors"]
        assert error["extensions"]["code"] == "DECLARATION_INVALID"
        assert message in error["message"]
        assert (await mesh.ask("{ identityDeclarations { id } }"))["identityDeclarations"] == []
