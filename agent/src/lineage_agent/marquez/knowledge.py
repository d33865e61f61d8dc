"""What one read transaction knows of nodes, as the border lets it pass, in the shapes of Marquez.

All of a page is read together: records, details, names and runs, each kind at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from lineage_agent.border import Border
from lineage_agent.bounds import within_bytes
from lineage_agent.projection import Names
from lineage_agent.store import catalog, lookup, publication, runs
from lineage_agent.store import details as node_details
from lineage_agent.store.driver import Connection
from lineage_agent.trimming import trimmed_details, trimmed_run
from lineage_shared import marquez
from lineage_shared.errors import NotFound
from lineage_shared.marquez import Asset, Name, NodeId, Reading
from lineage_shared.model import Kind, NodeRecord, Part
from lineage_shared.naming import Reference, readings
from lineage_shared.wire import JobRuns, NodeDetails, RunDetail

_PARTS: Final = (Part.SCHEMA, Part.FACETS)


def unknown(what: str) -> NotFound:
    """The error for what this domain does not know."""
    return NotFound(
        f"{what} is not known to this agent", hint="`/api/v1/search?q=` finds names", code="ASSET_NOT_FOUND"
    )


class Knowledge:
    """Reads on one connection, inside one transaction."""

    def __init__(self, connection: Connection, border: Border, *, names: Names, bytes_max: int) -> None:
        self.connection = connection
        self._border = border
        self._spelled = names
        self._bytes_max = bytes_max

    def number(self, kind: Kind, name: Name) -> int:
        """Return the number of a node by its name, in any spelling; raise `NotFound`."""
        number = self._find(Reference(namespace=name.namespace, name=name.name, kind=kind))
        if number is None:
            raise unknown(f"the {kind.value} {name.namespace[:200]} {name.name[:200]}")
        return number

    def resolved(self, node: NodeId) -> tuple[int, Reading]:
        """Return the node that an id means, and how it was read; raise `NotFound`.

        A reading that stands here as it is comes before one in another spelling, and that before the whole text as some
        system's spelling (`dataset:jdbc:...`, `dataset:urn:li:...`).
        """
        known = [each for each in node.readings() if self._is_stored(node.kind, each)]
        for reading in (*known, *node.readings()):
            number = self._find(Reference(namespace=reading.namespace, name=reading.name, kind=node.kind))
            if number is not None:
                return number, reading
        for reference in () if node.is_field else readings(node.text, node.kind):
            number = self._find(reference)
            if number is not None:
                return number, Reading(reference.namespace, reference.name)
        raise unknown(f"the {node.kind.value} {node.text[:300]!r}")

    def _is_stored(self, kind: Kind, reading: Reading) -> bool:
        return catalog.find(self.connection, kind, reading.namespace, reading.name) is not None

    def _find(self, reference: Reference) -> int | None:
        return lookup.find(self.connection, self._spelled, reference)

    def further_names(self, kind: Kind, name: Name) -> tuple[Name, ...]:
        """Return the other names under which events report what is one thing with a dataset or job."""
        reference = Reference(namespace=name.namespace, name=name.name, kind=kind)
        alike = lookup.alike(self.connection, self._spelled, reference)
        found = (Name(each.namespace, each.name) for each in alike if not each.mentioned)
        return tuple(each for each in found if each != name)

    def records(self, numbers: Iterable[int]) -> dict[int, NodeRecord]:
        """Return the records of those nodes that are published."""
        found = ((number, publication.record(self.connection, number)) for number in dict.fromkeys(numbers))
        return {number: record for number, record in found if record is not None}

    def assets(self, records: dict[int, NodeRecord]) -> dict[int, Asset]:
        """Return what is known of nodes, by number."""
        read = node_details.read(self.connection, records, _PARTS)
        passed = (trimmed_details(self._border.details(each), self._bytes_max) for each in read)
        details = {each.number: each for each in within_bytes(passed, self._bytes_max)}
        return {number: _asset(record, details[number]) for number, record in records.items()}

    def documents(self, numbers: Iterable[int], *, runs_shown: int) -> dict[int, marquez.Dataset | marquez.Job]:
        """Return datasets and jobs by number, in the order of the numbers; each job with its newest runs."""
        records = self.records(numbers)
        jobs = {number: record for number, record in records.items() if record.kind is Kind.JOB}
        newest = self._newest_runs(jobs, runs_shown)
        names = self._names(each for record in jobs.values() for each in (*record.inputs, *record.outputs))
        found: dict[int, marquez.Dataset | marquez.Job] = {}
        for number, asset in self.assets(records).items():
            if number in jobs:
                inputs, outputs = (
                    [names[each] for each in side if each in names]
                    for side in (jobs[number].inputs, jobs[number].outputs)
                )
                found[number] = marquez.job(asset, inputs, outputs, newest.get(number, ()))
            else:
                found[number] = marquez.dataset(asset)
        return found

    def shaped(self, found: Iterable[RunDetail]) -> tuple[marquez.Run, ...]:
        """Return runs as they may leave."""
        trimmed = (trimmed_run(self._border.run(each), self._bytes_max) for each in found)
        passed = within_bytes(trimmed, self._bytes_max)
        used = (each.dataset for run in passed for each in (*run.inputs, *run.outputs))
        names = self._names((*used, *(run.job for run in passed)))
        return tuple(marquez.run(each, names[each.job], self._spelled.domain, names.get) for each in passed)

    def _newest_runs(self, jobs: Collection[int], limit: int) -> dict[int, tuple[marquez.Run, ...]]:
        pages: list[JobRuns] = list(runs.pages(self.connection, jobs, limit))
        shaped = iter(self.shaped(each for page in pages for each in page.runs))
        return {page.job: tuple(next(shaped) for _ in page.runs) for page in pages}

    def _names(self, numbers: Iterable[int]) -> dict[int, Name]:
        found = catalog.names(self.connection, numbers)
        return {number: Name(each.namespace, each.name) for number, each in found.items()}


def _asset(record: NodeRecord, details: NodeDetails) -> Asset:
    return Asset(
        kind=record.kind,
        name=Name(record.namespace, record.name),
        type=record.type,
        tags=record.tags,
        updated_us=record.volatile.updated_us,
        seen_us=(*record.inputs_first_seen_us, *record.outputs_first_seen_us),
        schema=details.schema,
        facets=details.facets,
    )
