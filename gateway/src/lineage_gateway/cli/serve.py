"""`lineage-gateway serve`."""

from __future__ import annotations

from typing import Any

import click

from lineage_gateway.cli.options import configuration_of, registry_options
from lineage_gateway.config import declarations_file
from lineage_shared.errors import InvalidSetting


@click.command()
@registry_options
@click.option("--host", metavar="ADDRESS", help="Address to listen on; 127.0.0.1 unless configured.")
@click.option("-p", "--port", type=int, help="Port to listen on, 0 for a free one; 8080 unless configured.")
@click.option("--insecure-no-auth", is_flag=True, default=None, help="Allow a non-loopback address without keys.")
def serve(**flags: Any) -> int:
    """Follow every domain and answer GraphQL at /graphql, until SIGTERM or Ctrl-C.

    Prints its URL on stdout once it answers. Domains are taken in again when the registry file changes, or on SIGHUP.
    Every setting of `config show` can also stand in the file or in the environment.

    \b
    lineage-gateway serve --agent sales=http://127.0.0.1:8081 --agent finance=http://127.0.0.1:8082
    lineage-gateway serve --config mesh.toml --port 0
    LINEAGE_GATEWAY_KEYS_FILE=keys lineage-gateway serve --host 0.0.0.0 --config mesh.toml
    """  # noqa: D301 - click wants the backspace
    from lineage_gateway import app  # noqa: PLC0415 - keeps the help fast
    from lineage_gateway.declarations import check_file  # noqa: PLC0415
    from lineage_gateway.registry import Registry  # noqa: PLC0415

    registry = Registry(lambda: configuration_of(flags))
    if not registry.domains and not registry.has_file:
        raise InvalidSetting("there is no domain to follow", hint="give --config mesh.toml, or --agent NAME=URL")
    check_file(declarations_file(registry.settings, registry.files))
    app.configure_logging(registry.settings.log_level)
    return app.serve(registry, announce=click.echo)
