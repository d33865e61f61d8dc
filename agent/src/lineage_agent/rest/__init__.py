"""The HTTP face of the agent: OpenLineage in, the mesh protocol out, health and metrics.

`routes` is the table of all routes, `doors` tells who may use them, and `errors` gives every failure one shape.
"""

from lineage_agent.rest.doors import Doorkeeper
from lineage_agent.rest.errors import EXCEPTION_HANDLERS
from lineage_agent.rest.health import Health
from lineage_agent.rest.metrics import Metrics
from lineage_agent.rest.routes import Services, routes

__all__ = ["EXCEPTION_HANDLERS", "Doorkeeper", "Health", "Metrics", "Services", "routes"]
