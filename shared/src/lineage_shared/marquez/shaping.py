"""From our model and the mesh protocol's details to Marquez's documents: values in, values out.

A part that is None could not be had; what follows from it is null then, never empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from lineage_shared.errors import NotFound
from lineage_shared.ids import asset_id, schema_version_id
from lineage_shared.instants import as_text, as_us
from lineage_shared.marquez.documents import (
    Dataset,
    DatasetVersion,
    Field,
    Job,
    Mesh,
    Name,
    Namespace,
    Run,
    RunDatasetVersion,
    SearchResult,
    SearchResults,
    VersionName,
)
from lineage_shared.marquez.nodeids import node_id
from lineage_shared.model import Kind, RunState
from lineage_shared.wire import FacetsDetail, LifecycleChange, RunDataset, RunDetail, SchemaDetail, SchemaField

STATES: Final = {
    RunState.START: "RUNNING",
    RunState.RUNNING: "RUNNING",
    RunState.COMPLETE: "COMPLETED",
    RunState.FAIL: "FAILED",
    RunState.ABORT: "ABORTED",
    RunState.OTHER: "OTHER",
}
JOB_TYPES: Final = {"STREAMING": "STREAM", "SERVICE": "SERVICE"}
NOBODY: Final = "anonymous"
"""Marquez's own word for an owner that is not known."""

STREAM_TYPES: Final = frozenset({"STREAM", "TOPIC"})


