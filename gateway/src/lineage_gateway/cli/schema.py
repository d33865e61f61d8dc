"""`lineage-gateway schema`."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the GraphQL schema, in the schema definition language.

    \b
    lineage-gateway schema > schema.graphql
    """  # noqa: D301 - click wants the backspace
    from lineage_gateway.graphql import sdl  # noqa: PLC0415 - keeps the help fast

    click.echo(sdl())
