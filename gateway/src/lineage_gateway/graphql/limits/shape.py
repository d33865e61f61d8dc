"""What stands in a document: nesting, aliases, directives, root fields, fragments counted where they are spread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.language import DirectiveNode, SelectionNode

from lineage_gateway.graphql.limits.settings import QueryLimits


class Shape(NamedTuple):
    """The measures of one selection set, everything that it spreads included."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: Shape) -> Shape:
        """Join what stands side by side."""
        return Shape(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


NOTHING = Shape()

MEASURES: tuple[tuple[str, Callable[[Shape], int], Callable[[QueryLimits], int]], ...] = (
    ("nested fields", lambda shape: shape.depth, lambda limits: limits.query_depth_max),
    ("root fields", lambda shape: shape.fields, lambda limits: limits.query_root_fields_max),
    ("aliases", lambda shape: shape.aliases, lambda limits: limits.query_aliases_max),
    ("directives", lambda shape: shape.directives, lambda limits: limits.query_directives_max),
)


def too_large(document: DocumentNode, limits: QueryLimits) -> str | None:
    """Say which limit the document is over; None when it is within all. Raises RecursionError for endless chains."""
    measuring = _Measuring(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            shape = measuring.of_operation(definition)
        elif isinstance(definition, FragmentDefinitionNode):
            # Its fields are no root fields, and what it spreads counts with the operation that spreads it.
            shape = measuring.of_fragment(definition.name.value)._replace(fields=0)
        else:
            continue
        for what, count_of, most_of in MEASURES:
            count, most = count_of(shape), most_of(limits)
            if count > most:
                return f"the document has {_shown(count)} {what}, at most {most} are allowed"
    return None


def _shown(count: int) -> str:
    """Write a count: a bomb's may have hundreds of digits."""
    return str(count) if count < _UNCOUNTABLE else "countless"


_UNCOUNTABLE = 10**12


class _Measuring:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, Shape] = {}

    def of_operation(self, operation: OperationDefinitionNode) -> Shape:
        inside = self._of_set(operation.selection_set)
        directives = _count(operation.directives) + sum(
            _count(each.directives) for each in operation.variable_definitions or ()
        )
        return inside._replace(directives=inside.directives + directives)

    def of_fragment(self, name: str) -> Shape:
        if name not in self._measured:
            self._measured[name] = NOTHING  # A fragment within itself is refused by validation; here it only must end.
            fragment = self._fragments.get(name)
            if fragment is not None:
                inside = self._of_set(fragment.selection_set)
                self._measured[name] = inside._replace(directives=inside.directives + _count(fragment.directives))
        return self._measured[name]

    def _of_set(self, selection_set: SelectionSetNode) -> Shape:
        found = NOTHING
        for selection in selection_set.selections:
            found = found.beside(self._of_selection(selection))
        return found

    def _of_selection(self, selection: SelectionNode) -> Shape:
        directives = _count(selection.directives)
        if isinstance(selection, FragmentSpreadNode):
            inside = self.of_fragment(selection.name.value)
        else:
            below: SelectionSetNode | None = getattr(selection, "selection_set", None)
            inside = self._of_set(below) if below is not None else NOTHING
        if isinstance(selection, FieldNode):
            aliases = inside.aliases + (selection.alias is not None)
            return Shape(inside.depth + 1, 1, aliases, inside.directives + directives)
        return inside._replace(directives=inside.directives + directives)


def _count(directives: Iterable[DirectiveNode] | None) -> int:
    return len(tuple(directives)) if directives else 0
