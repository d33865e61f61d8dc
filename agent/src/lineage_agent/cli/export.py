"""`lineage-agent export`: the record as OpenLineage events, one a line, in the order of arrival."""

from __future__ import annotations

import sys

import click

from lineage_agent.cli.options import config_option, db_option, existing_store


@click.command()
@db_option
@config_option
def export(db: str | None, config_file: str | None) -> None:
    """Write every event to stdout, as it was sent, one a line. Works beside a running `serve`.

    \b
    lineage-agent export --db shop.db > events.ndjson
    lineage-agent export --db shop.db | lineage-agent ingest - --db copy.db --domain shop
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.store import driver, log  # noqa: PLC0415 - keeps the help fast

    path = existing_store(db, config_file)
    with driver.open_beside(path) as connection, driver.translated_errors(f"{path} cannot be read"):
        for event in log.export(connection):
            sys.stdout.buffer.write(event + b"\n")
    sys.stdout.flush()
