"""Search as a use case: checked arguments, one page of nodes with their cursors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lineage_gateway.lineage.limits import within
from lineage_gateway.lineage.opaque import bad_cursor
from lineage_gateway.lineage.references import check_domains
from lineage_gateway.lineage.view import MeshView
from lineage_gateway.mesh import SearchPage
from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """What to search for; a filter that is None lets everything through."""

    text: str
    first: int
    after: str | None = None
    kinds: frozenset[Kind] | None = None
    domains: frozenset[str] | None = None
    tags: frozenset[str] | None = None


def search_assets(view: MeshView, question: SearchQuestion) -> SearchPage:
    """Return one page, best matches first."""
    within("first", question.first, 0, view.limits.page_max)
    check_domains(view, sorted(question.domains or ()))
    with cursors_of_the_mesh():
        return view.mesh.search(
            question.text,
            kinds=question.kinds,
            domains=question.domains,
            tags=question.tags,
            first=question.first,
            after=question.after,
        )


@contextmanager
def cursors_of_the_mesh() -> Iterator[None]:
    """Give a cursor that the mesh cannot read the one error that all fields have for it."""
    try:
        yield
    except InvalidInput as error:
        if error.code == "CURSOR_INVALID":
            raise bad_cursor() from None
        raise
