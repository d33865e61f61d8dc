"""`lineage references`: all names that a gateway knows, with what they denote, as `lineage-gateway identify` reads it.

The record is written while it is read, a page at a time, so that its size does not matter here. Strings and symlinks
come with the pages and stand at its end: until then they wait in temporary files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any, Self

import click

from lineage_gateway.cli.lineage_client import EXIT_INCOMPLETE
from lineage_gateway.cli.lineage_queries import REFERENCES, REFERENCES_BEGIN
from lineage_gateway.cli.lineage_session import Session, in_session

PAGE = 500

_Page = dict[str, Any]


@click.command()
@click.option("--page", default=PAGE, show_default=True, type=click.IntRange(1, 10_000), help="references at a time")
@in_session
def references(session: Session, page: int) -> None:
    """Print all names that the gateway knows, with what each denotes, and what is declared: one JSON object.

    `lineage-gateway identify --against` compares it with the rules of another version, or with other declarations.

    \b
    lineage references > now.json
    """  # noqa: D301 - click reads \b as: do not wrap
    begin = session.gateway.ask(REFERENCES_BEGIN, {})
    found = begin["identityReferences"]
    ids = 0
    with _Waiting() as canonical, _Waiting() as declarations:
        click.echo(f'{{"ruleset": {json.dumps(found["ruleset"])}, "ids": [', nl=False)
        for node in _nodes(session, page):
            click.echo(f"{',' if ids else ''}\n{json.dumps(_reference(node))}", nl=False)
            canonical.add(node["canonical"])
            declarations.add(*(_symlink(node, other) for other in node["symlinks"]))
            ids += 1
        declarations.add(*found["declarations"])
        click.echo('\n], "canonical": [', nl=False)
        canonical.print()
        click.echo('\n], "declarations": [', nl=False)
        declarations.print()
        click.echo("\n]}")
    session.note(f"{ids} references")
    _report(session, begin)


class _Waiting:
    """Items of a JSON list, kept in a temporary file until they are printed."""

    def __init__(self) -> None:
        self._items = 0

    def __enter__(self) -> Self:
        self._file = TemporaryFile("w+", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, *values: Any) -> None:
        for value in values:
            self._file.write(f"{',' if self._items else ''}\n{json.dumps(value)}")
            self._items += 1

    def print(self) -> None:
        self._file.seek(0)
        for line in self._file:
            click.echo(line, nl=False)


def _nodes(session: Session, page: int) -> Iterator[_Page]:
    after: str | None = None
    while True:
        found = session.gateway.ask(REFERENCES, {"first": page, "after": after})["identityReferences"]
        yield from (edge["node"] for edge in found["edges"])
        if not found["pageInfo"]["hasNextPage"]:
            return
        after = found["pageInfo"]["endCursor"]


def _reference(node: _Page) -> dict[str, str]:
    return {
        "namespace": node["namespace"],
        "name": node["name"],
        "kind": node["kind"].lower(),
        "domain": node["domain"],
    }


def _symlink(node: _Page, other: _Page) -> dict[str, Any]:
    of = {"namespace": node["namespace"], "name": node["name"]}
    return {"type": "symlink", "of": of, "symlink": other, "domain": node["domain"]}


def _report(session: Session, begin: dict[str, Any]) -> None:
    unheard = [each["name"] for each in begin["domains"] if each["status"] == "NEVER_SYNCED"]
    if unheard:
        session.note(f"incomplete: never synced: {', '.join(unheard)}", "yellow")
        raise click.exceptions.Exit(EXIT_INCOMPLETE)
