"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from lineage_shared.errors import NotFound

config_option = click.option(
    "--config", "config_file", metavar="FILE", help="Configuration file; else LINEAGE_AGENT_CONFIG, else ./agent.toml."
)
db_option = click.option("--db", metavar="FILE", help="The store file; else as configured.")


def existing_store(db: str | None, config_file: str | None) -> Path:
    """Return the path of the store that is meant; raise `NotFound` when there is no file."""
    from lineage_agent.config import load  # noqa: PLC0415 - keeps the help fast

    path = Path(load({"db": db}, config_file).db)
    if not path.is_file():
        raise NotFound(
            f"no store at {path}", hint="name it with --db FILE; `lineage-agent serve` makes one", code="NO_STORE"
        )
    return path
