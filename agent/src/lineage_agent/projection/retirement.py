"""Retirement: the event that ends assertions which nothing will ever end.

A retired job is told by a JobEvent of our own with a facet; a retired dataset by a plain DROP. Both are events like
any other, so that an export carries them and a rebuild repeats them.
"""

from __future__ import annotations

from typing import Any, Final

from lineage_shared.model import DatasetRef, JobRef

RETIREMENT_FACET: Final = "lineageMesh_retirement"

_PRODUCER: Final = "https://lineage-mesh.dev/agent"
_SPEC: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
_LIFECYCLE: Final = "https://openlineage.io/spec/facets/1-0-1/LifecycleStateChangeDatasetFacet.json"


def retirement_event(ref: DatasetRef | JobRef, event_time: str) -> dict[str, Any]:
    """Return the event that retires a job or a dataset as of `event_time` (RFC 3339)."""
    named = {"namespace": ref.namespace, "name": ref.name}
    common = {"eventTime": event_time, "producer": _PRODUCER}
    if isinstance(ref, JobRef):
        facet = {"_producer": _PRODUCER, "_schemaURL": f"{_SPEC}#/$defs/JobFacet"}
        job = {**named, "facets": {RETIREMENT_FACET: facet}}
        return {**common, "schemaURL": f"{_SPEC}#/$defs/JobEvent", "job": job, "inputs": [], "outputs": []}
    change = {
        "_producer": _PRODUCER,
        "_schemaURL": f"{_LIFECYCLE}#/$defs/LifecycleStateChangeDatasetFacet",
        "lifecycleStateChange": "DROP",
    }
    dataset = {**named, "facets": {"lifecycleStateChange": change}}
    return {**common, "schemaURL": f"{_SPEC}#/$defs/DatasetEvent", "dataset": dataset}
