"""The vocabulary that agents and gateways share: values, naming rules and the wire."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("lineage-shared")
