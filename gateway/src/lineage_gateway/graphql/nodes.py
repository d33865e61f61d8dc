"""What all types share: the Node interface, what a page says of itself, computed fields, arguments left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

LEFT_OUT: Any = strawberry.UNSET
"""The default of an argument that has none: with None, the schema would say `= null`."""


def resolved(description: str, name: str | None = None) -> Callable[[F], F]:
    """Make a method a field; Strawberry's own decorator has no type. `name` is for one that is no Python name."""
    decorate: Callable[[F], F] = strawberry.field(description=description, name=name)
    return decorate


def given(value: T | None) -> T | None:
    """Return an argument's value; None when it was left out."""
    return None if value is LEFT_OUT else value


@strawberry.interface(description="Anything with a global id (Relay).")
class Node:
    """Anything with a global id (Relay)."""

    id: strawberry.ID = strawberry.field(description="The global id, to be used with `node(id:)`. Opaque.")


@strawberry.type(description="Where a page of a connection stands (Relay).")
class PageInfo:
    """Where a page of a connection stands (Relay)."""

    has_next_page: bool = strawberry.field(description="Whether more items follow.")
    has_previous_page: bool = strawberry.field(
        description="Whether items came before: true for every page but the first."
    )
    start_cursor: str | None = strawberry.field(description="The cursor of the first item; null when there is none.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last item, to be passed as `after`; null when there is none."
    )
