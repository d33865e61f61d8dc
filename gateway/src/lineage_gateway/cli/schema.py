"""`lineage-gateway schema`."""

from __future__ import annotations

import click


@click.command()
@click.option("--subgraph", is_flag=True, help="What routers of Apollo Federation compose, instead.")
def schema(*, subgraph: bool) -> None:
    """Print the GraphQL schema, in the schema definition language.

    \b
    lineage-gateway schema > schema.graphql
    lineage-gateway schema --subgraph > lineage.graphql
    """  # noqa: D301 - click wants the backspace
    from lineage_gateway.graphql import sdl, subgraph_sdl  # noqa: PLC0415 - keeps the help fast

    click.echo(subgraph_sdl() if subgraph else sdl(), nl=not subgraph)
