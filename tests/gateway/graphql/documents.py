"""Documents and bodies made at random: well formed, nearly so, and not at all."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.gateway.graphql.bombs import BOMBS

NAMES = (
    "__typename", "__schema", "__type", "a", "aliases", "asset", "canonicalKey", "columnLineage", "columns", "domain",
    "domains", "edges", "endCursor", "facets", "fields", "first", "id", "identity", "inputs", "jobs", "kind", "lineage",
    "limit", "mesh", "name", "namespace", "node", "nodes", "of", "outputs", "pageInfo", "producedBy", "query", "ref",
    "root", "runs", "search", "totalCount", "types", "version",
)  # fmt: skip
TYPES = ("Query", "Dataset", "DataJob", "Asset", "Node", "Lineage", "AssetRef", "ID", "Int", "String", "Nope")

_name = st.sampled_from(NAMES)
_type = st.sampled_from(TYPES).flatmap(lambda name: st.sampled_from([name, f"{name}!", f"[{name}!]!", f"[[{name}]]"]))
_scalar = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(max_size=8).map(json.dumps),
    st.sampled_from(
        ["true", "null", "$a", "$b", "DOWNSTREAM", "1e999", '"""a"""', '"\\u0000"', '"\\ud800"', "9" * 5000]
    ),
)
_value = st.recursive(
    _scalar,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{' '.join(each)}]"),
        st.lists(st.tuples(_name, inner), max_size=3).map(
            lambda each: "{" + " ".join(f"{k}: {v}" for k, v in each) + "}"
        ),
    ),
    max_leaves=5,
)
_arguments = st.lists(st.tuples(_name, _value), max_size=3).map(
    lambda each: f"({', '.join(f'{k}: {v}' for k, v in each)})" if each else ""
)
_directives = st.sampled_from(["", "", "", "@include(if: true)", "@skip(if: $a)", "@defer", "@nope", "@oneOf"])


def _field(name: str, alias: str, arguments: str, directive: str, below: str) -> str:
    return f"{alias}{name}{arguments}{directive} {below}"


def _selection(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    within = st.one_of(st.just(""), st.lists(below, min_size=1, max_size=4).map(lambda each: f"{{ {' '.join(each)} }}"))
    alias = st.sampled_from(["", "", "", "x: ", "__typename: "])
    return st.one_of(
        st.builds(_field, _name, alias, _arguments, _directives, within),
        st.builds(lambda on, inside: f"... on {on} {inside or '{ id }'}", st.sampled_from(TYPES), within),
        st.sampled_from(["...F", "...G", "...Nope"]),
    )


_set = st.lists(st.recursive(_name, _selection, max_leaves=12), min_size=1, max_size=5).map(
    lambda each: f"{{ {' '.join(each)} }}"
)
_operation = st.builds(
    lambda kind, name, variables, directive, inside: f"{kind} {name}{variables} {directive} {inside}",
    st.sampled_from(["query", "query", "query", "mutation", "subscription"]),
    st.sampled_from(["", "A", "B"]),
    st.lists(st.tuples(st.sampled_from("ab"), _type, st.sampled_from(["", " = 1", " = null"])), max_size=2).map(
        lambda each: f"({', '.join(f'${name}: {kind}{default}' for name, kind, default in each)})" if each else ""
    ),
    _directives,
    _set,
)
_fragment = st.builds(
    lambda name, on, inside: f"fragment {name} on {on} {inside}", st.sampled_from("FG"), st.sampled_from(TYPES), _set
)
_grown = st.one_of(_set, _operation, st.lists(st.one_of(_operation, _fragment), min_size=1, max_size=4).map(" ".join))


def _cut(text: str, at: int, inserted: str) -> str:
    return text[: at % (len(text) + 1)] + inserted + text[at % (len(text) + 1) + len(inserted) :]


TEXTS = st.one_of(
    _grown,
    _grown,
    _grown,
    st.sampled_from(list(BOMBS.values())),
    st.builds(_cut, _grown, st.integers(0, 500), st.text(max_size=4)),
    st.text(max_size=60),
)
"""Documents: most follow the grammar, some were cut, some are bombs."""

_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=8,
)
_variables: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.dictionaries(st.sampled_from("abc"), _json, max_size=3), _json
)
_objects = st.builds(
    lambda text, variables, name, extensions: {
        key: value
        for key, value in (
            ("query", text), ("variables", variables), ("operationName", name), ("extensions", extensions)
        )
        if value != "left out"
    },
    st.one_of(TEXTS, TEXTS, TEXTS, _json),
    _variables,
    st.sampled_from([None, "", "A", "B", "left out", 1]),
    st.sampled_from([None, {}, "left out", [], {"persistedQuery": {"version": 1, "sha256Hash": "00"}}]),
)  # fmt: skip


def _written(value: Any) -> bytes:
    return json.dumps(value).encode()


BODIES = st.one_of(
    _objects.map(_written),
    _objects.map(_written),
    _objects.map(_written),
    st.lists(_objects, max_size=2).map(_written),
    _json.map(_written),
    st.binary(max_size=60),
    st.builds(
        lambda body, at, put: body[: at % (len(body) + 1)] + put + body[at % (len(body) + 1) :],
        _objects.map(_written),
        st.integers(0, 10_000),
        st.one_of(st.binary(min_size=1, max_size=3), st.sampled_from([b"\\ud800", b"\xff", b"[" * 5000, b"9" * 5000])),
    ),
    st.integers(1, 5000).map(lambda depth: b'{"query": "{a}", "variables": ' + b'{"a":' * depth),
    st.integers(1, 5000).map(lambda depth: b"[" * depth + b"]" * depth),
)
"""Bodies: most are requests, some are other JSON, some are not even that."""
