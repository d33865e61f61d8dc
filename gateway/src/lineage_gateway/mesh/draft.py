"""From what changed in the mirrors to the next version of the mesh.

A `Draft` collects changes of any number of domains' records and `finish`es into a `Mesh`: the nodes whose members
changed get new entries, the records whose steps changed get new steps, and everything else is shared with the version
before. Whether it starts from an empty mesh or from the last version makes no difference to the result: the mesh is a
function of the mirrors (ARCHITECTURE rule 7), and a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from lineage_gateway.identity import Authorities, Classifier
from lineage_gateway.mesh.graph import ORIGINS, Graph, NewSteps
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.nodes import Entry, Member, make_entry, reporting
from lineage_gateway.mesh.references import References
from lineage_gateway.mesh.rows import Ints
from lineage_gateway.mirror import Change
from lineage_shared.model import Kind, NodeRecord

_ORIGIN_CODE = {origin: code for code, origin in enumerate(ORIGINS)}


class Draft:
    """The next version, being made from `mesh`; used once. It changes nothing that the versions before can see."""

    def __init__(self, mesh: Mesh, authorities: Authorities) -> None:
        self._mesh = mesh
        self._register = mesh.register
        self._authorities = authorities
        self._numbers: dict[str, dict[int, int]] = dict(mesh.numbers)
        self._members: dict[int, list[Member]] = {}
        self._removed: list[Ints] = []
        self._added = NewSteps()
        self._spoken: set[int] = set()
        for domain in sorted(authorities.domains):
            self._register.domain(domain)

    def change(self, domain: str, change: Change, records: Mapping[int, NodeRecord]) -> None:
        """Take a change of one domain; of `records`, all that it has, those that did not change are read."""
        self._register.domain(domain)
        old = self._numbers.get(domain, {})
        numbers = self._numbers[domain] = self._numbered(domain, change, records, old)
        self._change_members(domain, change, old, numbers)
        restructured = _restructured(change) if numbers is old else _all_of(change, records)
        for number, before, after in restructured:
            if before is not None and before.steps:
                steps = self._mesh.graph.steps_of(old[number], self._register.domain(domain), number)
                self._removed.append(steps)
            if after is not None and after.steps:
                self._add_steps(domain, after, numbers)

    def forget(self, domain: str, change: Change) -> None:
        """Take it that a domain is gone; `change` is the end of all its records."""
        self.change(domain, change, {})
        del self._numbers[domain]

    def govern(self, before: Authorities) -> None:
        """Look again at who speaks for the datasets whose namespaces had another owner `before`."""
        for node, entry in enumerate(self._mesh.entries):
            if entry is not None:
                namespace = entry.members[0].record.namespace
                if before.of(namespace) != self._authorities.of(namespace):
                    self._spoken.add(node)

    def finish(self, domains: tuple[str, ...]) -> Mesh:
        """Return the next version; it is the same object when nothing changed at all."""
        mesh = self._mesh
        removed = np.concatenate(self._removed) if self._removed else np.empty(0, np.int32)
        graph = mesh.graph.patched(self._register.kinds[mesh.graph.nodes :], removed, self._added)
        self._spoken.update(mesh.graph.outputs.gather(removed)[1].tolist(), self._added.outputs)
        changed = self._changed_entries(graph)
        if not changed and graph is mesh.graph and domains == mesh.domains:
            return mesh
        references = References(self._register, mesh)
        for node, (before, after) in changed.items():
            references.change(node, before, after)
        high, low = references.finish()
        graph = self._asserted(graph, changed).compacted(mesh.limits.delta_entries_max)
        entries = mesh.entries.updated({node: after for node, (_, after) in changed.items()}, graph.nodes)
        born = sum((after is not None) - (before is not None) for before, after in changed.values())
        return replace(
            mesh,
            version=mesh.version + 1,
            domains=domains,
            graph=graph,
            entries=entries,
            alive=mesh.alive + born,
            high=high,
            low=low,
            numbers=self._numbers,
        )

    def _numbered(
        self, domain: str, change: Change, records: Mapping[int, NodeRecord], old: dict[int, int]
    ) -> dict[int, int]:
        """Give every new reference its node, and return number -> node.

        Versions share the table while it only grows; it is another one where a number now means another node.
        """
        classifier = Classifier(domain, self._mesh.declarations)
        fresh = {
            number: self._register.node(after.kind, classifier.classify(after.kind, after.namespace, after.name))
            for number, (before, after) in change.items()
            if after is not None and (before is None or not _same_reference(before, after))
        }
        if any(old.get(number, node) != node for number, node in fresh.items()):
            return {number: old[number] for number in records if number in old} | fresh
        old.update(fresh)
        return old

    def _change_members(self, domain: str, change: Change, old: dict[int, int], numbers: dict[int, int]) -> None:
        for number, (before, after) in change.items():
            if before is not None:
                members = self._members_of(old[number])
                members[:] = [each for each in members if each.number != number or each.domain != domain]
            if after is not None:
                self._members_of(numbers[number]).append(Member(domain, number, after))

    def _members_of(self, node: int) -> list[Member]:
        members = self._members.get(node)
        if members is None:
            entry = self._mesh.entries.get(node)
            members = self._members[node] = list(entry.members) if entry is not None else []
        return members

    def _add_steps(self, domain: str, record: NodeRecord, numbers: dict[int, int]) -> None:
        owner, jobless, added = numbers[record.number], record.kind is Kind.DATASET, self._added
        for index, step in enumerate(record.steps):
            inputs = {numbers[each] for each in step.inputs}
            if jobless:
                # One spelling renamed to another, or a dataset naming itself, is no lineage.
                inputs.discard(owner)
                if not inputs:
                    continue
            outputs = {numbers[each] for each in step.outputs}
            added.owners.append(owner)
            added.jobless.append(jobless)
            added.domains.append(self._register.domain(domain))
            added.numbers.append(record.number)
            added.indices.append(index)
            added.origins.append(_ORIGIN_CODE[step.origin])
            added.input_counts.append(len(inputs))
            added.inputs.extend(inputs)
            added.output_counts.append(len(outputs))
            added.outputs.extend(outputs)

    def _changed_entries(self, graph: Graph) -> dict[int, tuple[Entry | None, Entry | None]]:
        changed: dict[int, tuple[Entry | None, Entry | None]] = {}
        for node, members in self._members.items():
            before = self._mesh.entries.get(node)
            if len(members) > 1:
                members.sort(key=_anchor_order)
            ordered = tuple(members)
            after = make_entry(ordered, self._authority(graph, node, ordered)) if ordered else None
            if before is not None or after is not None:
                changed[node] = (before, after)
        for node in self._spoken - self._members.keys():
            before = self._mesh.entries.get(node)
            if before is not None:
                authority = self._authority(graph, node, before.members)
                if authority != before.domain:
                    changed[node] = (before, make_entry(before.members, authority))
        return changed

    def _authority(self, graph: Graph, node: int, members: tuple[Member, ...]) -> str | None:
        """Return who speaks for a node: a job's domain; of a dataset its owner, else its only writer, else reporter."""
        first = members[0]
        if first.record.kind is Kind.JOB:
            return first.domain
        ownership = self._authorities.of(first.record.namespace)
        if ownership.decided:
            return ownership.domain
        if len(members) == 1:
            return None if first.record.mentioned else first.domain
        writers: set[int] = set(graph.domain.values[graph.writes.of(node)].tolist())
        if len(writers) == 1:
            return self._register.domain_names[writers.pop()]
        reporters = reporting(members, mentions=False)
        return reporters[0] if len(reporters) == 1 else None

    def _asserted(self, graph: Graph, changed: Mapping[int, tuple[Entry | None, Entry | None]]) -> Graph:
        """Bring up to date which domains assert or own each node."""
        keys: list[int] = []
        domains: list[int] = []
        nodes: list[int] = []
        for node, (before, after) in changed.items():
            is_now = _asserting(after)
            if is_now != _asserting(before):
                nodes.append(node)
                keys.extend([node] * len(is_now))
                domains.extend(map(self._register.domain, is_now))
        return graph.with_assertions(keys, domains, nodes) if nodes or graph.nodes > self._mesh.graph.nodes else graph


def _asserting(entry: Entry | None) -> set[str]:
    if entry is None:
        return set()
    domains = {member.domain for member in entry.members}
    if entry.domain is not None:
        domains.add(entry.domain)
    return domains


def _anchor_order(member: Member) -> tuple[str, str, str, int]:
    return (member.record.namespace, member.record.name, member.domain, member.number)


def _same_reference(one: NodeRecord, other: NodeRecord) -> bool:
    return one.name == other.name and one.namespace == other.namespace and one.kind is other.kind


_Restructured = Iterator[tuple[int, NodeRecord | None, NodeRecord | None]]


def _restructured(change: Change) -> _Restructured:
    """Give the records whose steps changed: nothing for a touch, a tag, a new owner."""
    for number, (before, after) in change.items():
        if before is None or after is None or before.steps != after.steps:
            yield number, before, after


def _all_of(change: Change, records: Mapping[int, NodeRecord]) -> _Restructured:
    """Give every record: where a number means another node, a step that reads the same is another step."""
    for number, (before, after) in change.items():
        yield number, before, after
    for number, record in records.items():
        if number not in change:
            yield number, record, record
