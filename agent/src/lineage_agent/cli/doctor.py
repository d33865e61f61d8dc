"""`lineage-agent doctor`: do events come in, and does the mesh see them.

The settings, the keys and the store are looked at as `serve` would. Then a server of our own, with these settings, on a
copy of the store and on a free loopback port, takes a test event and is asked what a gateway would ask. With `--url` a
running agent is asked as well, by a request that it must refuse, so that nothing is left in the domain's record.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from lineage_agent.cli.options import config_option, db_option
from lineage_shared.errors import LineageError


@click.command()
@db_option
@click.option("--domain", metavar="NAME", help="The domain.")
@click.option("--url", metavar="URL", help="A running agent to look at as well.")
@click.option("--key", metavar="KEY", envvar="LINEAGE_API_KEY", help="Its key for events.")
@click.option("--mesh-key", metavar="KEY", envvar="LINEAGE_MESH_KEY", help="Its key for the mesh protocol.")
@config_option
def doctor(  # noqa: PLR0917 - click passes them by name
    db: str | None, domain: str | None, url: str | None, key: str | None, mesh_key: str | None, config_file: str | None
) -> int:
    """Check settings, keys and store, from a test event to what a gateway would see.

    Leaves no trace in the domain's record. Exit code 1 when something is wrong.

    \b
    lineage-agent doctor --config agent.toml
    lineage-agent doctor --url http://127.0.0.1:8081
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.cli import checks  # noqa: PLC0415 - keeps the help fast

    async def examine(scratch: Path) -> bool:
        patient = checks.Patient(config_file=config_file, flags={"db": db, "domain": domain}, scratch=scratch)
        steps: list[tuple[str, Callable[[], Awaitable[str]]]] = [
            ("settings", patient.settings),
            ("declarations", patient.declarations),
            ("keys", patient.keys),
            ("sqlite", patient.sqlite),
            ("store", patient.store),
            ("event to mesh", patient.end_to_end),
        ]
        if url:
            remote = checks.Remote(url, key, mesh_key)
            steps += [("running agent, events", remote.ingest), ("running agent, mesh", remote.mesh)]
        return await _run(steps)

    with tempfile.TemporaryDirectory(prefix="lineage-doctor-") as scratch:
        return 0 if asyncio.run(examine(Path(scratch))) else 1


async def _run(steps: list[tuple[str, Callable[[], Awaitable[str]]]]) -> bool:
    """Run the checks in order; a later one rests on the earlier ones, so the first that fails ends it."""
    for name, check in steps:
        try:
            found = await check()
        except LineageError as error:
            click.echo(f"FAIL  {name}: {error.message} ({error.code})")
            if error.hint:
                click.echo(f"      {error.hint}", file=sys.stdout)
            return False
        click.echo(f"ok    {name}: {found}")
    return True
