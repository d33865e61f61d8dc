"""The gateway: joins the lineage of many agents and serves it as GraphQL."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("lineage-gateway")
