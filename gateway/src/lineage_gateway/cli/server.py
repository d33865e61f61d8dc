"""`lineage-gateway`: the command, its subcommands loaded when they are used, and what becomes of errors."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from lineage_gateway import __version__
from lineage_shared.errors import InvalidSetting, LineageError, Unauthorized

# Subcommand -> module of this package that holds a click command of that name.
COMMANDS = {
    "check": "check",
    "config": "config",
    "declarations": "declarations",
    "identify": "identify",
    "schema": "schema",
    "serve": "serve",
}
EXIT_FAILED, EXIT_USAGE, EXIT_KEY, EXIT_INTERRUPTED = 1, 2, 4, 130


class _Lazy(click.Group):
    """A group whose commands are imported when they are used, so that help and `check` are fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"lineage_gateway.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="lineage-gateway")
def lineage_gateway(*, debug: bool) -> None:
    """Follow the agents of all domains, and answer for the whole mesh in GraphQL.

    \b
    lineage-gateway serve --agent sales=http://127.0.0.1:8081    one domain, without a file
    lineage-gateway serve --config mesh.toml                     all domains of a registry file
    lineage-gateway check --config mesh.toml                     is every agent there, and the right one?
    """  # noqa: D301 - click wants the backspace


def main() -> None:
    """Run the command and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command with these arguments; return the exit code."""
    try:
        result: Any = lineage_gateway.main(args=arguments, prog_name="lineage-gateway", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_FAILED
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _report(error)
    return result if isinstance(result, int) else 0


def _report(error: Exception) -> int:
    if not isinstance(error, LineageError):
        click.echo(f"error: {type(error).__name__}: {error}\nhint: `lineage-gateway --debug ...` shows where", err=True)
        return EXIT_FAILED
    click.echo(f"error: {error.message} ({error.code})", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)
    codes: dict[type[LineageError], int] = {InvalidSetting: EXIT_USAGE, Unauthorized: EXIT_KEY}
    return codes.get(type(error), EXIT_FAILED)
