"""Small OpenLineage events as plain dicts, so that a test reads like the story that it tells.

Datasets may be given by name alone; then they live in `DATASETS`. Times are seconds after `START_OF_TIME`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]

JOBS = "shop"
DATASETS = "postgres://db.shop.example:5432"
PRODUCER = "https://example.com/producer"
START_OF_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def event_time(seconds: float) -> str:
    """The time so many seconds after `START_OF_TIME`."""
    return (START_OF_TIME + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def run_uuid(name: str) -> str:
    """A run id that is the same in every test run."""
    return str(uuid5(NAMESPACE_URL, name))


def dataset(name: str, namespace: str = DATASETS, /, **facets: Any) -> Json:
    """A dataset with facets."""
    return {"namespace": namespace, "name": name, **({"facets": facets} if facets else {})}


def run_event(
    job: str = "etl",
    *,
    run: str = "1",
    type: str | None = "COMPLETE",  # noqa: A002 - the word of the spec
    at: float = 0,
    inputs: Iterable[str | Json] = (),
    outputs: Iterable[str | Json] = (),
    run_facets: Mapping[str, Any] | None = None,
    job_facets: Mapping[str, Any] | None = None,
    namespace: str = JOBS,
) -> Json:
    """A RunEvent."""
    return {
        **_common(at, "RunEvent"),
        **({"eventType": type} if type else {}),
        "run": {"runId": run, "facets": dict(run_facets or {})},
        "job": {"namespace": namespace, "name": job, "facets": dict(job_facets or {})},
        "inputs": [_mention(item) for item in inputs],
        "outputs": [_mention(item) for item in outputs],
    }


def job_event(
    job: str = "etl",
    *,
    at: float = 0,
    inputs: Iterable[str | Json] = (),
    outputs: Iterable[str | Json] = (),
    facets: Mapping[str, Any] | None = None,
    namespace: str = JOBS,
) -> Json:
    """A JobEvent."""
    return {
        **_common(at, "JobEvent"),
        "job": {"namespace": namespace, "name": job, "facets": dict(facets or {})},
        "inputs": [_mention(item) for item in inputs],
        "outputs": [_mention(item) for item in outputs],
    }


def dataset_event(of: str | Json, *, at: float = 0) -> Json:
    """A DatasetEvent."""
    return {**_common(at, "DatasetEvent"), "dataset": _mention(of)}


def schema(*columns: str, **typed: str) -> Json:
    """A `schema` facet: bare column names, or NAME=TYPE."""
    return {"fields": [{"name": name} for name in columns] + [{"name": n, "type": t} for n, t in typed.items()]}


def column_input(
    source: str, column: str, /, kind: str = "DIRECT", subtype: str = "IDENTITY", namespace: str = DATASETS
) -> Json:
    """One input field of a `columnLineage` or `lineage` facet."""
    how = [{"type": kind, "subtype": subtype, "masking": False}]
    return {"namespace": namespace, "name": source, "type": "DATASET", "field": column, "transformations": how}


def column_lineage(fields: Mapping[str, Iterable[Json]], every_column: Iterable[Json] = ()) -> Json:
    """A `columnLineage` facet: the inputs of each column, and those of all columns."""
    every = list(every_column)
    listed = {output: {"inputFields": list(inputs)} for output, inputs in fields.items()}
    return {"fields": listed, **({"dataset": every} if every else {})}


def lineage(inputs: Iterable[str], fields: Mapping[str, Iterable[Json]] | None = None) -> Json:
    """A `lineage` facet of a dataset."""
    listed = [{**dataset(name), "type": "DATASET"} for name in inputs]
    by_field = {output: {"inputs": list(items)} for output, items in (fields or {}).items()}
    return {"inputs": listed, **({"fields": by_field} if by_field else {})}


def lineage_entry(target: str, inputs: Iterable[str], fields: Mapping[str, Iterable[Json]] | None = None) -> Json:
    """An entry of a job's `lineage` facet that targets a dataset."""
    return {**dataset(target), "type": "DATASET", **lineage(inputs, fields)}


def lifecycle(change: str, previous: str | None = None) -> Json:
    """A `lifecycleStateChange` facet; `previous` is the former name."""
    return {"lifecycleStateChange": change, **({"previousIdentifier": dataset(previous)} if previous else {})}


def symlinks(*names: str, namespace: str = DATASETS, type: str = "TABLE") -> Json:  # noqa: A002 - the word of the spec
    """A `symlinks` facet."""
    return {"identifiers": [{**dataset(name, namespace), "type": type} for name in names]}


def job_type(processing: str, *, content: str | None = None, integration: str = "SPARK") -> Json:
    """A `jobType` facet."""
    pattern = {"emissionPattern": {"eventContentMode": content}} if content else {}
    return {"processingType": processing, "integration": integration, "jobType": "JOB", **pattern}


def ownership(**types: str) -> Json:
    """An `ownership` facet: NAME=TYPE."""
    return {"owners": [{"name": name, "type": kind} for name, kind in types.items()]}


def tags(*keys: str, field: str | None = None) -> Json:
    """A `tags` facet."""
    of_field = {"field": field} if field else {}
    return {"tags": [{"key": key, "value": "true", "source": "USER", **of_field} for key in keys]}


def parent(run: str, job: str, namespace: str = JOBS) -> Json:
    """A `parent` facet."""
    return {"run": {"runId": run}, "job": {"namespace": namespace, "name": job}}


def deleted() -> Json:
    """The order to remove a facet."""
    return {"_deleted": True}


def body(event: Any) -> bytes:
    """The bytes that a producer would send."""
    return json.dumps(event).encode()


def ndjson(events: Iterable[Any]) -> bytes:
    """One event a line."""
    return b"".join(body(event) + b"\n" for event in events)


def _common(at: float, kind: str) -> Json:
    schema_url = f"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/{kind}"
    return {"eventTime": event_time(at), "producer": PRODUCER, "schemaURL": schema_url}


def _mention(item: str | Json) -> Json:
    return dataset(item) if isinstance(item, str) else item
