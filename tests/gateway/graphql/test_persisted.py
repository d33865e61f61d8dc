"""Documents that are named instead of sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lineage_gateway.graphql.lru import BoundedLru
from lineage_gateway.graphql.persisted import Trusted, sha256
from lineage_shared.errors import InvalidSetting
from tests.gateway.graphql.view import MODERN, code_of, viewing

TEXT = "query Names { __typename }"
ANSWER = {"__typename": "Query"}
OTHER = "{ mesh { jobs } }"


def named(text: str = TEXT, **more: Any) -> dict[str, Any]:
    """A request that names a document by its SHA-256."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}, **more}


async def test_a_query_is_kept_once_it_was_sent() -> None:
    """Unknown first, then sent with its hash, then known by POST and GET."""
    async with viewing() as client:
        unknown = await client.post("/graphql", json=named())
        assert code_of(unknown) == "PERSISTED_QUERY_NOT_FOUND"
        assert (unknown.status_code, unknown.json()["errors"][0]["message"]) == (200, "PersistedQueryNotFound")
        assert (await client.post("/graphql", json=named(), headers=MODERN)).status_code == 400
        assert (await client.post("/graphql", json=named(query=TEXT))).json()["data"] == ANSWER
        assert (await client.post("/graphql", json=named())).json()["data"] == ANSWER
        parameters = {"extensions": json.dumps(named()["extensions"])}
        assert (await client.get("/graphql", params=parameters)).json()["data"] == ANSWER


async def test_a_wrong_hash_is_refused() -> None:
    """Otherwise a client could put a query of its own under the name of another's."""
    async with viewing() as client:
        wrong = await client.post("/graphql", json=named(OTHER, query=TEXT))
        assert (wrong.status_code, code_of(wrong)) == (400, "PERSISTED_QUERY_HASH_MISMATCH")
        assert code_of(await client.post("/graphql", json=named(OTHER))) == "PERSISTED_QUERY_NOT_FOUND"
        version = {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}}
        assert code_of(await client.post("/graphql", json=version)) == "BAD_REQUEST"
        shapeless = {"extensions": {"persistedQuery": {"version": 1}}}
        assert code_of(await client.post("/graphql", json=shapeless)) == "BAD_REQUEST"


async def test_what_may_not_run_is_not_kept() -> None:
    """Nor is anything where they are turned off."""
    async with viewing() as client:
        assert code_of(await client.post("/graphql", json=named("{ x }", query="{ x }"))) == "GRAPHQL_VALIDATION_FAILED"
        assert code_of(await client.post("/graphql", json=named("{ x }"))) == "PERSISTED_QUERY_NOT_FOUND"
    async with viewing(persisted_entries_max=0) as client:
        assert (await client.post("/graphql", json=named(query=TEXT))).json()["data"] == ANSWER
        assert code_of(await client.post("/graphql", json=named())) == "PERSISTED_QUERY_NOT_SUPPORTED"


def manifests(folder: Path) -> list[Path]:
    """The same list in all forms."""
    (folder / "documents" / "more").mkdir(parents=True)
    (folder / "documents" / "more" / "names.graphql").write_text(TEXT)
    (folder / "documents" / "README.md").write_text(OTHER)
    (folder / "relay.json").write_text(json.dumps({sha256(TEXT): TEXT}))
    apollo = {"format": "apollo-persisted-query-manifest", "operations": [{"id": sha256(TEXT), "body": TEXT}]}
    (folder / "apollo.json").write_text(json.dumps(apollo))
    return [folder / "documents", folder / "relay.json", folder / "apollo.json"]


async def test_trusted_documents(tmp_path: Path) -> None:
    """By documentId or hash; with a list that is the only one, nothing else runs, in whatever way it comes."""
    for path in manifests(tmp_path):
        async with viewing(trusted=Trusted.read(str(path), only=True)) as client:
            for allowed in (
                {"documentId": sha256(TEXT)},
                {"documentId": f"sha256:{sha256(TEXT)}"},
                {"query": TEXT},
                named(),
                named(query=TEXT),
            ):
                assert (await client.post("/graphql", json=allowed)).json()["data"] == ANSWER
            assert (await client.get("/graphql", params={"documentId": sha256(TEXT)})).json()["data"] == ANSWER
            for foreign in ({"query": OTHER}, named(OTHER, query=OTHER)):
                refused = await client.post("/graphql", json=foreign)
                assert (refused.status_code, code_of(refused)) == (403, "PERSISTED_QUERY_NOT_IN_LIST")
            assert code_of(await client.post("/graphql", json={"documentId": "x"})) == "PERSISTED_QUERY_NOT_FOUND"
            both = await client.post("/graphql", json={"documentId": sha256(TEXT), "query": TEXT})
            assert code_of(both) == "BAD_REQUEST"
        async with viewing(trusted=Trusted.read(str(path), only=False)) as client:
            assert (await client.post("/graphql", json={"documentId": sha256(TEXT)})).json()["data"] == ANSWER
            assert "data" in (await client.post("/graphql", json={"query": OTHER})).json()


def test_lists_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing or ill-formed list is a wrong setting, and so is none where only a list may run."""
    (tmp_path / "bad.json").write_text("[1]")
    (tmp_path / "shapeless.json").write_text('{"a": 1}')
    for name in ("bad.json", "shapeless.json", "missing.json"):
        with pytest.raises(InvalidSetting, match="trusted_documents"):
            Trusted.read(str(tmp_path / name), only=True)
    with pytest.raises(InvalidSetting, match="trusted_documents"):
        Trusted.read("", only=True)
    assert Trusted.read("", only=False) == Trusted()


def test_the_cache_is_bounded() -> None:
    """In entries and in weight; what was used last stays."""
    kept = BoundedLru[str, int](entries_max=3, weight_max=100)
    for at, name in enumerate("abcd"):
        kept.put(name, at, 10)
        kept.get("a")
    assert [kept.get(name) for name in "abcd"] == [0, None, 2, 3]
    kept.put("e", 5, 95)
    assert (len(kept), kept.weight, kept.get("e")) == (1, 95, 5)
    kept.put("f", 6, 101)
    assert (kept.get("f"), kept.get("e")) == (None, 5)
    kept.put("e", 7, 20)
    assert (len(kept), kept.weight, kept.get("e")) == (1, 20, 7)
    nothing = BoundedLru[str, int](entries_max=0, weight_max=100)
    nothing.put("a", 1, 1)
    assert nothing.get("a") is None
