"""The design's SCHEMA.graphql as a list of promises: what carries a mark of a later issue is left out.

The design writes shorthand: types that implement Asset do not repeat its fields, and marks stand in comments at the end
of a line (the whole line is later), as `# name: [mark]` (only that argument is), or in the description of a type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    parse,
    print_ast,
)

MARK = r"\[(?:identifiers|access|later)\]"

_LATER_ARGUMENT = re.compile(rf"#\s*(\w+):\s*{MARK}")
_LATER_TYPE = re.compile(rf'"[^"\n]*{MARK}[^"\n]*"\n\w[^\n]*\{{.*?\n\}}', re.DOTALL)


class Promise(NamedTuple):
    """One thing that clients may rely on, and how it is written."""

    place: str
    text: str


def promises(path: Path) -> list[Promise]:
    """Return every promise of the design that is reachable from the roots."""
    document = parse(_without_later(path.read_text(encoding="utf-8")))
    types = _types(document)
    reachable = _reachable(types)
    return [promise for name in sorted(reachable & set(types)) for promise in _of_type(types[name])]


def kept(document: DocumentNode) -> dict[str, str]:
    """Return what a schema offers, by place, written in the same way."""
    return {promise.place: promise.text for each in _types(document).values() for promise in _of_type(each)}


def _without_later(text: str) -> str:
    lines = []
    for line in _LATER_TYPE.sub("", text).splitlines():
        argument = _LATER_ARGUMENT.search(line)
        if argument is not None:
            lines.append(re.sub(rf",\s*{argument[1]}: \w+!?(?=[,)])", "", line).partition("#")[0])
        elif not re.search(rf"#.*{MARK}", line):
            lines.append(line.partition("#")[0])
    return "\n".join(lines)


def _types(document: DocumentNode) -> dict[str, TypeDefinitionNode]:
    return {each.name.value: each for each in document.definitions if isinstance(each, TypeDefinitionNode)}


def _reachable(types: dict[str, TypeDefinitionNode]) -> set[str]:
    seen: set[str] = set()
    waiting = ["Query", "Subscription", "Node", *(name for name, each in types.items() if _implements(each))]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += (
                re.findall(r"\w+", " ".join(promise.text for promise in _of_type(types[name]))) if name in types else ()
            )
    return seen


def _implements(definition: TypeDefinitionNode) -> list[str]:
    return sorted(each.name.value for each in getattr(definition, "interfaces", None) or ())


def _of_type(definition: TypeDefinitionNode) -> Iterator[Promise]:
    name = definition.name.value
    if isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        for interface in _implements(definition):
            yield Promise(f"{name} implements {interface}", "")
        for field in definition.fields or ():
            yield from _of_field(name, field)
    elif isinstance(definition, InputObjectTypeDefinitionNode):
        for directive in definition.directives or ():
            yield Promise(f"{name} @{directive.name.value}", "")
        for value in definition.fields or ():
            yield Promise(f"{name}.{value.name.value}", _written(value))
    elif isinstance(definition, EnumTypeDefinitionNode):
        for member in definition.values or ():
            yield Promise(f"{name}.{member.name.value}", "")


def _of_field(name: str, field: FieldDefinitionNode) -> Iterator[Promise]:
    place = f"{name}.{field.name.value}"
    yield Promise(place, print_ast(field.type))
    for argument in field.arguments or ():
        yield Promise(f"{place}({argument.name.value})", _written(argument))


def _written(value: InputValueDefinitionNode) -> str:
    default = f" = {print_ast(value.default_value)}" if value.default_value is not None else ""
    return print_ast(value.type) + default
