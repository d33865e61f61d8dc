"""`lineage-agent dead-letters`: events that are in the record, but could not be projected."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import click
import msgspec

from lineage_agent.cli.options import config_option, db_option, existing_store


@click.group(name="dead-letters")
def dead_letters() -> None:
    """See and retry events that could not be projected."""


@dead_letters.command(name="list")
@db_option
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(db: str | None, config_file: str | None, *, as_json: bool) -> None:
    """Print the dead letters with their reasons. Works beside a running `serve`."""
    from lineage_agent.store import driver, log  # noqa: PLC0415 - keeps the help fast

    path = existing_store(db, config_file)
    with driver.open_beside(path) as connection, driver.translated_errors(f"{path} cannot be read"):
        letters = log.dead_letters(connection)
    for letter in letters:
        at = datetime.fromtimestamp(letter.at_us / 1e6, UTC).isoformat(timespec="seconds")
        line = (
            msgspec.json.encode(letter).decode()
            if as_json
            else f"{letter.event_id}  {at}  {letter.job}  {letter.reason}"
        )
        click.echo(line)
    click.echo(f"{len(letters)} dead letters", err=True)


@dead_letters.command()
@click.argument("event_ids", type=int, nargs=-1)
@db_option
@config_option
def retry(event_ids: tuple[int, ...], db: str | None, config_file: str | None) -> int:
    """Project dead letters once more: all, or those with the given EVENT_IDS. Exit code 1 if any is still dead."""
    from lineage_agent.app import open_store  # noqa: PLC0415 - keeps the help fast
    from lineage_agent.config import load  # noqa: PLC0415

    path = existing_store(db, config_file)

    async def work() -> tuple[int, int]:
        async with open_store(load({"db": str(path)}, config_file), keep=True) as store:
            return await store.retry_dead_letters(event_ids or None)

    tried, dead = asyncio.run(work())
    click.echo(f"{tried} tried, {dead} still dead", err=True)
    return 1 if dead else 0
