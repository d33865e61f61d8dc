"""The REST face: Marquez-shaped reads of the whole mesh, and the document that describes every route of the gateway.

A request passes through `http` (path, query, headers) -> `lineage_shared.marquez.answering` -> `reads` (one operation
over one version of the mesh) -> `gathering` (details of all its nodes in one round) -> `lineage_shared.marquez` shapes.
"""

from lineage_gateway.rest.http import RestLimits, routes
from lineage_gateway.rest.operations import OPERATIONS

__all__ = ["OPERATIONS", "RestLimits", "routes"]
