"""The routes of Marquez's read API, for the routers and the OpenAPI documents of both servers.

Path parameters are one percent-encoded segment each: `postgres%3A%2F%2Fhost%3A5432`.
"""

from __future__ import annotations

from typing import Any, Final

from lineage_shared.marquez import documents
from lineage_shared.marquez.parameters import DEPTH, LIMIT, RUNS_MAX, SEARCH_LIMIT
from lineage_shared.openapi import Content, Operation, Parameter

PREFIX: Final = "/api/v1"
TAG: Final = "marquez"

_NAMESPACE: Final = Parameter("namespace", "path", "The namespace, percent-encoded.")
_DATASET: Final = Parameter("dataset", "path", "The dataset's name, percent-encoded.")
_JOB: Final = Parameter("job", "path", "The job's name, percent-encoded.")
_PAGE: Final = (
    Parameter("limit", "query", "At most so many.", {"type": "integer", "minimum": 0, "default": LIMIT}),
    Parameter("offset", "query", "Begin after so many.", {"type": "integer", "minimum": 0, "default": 0}),
)
_NODE_ID: Final = Parameter(
    "nodeId",
    "query",
    "dataset:NAMESPACE:NAME, job:NAMESPACE:NAME or (column lineage) datasetField:NAMESPACE:NAME:FIELD.",
    {"type": "string", "pattern": "^(dataset|job|datasetField):"},
    required=True,
)
_DEPTH: Final = {"type": "integer", "minimum": 0, "default": DEPTH}
_TEXT: Final = {"type": "string", "minLength": 1}


def _one_of(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


OPERATIONS: Final = (
    Operation(
        "GET", f"{PREFIX}/namespaces", "listNamespaces", TAG, "All namespaces, by name",
        Content("A page of namespaces.", documents.NamespaceList), parameters=_PAGE, errors=(400,),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}", "getNamespace", TAG, "One namespace",
        Content("The namespace.", documents.Namespace), parameters=(_NAMESPACE,), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}/datasets", "listDatasets", TAG, "The datasets of a namespace",
        Content("A page of datasets, by name.", documents.DatasetList),
        parameters=(_NAMESPACE, *_PAGE), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}/datasets/{{dataset}}", "getDataset", TAG, "One dataset",
        Content("The dataset.", documents.Dataset), parameters=(_NAMESPACE, _DATASET), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}/datasets/{{dataset}}/versions", "listDatasetVersions", TAG,
        "The versions of a dataset: its distinct schemas",
        Content("A page of versions, newest first.", documents.DatasetVersionList),
        parameters=(_NAMESPACE, _DATASET, *_PAGE), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}/datasets/{{dataset}}/versions/{{version}}", "getDatasetVersion", TAG,
        "One version of a dataset", Content("The version.", documents.DatasetVersion),
        parameters=(_NAMESPACE, _DATASET, Parameter("version", "path", "The version's id.")), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}/jobs", "listJobs", TAG, "The jobs of a namespace",
        Content("A page of jobs, by name, each with its newest run.", documents.JobList),
        parameters=(_NAMESPACE, *_PAGE), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}/jobs/{{job}}", "getJob", TAG, "One job",
        Content("The job with its newest runs.", documents.Job), parameters=(_NAMESPACE, _JOB), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/namespaces/{{namespace}}/jobs/{{job}}/runs", "listRuns", TAG, "The runs of a job",
        Content("A page of runs, newest first.", documents.RunList),
        description=f"`offset` + `limit` is at most {RUNS_MAX}.",
        parameters=(_NAMESPACE, _JOB, *_PAGE), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/jobs/runs/{{id}}", "getRun", TAG, "One run by its runId",
        Content("The run; of several jobs' runs with this id the one that comes first by job.", documents.Run),
        parameters=(Parameter("id", "path", "The producer's runId."),), errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/lineage", "getLineage", TAG, "The lineage of a dataset or job, upstream and downstream",
        Content("The graph, ordered by node id.", documents.LineageGraph),
        parameters=(
            _NODE_ID,
            Parameter("depth", "query", "Hops from job to job; 0: the job, or those beside the dataset.", _DEPTH),
        ),
        errors=(400, 404),
    ),
    Operation(
        "GET", f"{PREFIX}/column-lineage", "getColumnLineage", TAG, "Where columns come from",
        Content("The graph of columns, ordered by node id.", documents.ColumnGraph),
        description="Of a column, of all columns of a dataset, or of all columns that a job writes.",
        parameters=(
            _NODE_ID,
            Parameter("depth", "query", "Edges between columns.", _DEPTH),
            Parameter("withDownstream", "query", "Where they go, too.", {"type": "boolean", "default": False}),
        ),
        errors=(400, 404, 413),
    ),
    Operation(
        "GET", f"{PREFIX}/search", "search", TAG, "Datasets and jobs by a piece of their name",
        Content("The best matches.", documents.SearchResults),
        parameters=(
            Parameter("q", "query", "A piece of the name or namespace; case does not matter.", _TEXT, required=True),
            Parameter("filter", "query", "Only these; empty: both.", _one_of("dataset", "job", "")),
            Parameter("sort", "query", "Their order; empty: best first.", _one_of("name", "updated_at", "")),
            Parameter("limit", "query", "At most so many.", {"type": "integer", "minimum": 0, "default": SEARCH_LIMIT}),
        ),
        errors=(400,),
    ),
)  # fmt: skip
