"""From what a caller points with to one node of the mesh, or to an error that says why not.

References resolve before anything is looked up: by id (any member's id of a class), or by name as somebody reported it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from lineage_gateway.identity import Classifier
from lineage_gateway.lineage.completeness import not_found
from lineage_gateway.lineage.view import MeshView
from lineage_shared.errors import Conflict, InvalidInput, NotFound
from lineage_shared.ids import asset_id
from lineage_shared.model import Kind
from lineage_shared.naming import READABLE_CHARS_MAX, Key, canonical, readings
from lineage_shared.naming import Reference as Spelling

CANDIDATES_SHOWN = 10
NAME_CHARS_SHOWN = 200


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


@dataclass(frozen=True, slots=True)
class ByText:
    """Points with one text, in any system's spelling."""

    text: str


Reference = ById | ByName | ByText


def resolve(view: MeshView, reference: Reference) -> int:
    """Return the node; raise ASSET_NOT_FOUND, DOMAIN_NOT_FOUND or AMBIGUOUS_REFERENCE, naming the candidates."""
    if isinstance(reference, ById):
        node = view.mesh.resolve_id(reference.id)
        if node is None:
            raise not_found(view.states, f"the id {reference.id[:100]!r}")
        return node
    if isinstance(reference, ByText):
        return _resolve_text(view, reference.text)
    if reference.domain is not None:
        check_domains(view, [reference.domain])
    nodes = view.mesh.find(reference.kind, reference.namespace, reference.name, reference.domain)
    if len(nodes) == 1:
        return nodes[0]
    if nodes:
        raise _ambiguous(view, _shown(reference.namespace, reference.name), nodes)
    raise not_found(view.states, f"the {reference.kind.value} {_shown(reference.namespace, reference.name)}")


def asked_id(reference: Reference) -> str | None:
    """Return the id that a caller points with; None for one who points otherwise."""
    return reference.id if isinstance(reference, ById) else None


def check_domains(view: MeshView, names: Iterable[str]) -> None:
    """Raise DOMAIN_NOT_FOUND for a name that is not configured: it would silently match nothing."""
    for name in names:
        if name not in view.states:
            known = ", ".join(sorted(view.states)) or "none"
            raise NotFound(f"there is no domain {name[:100]!r}", hint=f"known: {known}", code="DOMAIN_NOT_FOUND")


def _resolve_text(view: MeshView, text: str) -> int:
    """Return the node of the likeliest reading that anything in the mesh has."""
    _check_length(text)
    for reading in (*readings(text), *readings(text, Kind.JOB)):
        nodes = view.mesh.find_reference(reading, reading.domain)
        if len(nodes) == 1:
            return nodes[0]
        if nodes:
            raise _ambiguous(view, _shown(text), nodes)
    raise not_found(view.states, f"{text[:200]!r}, read in every way that is known,")


def _check_length(text: str) -> None:
    if len(text) > READABLE_CHARS_MAX:
        raise InvalidInput(
            f"a reference has at most {READABLE_CHARS_MAX} characters; this one has {len(text)}",
            code="REFERENCE_INVALID",
        )


def spelled(view: MeshView, reference: Reference) -> Spelling:
    """Return the spelling that a reference stands for, whether the mesh knows it or not; for claims about names.

    An id stands for the very name whose id it is. A text of several readings stands for the likeliest that the mesh
    knows, else for the likeliest that denotes anything.
    """
    if isinstance(reference, ById):
        entry = view.mesh.entry(resolve(view, reference))
        wanted = str(UUID(reference.id))
        for member in entry.members:
            record = member.record
            scopes = (member.scope, None) if member.narrowed else (member.scope,)
            if any(asset_id(record.kind, record.namespace, record.name, scope) == wanted for scope in scopes):
                return Spelling(namespace=record.namespace, name=record.name, kind=record.kind, domain=member.scope)
        raise not_found(view.states, f"the id {reference.id[:100]!r}")
    if isinstance(reference, ByName):
        if reference.domain is not None:
            check_domains(view, [reference.domain])
        named = Spelling(
            namespace=reference.namespace, name=reference.name, kind=reference.kind, domain=reference.domain
        )
        return _scoped(view, named)
    _check_length(reference.text)
    found = (*readings(reference.text), *readings(reference.text, Kind.JOB))
    known = next((each for each in found if view.mesh.find_reference(each, each.domain)), None)
    denoting = (each for each in found if isinstance(canonical(each, None, view.mesh.declarations), Key))
    chosen = known or next(denoting, None)
    if chosen is None:
        raise InvalidInput(f"{reference.text[:200]!r} denotes nothing", code="REFERENCE_INVALID")
    return _scoped(view, chosen)


def _scoped(view: MeshView, spelling: Spelling) -> Spelling:
    """Return the spelling with the domain that it is local to, where only one has such a name."""
    names = view.mesh.declarations
    if spelling.domain is not None or Classifier("", names).identified(spelling).scope is None:
        return spelling
    nodes = view.mesh.find_reference(spelling)
    if len(nodes) > 1:
        raise _ambiguous(view, _shown(spelling.namespace, spelling.name), nodes)
    members = view.mesh.entry(nodes[0]).members if nodes else ()
    domains = {each.domain for each in members if view.mesh.find_reference(spelling, each.domain)}
    return replace(spelling, domain=domains.pop()) if len(domains) == 1 else spelling


def _ambiguous(view: MeshView, what: str, nodes: tuple[int, ...]) -> Conflict:
    shown = [view.mesh.attributes(node) for node in nodes[:CANDIDATES_SHOWN]]
    named = ((each.id, _shown(each.namespace, each.name), ", ".join(each.domains)) for each in shown)
    listed = "; ".join(f"{asset_id} ({name}, {domains})" for asset_id, name, domains in named)
    more = f"; and {len(nodes) - len(shown)} more" if len(nodes) > len(shown) else ""
    return Conflict(
        f"{what} may be any of {len(nodes)}: {listed}{more}",
        hint="add `domain`, or point with an `id`",
        code="AMBIGUOUS_REFERENCE",
    )


def _shown(*words: str) -> str:
    """Return the beginning of a name for a message, without what a terminal would obey."""
    text = " ".join(word[:NAME_CHARS_SHOWN] for word in words)
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
