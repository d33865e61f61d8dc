"""The schema, and the one way in which an operation is executed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, TypeGuard, cast

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLSchema
from graphql import execute as execute_document
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig

from lineage_gateway.graphql.assets import DataJob, Dataset
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.mutation import Mutation
from lineage_gateway.graphql.query import Query
from lineage_gateway.graphql.runs import DataJobRun
from lineage_gateway.graphql.scalars import DATE_TIME, Instant


def build_schema() -> GraphQLSchema:
    """Build the schema, for graphql-core to execute."""
    return _built()._schema  # noqa: SLF001 - Strawberry has no public name for it


def sdl() -> str:
    """Return the schema in the schema definition language."""
    return _built().as_str()


async def execute(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: Operation,
    *,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> ExecutionResult:
    """Execute a prepared document: the place where a compiled plan for large answers would take over."""
    result = execute_document(
        schema,
        document,
        context_value=operation,
        variable_values=variables,
        operation_name=operation_name,
        is_awaitable=cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable),
    )
    return await result if isawaitable(result) else result


def _built() -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=[Dataset, DataJob, DataJobRun],
        config=StrawberryConfig(scalar_map={Instant: DATE_TIME}),
    )
