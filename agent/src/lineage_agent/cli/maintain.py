"""`lineage-agent backup` and `rebuild`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lineage_agent.cli.options import config_option, db_option, existing_store


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@db_option
@config_option
def backup(target: Path, db: str | None, config_file: str | None) -> None:
    """Copy a store to TARGET, whole and checked. Works beside a running `serve`.

    \b
    lineage-agent backup shop-2026-03-01.db --db shop.db
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.store import maintenance  # noqa: PLC0415 - keeps the help fast

    path = existing_store(db, config_file)
    maintenance.backup(path, target)
    click.echo(f"{path} copied to {target}", err=True)


@click.command()
@db_option
@config_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def rebuild(db: str | None, config_file: str | None, *, yes: bool) -> None:
    """Drop what was projected and make it anew from the events. Begins a new epoch; refuses a served file.

    \b
    lineage-agent rebuild --db shop.db
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.config import load  # noqa: PLC0415 - keeps the help fast
    from lineage_agent.store import maintenance  # noqa: PLC0415

    path = existing_store(db, config_file)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Rebuild {path}? Gateways will fetch it anew.", abort=True, err=True)
    with click.progressbar(length=1, label="rebuild", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        maintenance.rebuild(path, windows=load({"db": str(path)}, config_file).windows or None, progress=progress)
    click.echo(f"{path} rebuilt", err=True)
