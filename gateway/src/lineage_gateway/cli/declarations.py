"""`lineage-gateway declarations`: what was declared over the API, in the form of the configuration and back."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from lineage_gateway.cli.options import configuration_of, registry_options
from lineage_gateway.config import declarations_file
from lineage_gateway.declarations import DeclarationFile, Stored, declaration_id
from lineage_shared.errors import InvalidInput, InvalidSetting
from lineage_shared.naming import Declaration, as_json, read_declaration


@click.group()
def declarations() -> None:
    """List, export and import what was declared about names over the API."""


@declarations.command("list")
@registry_options
@click.option("--json", "in_json", is_flag=True, help="One JSON object a line.")
def list_declarations(*, in_json: bool, **flags: Any) -> None:
    """Print everything that is declared: id, origin, who, and the declaration."""
    file, configured = _opened(flags)
    rows = [(declaration_id(each), "CONFIGURATION", "", each) for each in configured]
    rows += [(each.id, "API", each.asserted_by, each.declaration) for each in _in_order(file.active())]
    for declared, origin, by, declaration in rows:
        if in_json:
            row = {"id": declared, "origin": origin, "by": by, "declaration": as_json(declaration)}
            click.echo(json.dumps(row))
        else:
            click.echo(f"{declared}  {origin:<13}  {by or '-'}  {json.dumps(as_json(declaration))}")


@declarations.command("export")
@registry_options
def export_declarations(**flags: Any) -> None:
    """Print what was declared over the API as `[[declarations]]` of a registry file."""
    file, _ = _opened(flags)
    click.echo("\n".join(_toml(each.declaration) for each in _in_order(file.active())), nl=False)


@declarations.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@click.option("--by", default="", help="Who declares it.")
@registry_options
def import_declarations(path: str, by: str, **flags: Any) -> None:
    """Declare what FILE holds: `[[declarations]]` as exported, or one JSON object a line. Declaring twice is once."""
    found = list(_read(Path(path)))
    file, _ = _opened(flags)
    for each in found:
        file.add(each, by, time.time_ns() // 1000)
    click.echo(f"{len(found)} declarations are in {file.path}", err=True)


def _opened(flags: dict[str, Any]) -> tuple[DeclarationFile, tuple[Declaration, ...]]:
    configuration = configuration_of(flags)
    path = declarations_file(configuration.settings, configuration.files)
    if path is None:
        raise InvalidSetting("there is no file of declarations", hint="set declarations_db")
    return DeclarationFile(path), configuration.declarations


def _in_order(stored: Iterable[Stored]) -> list[Stored]:
    return sorted(stored, key=lambda each: (each.declared_us, each.id))


def _read(path: Path) -> Iterable[Declaration]:
    text = path.read_text(encoding="utf-8")
    try:
        if text.lstrip().startswith("{"):
            raw = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            raw = tomllib.loads(text).get("declarations", [])
        return [read_declaration(each, f"declarations[{place}]") for place, each in enumerate(raw)]
    except (ValueError, InvalidInput) as error:
        raise InvalidSetting(f"{path}: {error}", hint="`lineage-gateway declarations export` shows the form") from None


def _toml(declaration: Declaration) -> str:
    lines = [f"{name} = {_value(value)}" for name, value in as_json(declaration).items() if value is not None]
    return "\n".join(["[[declarations]]", *lines, ""])


def _value(value: Any) -> str:
    """Return a value of TOML: texts and lists are written as in JSON, tables inline; TOML has no null."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    # DEL is the one character that JSON leaves alone and TOML does not.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
