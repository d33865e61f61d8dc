"""Marquez's read API as documents: what agent and gateway both answer, each from what it knows.

`documents` are the JSON shapes, `shaping` and `graphs` make them from our model and the mesh protocol's details,
`nodeids` reads and writes Marquez's node ids, `parameters` reads the query, `answering` leads from a request to whoever
knows the answer, and `operations` describes the routes for routers and OpenAPI. Fields that
Marquez does not have stand under `lineageMesh`, which its clients ignore. How our notions map to Marquez's is told in
`docs/rest.md`.
"""

from lineage_shared.marquez.answering import ANSWERS, Asked, Reads
from lineage_shared.marquez.documents import (
    ColumnGraph,
    ColumnNode,
    Dataset,
    DatasetList,
    DatasetVersion,
    DatasetVersionList,
    DomainPart,
    Edge,
    InputField,
    Job,
    JobList,
    LineageGraph,
    MeshPart,
    Name,
    Namespace,
    NamespaceList,
    Run,
    RunList,
    SearchResult,
    SearchResults,
)
from lineage_shared.marquez.graphs import Column, ColumnLink, column_graph, distinct_ids, lineage_graph
from lineage_shared.marquez.nodeids import NodeId, Reading, node_id
from lineage_shared.marquez.operations import OPERATIONS
from lineage_shared.marquez.parameters import Limits, Page, Query, segment
from lineage_shared.marquez.shaping import (
    Asset,
    Namer,
    dataset,
    job,
    namespace,
    no_column,
    run,
    search_result,
    sorted_results,
    versions,
)

__all__ = [
    "ANSWERS",
    "OPERATIONS",
    "Asked",
    "Asset",
    "Column",
    "ColumnGraph",
    "ColumnLink",
    "ColumnNode",
    "Dataset",
    "DatasetList",
    "DatasetVersion",
    "DatasetVersionList",
    "DomainPart",
    "Edge",
    "InputField",
    "Job",
    "JobList",
    "Limits",
    "LineageGraph",
    "MeshPart",
    "Name",
    "Namer",
    "Namespace",
    "NamespaceList",
    "NodeId",
    "Page",
    "Query",
    "Reading",
    "Reads",
    "Run",
    "RunList",
    "SearchResult",
    "SearchResults",
    "column_graph",
    "dataset",
    "distinct_ids",
    "job",
    "lineage_graph",
    "namespace",
    "no_column",
    "node_id",
    "run",
    "search_result",
    "segment",
    "sorted_results",
    "versions",
]
