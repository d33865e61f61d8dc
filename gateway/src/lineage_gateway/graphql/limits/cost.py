"""What an operation may cost: how many objects its answer can have, known before anything is looked up.

An object costs 1, a scalar nothing; what stands below a list costs as often as the list may be long. A list's length
is what the client asked for (`first`, `limit`, the ids given), else `LIST`. A field that takes `depth` walks: it costs
`WALK` for each step of depth, and where it has no size of its own its lists count as `LIST` for each step. The estimate
is an upper bound for all but lists that nobody sizes.

Sizes may be variables. So the cost is compiled once for a document, into a formula that is evaluated for each request:
a number where no variable matters. Lists in a page (`edges` of a connection) are sized by the field that holds the
page; the two parts of `Parts` keep that apart, so that each fragment is compiled once wherever it is spread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from graphql.language import ConstValueNode, SelectionNode

LIST = 10
"""How long a list is taken to be that nobody sizes."""
WALK = 10
"""What one step of depth costs."""
DEPTH_MAX = 100
"""A walk without a limit, and any deeper one, counts as this deep."""
SIZE_MAX = 1_000_000
"""Greater sizes are refused by the fields themselves."""

NUMBERS = ("first", "last", "limit")
LISTS = ("ids", "representations")
DEPTH = "depth"
UNLIMITED = frozenset({"paths"})
"""Walks that take no depth: they go as far as it goes."""


@dataclass(frozen=True, slots=True)
class Size:
    """How often what is below occurs: `scale` times a number given here, or by a variable of the request.

    `default` counts where the variable is left out, `null` where it is null.
    """

    default: int
    null: int = LIST
    most: int = SIZE_MAX
    scale: int = 1
    variable: str | None = None

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the size for one request; what is no size counts as the default, and is refused later."""
        given = variables.get(self.variable, self.default) if self.variable is not None else self.default
        if given is None:
            given = self.null
        elif isinstance(given, list | dict):
            given = len(given)
        number = given if isinstance(given, int) else self.default
        return self.scale * max(0, min(number, self.most))


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A constant, and formulas that count as often as their size says."""

    constant: int
    terms: tuple[tuple[Size, Formula], ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """The cost of a selection set: once, and for each item of the page that it stands in."""

    once: Formula
    each: Formula


NOTHING = Formula(0)
_ONE = Size(1)
_LIST = Size(LIST)


def compile_cost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Formula:
    """Return the cost of one operation. Fields that do not exist cost nothing: validation refuses them."""
    root = schema.get_root_type(operation.operation)
    parts = _Compiling(schema, document, operation).of_set(operation.selection_set, root)
    return _sum([(_ONE, parts.once), (_LIST, parts.each)])


def evaluated(formula: Formula, variables: Mapping[str, Any]) -> int:
    """Return the cost for these variables."""
    known: dict[int, int] = {}

    def of(part: Formula) -> int:
        if not part.terms:
            return part.constant
        if id(part) not in known:
            known[id(part)] = part.constant + sum(size.of(variables) * of(inner) for size, inner in part.terms)
        return known[id(part)]

    return of(formula)


def _sum(parts: list[tuple[Size, Formula]], constant: int = 0) -> Formula:
    """Add formulas, each as often as its size says; what no variable changes is added up now."""
    terms = []
    for size, formula in parts:
        if size.variable is None and not formula.terms:
            constant += size.of({}) * formula.constant
        elif formula is not NOTHING:
            terms.append((size, formula))
    if not terms:
        return Formula(constant) if constant else NOTHING
    return Formula(constant, tuple(terms))


class _Compiling:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._defaults = {each.variable.name.value: each.default_value for each in operation.variable_definitions or ()}
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._compiled: dict[str, Parts] = {}

    def of_set(self, selection_set: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Parts:
        selections = selection_set.selections if selection_set is not None else ()
        parts = [self._of_selection(each, parent) for each in selections]
        return Parts(_sum([(_ONE, part.once) for part in parts]), _sum([(_ONE, part.each) for part in parts]))

    def _of_selection(self, selection: SelectionNode, parent: GraphQLNamedType | None) -> Parts:
        if isinstance(selection, FieldNode):
            return self._of_field(selection, parent)
        if isinstance(selection, FragmentSpreadNode):
            return self._of_fragment(selection.name.value)
        if not isinstance(selection, InlineFragmentNode):
            raise TypeError(type(selection))
        condition = selection.type_condition
        return self.of_set(selection.selection_set, self._named(condition.name.value) if condition else parent)

    def _of_fragment(self, name: str) -> Parts:
        if name not in self._compiled:
            self._compiled[name] = Parts(NOTHING, NOTHING)  # A fragment within itself is refused by validation.
            fragment = self._fragments.get(name)
            if fragment is not None:
                named = self._named(fragment.type_condition.name.value)
                self._compiled[name] = self.of_set(fragment.selection_set, named)
        return self._compiled[name]

    def _of_field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Parts:
        field = self._field(parent, node.name.value)
        if field is None or is_leaf_type(get_named_type(field.type)):
            return Parts(NOTHING, NOTHING)
        inside = self.of_set(node.selection_set, get_named_type(field.type))
        own, depth = self._own_size(node, field), self._argument(node, field, DEPTH)
        if depth is None and node.name.value in UNLIMITED:
            depth = Size(DEPTH_MAX)
        page = own or (replace(depth, scale=LIST) if depth is not None else _LIST)
        item = _sum([(_ONE, inside.once), (page, inside.each)], 1)
        walk = (replace(depth, scale=WALK), Formula(1)) if depth is not None else (_ONE, NOTHING)
        if not is_list_type(get_nullable_type(field.type)):
            return Parts(_sum([walk, (_ONE, item)]), NOTHING)
        if own is None:
            return Parts(_sum([walk]), item)
        # The list itself is what the size is of, not what its items hold.
        item = _sum([(_ONE, inside.once), (_LIST, inside.each)], 1)
        return Parts(_sum([walk, (own, item)]), NOTHING)

    def _named(self, name: str) -> GraphQLNamedType | None:
        return self._schema.get_type(name)

    def _field(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return None
        return self._schema.get_field(parent, name)

    def _own_size(self, node: FieldNode, field: GraphQLField) -> Size | None:
        sizes = (self._argument(node, field, name) for name in (*NUMBERS, *LISTS))
        return next((size for size in sizes if size is not None), None)

    def _argument(self, node: FieldNode, field: GraphQLField, name: str) -> Size | None:
        """Return the size that an argument gives; None when the field takes none of that name."""
        defined = field.args.get(name)
        if defined is None:
            return None
        size = _left_out(name, defined)
        given = next((each.value for each in node.arguments or () if each.name.value == name), None)
        if isinstance(given, VariableNode):
            default = self._defaults.get(given.name.value)
            return replace(size if default is None else _written(size, default), variable=given.name.value)
        return size if given is None else _written(size, given)


def _left_out(name: str, defined: GraphQLArgument) -> Size:
    """Return the size when the argument is left out; a depth that is null means as far as it goes."""
    default = defined.default_value if isinstance(defined.default_value, int) else LIST
    return Size(default, DEPTH_MAX, DEPTH_MAX) if name == DEPTH else Size(default, default)


def _written(size: Size, value: ConstValueNode | ValueNode) -> Size:
    """Return the size that the document itself gives."""
    if isinstance(value, ListValueNode):
        return replace(size, default=len(value.values))
    if isinstance(value, IntValueNode):
        # Numbers of many digits are beyond any limit, and Python may refuse to read them.
        return replace(size, default=int(value.value) if len(value.value) < _DIGITS_MAX else size.most)
    return replace(size, default=size.null) if isinstance(value, NullValueNode) else size


_DIGITS_MAX = 10
