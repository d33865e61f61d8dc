"""Suggestions as a use case: the candidates that the mesh holds, without those that were decided about."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lineage_gateway.identity import Candidate, Identities, Suggestion, suggested
from lineage_gateway.mesh import Direction, Mesh
from lineage_shared.model import Kind
from lineage_shared.naming import Key, Reference, canonical

NEIGHBOURS_MAX = 50


def suggestions(mesh: Mesh, identities: Identities, decided: Collection[str], most: int) -> tuple[Suggestion, ...]:
    """Return the best suggestions of one version; a pair that is declared to be different is none."""
    by_name: dict[str, list[int]] = {}
    for node, entry in enumerate(mesh.entries):
        if entry is not None and entry.kind is Kind.DATASET:
            last = entry.name.rpartition("/")[2].rpartition(".")[2].casefold()
            by_name.setdefault(last, []).append(node)
    candidates = [each for nodes in by_name.values() if len(nodes) > 1 for each in _candidates(mesh, nodes)]
    apart = identities.apart
    found = suggested(candidates, most=most + len(decided))
    kept = (each for each in found if each.id not in decided and not apart(each.a, each.b))
    return tuple(kept)[:most]


def _candidates(mesh: Mesh, nodes: list[int]) -> Iterator[Candidate]:
    for node in nodes:
        member = mesh.entry(node).members[0]
        reference = Reference(namespace=member.record.namespace, name=member.record.name)
        key = canonical(reference, member.domain, mesh.declarations)
        if isinstance(key, Key):
            jobs, near = _around(mesh, node)
            yield Candidate(mesh.register.keys[node], (key.platform, key.authority), key.path, jobs, near)


def _around(mesh: Mesh, node: int) -> tuple[frozenset[str], frozenset[str]]:
    jobs: set[str] = set()
    near: set[str] = set()
    for way in (Direction.UPSTREAM, Direction.DOWNSTREAM):
        for other in mesh.neighbours(node, way)[:NEIGHBOURS_MAX]:
            entry = mesh.entry(other)
            if entry.kind is Kind.DATASET:
                near.add(mesh.register.keys[other])
                continue
            jobs.add(entry.name)
            near.update(mesh.register.keys[far] for far in mesh.neighbours(other, way)[:NEIGHBOURS_MAX])
    return frozenset(jobs), frozenset(near)
