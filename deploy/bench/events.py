"""The benchmark's graph as OpenLineage events, so that agents learn it the way they learn everything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from lineage_shared.model import Kind, NodeRecord

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def lines(domain: str, records: Sequence[NodeRecord]) -> Iterator[str]:
    """Give one COMPLETE event for each job of a domain, as NDJSON."""
    by_number = {record.number: record for record in records}
    jobs = (record for record in records if record.kind is Kind.JOB)
    for index, job in enumerate(jobs):
        (step,) = job.steps
        yield json.dumps(
            {
                "eventType": "COMPLETE",
                "eventTime": (BEGIN + timedelta(seconds=index)).isoformat(),
                "producer": "https://example.com/bench",
                "run": {"runId": str(uuid5(NAMESPACE_URL, f"{domain}/{job.name}"))},
                "job": {"namespace": job.namespace, "name": job.name, "facets": _job_type(job)},
                "inputs": [_dataset(by_number[number]) for number in step.inputs],
                "outputs": [_dataset(by_number[number]) for number in step.outputs],
            }
        )


def _dataset(record: NodeRecord) -> dict[str, object]:
    facets: dict[str, object] = {"datasetType": {"datasetType": record.type}}
    if record.tags:
        facets["tags"] = {"tags": [{"key": tag, "value": "true"} for tag in record.tags]}
    return {"namespace": record.namespace, "name": record.name, "facets": facets}


def _job_type(record: NodeRecord) -> dict[str, object]:
    return {"jobType": {"processingType": record.type, "integration": record.integration, "jobType": "TASK"}}