Namer = Callable[[int], Name | None]
"""Gives the name of a dataset by its number in one domain; None for a gone one."""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a dataset or job; `seen_us` are times at which it was certainly there."""

    kind: Kind
    name: Name
    type: str = ""
    tags: tuple[str, ...] = ()
    updated_us: int | None = None
    seen_us: tuple[int, ...] = ()
    schema: SchemaDetail | None = None
    facets: FacetsDetail | None = None
    mesh: Mesh = msgspec.UNSET

    def lacks_column(self, column: str) -> bool:
        """Tell whether the schema is known, and has no such column."""
        fields = self.schema.fields if self.schema else None
        return fields is not None and all(each.name != column for each in fields)


def namespace(
    name: str, owner: str | None, first_us: int | None, last_us: int | None, mesh: Mesh = msgspec.UNSET
) -> Namespace:
    """Return a namespace; `owner` is the one domain that it is of, None for several."""
    return Namespace(name, _time(first_us), _time(last_us), owner or NOBODY, lineage_mesh=mesh)


def dataset(asset: Asset) -> Dataset:
    """Return a dataset."""
    facets, schema = asset.facets, asset.schema
    seen = [*asset.seen_us, *_seen(schema, facets)]
    state = _lifecycle_state(facets)
    return Dataset(
        id=asset.name,
        type=_dataset_type(asset),
        name=asset.name.name,
        physical_name=asset.name.name,
        created_at=_time(min(seen, default=asset.updated_us)),
        updated_at=_time(asset.updated_us),
        namespace=asset.name.namespace,
        source_name=_source_name(asset),
        fields=_fields(schema.fields) if schema is not None and schema.fields is not None else None,
        tags=asset.tags,
        last_modified_at=_time(asset.updated_us),
        last_lifecycle_state=state.change if state else None,
        description=facets.description if facets else None,
        current_version=_current_version(asset),
        facets=facets.facets if facets is not None else None,
        deleted=facets.dropped if facets else False,
        lineage_mesh=asset.mesh,
    )


def versions(asset: Asset) -> tuple[DatasetVersion, ...]:
    """Return all versions of a dataset whose schema and facets are known, newest first."""
    if asset.schema is None or asset.facets is None:
        raise ValueError("versions of a dataset whose details are not known")
    current = _current_version(asset)
    found = []
    for each in asset.schema.versions:
        version = schema_version_id(asset.name.namespace, asset.name.name, each.version)
        found.append(
            DatasetVersion(
                id=VersionName(asset.name.namespace, asset.name.name, version),
                type=_dataset_type(asset),
                name=asset.name.name,
                physical_name=asset.name.name,
                created_at=as_text(each.first_seen_us),
                version=version,
                namespace=asset.name.namespace,
                source_name=_source_name(asset),
                fields=_fields(each.fields),
                tags=asset.tags,
                lifecycle_state=None,
                description=asset.facets.description,
                current_schema_version=version,
                created_by_run=None,
                # Facets are kept as they are now, not as they were then.
                facets=asset.facets.facets if version == current else {},
                lineage_mesh=asset.mesh,
            )
        )
    return tuple(found)


def job(asset: Asset, inputs: Iterable[Name], outputs: Iterable[Name], runs: tuple[Run, ...] | None) -> Job:
    """Return a job; `runs` are its newest ones, newest first."""
    facets = asset.facets
    parent = _parent(runs)
    prefix = f"{parent}."
    return Job(
        id=asset.name,
        type=JOB_TYPES.get(asset.type, "BATCH"),
        name=asset.name.name,
        simple_name=asset.name.name.removeprefix(prefix) if parent else asset.name.name,
        parent_job_name=parent,
        parent_job_uuid=None,
        created_at=_time(min(asset.seen_us, default=asset.updated_us)),
        updated_at=_time(asset.updated_us),
        namespace=asset.name.namespace,
        inputs=tuple(sorted(set(inputs))),
        outputs=tuple(sorted(set(outputs))),
        location=(facets.source_code.url or None) if facets and facets.source_code else None,
        description=facets.description if facets else None,
        latest_run=runs[0] if runs else None,
        latest_runs=runs,
        facets=facets.facets if facets is not None else None,
        current_version=None,
        labels=(),
        tags=asset.tags,
        lineage_mesh=asset.mesh,
    )


def run(detail: RunDetail, of: Name, domain: str, name_of: Namer, mesh: Mesh = msgspec.UNSET) -> Run:
    """Return a run of the job `of`; `name_of` gives the name of a dataset by its number, None for a gone one.

    Our jobs have no versions: where Marquez names one stands the job's id, so that a run tells which job it is of.
    """
    times = [each for each in (detail.started_us, detail.ended_us) if each is not None]
    both = detail.started_us is not None and detail.ended_us is not None
    return Run(
        id=detail.run_id,
        created_at=_time(min(times, default=None)),
        updated_at=_time(max(times, default=None)),
        nominal_start_time=_time(as_us(detail.nominal_start)),
        nominal_end_time=_time(as_us(detail.nominal_end)),
        state=STATES[detail.state],
        started_at=_time(detail.started_us),
        ended_at=_time(detail.ended_us),
        duration_ms=(max(times) - min(times)) // 1000 if both else None,
        args={},
        job_version=VersionName(of.namespace, of.name, asset_id(Kind.JOB, of.namespace, of.name, domain)),
        input_dataset_versions=_run_datasets(detail.inputs, name_of),
        output_dataset_versions=_run_datasets(detail.outputs, name_of),
        facets=detail.facets,
        lineage_mesh=mesh,
    )


def search_result(
    kind: Kind, name: Name, updated_us: int | None, domain: str | None = None, mesh: Mesh = msgspec.UNSET
) -> SearchResult:
    """Return a hit; `domain` is set where the name alone would mean several."""
    own = node_id(kind, name.namespace, name.name)
    return SearchResult(
        type=kind.name,
        name=name.name,
        updated_at=_time(updated_us),
        namespace=name.namespace,
        node_id=f"{own}@{domain}" if domain else own,
        lineage_mesh=mesh,
    )


def sorted_results(found: SearchResults, sort: str | None) -> SearchResults:
    """Return the results by name, or the newest first."""
    if sort == "updated_at":
        results = sorted(found.results, key=lambda each: each.updated_at or "", reverse=True)
    else:
        results = sorted(found.results, key=lambda each: (each.name, each.namespace, each.node_id))
    return msgspec.structs.replace(found, results=tuple(results))


def no_column(name: Name, column: str) -> NotFound:
    """The error for a column that its dataset is known not to have."""
    return NotFound(f"{name.name[:200]} has no column {column[:200]!r}", code="COLUMN_NOT_FOUND")


def _run_datasets(used: Iterable[RunDataset], name_of: Namer) -> tuple[RunDatasetVersion, ...]:
    found = []
    for each in used:
        name = name_of(each.dataset)
        if name is not None:
            version = schema_version_id(name.namespace, name.name, each.schema_version) if each.schema_version else None
            found.append(RunDatasetVersion(VersionName(name.namespace, name.name, version), _sizes(each)))
    return tuple(found)


def _sizes(used: RunDataset) -> dict[str, Any]:
    """Return what a run said of a dataset; counts as text, since they may exceed a JSON number."""
    told = {"rowCount": used.row_count, "size": used.bytes}
    known = {name: text for name, text in told.items() if text}
    return {"statistics": known} if known else {}


def _parent(runs: tuple[Run, ...] | None) -> str | None:
    """Return the name of the job that started the newest run."""
    facet = runs[0].facets.get("parent") if runs else None
    named = facet.get("job") if isinstance(facet, dict) else None
    name = named.get("name") if isinstance(named, dict) else None
    return name if isinstance(name, str) and name else None


def _fields(fields: Iterable[SchemaField]) -> tuple[Field, ...]:
    return tuple(Field(each.name, each.type or None, each.tags, each.description or None) for each in fields)


def _dataset_type(asset: Asset) -> str:
    return "STREAM" if asset.type.upper() in STREAM_TYPES else "DB_TABLE"


def _source_name(asset: Asset) -> str:
    facet = asset.facets.facets.get("dataSource") if asset.facets else None
    name = facet.get("name") if isinstance(facet, dict) else None
    return name if isinstance(name, str) and name else asset.name.namespace


def _current_version(asset: Asset) -> str | None:
    """Return the newest version, if the dataset has a schema now."""
    schema = asset.schema
    if schema is None or schema.fields is None or not schema.versions:
        return None
    return schema_version_id(asset.name.namespace, asset.name.name, schema.versions[0].version)


def _lifecycle_state(facets: FacetsDetail | None) -> LifecycleChange | None:
    return max(facets.lifecycle, key=lambda each: each.at_us, default=None) if facets else None


def _seen(schema: SchemaDetail | None, facets: FacetsDetail | None) -> list[int]:
    known = [each.first_seen_us for each in schema.versions] if schema else []
    return known + ([each.at_us for each in facets.lifecycle] if facets else [])


def _time(instant_us: int | None) -> str | None:
    return None if instant_us is None else as_text(instant_us)
