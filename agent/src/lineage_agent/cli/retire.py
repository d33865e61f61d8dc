"""`lineage-agent retire`: end the lineage of a job or a dataset that nothing else will end."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import msgspec

from lineage_agent.cli.options import config_option, db_option, existing_store


@click.command()
@click.argument("kind", type=click.Choice(["job", "dataset"]))
@click.argument("namespace")
@click.argument("name")
@db_option
@click.option("--url", metavar="URL", help="A running agent to send it to, instead of a file.")
@click.option("--key", metavar="KEY", envvar="LINEAGE_API_KEY", help="Bearer key for --url.")
@config_option
def retire(kind: str, namespace: str, name: str, **where: str | None) -> None:
    """End what KIND (job or dataset) asserts, until a later event asserts it again.

    The retirement is an event like any other, and part of the record.

    \b
    lineage-agent retire job food orders_etl --db shop.db
    lineage-agent retire dataset postgres://db:5432 shop.public.old --url http://127.0.0.1:8081
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.cli.delivery import deliver  # noqa: PLC0415 - keeps the help fast
    from lineage_agent.projection import retirement_event  # noqa: PLC0415
    from lineage_shared.model import DatasetRef, JobRef  # noqa: PLC0415

    if not where["url"]:
        existing_store(where["db"], where["config_file"])
    ref = JobRef(namespace, name) if kind == "job" else DatasetRef(namespace, name)
    event = retirement_event(ref, datetime.now(UTC).isoformat())
    deliver(msgspec.json.encode(event), **where)
    click.echo(f"retired {kind} {namespace} {name}", err=True)
