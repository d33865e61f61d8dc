"""From one operation to what a transport sends: errors, one answer, or payloads for as long as they come.

The transports (`websocket`, `sse`, `multipart`) differ in their envelopes only. An event that many subscribers are told
of is executed and written once for each selection of fields: `Event.payloads` holds the result, by the text of the
operation and its variables, and every subscriber with the same gets the same text.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Self, TypeGuard, cast

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    ExperimentalIncrementalExecutionResults,
    GraphQLError,
    OperationType,
    create_source_event_stream,
    experimental_execute_incrementally,
)
from graphql import execute as execute_document
from strawberry.execution import optimized_is_awaitable

from lineage_gateway.graphql.documents import Prepared
from lineage_gateway.graphql.errors import presented
from lineage_gateway.graphql.http import View
from lineage_gateway.graphql.incremental import shown
from lineage_gateway.graphql.requests import GraphQLRequest
from lineage_gateway.graphql.subscriptions.fields import value_of
from lineage_gateway.graphql.subscriptions.hub import Hub
from lineage_gateway.graphql.subscriptions.limits import Callers, StreamLimits
from lineage_gateway.graphql.subscriptions.watch import DomainEvents, Event, LineageEvents
from lineage_shared.errors import LineageError, Unavailable

Errors = list[dict[str, Any]]

DRAIN_S = 2.0
"""Longest time to tell all clients that the process stops."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The operation may not run, or its stream could not be opened."""

    errors: Errors


@dataclass(frozen=True, slots=True)
class Answer:
    """The one response of a query, as JSON text."""

    payload: str


