"""Facts of a chunk of events, merged in memory and then into the tables.

Merging in memory first means one write per row and chunk, however many events touch it. `write` tells what was touched,
so that `derive` and `publish` look at nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lineage_agent.projection import ContributionFact, ContributionKey, Facts, NodeKey
from lineage_agent.store import contributions, nodes
from lineage_agent.store.contributions import ContributionDraft
from lineage_agent.store.driver import Connection
from lineage_agent.store.ids import Ids
from lineage_agent.store.nodes import NodeDraft

# A change of one of these facets changes more than the facets part of a node's details.
QUALITY_FACETS: Final = frozenset({"dataQualityAssertions"})


@dataclass(slots=True)
class Touched:
    """Numbers of nodes: whose current lineage may have changed, what else must be looked at, and which parts moved."""

    owners: set[int] = field(default_factory=set)
    nodes: set[int] = field(default_factory=set)
    schema: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)
    facets: set[int] = field(default_factory=set)

    @property
    def everything(self) -> set[int]:
        """All nodes touched in any way."""
        return self.owners | self.nodes | self.schema | self.columns | self.runs | self.facets


class Chunk:
    """The merged facts of some events."""

    def __init__(self) -> None:
        self.nodes: dict[NodeKey, NodeDraft] = defaultdict(NodeDraft)
        self.contributions: dict[ContributionKey, ContributionDraft] = {}
        self.facets: dict[tuple[NodeKey, str], tuple[bytes, Any]] = {}
        self.schemas: dict[NodeKey, list[tuple[int, Any]]] = defaultdict(list)
        self.claims: dict[tuple[NodeKey, NodeKey, str], tuple[int, bytes]] = {}
        self.lifecycle: set[tuple[NodeKey, str, int, NodeKey | None]] = set()
        self.dependencies: dict[tuple[NodeKey, NodeKey], tuple[int, int]] = {}
        self.columns: set[tuple[NodeKey, str, NodeKey, str]] = set()

    def add(self, facts: Facts) -> None:
        """Merge the facts of one event."""
        for key in facts.mentioned:
            self.nodes[key]
        for key in facts.named:
            self.nodes[key].name(facts.time_ns)
        for name in ("produced", "dropped", "retired"):
            for key in getattr(facts, name):
                self.nodes[key].mark(name, facts.stamp)
        for spoken in facts.contributions:
            self._add_contribution(spoken, facts)
        self._describe(facts)
        self._relate(facts)
        self.columns |= facts.columns

    def _describe(self, facts: Facts) -> None:
        for place, facet in facts.facets.items():
            if place not in self.facets or facts.stamp > self.facets[place][0]:
                self.facets[place] = (facts.stamp, facet)
        for dataset, fields in facts.schemas.items():
            self.schemas[dataset].append((facts.time_ns, fields))
        for dataset, change, previous in facts.lifecycle:
            self.lifecycle.add((dataset, change, facts.time_ns, previous))

    def _relate(self, facts: Facts) -> None:
        for claim in facts.claims:
            first, stamp = self.claims.get(claim, (facts.time_ns, facts.stamp))
            self.claims[claim] = (min(first, facts.time_ns), max(stamp, facts.stamp))
        for pair in facts.dependencies:
            first, last = self.dependencies.get(pair, (facts.time_ns, facts.time_ns))
            self.dependencies[pair] = (min(first, facts.time_ns), max(last, facts.time_ns))

    def _add_contribution(self, spoken: ContributionFact, facts: Facts) -> None:
        draft = self.contributions.get(spoken.key)
        if draft is None:
            draft = self.contributions[spoken.key] = ContributionDraft(facts.time_ns)
        draft.add(spoken, facts.time_ns, facts.stamp)
        self.nodes[spoken.key.owner]
        for _, dataset in spoken.io:
            self.nodes[dataset]


def write(connection: Connection, ids: Ids, chunk: Chunk) -> Touched:
    """Merge a chunk into the tables, inside the caller's transaction."""
    touched = Touched()
    numbers = {key: ids.node(key) for key in chunk.nodes}
    for key, draft in chunk.nodes.items():
        _write_node(connection, numbers[key], draft, touched)
    for spoken, contribution in chunk.contributions.items():
        contributions.write(connection, ids, spoken, contribution, numbers)
        touched.owners.add(numbers[spoken.owner])
        touched.runs.add(numbers[spoken.owner])
    _write_facets(connection, ids, chunk, numbers, touched)
    _write_schemas(connection, ids, chunk, numbers, touched)
    _write_relations(connection, chunk, numbers, touched)
    _write_columns(connection, ids, chunk, numbers)
    return touched


