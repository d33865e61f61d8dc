"""Facets of runs: parents, errors, the scheduled window."""

from __future__ import annotations

from typing import Any

import msgspec

from lineage_shared.openlineage.facets.shape import job_ref, mapping, text
from lineage_shared.wire import RunErrorDetail, RunLink


class Parent(msgspec.Struct, frozen=True):
    """The run that started this one, and the one at the root; either may live with another agent."""

    parent: RunLink | None = None
    root: RunLink | None = None


class NominalTime(msgspec.Struct, frozen=True):
    """The window that a run was scheduled for, as the producer wrote it: often a bare date."""

    start: str | None = None
    end: str | None = None


def parent(facet: Any) -> Parent:
    """Read a `parent` facet. A side without a runId is None: a 2021 Spark agent sent an empty one."""
    return Parent(_link(facet), _link(mapping(facet).get("root")))


def _link(value: Any) -> RunLink | None:
    found = mapping(value)
    run_id, job = text(found.get("run"), "runId"), job_ref(found.get("job"))
    if not run_id:
        return None
    return RunLink(run_id, job.namespace, job.name) if job else RunLink(run_id)


def error_message(facet: Any) -> RunErrorDetail | None:
    """Read an `errorMessage` facet."""
    message, trace = text(facet, "message"), text(facet, "stackTrace")
    if not message and not trace:
        return None
    return RunErrorDetail(message, text(facet, "programmingLanguage"), trace or None)


def nominal_time(facet: Any) -> NominalTime:
    """Read a `nominalTime` facet."""
    return NominalTime(text(facet, "nominalStartTime") or None, text(facet, "nominalEndTime") or None)