class StreamFailed(Exception):
    """A stream that cannot go on."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


class Stream:
    """The payloads of a subscription, or of a query with deferred parts, as JSON text. To be closed by its owner.

    Iterating raises `StreamFailed` when it cannot go on.
    """

    def __init__(
        self, payloads: AsyncIterator[str], close: Callable[[], Any], held: ExitStack, *, incremental: bool = False
    ) -> None:
        self._payloads = payloads
        self._close = close
        self._held = held
        self.incremental = incremental

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        """Wait for the next payload."""
        try:
            return await anext(self._payloads)
        except LineageError as error:
            raise StreamFailed(failure(error)) from None

    async def aclose(self) -> None:
        """Give back everything that the stream holds."""
        with self._held:
            await self._close()


@dataclass(frozen=True, slots=True)
class _Selection:
    """What one subscriber wants of every event; `key` is equal for those who want the same."""

    document: DocumentNode
    asked: GraphQLRequest
    key: tuple[int, bytes]

    @classmethod
    def of(cls, document: DocumentNode, asked: GraphQLRequest) -> _Selection:
        # Kept documents are one object for one text (`Documents`), so the object may stand for the text.
        wanted = msgspec.json.encode([asked.operation_name or None, asked.variables], order="sorted")
        return cls(document, asked, (id(document), wanted))


class Streams:
    """Opens operations for all transports of one gateway.

    `draining` is set when the process stops: every stream then ends, so that its client connects elsewhere. `open`
    counts the connections that hold a stream.
    """

    def __init__(self, view: View, hub: Callable[[], Hub], limits: StreamLimits) -> None:
        self.limits = limits
        self.callers = Callers(limits.subscriptions_per_caller_max)
        self.draining = asyncio.Event()
        self.connections: set[object] = set()
        self._view = view
        self._hub = hub

    async def drain(self, within_s: float = DRAIN_S) -> None:
        """End every stream; return when all connections are told, or after `within_s`."""
        self.draining.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.connections:  # noqa: ASYNC110 - once, at the end
                    await asyncio.sleep(0.01)

    def busy(self) -> Unavailable | None:
        """Return why no further connection can be taken; None when it can."""
        if self.draining.is_set():
            return Unavailable("the gateway is stopping", hint="connect again", code="GATEWAY_STOPPING")
        if len(self.connections) >= self.limits.connections_max:
            return Unavailable(
                "there are too many connections with subscriptions", hint="try again later", code="TOO_MANY_CONNECTIONS"
            )
        return None

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Count a connection until the block ends."""
        connection = object()
        self.connections.add(connection)
        try:
            yield
        finally:
            self.connections.discard(connection)

    async def open(self, asked: GraphQLRequest, caller: str) -> Refused | Answer | Stream:
        """Prepare and begin an operation; raise a `LineageError` for one that is not to be run at all."""
        return await self.begin(asked, self._view.prepare(asked), caller)

    async def begin(self, asked: GraphQLRequest, prepared: Prepared, caller: str) -> Refused | Answer | Stream:
        """Begin a prepared operation; raise `Unavailable` when the caller has too many subscriptions."""
        if prepared.document is None:
            return Refused(presented(prepared.errors))
        if prepared.kind is OperationType.SUBSCRIPTION:
            return await self._subscribe(prepared.document, asked, caller)
        return await self._query(prepared.document, asked, caller)

    async def _subscribe(self, document: DocumentNode, asked: GraphQLRequest, caller: str) -> Refused | Stream:
        with ExitStack() as stack:
            stack.enter_context(self.callers.holding(caller))
            executor = Executor.build(
                self._view.schema,
                document,
                root_value=self._hub(),
                context_value=self._view.operation(),
                raw_variable_values=asked.variables,
                operation_name=asked.operation_name or None,
            )
            source = await _source(executor) if isinstance(executor, Executor) else executor
            if isinstance(source, list):
                return Refused(presented(source))
            return Stream(self._payloads(source, _Selection.of(document, asked)), source.aclose, stack.pop_all())

    async def _payloads(self, source: LineageEvents | DomainEvents, selection: _Selection) -> AsyncIterator[str]:
        async for event in source:
            yield await self._payload(event, selection)

    async def _payload(self, event: Event, selection: _Selection) -> str:
        """Return what an event looks like in a selection, made once for all subscribers."""
        if selection.key not in event.payloads:
            # The document is kept with it, since its identity is a part of the key.
            event.payloads[selection.key] = (selection.document, self._made(event, selection))
        _, made = event.payloads[selection.key]
        # One subscriber who leaves must not take it from the others.
        payload: str = made if isinstance(made, str) else await asyncio.shield(made)
        return payload

    def _made(self, event: Event, selection: _Selection) -> str | asyncio.Future[str]:
        """Return the text; where a field has to ask an agent, what will be the text."""
        moment = event.moment
        operation = self._view.operation(mesh=moment.mesh, states=moment.states)
        made: Any = execute_document(
            self._view.schema,
            selection.document,
            value_of(event, operation),
            operation,
            selection.asked.variables,
            selection.asked.operation_name or None,
            is_awaitable=cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable),
        )
        return asyncio.ensure_future(_written_later(made)) if isawaitable(made) else _written(made)

    async def _query(self, document: DocumentNode, asked: GraphQLRequest, caller: str) -> Answer | Stream:
        started: Any = experimental_execute_incrementally(
            self._view.schema,
            document,
            context_value=self._view.operation(),
            variable_values=asked.variables,
            operation_name=asked.operation_name or None,
        )
        result = await started if isawaitable(started) else started
        if isinstance(result, ExecutionResult):
            return Answer(_written(result))
        with ExitStack() as stack:
            stack.enter_context(self.callers.holding(caller))
            return Stream(_parts(result), result.subsequent_results.aclose, stack.pop_all(), incremental=True)


async def _source(executor: Executor[Any]) -> LineageEvents | DomainEvents | list[GraphQLError]:
    """Return the events of a subscription, or why there are none."""
    opened: Any = create_source_event_stream(executor)
    source: Any = await opened if isawaitable(opened) else opened
    return list(source.errors or ()) if isinstance(source, ExecutionResult) else source


async def _parts(result: ExperimentalIncrementalExecutionResults) -> AsyncIterator[str]:
    yield _text(shown(result.initial_result))
    async for part in result.subsequent_results:
        yield _text(shown(part))


async def _written_later(result: Awaitable[ExecutionResult]) -> str:
    return _written(await result)


def _written(result: ExecutionResult) -> str:
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = presented(result.errors)
    return _text(body)


def refusal(errors: Errors) -> str:
    """Return the response of an operation that was refused, as JSON text."""
    return _text({"errors": errors})


def failure(error: LineageError) -> Errors:
    """Return an error of ours as GraphQL shows it."""
    return presented([GraphQLError("", original_error=error)])


def _text(body: Any) -> str:
    return msgspec.json.encode(body).decode()
