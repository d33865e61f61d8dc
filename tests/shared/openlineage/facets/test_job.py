"""Facets of jobs."""

import pytest

from lineage_shared.openlineage import facets
from lineage_shared.openlineage.facets import JobType, Sql
from lineage_shared.wire import SourceCodeDetail
from tests.factories import job_type


@pytest.mark.parametrize(
    ("processing", "continuous"), [("BATCH", False), ("streaming", True), ("SERVICE", True), ("", False)]
)
def test_job_type(processing: str, *, continuous: bool) -> None:
    """Streaming jobs and services never complete; all words are read in capitals."""
    read = facets.job_type(job_type(processing, integration="dbt"))
    assert read == JobType(processing.upper(), "DBT", "JOB")
    assert read.is_continuous is continuous


def test_emission_pattern() -> None:
    """COMPLETE_SNAPSHOT means that each event replaces the last."""
    assert facets.job_type(job_type("STREAMING", content="COMPLETE_SNAPSHOT")).is_snapshot
    assert not facets.job_type(job_type("STREAMING", content="ACCUMULATIVE")).is_snapshot
    assert not facets.job_type({"emissionPattern": "COMPLETE_SNAPSHOT"}).is_snapshot


def test_sql() -> None:
    """A query with its dialect; none without a query."""
    assert facets.sql({"query": "select 1", "dialect": "duckdb"}) == Sql("select 1", "duckdb")
    assert facets.sql({"dialect": "duckdb"}) is None


def test_source_code_location() -> None:
    """Every part that a producer gave; None when it gave none."""
    facet = {"type": "git", "url": "u", "version": "v", "branch": "b", "path": "p", "repoUrl": "r", "tag": "t"}
    assert facets.source_code_location(facet) == SourceCodeDetail("git", "u", "v", "b", "p", "r")
    assert facets.source_code_location({"tag": "t"}) is None
