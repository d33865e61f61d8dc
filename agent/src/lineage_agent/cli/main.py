"""The command and its groups, lazily loaded, and what becomes of errors."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from lineage_agent import __version__
from lineage_shared.errors import InvalidSetting, LineageError, Unauthorized

# Subcommand -> module of this package that holds a click command of that name.
COMMANDS = {
    "backup": "maintain",
    "config": "config",
    "dead-letters": "dead_letters",
    "doctor": "doctor",
    "export": "export",
    "ingest": "ingest",
    "init": "init",
    "rebuild": "maintain",
    "retire": "retire",
    "serve": "serve",
    "status": "status",
}
EXIT_FAILED, EXIT_USAGE, EXIT_KEY, EXIT_INTERRUPTED = 1, 2, 4, 130


class _Lazy(click.Group):
    """A group whose commands are imported when they are used, so that `serve` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"lineage_agent.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="lineage-agent")
def lineage_agent(*, debug: bool) -> None:
    """Keep the lineage of one domain, and share it with the mesh.

    \b
    lineage-agent init                                  write agent.toml
    lineage-agent serve --domain shop --db shop.db      take events at http://127.0.0.1:8081
    lineage-agent status --db shop.db                   see what is in the file
    """  # noqa: D301 - click wants the backspace


def main() -> None:
    """Run the command and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command with these arguments; return the exit code."""
    try:
        result: Any = lineage_agent.main(args=arguments, prog_name="lineage-agent", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`export | head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _report(error)
    return result if isinstance(result, int) else 0


def _report(error: Exception) -> int:
    if not isinstance(error, LineageError):
        click.echo(f"error: {type(error).__name__}: {error}\nhint: `lineage-agent --debug ...` shows where", err=True)
        return EXIT_FAILED
    click.echo(f"error: {error.message} ({error.code})", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)
    codes: dict[type[LineageError], int] = {InvalidSetting: EXIT_USAGE, Unauthorized: EXIT_KEY}
    return codes.get(type(error), EXIT_FAILED)
