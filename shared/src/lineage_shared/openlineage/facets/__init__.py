"""Readers of facets: any JSON value in, what it says out, never an exception.

A reader takes the facet alone (the value beside its name). What is ill-shaped is passed over piece by piece, so that
one bad column or owner costs only itself. None or an empty value means that nothing of use was said; a deleted facet
reads the same. Facets without a reader are served verbatim.
"""

from lineage_shared.openlineage.facets.columns import ColumnInput, ColumnLineage, column_lineage
from lineage_shared.openlineage.facets.dataset import (
    DatasetSymlink,
    Lifecycle,
    Statistics,
    assertions,
    dataset_type,
    dataset_version,
    lifecycle,
    schema_fields,
    statistics,
    symlinks,
)
from lineage_shared.openlineage.facets.entity import Tag, documentation, owners, tags
from lineage_shared.openlineage.facets.job import JobType, Sql, job_type, source_code_location, sql
from lineage_shared.openlineage.facets.lineage import (
    DatasetEntry,
    DatasetLineage,
    JobEntry,
    JobInput,
    JobLineage,
    dataset_lineage,
    job_lineage,
)
from lineage_shared.openlineage.facets.run import NominalTime, Parent, error_message, nominal_time, parent

__all__ = [
    "ColumnInput",
    "ColumnLineage",
    "DatasetEntry",
    "DatasetLineage",
    "DatasetSymlink",
    "JobEntry",
    "JobInput",
    "JobLineage",
    "JobType",
    "Lifecycle",
    "NominalTime",
    "Parent",
    "Sql",
    "Statistics",
    "Tag",
    "assertions",
    "column_lineage",
    "dataset_lineage",
    "dataset_type",
    "dataset_version",
    "documentation",
    "error_message",
    "job_lineage",
    "job_type",
    "lifecycle",
    "nominal_time",
    "owners",
    "parent",
    "schema_fields",
    "source_code_location",
    "sql",
    "statistics",
    "symlinks",
    "tags",
]