def _write_node(connection: Connection, number: int, draft: NodeDraft, touched: Touched) -> None:
    touched.nodes.add(number)
    if not nodes.write(connection, number, draft):
        return
    # The dataset vanished or came back, or the job was retired: all lineage that rests on it is to be derived again.
    touched.facets.add(number)
    touched.owners.add(number)
    touched.owners.update(nodes.owners_of_edges(connection, number))
    touched.columns.add(number)
    touched.columns.update(nodes.datasets_fed_by_columns(connection, number))


def _write_facets(
    connection: Connection, ids: Ids, chunk: Chunk, numbers: Mapping[NodeKey, int], touched: Touched
) -> None:
    stated: dict[int, list[tuple[str, bytes, Any]]] = defaultdict(list)
    for (key, name), (stamp, facet) in chunk.facets.items():
        stated[numbers[key]].append((name, stamp, facet))
    for number, facets in stated.items():
        changed = nodes.write_facets(connection, ids, number, facets)
        if changed or any(name in QUALITY_FACETS for name, _, _ in facets):
            touched.facets.add(number)
        if changed & {"schema", "tags"}:
            touched.schema.add(number)
        if "jobType" in changed:
            touched.owners.add(number)


def _write_schemas(
    connection: Connection, ids: Ids, chunk: Chunk, numbers: Mapping[NodeKey, int], touched: Touched
) -> None:
    for key, reports in chunk.schemas.items():
        spans: dict[int | None, tuple[int, int]] = {}
        for at_ns, fields in reports:
            body = ids.body(fields)
            first, last = spans.get(body, (at_ns, at_ns))
            spans[body] = (min(first, at_ns), max(last, at_ns))
        for body, (first, last) in spans.items():
            cursor = connection.execute(
                "INSERT INTO schema_version (dataset, body, first_ns, last_ns) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET first_ns = min(first_ns, excluded.first_ns),"
                " last_ns = max(last_ns, excluded.last_ns)"
                " WHERE excluded.first_ns < first_ns OR excluded.last_ns > last_ns",
                (numbers[key], body, first, last),
            )
            if cursor.rowcount:
                touched.schema.add(numbers[key])


def _write_relations(connection: Connection, chunk: Chunk, numbers: Mapping[NodeKey, int], touched: Touched) -> None:
    connection.executemany(
        "INSERT INTO claim (dataset, target, type, first_ns, stamp) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET first_ns = min(first_ns, excluded.first_ns), stamp = max(stamp, excluded.stamp)",
        [(numbers[one], numbers[other], kind, *times) for (one, other, kind), times in chunk.claims.items()],
    )
    for dataset, change, at_ns, previous in chunk.lifecycle:
        connection.execute(
            "INSERT OR IGNORE INTO lifecycle (dataset, change, at_ns, previous) VALUES (?, ?, ?, ?)",
            (numbers[dataset], change, at_ns, numbers[previous] if previous is not None else 0),
        )
        touched.facets.add(numbers[dataset])
    connection.executemany(
        "INSERT INTO dependency (job, upstream, first_ns, last_ns) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET first_ns = min(first_ns, excluded.first_ns), last_ns = max(last_ns, excluded.last_ns)",
        [(numbers[job], numbers[upstream], *times) for (job, upstream), times in chunk.dependencies.items()],
    )


def _write_columns(connection: Connection, ids: Ids, chunk: Chunk, numbers: Mapping[NodeKey, int]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO column_edge (output, input) VALUES (?, ?)",
        [
            (ids.column(numbers[output], output_name), ids.column(numbers[source], source_name))
            for output, output_name, source, source_name in chunk.columns
        ],
    )
