"""What there is by namespace: which datasets and jobs each holds. Nodes that facets alone mention are not listed.

Entries come in chunks that versions of the mesh share; what a chunk holds is worked out once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from lineage_gateway.mesh import Entry, Mesh
from lineage_gateway.mesh.chunks import CHUNK
from lineage_shared.model import Kind

Chunk = tuple[Entry | None, ...]
Place = tuple[str, int]
"""A node by its name, so that places sort by name."""


@dataclass(slots=True)
class Holding:
    """What a namespace holds; times are of its newest and oldest sign of life, in microseconds since 1970."""

    places: dict[Kind, list[Place]] = field(default_factory=lambda: {Kind.DATASET: [], Kind.JOB: []})
    domains: set[str] = field(default_factory=set)
    first_us: int | None = None
    last_us: int | None = None

    def add(self, node: int, entry: Entry) -> None:
        """Note a node."""
        self.places[entry.kind].append((entry.name, node))
        for member in entry.members:
            record = member.record
            if not record.mentioned:
                self.domains.add(member.domain)
                updated_us = record.volatile.updated_us
                self._see(updated_us, *record.inputs_first_seen_us, *record.outputs_first_seen_us)

    def merge(self, other: Holding) -> None:
        """Note all that another chunk holds of the namespace."""
        for kind, places in other.places.items():
            self.places[kind] += places
        self.domains |= other.domains
        self._see(other.first_us, other.last_us)

    def _see(self, *times: int | None) -> None:
        known = [at for at in (self.first_us, self.last_us, *times) if at is not None]
        if known:
            self.first_us, self.last_us = min(known), max(known)


class Directory:
    """Namespaces of any version of one gateway's mesh."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Chunk, dict[str, Holding]]] = {}

    def namespaces(self, mesh: Mesh) -> dict[str, Holding]:
        """Return all namespaces, by name."""
        found: defaultdict[str, Holding] = defaultdict(Holding)
        for at, chunk in enumerate(mesh.entries.chunks):
            for name, holding in self._of(at, chunk).items():
                found[name].merge(holding)
        return dict(sorted(found.items()))

    def namespace(self, mesh: Mesh, name: str) -> Holding | None:
        """Return one namespace, None for one that holds nothing."""
        found: Holding | None = None
        for at, chunk in enumerate(mesh.entries.chunks):
            holding = self._of(at, chunk).get(name)
            if holding is not None:
                found = found or Holding()
                found.merge(holding)
        return found

    def _of(self, at: int, chunk: Chunk) -> dict[str, Holding]:
        known = self._known.get(at)
        if known is None or known[0] is not chunk:
            self._known[at] = known = (chunk, _holdings(at * CHUNK, chunk))
        return known[1]


def _holdings(start: int, chunk: Chunk) -> dict[str, Holding]:
    found: defaultdict[str, Holding] = defaultdict(Holding)
    for place, entry in enumerate(chunk):
        if entry is not None and not all(member.record.mentioned for member in entry.members):
            found[entry.namespace].add(start + place, entry)
    return dict(found)
