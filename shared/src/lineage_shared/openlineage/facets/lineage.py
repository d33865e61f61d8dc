"""The `lineage` facet: explicit lineage, of a dataset (its own inputs) or of a job (one entry per target).

It supersedes `columnLineage` and the product of all inputs with all outputs where both exist. An input at field level
feeds the target as a whole too. An absent list of inputs says nothing; an empty one says that there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from lineage_shared.model import DatasetRef, JobRef
from lineage_shared.openlineage.facets.columns import DIRECT, EVERY_COLUMN, INDIRECT, ColumnInput, column_inputs
from lineage_shared.openlineage.facets.shape import dataset_ref, job_ref, mapping, objects, text


class JobInput(msgspec.Struct, frozen=True, order=True):
    """A job as a source; `job` is None for the event's own job."""

    job: JobRef | None = None
    run_id: str = ""


class DatasetLineage(msgspec.Struct, frozen=True):
    """What feeds one dataset.

    `inputs` is None when neither inputs nor fields were given: then the facet says nothing about them.
    """

    inputs: tuple[DatasetRef, ...] | None = None
    jobs: tuple[JobInput, ...] = ()
    edges: tuple[ColumnInput, ...] = ()


class DatasetEntry(msgspec.Struct, frozen=True):
    """An entry of a job's facet whose target is a dataset."""

    target: DatasetRef
    lineage: DatasetLineage


class JobEntry(msgspec.Struct, frozen=True):
    """An entry of a job's facet whose target is a job; `target` is None for the event's own job."""

    target: JobRef | None = None
    run_id: str = ""
    inputs: tuple[DatasetRef, ...] = ()
    jobs: tuple[JobInput, ...] = ()


class JobLineage(msgspec.Struct, frozen=True):
    """The entries of a job's facet, in the producer's order; a target may recur."""

    datasets: tuple[DatasetEntry, ...] = ()
    jobs: tuple[JobEntry, ...] = ()


def dataset_lineage(facet: Any) -> DatasetLineage:
    """Read the `lineage` facet of a dataset, or the same part of a dataset entry."""
    found = mapping(facet)
    fields = _fields(found.get("fields"))
    listed = list(objects(found.get("inputs")))
    everything = [*listed, *(item for _, item in fields)]
    stated = isinstance(found.get("inputs"), list) or isinstance(found.get("fields"), dict)
    edges = [edge for item in listed if _is_dataset(item) for edge in column_inputs(item, EVERY_COLUMN, INDIRECT)]
    edges += [
        edge for output, item in fields if output and _is_dataset(item) for edge in column_inputs(item, output, DIRECT)
    ]
    return DatasetLineage(
        inputs=_datasets(everything) if stated else None,
        jobs=_jobs(everything),
        edges=tuple(dict.fromkeys(edges)),
    )


def job_lineage(facet: Any) -> JobLineage:
    """Read the `lineage` facet of a job. An entry whose type or target cannot be read is passed over."""
    datasets: list[DatasetEntry] = []
    jobs: list[JobEntry] = []
    for entry in objects(mapping(facet).get("entries")):
        target = dataset_ref(entry)
        if _is_dataset(entry) and target is not None:
            datasets.append(DatasetEntry(target, dataset_lineage(entry)))
        elif _is_job(entry):
            listed = list(objects(entry.get("inputs")))
            jobs.append(JobEntry(job_ref(entry), text(entry, "runId"), _datasets(listed), _jobs(listed)))
    return JobLineage(tuple(datasets), tuple(jobs))


def _fields(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, item) for name, entry in mapping(value).items() for item in objects(mapping(entry).get("inputs"))]


def _datasets(items: list[Mapping[str, Any]]) -> tuple[DatasetRef, ...]:
    refs = (dataset_ref(item) for item in items if _is_dataset(item))
    return tuple(dict.fromkeys(ref for ref in refs if ref is not None))


def _jobs(items: list[Mapping[str, Any]]) -> tuple[JobInput, ...]:
    return tuple(dict.fromkeys(JobInput(job_ref(item), text(item, "runId")) for item in items if _is_job(item)))


def _is_dataset(item: Mapping[str, Any]) -> bool:
    return text(item, "type").upper() == "DATASET"


def _is_job(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is a job: by reference, or the event's own by leaving out both namespace and name."""
    unnamed = item.get("namespace") is None and item.get("name") is None
    return text(item, "type").upper() == "JOB" and (unnamed or job_ref(item) is not None)
