"""The JSON documents of Marquez's read API (MarquezProject/marquez, spec/openapi.yml and service/models).

Times are RFC 3339 text. What is not known is null, where Marquez would have a value of its own database: an empty list
always means that there is none. `lineageMesh` is ours; an agent leaves it out where it has nothing to add.
"""

from __future__ import annotations

from typing import Any

import msgspec


class DomainPart(msgspec.Struct, frozen=True, rename="camel"):
    """One domain's part in an answer; `message` says what is wrong with it, null when nothing is."""

    domain: str
    status: str
    staleness_seconds: float | None = None
    message: str | None = None


class MeshPart(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What an answer, or one of its items, has beyond Marquez.

    Of an answer: `complete`, and the domains that it rests on. Of an item: its id in the mesh, the domain that speaks
    for it, and those that report it; at an agent `same_as`, further names that its domain has for the same thing.
    """

    complete: bool | None = None
    domains: tuple[DomainPart, ...] = ()
    id: str | None = None
    domain: str | None = None
    reported_by: tuple[str, ...] = ()
    same_as: tuple[Name, ...] = ()
    truncated: bool | None = None
    total_nodes: int | None = None


Mesh = MeshPart | msgspec.UnsetType


class Name(msgspec.Struct, frozen=True, order=True):
    """A dataset or a job by namespace and name."""

    namespace: str
    name: str


class VersionName(msgspec.Struct, frozen=True):
    """One version of a dataset or a job; null where a run did not say which."""

    namespace: str
    name: str
    version: str | None


class Namespace(msgspec.Struct, frozen=True, rename="camel"):
    """A namespace of datasets, of jobs, or of both."""

    name: str
    created_at: str | None
    updated_at: str | None
    owner_name: str
    description: str | None = None
    is_hidden: bool = False
    lineage_mesh: Mesh = msgspec.UNSET


class NamespaceList(msgspec.Struct, frozen=True, rename="camel"):
    """A page of namespaces, by name."""

    namespaces: tuple[Namespace, ...]
    total_count: int
    lineage_mesh: Mesh = msgspec.UNSET


class Field(msgspec.Struct, frozen=True):
    """A column; nested fields have a dotted path as their name."""

    name: str
    type: str | None
    tags: tuple[str, ...]
    description: str | None


class Dataset(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A dataset. `type` is STREAM for topics and streams, else DB_TABLE: Marquez knows no others.

    `fields` is null where no schema is known or its agent could not be asked; `facets` is null in the latter case.
    """

    id: Name
    type: str
    name: str
    physical_name: str
    created_at: str | None
    updated_at: str | None
    namespace: str
    source_name: str
    fields: tuple[Field, ...] | None
    tags: tuple[str, ...]
    last_modified_at: str | None
    last_lifecycle_state: str | None
    description: str | None
    current_version: str | None
    facets: dict[str, Any] | None
    deleted: bool
    lineage_mesh: Mesh = msgspec.UNSET


class DatasetList(msgspec.Struct, frozen=True, rename="camel"):
    """A page of the datasets of a namespace, by name."""

    datasets: tuple[Dataset, ...]
    total_count: int
    lineage_mesh: Mesh = msgspec.UNSET


class DatasetVersion(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One distinct schema of a dataset; `created_at` is the time of the first event that reported it."""

    id: VersionName
    type: str
    name: str
    physical_name: str
    created_at: str | None
    version: str
    namespace: str
    source_name: str
    fields: tuple[Field, ...]
    tags: tuple[str, ...]
    lifecycle_state: str | None
    description: str | None
    current_schema_version: str
    created_by_run: Run | None
    facets: dict[str, Any]
    lineage_mesh: Mesh = msgspec.UNSET


class DatasetVersionList(msgspec.Struct, frozen=True, rename="camel"):
    """A page of a dataset's versions, newest first."""

    versions: tuple[DatasetVersion, ...]
    total_count: int
    lineage_mesh: Mesh = msgspec.UNSET


class RunDatasetVersion(msgspec.Struct, frozen=True, rename="camel"):
    """A dataset that a run read or wrote, in the version that the run reported."""

    dataset_version_id: VersionName
    facets: dict[str, Any]


class Run(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One run of a job. `state` is RUNNING, COMPLETED, FAILED, ABORTED or OTHER."""

    id: str
    created_at: str | None
    updated_at: str | None
    nominal_start_time: str | None
    nominal_end_time: str | None
    state: str
    started_at: str | None
    ended_at: str | None
    duration_ms: int | None
    args: dict[str, str]
    job_version: VersionName
    input_dataset_versions: tuple[RunDatasetVersion, ...]
    output_dataset_versions: tuple[RunDatasetVersion, ...]
    facets: dict[str, Any]
    lineage_mesh: Mesh = msgspec.UNSET


class RunList(msgspec.Struct, frozen=True, rename="camel"):
    """A page of a job's runs, newest first."""

    runs: tuple[Run, ...]
    total_count: int
    lineage_mesh: Mesh = msgspec.UNSET


class Job(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A job. `latest_runs`, newest first, and `facets` are null where its agent could not be asked."""

    id: Name
    type: str
    name: str
    simple_name: str
    parent_job_name: str | None
    parent_job_uuid: str | None
    created_at: str | None
    updated_at: str | None
    namespace: str
    inputs: tuple[Name, ...]
    outputs: tuple[Name, ...]
    location: str | None
    description: str | None
    latest_run: Run | None
    latest_runs: tuple[Run, ...] | None
    facets: dict[str, Any] | None
    current_version: str | None
    labels: tuple[str, ...]
    tags: tuple[str, ...]
    lineage_mesh: Mesh = msgspec.UNSET


class JobList(msgspec.Struct, frozen=True, rename="camel"):
    """A page of the jobs of a namespace, by name."""

    jobs: tuple[Job, ...]
    total_count: int
    lineage_mesh: Mesh = msgspec.UNSET


class Edge(msgspec.Struct, frozen=True, order=True):
    """An edge between two node ids, in the direction of the data."""

    origin: str
    destination: str


class DatasetNode(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type", tag="DATASET"):
    """A dataset of a lineage graph, with its edges to other nodes of the graph."""

    id: str
    data: Dataset
    in_edges: tuple[Edge, ...]
    out_edges: tuple[Edge, ...]


class JobNode(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type", tag="JOB"):
    """A job of a lineage graph, with its edges to other nodes of the graph."""

    id: str
    data: Job
    in_edges: tuple[Edge, ...]
    out_edges: tuple[Edge, ...]


class LineageGraph(msgspec.Struct, frozen=True, rename="camel"):
    """The lineage of a node in both directions, ordered by node id."""

    graph: tuple[DatasetNode | JobNode, ...]
    lineage_mesh: Mesh = msgspec.UNSET


class InputField(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """A column that feeds another. `transformation_type` is e.g. DIRECT:IDENTITY."""

    namespace: str
    dataset: str
    dataset_version: str | None
    field: str
    transformation_description: str | None
    transformation_type: str | None


class ColumnNode(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is known of a column; `input_fields` are those columns of this answer that feed it."""

    namespace: str
    dataset: str
    dataset_version: str | None
    field: str
    field_type: str | None
    transformation_description: str | None
    transformation_type: str | None
    input_fields: tuple[InputField, ...]


class ColumnGraphNode(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A column, with its edges. As in Marquez the origin of an edge is this node, its destination the other one."""

    id: str
    type: str
    data: ColumnNode
    in_edges: tuple[Edge, ...]
    out_edges: tuple[Edge, ...]


class ColumnGraph(msgspec.Struct, frozen=True, rename="camel"):
    """The lineage of columns, ordered by node id."""

    graph: tuple[ColumnGraphNode, ...]
    lineage_mesh: Mesh = msgspec.UNSET


class SearchResult(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A dataset or job whose name, or namespace, holds the text."""

    type: str
    name: str
    updated_at: str | None
    namespace: str
    node_id: str
    lineage_mesh: Mesh = msgspec.UNSET


class SearchResults(msgspec.Struct, frozen=True, rename="camel"):
    """The best matches; `total_count` counts all."""

    total_count: int
    results: tuple[SearchResult, ...]
    lineage_mesh: Mesh = msgspec.UNSET
