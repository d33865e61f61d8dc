"""`lineage-gateway check`: whether every configured agent is there, and is the right one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from lineage_gateway.cli.options import configuration_of, registry_options
from lineage_gateway.config import declarations_file, keyring
from lineage_gateway.registry import domains_of
from lineage_shared.errors import InvalidSetting

if TYPE_CHECKING:
    from lineage_gateway.cli.checking import Finding

EXIT_FAILED, EXIT_PARTIAL = 1, 3
COLUMNS = ("domain", "url", "result", "version", "datasets", "jobs", "edges", "message")


@click.command()
@registry_options
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
def check(*, as_json: bool, **flags: Any) -> int:
    """Read the configuration as `serve` would, and ask every agent who it is.

    Exit code 0: all answer as configured. 3: some do not. 1: none does. 2: the configuration cannot be used.

    \b
    lineage-gateway check --config mesh.toml
    """  # noqa: D301 - click wants the backspace
    from lineage_gateway.app.access import check_exposure  # noqa: PLC0415 - keeps the help fast
    from lineage_gateway.cli.checking import ask_all  # noqa: PLC0415
    from lineage_gateway.declarations import check_file  # noqa: PLC0415

    configuration = configuration_of(flags)
    domains = domains_of(configuration.domains)
    if not domains:
        raise InvalidSetting("there is no domain to check", hint="give --config mesh.toml, or --agent NAME=URL")
    check_exposure(configuration.settings, keyring(configuration.settings))
    check_file(declarations_file(configuration.settings, configuration.files))
    findings = asyncio.run(ask_all(list(domains.values()), configuration.settings))
    click.echo(msgspec.json.encode(findings).decode() if as_json else _table(findings))
    if all(each.ok for each in findings):
        return 0
    return EXIT_PARTIAL if any(each.ok for each in findings) else EXIT_FAILED


def _table(findings: Sequence[Finding]) -> str:
    rows = [COLUMNS, *([_cell(getattr(each, column)) for column in COLUMNS] for each in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cell(value: str | int | None) -> str:
    return "-" if value is None else str(value)
