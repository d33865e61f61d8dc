"""From the text of a request to an operation that is safe to run: parsed, measured, validated, and kept for the next.

Every step is bounded: characters and tokens while parsing, the shape before validation, comparisons and errors during
it. Prepared documents are values; `Documents` keeps them, refused ones as well, so that neither a busy client nor a
hostile one has the same text prepared twice. Transports (`http`, subscriptions) call `Documents.prepare`, then
`refusal` with the variables of the request, then `schema.execute`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule

from lineage_gateway.graphql.limits import (
    NOTHING,
    CostMode,
    Formula,
    QueryLimits,
    bounded_rules,
    compile_cost,
    evaluated,
    too_large,
)
from lineage_gateway.graphql.lru import BoundedLru

COMMENTS_MAX = 1000
INTROSPECTION = frozenset({"__schema", "__type", "_service"})
"""Fields that show the schema: refused in the production profile."""

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
TOO_LARGE = "QUERY_TOO_LARGE"
TOO_EXPENSIVE = "QUERY_TOO_EXPENSIVE"
NO_OPERATION = "OPERATION_RESOLUTION_FAILURE"
NO_INTROSPECTION = "INTROSPECTION_DISABLED"

_RULES = (*specified_rules, MaybeNullValidationRule)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that may run, or the errors for which it may not. Every error carries `extensions.code`.

    `operation` is there whenever it could be told which one is meant, also with errors: what is no query may not come
    by GET, whatever else is wrong with it.
    """

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()
    operation: OperationDefinitionNode | None = None
    cost: Formula = NOTHING
    tokens: int = 1

    @property
    def kind(self) -> OperationType | None:
        """Return whether it is a query, a mutation or a subscription; None when that cannot be told."""
        return self.operation.operation if self.operation is not None else None


class Documents:
    """Prepares the documents of one schema, and keeps what it prepared: least recently used goes first."""

    def __init__(
        self, schema: GraphQLSchema, limits: QueryLimits, *, entries_max: int = 1024, tokens_max: int = 100_000
    ) -> None:
        """`tokens_max` bounds the memory: a kept document takes some 800 bytes a token."""
        self.schema = schema
        self.limits = limits
        self._rules = bounded_rules(_RULES, limits.query_overlap_max)
        self._kept = BoundedLru[tuple[str, str | None], Prepared](entries_max=entries_max, weight_max=tokens_max)

    def prepare(self, text: str, operation_name: str | None = None) -> Prepared:
        """Return the operation of that name in a document, or why it may not run."""
        most = self.limits.query_chars_max
        if len(text) > most:
            return _refused(f"the document is longer than {most} characters", TOO_LARGE, "pass values as variables")
        key = text, operation_name or None
        prepared = self._kept.get(key)
        if prepared is None:
            prepared = self._prepared(*key)
            # A text itself takes memory as well, also one that could not be parsed.
            self._kept.put(key, prepared, max(prepared.tokens, len(text) // _CHARS_PER_TOKEN))
        return prepared

    def estimate(self, prepared: Prepared, variables: Mapping[str, Any] | None) -> int | None:
        """Return the cost of one request before it runs; None when costs are off."""
        if self.limits.query_cost is CostMode.OFF:
            return None
        return evaluated(prepared.cost, variables or {})

    def refusal(self, estimate: int | None, variables: Mapping[str, Any] | None) -> GraphQLError | None:
        """Return why a prepared operation may not run with these variables; None when it may."""
        if variables and not _fewer(variables, self.limits.query_variables_max):
            most = self.limits.query_variables_max
            return _error(f"the variables hold more than {most} values", TOO_LARGE, "send fewer at once")
        most = self.limits.query_cost_max
        if estimate is None or estimate <= most or self.limits.query_cost is not CostMode.ENFORCE:
            return None
        shown = estimate if estimate < _UNCOUNTABLE else "countless"
        return _error(
            f"the answer could hold {shown} objects, at most {most} are allowed",
            TOO_EXPENSIVE,
            "ask for less at once: lower `first`, `limit` or `depth`, or nest fewer lists",
        )

    def _prepared(self, text: str, operation_name: str | None) -> Prepared:
        limits = self.limits
        try:
            document = parse(text, max_lexical_tokens=limits.query_tokens_max, max_comments=COMMENTS_MAX)
        except GraphQLError as error:
            return Prepared(None, (_coded(error, PARSE_FAILED),), tokens=len(text) // 2 + 1)
        operation = _operation(document, operation_name)
        tokens = document.token_count
        try:
            found = self._refused(document, operation)
            cost = compile_cost(self.schema, document, operation) if operation and not found else NOTHING
        except RecursionError:  # Hundreds of fragments, each within the next.
            found, cost = (_error("the document nests fragments too deeply", TOO_LARGE),), NOTHING
        if found:
            return Prepared(None, found, operation, tokens=tokens)
        errors = self._invalid(document) or _unresolved(operation, operation_name)
        return Prepared(None if errors else document, errors, operation, cost, tokens)

    def _refused(self, document: DocumentNode, operation: OperationDefinitionNode | None) -> tuple[GraphQLError, ...]:
        message = too_large(document, self.limits)
        if message is not None:
            return (_error(message, TOO_LARGE, "split it into several requests"),)
        hidden = not self.limits.development and operation is not None and _introspects(document)
        if hidden:
            return (_error("introspection is off here", NO_INTROSPECTION, "the schema: `lineage-gateway schema`"),)
        return ()

    def _invalid(self, document: DocumentNode) -> tuple[GraphQLError, ...]:
        limits = self.limits
        errors = validate(
            self.schema,
            document,
            self._rules,
            max_errors=limits.query_errors_max,
            hide_suggestions=not limits.development,
        )
        return tuple(_coded(error, VALIDATION_FAILED) for error in errors)


_CHARS_PER_TOKEN = 100
_UNCOUNTABLE = 10**12


def prepare(schema: GraphQLSchema, text: str, limits: QueryLimits, operation_name: str | None = None) -> Prepared:
    """Prepare one document without keeping it."""
    return Documents(schema, limits, entries_max=0).prepare(text, operation_name)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name is None:
        return operations[0] if len(operations) == 1 else None
    return next((each for each in operations if each.name is not None and each.name.value == name), None)


def _unresolved(operation: OperationDefinitionNode | None, name: str | None) -> tuple[GraphQLError, ...]:
    if operation is not None:
        return ()
    if name is not None:
        return (_error(f"the document has no operation named {name[:80]!r}", NO_OPERATION),)
    return (_error("it cannot be told which operation to run", NO_OPERATION, "name it with `operationName`"),)


def _introspects(document: DocumentNode) -> bool:
    waiting: list[Node] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode) and node.name.value in INTROSPECTION:
            return True
        selection_set: SelectionSetNode | None = getattr(node, "selection_set", None)
        if selection_set is not None:
            waiting.extend(selection_set.selections)
    return False


def _fewer(variables: Mapping[str, Any], most: int) -> bool:
    """Whether there are at most so many values, however deep."""
    count = 0
    waiting: list[Any] = [variables]
    while waiting:
        each = waiting.pop()
        inside = each.values() if isinstance(each, dict) else each
        count += len(inside)
        if count > most:
            return False
        waiting.extend(value for value in inside if isinstance(value, dict | list))
    return True


def _refused(message: str, code: str, hint: str) -> Prepared:
    return Prepared(None, (_error(message, code, hint),))


def _error(message: str, code: str, hint: str = "") -> GraphQLError:
    return GraphQLError(message, extensions={"code": code, "hint": hint} if hint else {"code": code})


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error
