"""`lineage-gateway config show`."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from lineage_gateway.cli.options import configuration_of, registry_options

HIDDEN = "(set)"


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@registry_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(*, as_json: bool, **flags: Any) -> None:
    """Print every setting with its value and where that comes from, then the domains. Keys are not shown."""
    configuration = configuration_of(flags)
    rows = configuration.settings.shown()
    domains = [(f"domains.{each.name}", each.url, each.where) for each in configuration.domains]
    if as_json:
        rows += [(name, msgspec.json.encode(url).decode(), where) for name, url, where in domains]
        shown = {name: {"value": _value(value), "origin": origin} for name, value, origin in rows}
        click.echo(msgspec.json.encode(shown).decode())
        return
    rows += domains
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, origin in rows:
        click.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")


def _value(shown: str) -> Any:
    return shown if shown == HIDDEN else msgspec.Raw(shown.encode())
