"""Facets of jobs: type and emission pattern, SQL, where the code lives."""

from __future__ import annotations

from typing import Any

import msgspec

from lineage_shared.openlineage.facets.shape import mapping, text
from lineage_shared.wire import SourceCodeDetail


class JobType(msgspec.Struct, frozen=True):
    """What kind of job: `processing_type` BATCH, STREAMING or SERVICE; `integration` SPARK, DBT, ...; in capitals."""

    processing_type: str = ""
    integration: str = ""
    job_type: str = ""
    content_mode: str = ""

    @property
    def is_continuous(self) -> bool:
        """True for a job that never completes: streaming, or a service."""
        return self.processing_type in ("STREAMING", "SERVICE")

    @property
    def is_snapshot(self) -> bool:
        """True when each event holds everything, so that it replaces what an older one of the run said."""
        return self.content_mode == "COMPLETE_SNAPSHOT"


class Sql(msgspec.Struct, frozen=True):
    """The query of a job."""

    query: str
    dialect: str = ""


def job_type(facet: Any) -> JobType:
    """Read a `jobType` facet."""
    pattern = mapping(facet).get("emissionPattern")
    return JobType(
        text(facet, "processingType").upper(),
        text(facet, "integration").upper(),
        text(facet, "jobType").upper(),
        text(pattern, "eventContentMode").upper(),
    )


def sql(facet: Any) -> Sql | None:
    """Read a `sql` facet."""
    query = text(facet, "query")
    return Sql(query, text(facet, "dialect")) if query else None


def source_code_location(facet: Any) -> SourceCodeDetail | None:
    """Read a `sourceCodeLocation` facet; None when it says nothing."""
    found = SourceCodeDetail(
        type=text(facet, "type"),
        url=text(facet, "url"),
        version=text(facet, "version"),
        branch=text(facet, "branch"),
        path=text(facet, "path"),
        repo_url=text(facet, "repoUrl"),
    )
    return found if found != SourceCodeDetail() else None
