"""The agent: keeps one domain's lineage and answers questions about it."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("lineage-agent")
