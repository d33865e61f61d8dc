"""`lineage-agent config show`."""

from __future__ import annotations

import click
import msgspec

from lineage_agent.cli.options import config_option

WIDTH_MAX = 40
"""Longer values (lists, declarations) do not move the column behind them away from all others."""


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(config_file: str | None, *, as_json: bool) -> None:
    """Print every setting with its value and where that comes from. Keys are not shown."""
    from lineage_agent.config import load  # noqa: PLC0415 - keeps the help fast

    rows = load({}, config_file).shown()
    if as_json:
        answer = {
            name: {"value": msgspec.Raw(value.encode()), "origin": origin}
            for name, value, origin in rows
            if value != "(set)"
        }
        hidden = {name: {"value": "(set)", "origin": origin} for name, value, origin in rows if value == "(set)"}
        click.echo(msgspec.json.encode({**answer, **hidden}).decode())
        return
    widths = [max(len(row[column]) for row in rows if len(row[column]) <= WIDTH_MAX) for column in (0, 1)]
    for name, value, origin in rows:
        click.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")
