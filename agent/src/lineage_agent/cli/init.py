"""`lineage-agent init`: a commented agent.toml, made from the settings table, and keys on request."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import click
import msgspec

from lineage_agent.config import CONFIG_FILE, TABLE
from lineage_shared.errors import Conflict
from lineage_shared.settings import Setting

KEY_FILES = {"ingest_keys_file": "ingest.keys", "mesh_keys_file": "mesh.keys"}

_DECLARATION = """#   type = "namespace_alias"
#   canonical = "postgres://orders-db.acme.example:5432"
#   aliases = ["postgres://10.0.0.7:5432"]
"""


@click.command()
@click.option("--config", "config_file", metavar="FILE", default=CONFIG_FILE, help="The file to write.")
@click.option("--domain", metavar="NAME", default="", help="The domain.")
@click.option("--db", metavar="FILE", default="", help="The store file.")
@click.option("--description", metavar="TEXT", default="", help="What the domain does, in a sentence.")
@click.option("--contact", "contacts", metavar="TEXT", multiple=True, help="Whom to ask; may be repeated.")
@click.option(
    "--namespace",
    "namespaces",
    metavar="PREFIX",
    multiple=True,
    help="A dataset namespace that the domain owns; may be repeated.",
)
@click.option("--keys", is_flag=True, help="Make ingest.keys and mesh.keys beside it, readable by you alone.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def init(config_file: str, *, keys: bool, force: bool, **values: Any) -> None:
    """Write a commented agent.toml.

    \b
    lineage-agent init --domain shop --namespace postgres://db.shop:5432
    lineage-agent init --domain shop --keys
    """  # noqa: D301 - click wants the backspace
    path = Path(config_file)
    files = {name: path.with_name(file) for name, file in KEY_FILES.items()} if keys else {}
    for each in (path, *files.values()):
        _refuse_existing(each, force=force)
    for key_file in files.values():
        _write_key(key_file)
    given = {name: value for name, value in values.items() if value}
    path.write_text(render({**given, **{name: file.name for name, file in files.items()}}), encoding="utf-8")
    for each in (*files.values(), path):
        click.echo(f"wrote {each}", err=True)
    click.echo(f"next: lineage-agent doctor --config {path} && lineage-agent serve --config {path}", err=True)


def render(values: dict[str, Any]) -> str:
    """Return agent.toml with every setting: those given set, the others commented out with their defaults."""
    parts = ["# Settings of a lineage agent. A # before a setting: the default, which need not be said.\n"]
    parts += [_entry(setting, values) for setting in TABLE if setting.type not in {dict, list}]
    parts += [
        f'# {setting.help}\n# [{setting.name}]\n# "job-namespace" = 2\n' for setting in TABLE if setting.type is dict
    ]
    parts += [f"# {setting.help}\n# [[{setting.name}]]\n{_DECLARATION}" for setting in TABLE if setting.type is list]
    return "\n".join(parts)


def _entry(setting: Setting, values: dict[str, Any]) -> str:
    value = values.get(setting.name, setting.default)
    mark = "" if setting.name in values else "# "
    # JSON strings, lists, numbers and booleans are TOML as well.
    return f"# {setting.help}\n{mark}{setting.name} = {msgspec.json.encode(value).decode()}\n"


def _refuse_existing(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise Conflict(f"{path} exists", hint="--force overwrites it", code="FILE_EXISTS")


def _write_key(path: Path) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(
            f"# Bearer keys, one a line. The sender gets the key, this file stays here.\n{secrets.token_urlsafe(32)}\n"
        )
