"""Paths as a use case: how data comes from one asset to another, and what the answer rests on."""

from __future__ import annotations

from dataclasses import dataclass

from lineage_gateway.lineage.completeness import Rests, rests_on
from lineage_gateway.lineage.limits import within
from lineage_gateway.lineage.references import Reference, resolve
from lineage_gateway.lineage.view import MeshView
from lineage_gateway.mesh import PathRequest, Paths, find_paths


@dataclass(frozen=True, slots=True)
class PathsQuestion:
    """Where paths lead from and to, along the flow of data, and how many are wanted at most."""

    source: Reference
    target: Reference
    limit: int


@dataclass(frozen=True, slots=True)
class PathsAnswer:
    """Paths, shortest first, between two nodes, and what they rest on: none and `complete` means that there is none."""

    source: int
    target: int
    paths: Paths
    rests: Rests


def paths(view: MeshView, question: PathsQuestion) -> PathsAnswer:
    """Answer a question about paths, without asking any agent.

    Everything that flows from the one end, and all that the other is made of, counts as visited: where a domain's part
    of that is outdated, a path may be missing.
    """
    within("limit", question.limit, 1, view.limits.paths_max)
    source, target = resolve(view, question.source), resolve(view, question.target)
    found = find_paths(view.mesh, PathRequest(source, target, question.limit))
    rests = rests_on(view.states, found.domains, view.limits.staleness_bound_s)
    return PathsAnswer(source, target, found, rests)
