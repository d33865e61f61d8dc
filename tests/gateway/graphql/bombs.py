"""Documents that are small to send and, unless something stops them, large to answer or to check."""

from __future__ import annotations

from collections.abc import Mapping


def _fragments(levels: int, inside: str, last: str = "__typename") -> str:
    """Fragments on Query, each spreading the next as `inside` says; the last one holds a leaf."""
    chain = " ".join(f"fragment F{n} on Query {{ {inside.replace('@', f'...F{n + 1}')} }}" for n in range(levels))
    return f"{{ ...F0 }} {chain} fragment F{levels} on Query {{ {last} }}"


def _nested(open_with: str, levels: int, leaf: str = "id") -> str:
    return "{ " + open_with * levels + leaf + " }" * (open_with.count("{") * levels) + " }"


NEIGHBOURS = "producedBy(limit: 1000) { inputs(limit: 1000) { "

BOMBS: Mapping[str, str] = {
    "aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(600)) + " }",
    "aliases of roots": "{ " + " ".join(f"a{n}: lineage(of: {{id: 1}}) {{ totalNodes }}" for n in range(100)) + " }",
    "aliases in fragments": "{ mesh { ...F ...F } } fragment F on LineageMesh { "
    + " ".join(f"a{n}: jobs" for n in range(20))
    + " }",
    "directives": "{ __typename " + "@include(if: true) " * 300 + "}",
    "unknown directives": "{ __typename " + "@a " * 900 + "}",
    "directives of fragments": _fragments(25, "@ @include(if: true) @ @include(if: true)"),
    "fragments, 25 levels": _fragments(25, "@ @"),
    "fragments, 25 levels, fields": _fragments(25, "a: __typename @ b: __typename @"),
    "fragments, 100 levels": _fragments(100, "@ @"),
    "fragments, a chain": _fragments(240, "@"),
    "fragments, a ring": "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{(n + 1) % 60} }}" for n in range(60)),
    "fragments, all in all": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ {' '.join(f'...F{m}' for m in range(15))} }}" for n in range(15)),
    "nesting": "{ " + "mesh { " * 600 + "id" + " }" * 601,
    "nesting, not closed": "{ " * 1999,
    "nested values": "{ domain(name: " + "[" * 900 + "]" * 900 + ") { name } }",
    "nested types": "query($a: " + "[" * 900 + "Int" + "]" * 900 + ") { __typename }",
    "tokens": "{ " + "__typename " * 100_000 + "}",
    "one long token": '{ domain(name: "' + "x" * 1_900_000 + '") { name } }',
    "many long tokens": "{ " + " ".join("x" * 300 for _ in range(200)) + " }",
    "a long block": '{ domain(name: """' + "\n" * 70_000 + '""") { name } }',
    "comments": "# x\n" * 16_000 + "{ __typename }",
    "commas": "{ __typename " + "," * 70_000 + " }",
    "fields of one name": "{ mesh { " + "jobs " * 1900 + "} }",
    "objects of one name": "{ mesh { " + "domains { id } " * 490 + "} }",
    "objects of one name, deep": "{ node(id: 1) { ... on Dataset { "
    + " ".join(
        f"producedBy {{ {' '.join('inputs { ' + 'producedBy { id } ' * 5 + '}' for _ in range(5))} }}" for _ in range(5)
    )
    + " } } }",
    "fragments side by side": "{ mesh { "
    + " ".join(f"...F{n}" for n in range(150))
    + " } } "
    + " ".join(f"fragment F{n} on LineageMesh {{ jobs edges }}" for n in range(150)),
    "operations": " ".join(f"query A{n} {{ ...F0 }}" for n in range(150))
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(90))
    + "fragment F90 on Query { __typename }",
    "roots": "{ " + "mesh { jobs } " * 490 + "}",
    "unknown fields": "{ " + " ".join(f"unknown{n}" for n in range(15)) + " }",
    "lists in lists": '{ search(query: "a", first: 500) { edges { node { ... on Dataset { '
    + NEIGHBOURS * 3
    + "id"
    + " } }" * 3
    + " } } } } }",
    "lists by variables": 'query($n: Int = 500, $m: Int = 1000) { search(query: "a", first: $n) { edges { node { '
    "... on Dataset { producedBy(limit: $m) { inputs(limit: $m) { id } } } } } } }",
    "introspection in introspection": _nested("__schema { types { fields { type { ", 1, "fields { type { " * 4 + "name")
    + " }" * 8,
    "2 kB of fields": "{ mesh { " + "jobs " * 390 + "} }",
    "2 kB of objects": "{ mesh { " + "domains{id}" * 179 + "} }",
    "2 kB of objects in objects": "{ node(id: 1) { ... on Dataset { "
    + " ".join(f"producedBy {{ {'inputs { producedBy { id } id producedBy { id } } ' * 4}}}" for _ in range(9))
    + " } } }",
    "2 kB of fragments": _fragments(42, "mesh { jobs } @ @", "mesh { jobs }"),
    "variables": "query(" + " ".join(f"$a{n}: Int" for n in range(650)) + ") { __typename }",
}
"""By name. All are refused; each within little time and memory."""
