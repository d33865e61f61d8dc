"""`lineage-gateway declarations`: what was declared over the API, in the form of the configuration and back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from lineage_gateway.cli.declaration_files import as_toml, read_declarations
from lineage_gateway.cli.options import configuration_of, registry_options
from lineage_gateway.config import Configuration, declarations_file
from lineage_gateway.declarations import DeclarationFile, Stored, declaration_id
from lineage_gateway.declaring import check_sense, said_by
from lineage_gateway.identity import Overruled, declared_of
from lineage_gateway.identity.declared import CONFIGURED
from lineage_shared.errors import InvalidInput, InvalidSetting
from lineage_shared.naming import Declaration, Declarations, as_json
from lineage_shared.naming.declared import BY_CHARS_MAX


@click.group()
def declarations() -> None:
    """List, export and import what was declared about names over the API."""


@declarations.command("list")
@registry_options
@click.option("--json", "in_json", is_flag=True, help="One JSON object a line.")
def list_declarations(*, in_json: bool, **flags: Any) -> None:
    """Print everything that is declared: id, origin, who, and the declaration."""
    file, configuration = _opened(flags)
    stored = _in_order(file.active())
    overruled = {each.declaration for each in _overruled(configuration, stored)}
    rows = [(declaration_id(each), "CONFIGURATION", "", each) for each in configuration.declarations]
    rows += [(each.id, "API", each.asserted_by, each.declaration) for each in stored]
    for declared, origin, by, declaration in rows:
        void = origin == "API" and declaration in overruled
        if in_json:
            row = {"id": declared, "origin": origin, "by": by, "declaration": as_json(declaration), "overruled": void}
            click.echo(json.dumps(row))
        else:
            remark = "  (overruled by the configuration)" if void else ""
            click.echo(f"{declared}  {origin:<13}  {by or '-'}  {json.dumps(as_json(declaration))}{remark}")


@declarations.command("export")
@registry_options
def export_declarations(**flags: Any) -> None:
    """Print what was declared over the API as `[[declarations]]` of a registry file."""
    file, _ = _opened(flags)
    click.echo("\n".join(as_toml(each.declaration) for each in _in_order(file.active())), nl=False)


@declarations.command("import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", default="", help="Who declares it.")
@registry_options
def import_declarations(path: Path, by: str, **flags: Any) -> None:
    """Declare what FILE holds: `[[declarations]]` as exported, or one JSON object a line. Declaring twice is once.

    All of it, or nothing: an entry that the API would refuse is named, and nothing is declared.
    """
    if len(by) > BY_CHARS_MAX:
        raise InvalidSetting(f"--by is longer than {BY_CHARS_MAX} characters")
    found = [said_by(each, by) for each in read_declarations(path, known_fields_only=True)]
    file, configuration = _opened(flags)
    _check(path, found, file, configuration)
    file.add_all(found, by, time.time_ns() // 1000)
    click.echo(f"{len(found)} declarations are in {file.path}", err=True)


def _check(path: Path, found: Sequence[Declaration], file: DeclarationFile, configuration: Configuration) -> None:
    """Raise `InvalidSetting` for what could be declared over the API neither."""
    active = {each.declaration for each in file.active()}
    most = configuration.settings.declarations_max
    if len(active | set(found)) > most:
        raise InvalidSetting(f"{path}: there would be more than {most} declarations", hint="see declarations_max")
    added = [Stored("", each, "", 0) for each in active | set(found)]
    overruled = {each.declaration for each in _overruled(configuration, added)}
    names = Declarations([*configuration.declarations, *active, *found])
    for place, each in enumerate(found):
        where = f"{path}: declarations[{place}] ({as_json(each)['type']})"
        if each in overruled:
            raise InvalidSetting(f"{where}: {CONFIGURED}", hint="change [[declarations]] in the registry file")
        _check_sense(where, each, names)


def _check_sense(where: str, declared: Declaration, names: Declarations) -> None:
    try:
        check_sense(declared, names)
    except InvalidInput as error:
        raise InvalidSetting(f"{where}: {error.message}", hint=error.hint) from None


def _overruled(configuration: Configuration, stored: Iterable[Stored]) -> Sequence[Overruled]:
    return declared_of(configuration.declarations, [each.declaration for each in stored]).overruled


def _opened(flags: dict[str, Any]) -> tuple[DeclarationFile, Configuration]:
    configuration = configuration_of(flags)
    path = declarations_file(configuration.settings, configuration.files)
    if path is None:
        raise InvalidSetting("there is no file of declarations", hint="set declarations_db")
    return DeclarationFile(path), configuration


def _in_order(stored: Iterable[Stored]) -> list[Stored]:
    return sorted(stored, key=lambda each: (each.declared_us, each.id))
