"""`lineage-agent ingest`: events from a file of lines, into a store file or to a running agent."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import click

from lineage_agent.cli.options import config_option, db_option

BATCH_EVENTS_MAX: Final = 256
BATCH_BYTES_MAX: Final = 4 * 1024 * 1024


@dataclass(slots=True)
class _Batch:
    """Events that are sent together, with the line that each came from."""

    events: list[bytes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, event: bytes, line: int) -> None:
        self.events.append(event)
        self.lines.append(line)
        self.size_bytes += len(event)

    @property
    def full(self) -> bool:
        return len(self.events) >= BATCH_EVENTS_MAX or self.size_bytes >= BATCH_BYTES_MAX


@click.command()
@click.argument("file", type=click.File("rb"))
@db_option
@click.option("--domain", metavar="NAME", help="The domain of a new store file.")
@click.option("--url", metavar="URL", help="A running agent to send to, instead of a file.")
@click.option("--key", metavar="KEY", envvar="LINEAGE_API_KEY", help="Bearer key for --url.")
@config_option
def ingest(file: BinaryIO, **where: Any) -> int:
    """Read OpenLineage events from FILE (- for stdin): one event, or an array of events, a line.

    Lines that are refused are named on stderr and skipped; the exit code is then 1.

    \b
    lineage-agent ingest events.ndjson --db shop.db --domain shop
    zcat events.ndjson.gz | lineage-agent ingest - --url http://127.0.0.1:8081
    """  # noqa: D301 - click wants the backspace
    from lineage_agent.cli.delivery import open_target  # noqa: PLC0415 - keeps the help fast

    size = _size(file)
    hidden = size is None or not sys.stderr.isatty()
    bar: Any = click.progressbar(length=size or 1, label="ingest", file=sys.stderr, hidden=hidden)
    with bar:
        total = asyncio.run(_ingest(file, open_target(**where), bar.update))
    click.echo(f"{total.stored} events stored ({total.duplicates} known before), {total.refused} refused", err=True)
    return 1 if total.refused else 0


@dataclass(slots=True)
class _Total:
    stored: int = 0
    duplicates: int = 0
    refused: int = 0


async def _ingest(file: BinaryIO, opening: Any, progress: Callable[[int], None]) -> _Total:
    total = _Total()
    async with opening as target:
        for batch in _batches(file, lambda line, reason: _refuse(total, line, reason)):
            outcome = await target.send(batch.events)
            total.stored += outcome.stored
            total.duplicates += outcome.duplicates
            for index, reason in sorted(outcome.refused.items()):
                _refuse(total, batch.lines[index], reason)
            progress(batch.size_bytes)
    return total


def _refuse(total: _Total, line: int, reason: str) -> None:
    total.refused += 1
    click.echo(f"line {line}: {reason}", err=True)


def _batches(file: BinaryIO, refuse: Callable[[int, str], None]) -> Iterator[_Batch]:
    batch = _Batch()
    for number, line in enumerate(file, 1):
        for event in _events(line.strip(), number, refuse):
            batch.add(event, number)
            if batch.full:
                yield batch
                batch = _Batch()
    if batch.events:
        yield batch


def _events(line: bytes, number: int, refuse: Callable[[int, str], None]) -> list[bytes]:
    """Return the events of a line. What is no JSON must not come into a batch, whose other events it would spoil."""
    from lineage_agent.ingest import items_of  # noqa: PLC0415 - keeps the help fast
    from lineage_shared.errors import LineageError  # noqa: PLC0415
    from lineage_shared.openlineage import parse  # noqa: PLC0415

    if not line:
        return []
    try:
        events = items_of(line) if line.startswith(b"[") else [line]
        for event in events:
            parse(event)
    except LineageError as error:
        refuse(number, error.message)
        return []
    return events


def _size(file: BinaryIO) -> int | None:
    """Return the length of a file in bytes; None for a pipe."""
    if not file.seekable():
        return None
    end = file.seek(0, 2)
    file.seek(0)
    return end
