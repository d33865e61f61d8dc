"""`lineage-agent retire`: end the lineage of a job or a dataset that nothing else will end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from lineage_agent.cli.options import config_option, db_option, existing_store
from lineage_shared.errors import InvalidEvent
from lineage_shared.model import DatasetRef, JobRef, Kind


@click.command()
@click.argument("kind", type=click.Choice(["job", "dataset"]))
@click.argument("namespace")
@click.argument("name", required=False)
@db_option
@click.option("--url", metavar="URL", help="A running agent to send it to, instead of a file.")
@click.option("--key", metavar="KEY", envvar="LINEAGE_API_KEY", help="Bearer key for --url.")
@click.option("--mesh-key", metavar="KEY", envvar="LINEAGE_MESH_KEY", help="Key with which --url tells names.")
@config_option
def retire(kind: str, namespace: str, name: str | None, **where: str | None) -> None:
    """End what KIND (job or dataset) asserts, until a later event asserts it again.

    Any spelling is understood that the rules and the domain's declarations hold to be the same (docs/identifiers.md);
    instead of NAMESPACE and NAME, one text from another tool. Where several names are one thing, name one of them.
    The retirement is an event like any other, and part of the record.

    \b
    lineage-agent retire job food orders_etl --db shop.db
    lineage-agent retire dataset postgres://db:5432 shop.public.old --url http://127.0.0.1:8081
    lineage-agent retire dataset s3a://lake/exports/old/ --db shop.db
    """  # noqa: D301 - click wants the backspace
    if not where["url"]:
        existing_store(where["db"], where["config_file"])
    retired = asyncio.run(_retire(kind, namespace, name, where))
    click.echo(f"retired {kind} {retired.namespace} {retired.name}", err=True)


async def _retire(kind: str, namespace: str, name: str | None, where: Mapping[str, Any]) -> DatasetRef | JobRef:
    from lineage_agent.cli.delivery import open_target  # noqa: PLC0415 - keeps the help fast
    from lineage_agent.cli.pointing import pointed, references_of  # noqa: PLC0415
    from lineage_agent.projection import retirement_event  # noqa: PLC0415

    async with open_target(**where) as target:
        found = await pointed(target, references_of(Kind(kind), namespace, name))
        ref = (JobRef if kind == Kind.JOB else DatasetRef)(found.namespace, found.name)
        event = retirement_event(ref, datetime.now(UTC).isoformat())
        outcome = await target.send([msgspec.json.encode(event)])
        if outcome.refused:
            raise InvalidEvent(outcome.refused[0])
    return ref
