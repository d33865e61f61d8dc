"""From what a caller points with to one node of the mesh, or to an error that says why not.

References resolve before anything is looked up: by id (any member's id of a class), or by name as somebody reported it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lineage_gateway.lineage.completeness import not_found
from lineage_gateway.lineage.view import MeshView
from lineage_shared.errors import Conflict, NotFound
from lineage_shared.model import Kind

CANDIDATES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ById:
    """Points with a global id."""

    id: str


@dataclass(frozen=True, slots=True)
class ByName:
    """Points with namespace and name, in any spelling that the mesh knows; `domain` is one that reports it."""

    kind: Kind
    namespace: str
    name: str
    domain: str | None = None


Reference = ById | ByName


def resolve(view: MeshView, reference: Reference) -> int:
    """Return the node; raise ASSET_NOT_FOUND, DOMAIN_NOT_FOUND or AMBIGUOUS_REFERENCE, naming the candidates."""
    if isinstance(reference, ById):
        node = view.mesh.resolve_id(reference.id)
        if node is None:
            raise not_found(view.states, f"the id {reference.id[:100]!r}")
        return node
    if reference.domain is not None:
        check_domains(view, [reference.domain])
    nodes = view.mesh.find(reference.kind, reference.namespace, reference.name, reference.domain)
    if len(nodes) == 1:
        return nodes[0]
    if nodes:
        raise _ambiguous(view, reference, nodes)
    raise not_found(view.states, f"the {reference.kind.value} {reference.namespace[:200]} {reference.name[:200]}")


def check_domains(view: MeshView, names: Iterable[str]) -> None:
    """Raise DOMAIN_NOT_FOUND for a name that is not configured: it would silently match nothing."""
    for name in names:
        if name not in view.states:
            known = ", ".join(sorted(view.states)) or "none"
            raise NotFound(f"there is no domain {name[:100]!r}", hint=f"known: {known}", code="DOMAIN_NOT_FOUND")


def _ambiguous(view: MeshView, reference: ByName, nodes: tuple[int, ...]) -> Conflict:
    shown = [view.mesh.attributes(node) for node in nodes[:CANDIDATES_SHOWN]]
    listed = "; ".join(f"{each.id} ({each.namespace} {each.name}, {', '.join(each.domains)})" for each in shown)
    more = f"; and {len(nodes) - len(shown)} more" if len(nodes) > len(shown) else ""
    return Conflict(
        f"{reference.namespace[:200]} {reference.name[:200]} may be any of {len(nodes)}: {listed}{more}",
        hint="add `domain`, or point with an `id`",
        code="AMBIGUOUS_REFERENCE",
    )
