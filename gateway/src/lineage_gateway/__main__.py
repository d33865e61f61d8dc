"""`python -m lineage_gateway` is the `lineage-gateway` command."""

from __future__ import annotations

from lineage_gateway.cli.server import main

if __name__ == "__main__":
    main()
