"""`@defer` and `@stream`: the parts of an answer, as graphql-core makes them (pending, incremental, completed)."""

from __future__ import annotations

from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    GraphQLDeferDirective,
    GraphQLSchema,
    GraphQLStreamDirective,
    InitialIncrementalExecutionResult,
    Node,
    SelectionSetNode,
    SubsequentIncrementalExecutionResult,
)

from lineage_gateway.graphql.errors import presented

_NAMES = frozenset({"defer", "stream"})


def with_incremental_delivery(schema: GraphQLSchema) -> GraphQLSchema:
    """Return a schema whose documents may use both directives."""
    given = schema.to_kwargs()
    given["directives"] = (*given["directives"], GraphQLDeferDirective, GraphQLStreamDirective)
    return GraphQLSchema(**given)


def uses_incremental_delivery(document: DocumentNode) -> bool:
    """Tell whether any selection of a document carries one of the directives."""
    waiting: list[Node] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        if any(map(_defers, getattr(node, "directives", None) or ())):
            return True
        selection_set: SelectionSetNode | None = getattr(node, "selection_set", None)
        if selection_set is not None:
            waiting.extend(selection_set.selections)
    return False


def _defers(directive: DirectiveNode) -> bool:
    if directive.name.value not in _NAMES:
        return False
    switches = [each.value for each in directive.arguments or () if each.name.value == "if"]
    return not any(isinstance(each, BooleanValueNode) and not each.value for each in switches)


def shown(part: InitialIncrementalExecutionResult | SubsequentIncrementalExecutionResult) -> dict[str, Any]:
    """Return one part as it is sent, its errors as every response shows them."""
    body: dict[str, Any] = dict(part.formatted)
    if isinstance(part, InitialIncrementalExecutionResult):
        return _with_errors(body, part)
    for name in ("incremental", "completed"):
        results = getattr(part, name) or ()
        if results:
            body[name] = [_with_errors(dict(each.formatted), each) for each in results]
    return body


def _with_errors(body: dict[str, Any], result: Any) -> dict[str, Any]:
    return {**body, "errors": presented(result.errors)} if result.errors else body
