"""Wiring: `build` joins the parts into an application; `server` runs it until it is told to stop."""

from lineage_agent.app.build import build, open_store
from lineage_agent.app.server import configure_logging, serve, serving

__all__ = ["build", "configure_logging", "open_store", "serve", "serving"]
