"""Marquez's reads of this domain: `reads` answers, each time from one read transaction; `knowledge` gathers for it.

What leaves by these routes leaves the agent, like details of the mesh protocol: the border holds here, too. The JSON
shapes are `lineage_shared.marquez`, the routes `lineage_agent.rest.marquez`.
"""

from lineage_agent.marquez.reads import Reads

__all__ = ["Reads"]
