"""Facets of runs."""

from lineage_shared.openlineage import facets
from lineage_shared.openlineage.facets import NominalTime, Parent
from lineage_shared.wire import RunErrorDetail, RunLink
from tests.factories import parent


def test_parent_and_root() -> None:
    """The parent's run and job, and those of the root."""
    facet = {**parent("p", "dag.task"), "root": parent("r", "dag")}
    assert facets.parent(facet) == Parent(RunLink("p", "shop", "dag.task"), RunLink("r", "shop", "dag"))


def test_parent_without_job() -> None:
    """A run id alone is a link; without a run id there is none."""
    assert facets.parent({"run": {"runId": "p"}}) == Parent(RunLink("p"))
    assert facets.parent(parent("", "default")) == Parent()


def test_error_message() -> None:
    """Message, language and stack trace; None when nothing was said."""
    facet = {"message": "boom", "programmingLanguage": "JAVA", "stackTrace": "at x"}
    assert facets.error_message(facet) == RunErrorDetail("boom", "JAVA", "at x")
    assert facets.error_message({"message": "boom"}) == RunErrorDetail("boom")
    assert facets.error_message({"programmingLanguage": "JAVA"}) is None


def test_nominal_time() -> None:
    """The scheduled window, verbatim; often a bare date, often without an end."""
    assert facets.nominal_time({"nominalStartTime": "2020-01-01"}) == NominalTime("2020-01-01")
