"""What one operation sees: one version of the mesh, the domains' states at its start, and who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lineage_gateway.access import Viewer
from lineage_gateway.lineage.limits import Limits
from lineage_gateway.mesh import Mesh
from lineage_gateway.sync import DomainState


@dataclass(frozen=True, slots=True)
class MeshView:
    """An operation keeps its view to the end, so that all its fields agree with each other."""

    mesh: Mesh
    states: Mapping[str, DomainState]
    viewer: Viewer
    limits: Limits
