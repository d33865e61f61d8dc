"""From the keys of a suggestion to what a version of the mesh has under them."""

from __future__ import annotations

from lineage_gateway.identity import ClassKey
from lineage_gateway.mesh import Member, Mesh
from lineage_shared.naming import Reference


def node_of(mesh: Mesh, key: str) -> int | None:
    """Return the node that stands for a key in a version; None where nobody reports it any more."""
    number = mesh.register.nodes.get(ClassKey(key))
    node = mesh.redirects.get(number, number) if number is not None else None
    return node if node is not None and mesh.entries.get(node) is not None else None


def reference_of(mesh: Mesh, key: str) -> Reference | None:
    """Return a reported name of a key; that of its class where nobody reports the key itself, None for nothing."""
    node = node_of(mesh, key)
    if node is None:
        return None
    member = _spelling(mesh, mesh.entry(node).members, mesh.register.nodes[ClassKey(key)])
    return Reference(namespace=member.record.namespace, name=member.record.name, domain=member.scope)


def _spelling(mesh: Mesh, members: tuple[Member, ...], number: int) -> Member:
    own = (each for each in members if mesh.numbers[each.domain].get(each.number) == number)
    return next(own, members[0])
