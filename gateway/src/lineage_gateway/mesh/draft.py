"""From what changed in the mirrors to the next version of the mesh.

A `Draft` collects changes of any number of domains' records and `finish`es into a `Mesh`: the nodes whose members
changed get new entries, the records whose steps changed get new steps, and everything else is shared with the version
before. So are the nodes whose class changed: what they held is settled anew, with the steps that touch them. Whether it
starts from an empty mesh or from the last version makes no difference to the result: the mesh is a function of the
mirrors and of what is declared (ARCHITECTURE rule 7), and a test holds it to that. All of it is work that pauses
(`pauses`); a draft that is dropped half-way leaves nothing behind that a version shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from lineage_gateway.identity import Authorities, Classifier, Identified, Identities
from lineage_gateway.mesh.graph import ORIGINS, Graph, NewSteps
from lineage_gateway.mesh.groups import Groups
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.nodes import Entry, Member, make_entry
from lineage_gateway.mesh.references import References
from lineage_gateway.mesh.rows import Ints
from lineage_gateway.mesh.speaking import authority_of, in_order, namespaces_of
from lineage_gateway.mirror import Change
from lineage_gateway.pauses import Work, slices
from lineage_shared.model import Kind, NodeRecord

RecordsOf = Callable[[str], Mapping[int, NodeRecord]]

_ORIGIN_CODE = {origin: code for code, origin in enumerate(ORIGINS)}

_ChangedEntries = dict[int, tuple[Entry | None, Entry | None]]
"""Node -> (entry before, entry after); None = not there."""


class Draft:
    """The next version, being made from `mesh`; used once. It changes nothing that the versions before can see."""

    def __init__(self, mesh: Mesh, authorities: Authorities, identities: Identities) -> None:
        self._mesh = mesh
        self._names = identities.names
        self._register = mesh.register
        self._groups = Groups(mesh.register, mesh.redirects, identities.members)
        # Keys that a draft which was dropped has left in the register: no version has placed them in their classes.
        self._groups.regroup(mesh.register.keys[mesh.graph.nodes :])
        self._written: set[tuple[int, int]] = set()
        self._identified: dict[tuple[str, int], Identified] = {}
        self._authorities = authorities
        self._numbers: dict[str, dict[int, int]] = dict(mesh.numbers)
        self._members: dict[int, list[Member]] = {}
        self._removed: list[Ints] = []
        self._added = NewSteps()
        self._spoken: set[int] = set()
        for domain in sorted(authorities.domains):
            self._register.domain(domain)

    def regroup(self, changed: Collection[str]) -> Work[None]:
        """Take it that the classes of these keys are others than in the version before; comes first."""
        for part in slices(sorted(changed)):
            self._groups.regroup(part)
            yield

    def change(self, domain: str, change: Change, records: Mapping[int, NodeRecord]) -> Work[None]:
        """Take a change of one domain; of `records`, all that it has, those that did not change are read."""
        self._register.domain(domain)
        old = self._numbers.get(domain, {})
        numbers = self._numbers[domain] = yield from self._numbered(domain, change, records, old)
        yield from self._change_members(domain, change, old, numbers)
        restructured = _restructured(change) if numbers is old else _all_of(change, records)
        code = self._register.domain(domain)
        for part in slices(restructured):
            for number, before, after in part:
                self._written.add((code, number))
                if before is not None and before.steps:
                    self._removed.append(self._mesh.graph.steps_of(self._groups.was(old[number]), code, number))
                if after is not None and after.steps:
                    self._add_steps(domain, after, numbers)
            yield

    def forget(self, domain: str, change: Change) -> Work[None]:
        """Take it that a domain is gone; `change` is the end of all its records."""
        yield from self.change(domain, change, {})
        del self._numbers[domain]

    def govern(self, before: Authorities) -> Work[None]:
        """Look again at who speaks for the datasets whose namespaces had another owner `before`."""
        for part in slices(enumerate(self._mesh.entries)):
            for node, entry in part:
                if entry is not None:
                    namespaces = namespaces_of(entry.members)
                    if before.of_any(namespaces) != self._authorities.of_any(namespaces):
                        self._spoken.add(node)
            yield

    def rekey(self, domain: str, found: Mapping[int, Identified], records: Mapping[int, NodeRecord]) -> Work[None]:
        """Give records of a domain other keys, because of what is declared, or ids of another scope."""
        old, moved = self._numbers[domain], dict[int, int]()
        for part in slices(found.items()):
            for number, identified in part:
                fresh, was = self._groups.number(records[number].kind, identified.key), self._groups.was(old[number])
                if old[number] != fresh:
                    moved[number] = fresh
                if old[number] != fresh or self._scope_at(was, domain, number) != identified[1:]:
                    self._identified[domain, number] = identified
                    self._groups.moved.add(was)
            yield
        self._numbers[domain] = old | moved

    def _scope_at(self, node: int, domain: str, number: int) -> tuple[str | None, bool]:
        members = (each for each in self._members_of(node) if each.number == number and each.domain == domain)
        member = next(members)
        return member.scope, member.narrowed

    def settle(self, records_of: RecordsOf) -> Work[None]:
        """Bring members and steps of the nodes that keys have left to where they belong now."""
        graph, touched = self._mesh.graph, set[tuple[int, int]]()
        for part in slices(sorted(self._groups.moved)):
            for node in part:
                if node < graph.nodes:
                    steps = np.concatenate((graph.reads.of(node), graph.writes.of(node), graph.owned.of(node)))
                    owners = graph.domain.values[steps].tolist(), graph.number.values[steps].tolist()
                    touched.update(zip(*owners, strict=True))
                touched |= self._move_members(node)
            yield
        for records in slices(sorted(touched - self._written)):
            for code, number in records:
                domain = self._register.domain_names[code]
                owner = self._groups.was(self._mesh.numbers[domain][number])
                self._removed.append(graph.steps_of(owner, code, number))
                self._add_steps(domain, records_of(domain)[number], self._numbers[domain])
            yield

    def _move_members(self, node: int) -> set[tuple[int, int]]:
        """Bring the members of a node to where their keys belong; return those with steps of their own."""
        members = self._members_of(node)
        staying: list[Member] = []
        for each in members:
            place = self._groups.node(self._numbers[each.domain][each.number])
            identified = self._identified.get((each.domain, each.number))
            member = each if identified is None else _member(each.domain, each.record, identified)
            (staying if place == node else self._members_of(place)).append(member)
        own = {(self._register.domain(each.domain), each.number) for each in members if each.record.steps}
        members[:] = staying
        return own

    def finish(self, domains: tuple[str, ...]) -> Work[Mesh]:
        """Return the next version; it is the same object when nothing changed at all."""
        mesh = self._mesh
        graph = yield from self._patched()
        changed = yield from self._changed_entries(graph, domains)
        same = self._groups.redirects is mesh.redirects and self._names is mesh.declarations
        if not changed and same and graph is mesh.graph and domains == mesh.domains:
            return mesh
        references = References(self._register, mesh)
        for part in slices(changed.items()):
            for node, (before, after) in part:
                references.change(node, before, after)
            yield
        asserted = yield from self._asserted(graph, changed)
        census = yield from mesh.census.updated(changed, graph.nodes, self._register.domains)
        graph = asserted.compacted(mesh.limits.delta_entries_max)
        yield
        entries = mesh.entries.updated({node: after for node, (_, after) in changed.items()}, graph.nodes)
        born = sum((after is not None) - (before is not None) for before, after in changed.values())
        yield
        high, low = references.halves()
        yield
        # From here on nothing pauses: the register learns of ids only together with the version that shows them.
        references.finish()
        return replace(
            mesh,
            version=mesh.version + 1,
            domains=domains,
            graph=graph,
            entries=entries,
            alive=mesh.alive + born,
            census=census,
            high=high,
            low=low,
            numbers=self._numbers,
            redirects=self._groups.redirects,
            declarations=self._names,
        )

    def _patched(self) -> Work[Graph]:
        """Return the graph with its steps, and note the datasets that other jobs may write now."""
        mesh = self._mesh
        removed = np.concatenate(self._removed) if self._removed else np.empty(0, np.int32)
        yield
        graph = mesh.graph.patched(self._register.kinds[mesh.graph.nodes :], removed, self._added)
        yield
        self._spoken.update(mesh.graph.outputs.gather(removed)[1].tolist(), self._added.outputs)
        yield
        return graph

    def _numbered(
        self, domain: str, change: Change, records: Mapping[int, NodeRecord], old: dict[int, int]
    ) -> Work[dict[int, int]]:
        """Give every new reference its node, and return number -> node.

        Versions share the table while it only grows; it is another one where a number now means another node.
        """
        classifier = Classifier(domain, self._names)
        fresh: dict[int, int] = {}
        for part in slices(change.items()):
            for number, (before, after) in part:
                if after is not None and (before is None or not _same_reference(before, after)):
                    identified = classifier.classify(after.kind, after.namespace, after.name)
                    self._identified[domain, number] = identified
                    fresh[number] = self._groups.number(after.kind, identified.key)
            yield
        if any(old.get(number, node) != node for number, node in fresh.items()):
            return {number: old[number] for number in records if number in old} | fresh
        old.update(fresh)
        return old

    def _change_members(self, domain: str, change: Change, old: dict[int, int], numbers: dict[int, int]) -> Work[None]:
        for part in slices(change.items()):
            for number, (before, after) in part:
                identified = self._identified.get((domain, number))
                if before is not None:
                    node = self._groups.was(old[number])
                    if identified is None:
                        identified = Identified(self._register.keys[old[number]], *self._scope_at(node, domain, number))
                    members = self._members_of(node)
                    members[:] = [each for each in members if each.number != number or each.domain != domain]
                if after is not None and identified is not None:
                    fresh = _member(domain, after, identified)
                    self._members_of(self._groups.node(numbers[number])).append(fresh)
            yield

    def _members_of(self, node: int) -> list[Member]:
        members = self._members.get(node)
        if members is None:
            entry = self._mesh.entries.get(node)
            members = self._members[node] = list(entry.members) if entry is not None else []
        return members

    def _add_steps(self, domain: str, record: NodeRecord, numbers: dict[int, int]) -> None:
        node = self._groups.node
        owner, jobless, added = node(numbers[record.number]), record.kind is Kind.DATASET, self._added
        for index, step in enumerate(record.steps):
            inputs = {node(numbers[each]) for each in step.inputs}
            if jobless:
                # One spelling renamed to another, or a dataset naming itself, is no lineage.
                inputs.discard(owner)
                if not inputs:
                    continue
            outputs = {node(numbers[each]) for each in step.outputs}
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

    def _changed_entries(self, graph: Graph, domains: tuple[str, ...]) -> Work[_ChangedEntries]:
        changed: _ChangedEntries = {}
        for part in slices(self._members.items()):
            for node, members in part:
                before = self._mesh.entries.get(node)
                after = self._entry(graph, node, members, domains) if members else None
                if before is not None or after is not None:
                    changed[node] = (before, after)
            yield
        for spoken in slices(self._spoken - self._members.keys()):
            for node in spoken:
                before = self._mesh.entries.get(node)
                if before is not None:
                    after = self._entry(graph, node, before.members, domains)
                    if after != before:
                        changed[node] = (before, after)
            yield
        return changed

    def _entry(self, graph: Graph, node: int, members: Sequence[Member], domains: tuple[str, ...]) -> Entry:
        def writers() -> set[str]:
            codes = set(graph.domain.values[graph.writes.of(node)].tolist())
            return {self._register.domain_names[code] for code in codes}

        authority = authority_of(members, self._authorities, writers, domains)
        return make_entry(in_order(members, self._authorities), authority)

    def _asserted(self, graph: Graph, changed: _ChangedEntries) -> Work[Graph]:
        """Bring up to date which domains assert or own each node."""
        keys: list[int] = []
        domains: list[int] = []
        nodes: list[int] = []
        for part in slices(changed.items()):
            for node, (before, after) in part:
                is_now = _asserting(after)
                if is_now != _asserting(before):
                    nodes.append(node)
                    keys.extend([node] * len(is_now))
                    domains.extend(map(self._register.domain, is_now))
            yield
        return graph.with_assertions(keys, domains, nodes) if nodes or graph.nodes > self._mesh.graph.nodes else graph


def _member(domain: str, record: NodeRecord, identified: Identified) -> Member:
    return Member(domain, record.number, record, identified.scope, identified.narrowed)


def _asserting(entry: Entry | None) -> set[str]:
    if entry is None:
        return set()
    domains = {member.domain for member in entry.members}
    if entry.domain is not None:
        domains.add(entry.domain)
    return domains


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
    yield from ((number, before, after) for number, (before, after) in change.items())
    yield from ((number, record, record) for number, record in records.items() if number not in change)
