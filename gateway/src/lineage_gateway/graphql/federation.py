"""The gateway as a subgraph of Apollo Federation 2: entities by their keys, and the schema that routers compose.

`KEYS` says by what other subgraphs may point at our types; `subgraph_sdl` derives what routers see from the schema that
clients see, so that the one is never behind the other. A router asks for entities in batches: `entities` answers all
that the mesh knows at once, in one pass, and asks agents for all runs in one round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, NewType, cast

import strawberry
from graphql import (
    DirectiveDefinitionNode,
    InputObjectTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    parse,
    print_ast,
)
from graphql.language import DefinitionNode
from strawberry.types.scalar import ScalarDefinition

from lineage_gateway.graphql.assets import DataJob, Dataset
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.domains import DataDomain, domain_named
from lineage_gateway.graphql.ids import RunAddress, run_address
from lineage_gateway.graphql.runs import DataJobRun, run_at
from lineage_gateway.lineage import BAD_USER_INPUT, within
from lineage_shared.errors import InvalidInput
from lineage_shared.ids import domain_id
from lineage_shared.model import Kind

VERSION = "https://specs.apollo.dev/federation/v2.3"
KEYS = {
    "Dataset": ("id", "namespace name"),
    "DataJob": ("id",),
    "DataJobRun": ("id",),
    "DataDomain": ("id",),
}
SHAREABLE = frozenset({"PageInfo"})
"""Types that every Relay subgraph has."""
LEFT_OUT_FIELDS = frozenset({"node", "nodes", "_entities", "_service"})
"""Fields of Query that another subgraph may have as well, or that are the router's own."""
LEFT_OUT_TYPES = frozenset({"_Any", "_Entity", "_Service"})

_KINDS = {"Dataset": Kind.DATASET, "DataJob": Kind.JOB}

Representation = NewType("Representation", object)
ANY = ScalarDefinition(
    name="_Any",
    description="How a router points at an entity: its `__typename` and the fields of one of its keys.",
    specified_by_url=None,
    serialize=lambda value: value,
    parse_value=lambda value: value,
    parse_literal=None,
)

Entity = Annotated[
    Dataset | DataJob | DataJobRun | DataDomain,
    strawberry.union("_Entity", description="What other subgraphs may point at."),
]


@strawberry.type(name="_Service", description="What a router wants to know of this subgraph.")
class Service:
    """What a router wants to know of this subgraph."""

    sdl: str = strawberry.field(description="The schema that routers compose, in the schema definition language.")


def service(info: Info) -> Service:
    """Return the schema that routers compose."""
    return Service(sdl=_subgraph_sdl_of(info.schema))


@cache
def _subgraph_sdl_of(schema: Any) -> str:
    return subgraph_sdl(schema.as_str())


def entities(operation: Operation, representations: list[Representation]) -> Any:
    """Return the entities in the order of their representations; an awaitable of them when agents must be asked.

    An entity that nobody knows, or whose name means several, is None. What is no representation is an error in its
    place. Any id and any spelling that leads to an asset will do.
    """
    within("the number of representations", len(representations), 0, operation.limits.representations_max)
    domains = {domain_id(name): name for name in operation.view.states}
    found = [_entity(operation, domains, given) for given in representations]
    runs = {place: each for place, each in enumerate(found) if isinstance(each, RunAddress)}
    return _with_runs(operation, found, runs) if runs else found


def _entity(operation: Operation, domains: Mapping[str, str], given: Any) -> Any:
    """Return an asset, a domain, where to ask for a run, None, or the error for what is no representation."""
    typename = given.get("__typename") if isinstance(given, dict) else None
    if not isinstance(typename, str) or typename not in KEYS:
        return _junk(f"a representation is an object whose `__typename` is one of {', '.join(KEYS)}")
    key = next((each for each in KEYS[typename] if all(isinstance(given.get(f), str) for f in each.split())), None)
    if key is None:
        return _junk(f"a representation of {typename} has {' or '.join(f'`{each}`' for each in KEYS[typename])}")
    if key != "id":
        return _named(operation, given["namespace"], given["name"])
    if typename == "DataJobRun":
        return run_address(given["id"])
    if typename == "DataDomain":
        return domain_named(operation, domains.get(given["id"], ""))
    node = operation.mesh.resolve_id(given["id"])
    known = node is not None and operation.mesh.entry(node).kind is _KINDS[typename]
    return operation.asset(node, given["id"]) if node is not None and known else None


def _named(operation: Operation, namespace: str, name: str) -> Any:
    nodes = operation.mesh.find(Kind.DATASET, namespace, name)
    return operation.asset(nodes[0]) if len(nodes) == 1 else None


async def _with_runs(operation: Operation, found: list[Any], runs: Mapping[int, RunAddress]) -> list[Any]:
    """Ask for all runs at once: their agents get one request each."""
    asked = await asyncio.gather(*(run_at(operation, each) for each in runs.values()), return_exceptions=True)
    for place, run in zip(runs, asked, strict=True):
        if isinstance(run, BaseException) and not isinstance(run, Exception):
            raise run
        found[place] = run
    return found


def _junk(what: str) -> InvalidInput:
    return InvalidInput(what, hint="routers make them from the keys of the schema", code=BAD_USER_INPUT)


def subgraph_sdl(text: str) -> str:
    """Return what routers compose, from the schema as clients see it: keys added, the router's own left out."""
    document = parse(text)
    kept = [_for_routers(each) for each in document.definitions if not _is_left_out(each)]
    link = f'extend schema @link(url: "{VERSION}", import: ["@key", "@shareable"])'
    return "\n\n".join((link, *map(print_ast, kept))) + "\n"


def _is_left_out(definition: DefinitionNode) -> bool:
    # Directives of ours say how to execute an operation: a router has its own.
    return isinstance(definition, DirectiveDefinitionNode) or (
        isinstance(definition, TypeDefinitionNode) and definition.name.value in LEFT_OUT_TYPES
    )


def _for_routers(definition: DefinitionNode) -> DefinitionNode:
    if isinstance(definition, InputObjectTypeDefinitionNode):
        # Apollo's composition does not know @oneOf yet (2.14.4); it is this gateway that insists on it anyway.
        return replace(definition, directives=())
    if not isinstance(definition, ObjectTypeDefinitionNode):
        return definition
    name = definition.name.value
    marks = [f'@key(fields: "{key}")' for key in KEYS.get(name, ())] + ["@shareable"] * (name in SHAREABLE)
    fields = [each for each in definition.fields or () if name != "Query" or each.name.value not in LEFT_OUT_FIELDS]
    marked = cast("ObjectTypeDefinitionNode", parse(f"type {name} {' '.join(marks)}").definitions[0])
    return replace(definition, fields=tuple(fields), directives=marked.directives)
