"""`lineage-agent serve`."""

from __future__ import annotations

import click

from lineage_agent.cli.options import config_option, db_option


@click.command()
@click.option("--domain", metavar="NAME", help="The domain; a store file remembers it.")
@db_option
@click.option("--host", metavar="ADDRESS", help="Address to listen on; 127.0.0.1 unless configured.")
@click.option("-p", "--port", type=int, help="Port to listen on, 0 for a free one; 8081 unless configured.")
@click.option("--insecure-no-auth", is_flag=True, default=None, help="Allow a non-loopback address without keys.")
@config_option
def serve(config_file: str | None, **flags: object) -> int:
    """Take events, and answer the mesh, until SIGTERM or Ctrl-C.

    Prints its URL on stdout once it answers. Every setting of `config show` can also stand in agent.toml or in the
    environment.

    \b
    lineage-agent serve --domain shop --db shop.db
    lineage-agent serve --config agent.toml --port 0
    LINEAGE_AGENT_MESH_KEYS_FILE=keys lineage-agent serve --host 0.0.0.0 --domain shop
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.app import configure_logging  # noqa: PLC0415 - keeps the help fast
    from lineage_agent.app import serve as run  # noqa: PLC0415
    from lineage_agent.config import load  # noqa: PLC0415

    settings = load(flags, config_file)
    configure_logging(settings.log_level)
    return run(settings, announce=click.echo)
