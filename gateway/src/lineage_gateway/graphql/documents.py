"""From the text of a request to a document that is safe to run: parsed, measured, validated; each step bounded.

Every step is linear in the document: tokens are counted while parsing, a fragment is measured once however often it is
spread, and validation stops after a number of errors. `http` calls this before `schema` executes; prepared documents
are values, so that a cache of them has its place right here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from lineage_shared.settings import Resolved

COMMENTS_MAX = 1000
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """The settings of the same names say what each is."""

    query_tokens_max: int = 2000
    query_depth_max: int = 15
    query_aliases_max: int = 30
    query_directives_max: int = 50
    query_errors_max: int = 10

    @classmethod
    def of(cls, settings: Resolved) -> QueryLimits:
        """Take the limits from the settings."""
        return cls(**{each.name: getattr(settings, each.name) for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that may run, or the errors for which it may not. Every error carries `extensions.code`."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


def prepare(schema: GraphQLSchema, text: str, limits: QueryLimits) -> Prepared:
    """Parse, measure and validate."""
    try:
        document = parse(text, max_lexical_tokens=limits.query_tokens_max, max_comments=COMMENTS_MAX)
    except GraphQLError as error:
        return Prepared(None, (_coded(error, "GRAPHQL_PARSE_FAILED"),))
    try:
        too_large = _too_large(document, limits)
    except RecursionError:  # Hundreds of fragments, each within the next.
        too_large = GraphQLError("the document nests fragments too deeply", extensions={"code": "QUERY_TOO_LARGE"})
    if too_large is not None:
        return Prepared(None, (too_large,))
    errors = validate(schema, document, _RULES, max_errors=limits.query_errors_max)
    if errors:
        return Prepared(None, tuple(_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors))
    return Prepared(document)


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def _too_large(document: DocumentNode, limits: QueryLimits) -> GraphQLError | None:
    aliases, directives = _counts(document)
    measured = (
        ("nested fields", _depth(document), limits.query_depth_max),
        ("aliases", aliases, limits.query_aliases_max),
        ("directives", directives, limits.query_directives_max),
    )
    for what, count, most in measured:
        if count > most:
            message = f"the document has {count} {what}, at most {most} are allowed"
            return GraphQLError(message, extensions={"code": "QUERY_TOO_LARGE"})
    return None


def _counts(document: DocumentNode) -> tuple[int, int]:
    aliases = directives = 0
    for node in _nodes(document):
        aliases += isinstance(node, FieldNode) and node.alias is not None
        directives += len(getattr(node, "directives", None) or ())
    return aliases, directives


def _nodes(document: DocumentNode) -> Iterator[Node]:
    waiting: list[Node] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        yield node
        selection_set: SelectionSetNode | None = getattr(node, "selection_set", None)
        if selection_set is not None:
            waiting.extend(selection_set.selections)


def _depth(document: DocumentNode) -> int:
    """The deepest nesting of fields of any definition. Each fragment is measured once."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    depths: dict[str, int] = {}

    def below(selection_set: SelectionSetNode | None) -> int:
        return max((of(node) for node in selection_set.selections), default=0) if selection_set is not None else 0

    def of(node: Node) -> int:
        if isinstance(node, FragmentSpreadNode):
            return of_fragment(node.name.value)
        inside = below(getattr(node, "selection_set", None))
        return inside + 1 if isinstance(node, FieldNode) else inside

    def of_fragment(name: str) -> int:
        if name not in depths:
            depths[name] = 0  # A fragment within itself is refused by validation; here it only must end.
            fragment = fragments.get(name)
            depths[name] = below(fragment.selection_set) if fragment is not None else 0
        return depths[name]

    return max((below(getattr(each, "selection_set", None)) for each in document.definitions), default=0)
