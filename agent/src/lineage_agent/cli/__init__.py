"""The `lineage-agent` command. Each subcommand is a module of its own, loaded only when it is asked for.

Conventions: data on stdout, everything else on stderr; exit code 0 done, 1 failed, 2 wrong usage or settings,
4 refused for want of a key, 130 interrupted. An error says what, where and what to do next; `--debug` shows the
traceback as well.
"""

from lineage_agent.cli.main import main

__all__ = ["main"]
