"""The server: what runs as long as the process does, the routes, and the one process around them.

`gateway` opens registry, mesh, followers and details in order and closes them in reverse; `build` makes the ASGI
application over them; `server` runs it until SIGTERM.
"""

from lineage_gateway.app.build import build
from lineage_gateway.app.gateway import Gateway
from lineage_gateway.app.server import configure_logging, serve

__all__ = ["Gateway", "build", "configure_logging", "serve"]
