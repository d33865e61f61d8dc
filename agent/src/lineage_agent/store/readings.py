"""Facet bodies, read: each is decoded once and remembered under its id.

What is remembered is small (types, tags, owners, explicit lineage). Column edges are not: they are read when needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, NamedTuple

from lineage_agent.projection import NodeKey, NodeKind
from lineage_agent.store import codec
from lineage_agent.store.driver import Connection
from lineage_agent.store.memo import Memo
from lineage_shared.model import DatasetRef, Owner
from lineage_shared.openlineage import facets
from lineage_shared.openlineage.facets import ColumnInput, DatasetLineage, JobLineage, JobType

_ENTRIES_MAX: Final = 5_000
_ATTRIBUTE_FACETS: Final = ("jobType", "datasetType", "ownership", "tags")


class Form(IntEnum):
    """Where column edges stand."""

    COLUMN_LINEAGE = 0
    DATASET_LINEAGE = 1
    JOB_ENTRY = 2


class Attributes(NamedTuple):
    """The small attributes of a node that its facets hold."""

    type: str = ""
    integration: str = ""
    tags: tuple[str, ...] = ()
    owners: tuple[Owner, ...] = ()
    job_type: JobType = JobType()


class Readings:
    """Reads the facet bodies of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._memo: Memo[tuple[str, int], Any] = Memo(_ENTRIES_MAX)

    def forget(self) -> None:
        """Forget everything, e.g. after a rollback."""
        self._memo.forget()

    def raw(self, body: int) -> Any:
        """Return the JSON of a body."""
        return raw(self._connection, body)

    def attributes(self, node: int, kind: int) -> Attributes:
        """Return the attributes of a node as its facets stand."""
        rows = self._connection.execute(
            "SELECT name, body FROM node_facet WHERE node = ? AND body IS NOT NULL AND name IN (?, ?, ?, ?)",
            (node, *_ATTRIBUTE_FACETS),
        )
        bodies: dict[str, int] = dict(rows.fetchall())
        if not bodies:
            return Attributes()
        read = {name: self._read(name, body) for name, body in bodies.items()}
        job_type: JobType = read.get("jobType", JobType()) if kind == NodeKind.JOB else JobType()
        return Attributes(
            type=job_type.processing_type if kind == NodeKind.JOB else read.get("datasetType", ""),
            integration=job_type.integration,
            tags=read.get("tags", ()),
            owners=read.get("ownership", ()),
            job_type=job_type,
        )

    def dataset_lineage(self, body: int) -> DatasetLineage:
        """Return a dataset's explicit lineage."""
        found: DatasetLineage = self._read("lineage", body)
        return found

    def job_lineage(self, body: int) -> JobLineage:
        """Return a job's explicit lineage."""
        found: JobLineage = self._read("jobLineage", body)
        return found

    def column_inputs(self, form: int, body: int, target: NodeKey) -> tuple[ColumnInput, ...]:
        """Return the column edges into `target` that a body asserts."""
        return column_inputs(self.raw(body), form, target)

    def _read(self, name: str, body: int) -> Any:
        found = self._memo.get((name, body))
        if found is None:
            found = _READERS[name](self.raw(body))
            self._memo.put((name, body), found)
        return found


def raw(connection: Connection, body: int) -> Any:
    """Return the JSON of a facet body."""
    return codec.read_json(connection.execute("SELECT body FROM facet_body WHERE id = ?", (body,)).fetchone()[0])


def column_inputs(facet: Any, form: int, target: NodeKey) -> tuple[ColumnInput, ...]:
    """Return the column edges into `target` that a facet asserts, each once."""
    if form == Form.COLUMN_LINEAGE:
        return facets.column_lineage(facet).edges
    if form == Form.DATASET_LINEAGE:
        return facets.dataset_lineage(facet).edges
    ref = DatasetRef(target.namespace, target.name)
    entries = [entry.lineage.edges for entry in facets.job_lineage(facet).datasets if entry.target == ref]
    return tuple(dict.fromkeys(edge for edges in entries for edge in edges))


def _labels(facet: Any) -> tuple[str, ...]:
    return tuple(sorted({tag.label for tag in facets.tags(facet) if not tag.field}))


_READERS: Final[Mapping[str, Any]] = {
    "jobType": facets.job_type,
    "datasetType": facets.dataset_type,
    "ownership": lambda facet: tuple(sorted(facets.owners(facet))),
    "tags": _labels,
    "lineage": facets.dataset_lineage,
    "jobLineage": facets.job_lineage,
}
