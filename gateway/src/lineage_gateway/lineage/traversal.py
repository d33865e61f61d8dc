"""Lineage as a use case: a checked question, one walk over the mesh, and what the answer rests on."""

from __future__ import annotations

from dataclasses import dataclass

from lineage_gateway.lineage.completeness import Rests, rests_on
from lineage_gateway.lineage.limits import within
from lineage_gateway.lineage.references import Reference, check_domains, resolve
from lineage_gateway.lineage.searching import cursors_of_the_mesh
from lineage_gateway.lineage.view import MeshView
from lineage_gateway.mesh import Direction, Walk, WalkRequest, walk
from lineage_shared.model import Kind


@dataclass(frozen=True, slots=True)
class LineageQuestion:
    """What to walk: `depth` None is unlimited; a filter that is None lets everything through."""

    of: Reference
    direction: Direction
    depth: int | None
    limit: int
    after: str | None = None
    kinds: frozenset[Kind] | None = None
    domains: frozenset[str] | None = None
    tags: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class LineageAnswer:
    """One page of a walk, and what it rests on."""

    root: int
    walk: Walk
    rests: Rests


def lineage(view: MeshView, question: LineageQuestion) -> LineageAnswer:
    """Answer a question about lineage, without asking any agent."""
    limits = view.limits
    if question.depth is not None:
        within("depth", question.depth, 0, limits.depth_max)
    within("limit", question.limit, 1, limits.limit_max)
    check_domains(view, sorted(question.domains or ()))
    root = resolve(view, question.of)
    request = WalkRequest(
        root=root,
        direction=question.direction,
        depth=question.depth,
        limit=question.limit,
        after=question.after,
        kinds=question.kinds,
        domains=question.domains,
        tags=question.tags,
    )
    with cursors_of_the_mesh():
        walked = walk(view.mesh, request)
    return LineageAnswer(root, walked, rests_on(view.states, walked.domains, limits.staleness_bound_s))
