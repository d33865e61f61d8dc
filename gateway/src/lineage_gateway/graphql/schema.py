"""The schema, and the one way in which an operation is executed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, TypeGuard, cast

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLInputObjectType, GraphQLSchema
from graphql import execute as execute_document
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig

from lineage_gateway.graphql.assets import DataJob, Dataset
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.federation import ANY, Representation
from lineage_gateway.graphql.federation import subgraph_sdl as derived_sdl
from lineage_gateway.graphql.mutation import Mutation
from lineage_gateway.graphql.query import Query
from lineage_gateway.graphql.runs import DataJobRun
from lineage_gateway.graphql.scalars import DATE_TIME, Instant
from lineage_gateway.graphql.subscriptions.fields import Subscription


def build_schema() -> GraphQLSchema:
    """Build the schema, for graphql-core to execute."""
    schema = _built()._schema  # noqa: SLF001 - Strawberry has no public name for it
    for each in schema.type_map.values():
        definition = each.extensions.get("strawberry-definition")
        if isinstance(each, GraphQLInputObjectType) and getattr(definition, "is_one_of", False):
            # Strawberry keeps this to itself, with a validation rule that fails on variables which are not defined, and
            # on fragments before the operation. graphql-core has the rule of the specification.
            each.is_one_of = True
    return schema


def sdl() -> str:
    """Return the schema in the schema definition language."""
    return _built().as_str()


def subgraph_sdl() -> str:
    """Return what routers compose: the schema with keys, without what is not for them."""
    return derived_sdl(sdl())


def execute_now(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: Operation,
    *,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
    hide_suggestions: bool = False,
) -> ExecutionResult | Awaitable[ExecutionResult]:
    """Execute a prepared document; the result is there at once where no field has to wait.

    Here a compiled plan for large answers would take over.
    """
    return execute_document(
        schema,
        document,
        context_value=operation,
        variable_values=variables,
        operation_name=operation_name,
        is_awaitable=cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable),
        hide_suggestions=hide_suggestions,
    )


async def execute(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: Operation,
    *,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> ExecutionResult:
    """Execute a prepared document, and wait for its result."""
    result = execute_now(schema, document, operation, variables=variables, operation_name=operation_name)
    return await result if isawaitable(result) else result


def _built() -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Dataset, DataJob, DataJobRun],
        config=StrawberryConfig(scalar_map={Instant: DATE_TIME, Representation: ANY}),
    )
