"""What all commands of `lineage` share: the gateway, the consoles, the options, and how an answer's gaps are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from rich.text import Text

from lineage_gateway.cli.lineage_client import EXIT_INCOMPLETE, Gateway
from lineage_gateway.cli.lineage_output import Console, ReaderLeftError

ENVELOPE = 1
"""The version of the --json envelope: raised when a member changes its meaning or goes."""

T = TypeVar("T")

json_option = click.option("--json", "as_json", is_flag=True, help="print JSON, of a stable form")
domain_option = click.option("--domain", help="the domain that reports it, where the name alone is ambiguous")


class Session:
    """What the commands share: the gateway, and the two consoles."""

    def __init__(self, gateway: Gateway, *, color: bool) -> None:
        self.gateway = gateway
        self.out = Console(stderr=False, color=color)
        self.err = Console(stderr=True, color=color)

    def line(self, text: Text | str) -> None:
        """Print one line of data, never wrapped."""
        self.out.print_line(text)

    def note(self, text: str, style: str = "") -> None:
        """Print one line that is not data."""
        self.err.print_line(Text(text, style))

    def as_json(self, command: str, body: dict[str, Any]) -> None:
        """Print the stable envelope."""
        envelope = {"envelope": ENVELOPE, "command": command, **body}
        click.echo(json.dumps(envelope, ensure_ascii=False, indent=2))


def in_session(command: Callable[..., T]) -> Callable[..., T]:
    """Add the options that every command has, and pass a `Session` first."""

    @click.option("--url", envvar="LINEAGE_URL", default="http://127.0.0.1:8080", show_default=True, help="the gateway")
    @click.option("--key", envvar="LINEAGE_KEY", default="", help="the bearer key, where one is needed")
    @click.option("--no-color", is_flag=True, help="no colours; NO_COLOR does the same")
    @wraps(command)
    def wrapped(*args: Any, url: str, key: str, no_color: bool, **options: Any) -> T:
        try:
            return command(Session(Gateway(url, key), color=not no_color), *args, **options)
        except BrokenPipeError:
            raise ReaderLeftError from None

    return wrapped


def report(session: Session, rests: dict[str, Any]) -> None:
    """Say what an answer lacks; end with EXIT_INCOMPLETE when it does."""
    for each in rests["domains"]:
        if each["message"]:
            session.note(f"{each['domain']}: {each['status']}: {each['message']}", "yellow")
    if not rests["complete"]:
        session.note("incomplete: something may be missing or outdated", "yellow")
        raise click.exceptions.Exit(EXIT_INCOMPLETE)


def redirected(session: Session, *ends: tuple[str | None, str]) -> None:
    """Say of each (id that was asked for, id of the asset) that the one leads to the other."""
    for asked, leads_to in ends:
        if asked is not None:
            session.note(f"{asked} is another name of {leads_to}")
