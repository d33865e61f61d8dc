"""`lineage-agent status`: what a store file holds."""

from __future__ import annotations

import click
import msgspec

from lineage_agent.cli.options import config_option, db_option, existing_store


@click.command()
@db_option
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(db: str | None, config_file: str | None, *, as_json: bool) -> None:
    """Print counts, position and digest of a store. Only reads; works beside a running `serve`.

    \b
    lineage-agent status --db shop.db
    lineage-agent status --db shop.db --json
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.store import maintenance  # noqa: PLC0415 - keeps the help fast

    found = maintenance.status(existing_store(db, config_file))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for name, value in msgspec.structs.asdict(found).items():
        click.echo(f"{name:<21} {value}")
