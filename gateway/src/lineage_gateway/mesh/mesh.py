"""One immutable version of the merged graph, and what can be asked of it without walking.

A node is an integer that means something only in the version it came from (`resolve_id`, `find`, `node_of` give one);
ids are for everybody else. A class is addressed by the id of its anchor, the smallest of its members' references, and
the id of every member resolves to it (ARCHITECTURE rule 8). `lineage_gateway.mesh.walk` answers traversals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lineage_gateway.identity import Classifier, ClassKey
from lineage_gateway.mesh.chunks import Chunks
from lineage_gateway.mesh.counts import Census, Counted, Counts
from lineage_gateway.mesh.graph import Graph
from lineage_gateway.mesh.limits import MeshLimits
from lineage_gateway.mesh.neighbours import degrees, neighbours
from lineage_gateway.mesh.nodes import Entry, NodeView, view
from lineage_gateway.mesh.register import Register
from lineage_gateway.mesh.rows import Ints
from lineage_gateway.mesh.search import Query, SearchPage, SearchTexts, search
from lineage_gateway.mesh.selection import Selection
from lineage_gateway.mesh.traversal import Direction
from lineage_shared.errors import NotFound
from lineage_shared.ids import AssetId, asset_bytes
from lineage_shared.model import Kind
from lineage_shared.naming import Declarations, Key, Reference, canonical

Halves = NDArray[np.uint64]


def _no_halves() -> Halves:
    return np.empty(0, np.uint64)


@dataclass(frozen=True, eq=False)
class Mesh:
    """A version of the mesh. `domains` are those that have been synced, by name."""

    version: int
    domains: tuple[str, ...] = ()
    graph: Graph = field(default_factory=Graph.empty)
    entries: Chunks[Entry] = field(default_factory=Chunks)
    high: Halves = field(default_factory=_no_halves)
    """The first 8 bytes of each node's id, big endian; with `low` they order nodes by id."""
    low: Halves = field(default_factory=_no_halves)
    register: Register = field(default_factory=Register)
    numbers: dict[str, dict[int, int]] = field(default_factory=dict)
    """By domain: number of a record -> number of its key."""
    redirects: Mapping[int, int] = field(default_factory=dict)
    """Number of a key -> node of its class, for the keys of larger classes that do not stand for them."""
    alive: int = 0
    """The number of nodes that somebody asserts."""
    census: Census = field(default_factory=Census)
    counted: Counted = field(default_factory=Counted)
    texts: SearchTexts = field(default_factory=SearchTexts)
    limits: MeshLimits = field(default_factory=MeshLimits)
    declarations: Declarations = field(default_factory=Declarations)

    @property
    def is_wasteful(self) -> bool:
        """Whether so much is dead that a rebuild from the mirrors pays."""
        dead_nodes = self.graph.nodes - self.alive - len(self.redirects)
        live_steps = self.graph.steps - self.graph.dead_steps
        allowed = self.limits.dead_nodes_max
        return dead_nodes > max(allowed, self.alive // 4) or self.graph.dead_steps > max(allowed, live_steps // 4)

    def entry(self, node: int) -> Entry:
        """Return the entry of a node; raise `NotFound` for one that is not in this version."""
        found = self.entries[node] if 0 <= node < len(self.entries) else None
        if found is None:
            raise NotFound(f"the mesh has no node {node} in version {self.version}")
        return found

    def resolve_id(self, asset_id: str) -> int | None:
        """Return the node that has a member with this id; None for an unknown id, or text that is no id."""
        try:
            wanted = UUID(asset_id).bytes
        except ValueError:
            return None
        candidates = self.register.ids.candidates(int.from_bytes(wanted[:8], "big"))
        own = next((node for node in candidates if wanted in self._member_ids(node)), None)
        if own is not None:
            return own
        # The common id of names that single domains read in a way of their own.
        common = (node for node in candidates if wanted in self._common_ids(node))
        return min(common, key=self.id, default=None)

    def _member_ids(self, node: int) -> set[bytes]:
        entry = self.entries.get(node)
        if entry is None:
            return set()
        return {asset_bytes(entry.kind, each.record.namespace, each.record.name, each.scope) for each in entry.members}

    def _common_ids(self, node: int) -> set[bytes]:
        entry = self.entries.get(node)
        members = (each.record for each in entry.members if each.narrowed) if entry is not None else ()
        return {asset_bytes(each.kind, each.namespace, each.name, None) for each in members}

    def find(self, kind: Kind, namespace: str, name: str, domain: str | None = None) -> tuple[int, ...]:
        """Return the nodes with this reference in any certain spelling, by id; several = ambiguous.

        Without a `domain`, a job or a local dataset name may mean one node in each domain. With one, only what this
        domain reports or mentions is found.
        """
        return self.find_reference(Reference(namespace=namespace, name=name, kind=kind), domain)

    def find_reference(self, reference: Reference, domain: str | None = None) -> tuple[int, ...]:
        """Return the nodes that a reference in any system's spelling denotes, like `find`.

        Without a domain it is read as each domain would, and as the operators' declarations do, who are none.
        """
        asked = self.domains if domain is None else (domain,)
        keys = {Classifier(each, self.declarations).identified(reference).key for each in asked}
        if domain is None and isinstance(key := canonical(reference, None, self.declarations), Key):
            keys.add(ClassKey(key.text))
        numbers = {number for key in keys if (number := self.register.nodes.get(key)) is not None}
        nodes = {self.redirects.get(number, number) for number in numbers}
        found = [node for node in nodes if (entry := self.entries.get(node)) and _is_of(entry, domain)]
        return tuple(sorted(found, key=self.id))

    def node_of(self, domain: str, number: int) -> int | None:
        """Return the node of a domain's record by its number in that domain; None when it has none (any more)."""
        key = self.numbers.get(domain, {}).get(number)
        node = self.redirects.get(key, key) if key is not None else None
        entry = self.entries.get(node) if node is not None else None
        if (
            node is None
            or entry is None
            or not any(each.number == number and each.domain == domain for each in entry.members)
        ):
            return None
        return node

    def id(self, node: int) -> AssetId:
        """Return the id of a node: that of its anchor."""
        return AssetId(str(UUID(int=int(self.high[node]) << 64 | int(self.low[node]))))

    def ids(self, nodes: Ints) -> list[AssetId]:
        """Return the ids of nodes, in their order."""
        halves = np.column_stack((self.high[nodes], self.low[nodes])).astype(">u8")
        text = halves.tobytes().hex()
        return [
            AssetId(f"{text[at : at + 8]}-{text[at + 8 : at + 12]}-{text[at + 12 : at + 16]}"
                    f"-{text[at + 16 : at + 20]}-{text[at + 20 : at + 32]}")
            for at in range(0, len(text), 32)
        ]  # fmt: skip

    def attributes(self, node: int) -> NodeView:
        """Return all that is known of a node; raise `NotFound` for one that is not in this version."""
        return view(self.entry(node), self.id(node), self.register.keys[node])

    def neighbours(self, node: int, direction: Direction) -> tuple[int, ...]:
        """Return a node's direct neighbours, by id: a job's datasets, a dataset's jobs, or along a jobless step."""
        found = neighbours(self.graph, node, direction)
        return tuple(found[np.lexsort((self.low[found], self.high[found]))].tolist())

    def degrees(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return (upstream, downstream): how many direct neighbours each of these nodes has in the whole mesh."""
        return degrees(self.graph, nodes, downstream=False), degrees(self.graph, nodes, downstream=True)

    def search(
        self,
        text: str,
        *,
        kinds: Collection[Kind] | None = None,
        domains: Collection[str] | None = None,
        tags: Collection[str] | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> SearchPage:
        """Return the nodes whose name or namespace holds the text, best first; see `lineage_gateway.mesh.search`."""
        query = Query.of(text, chars_max=self.limits.search_chars_max, after=after)
        return search(
            self.entries,
            self.texts,
            (self.high, self.low),
            query,
            chosen=Selection.of(kinds, domains, tags),
            first=first,
        )

    @property
    def counts(self) -> Counts:
        """What is there, in the mesh and by domain; counted when somebody asks, and what has not changed only once."""
        return self.counted.of(self.graph, self.census, self.register.domain_names, self.domains)


def _is_of(entry: Entry, domain: str | None) -> bool:
    return domain is None or any(member.domain == domain for member in entry.members)
