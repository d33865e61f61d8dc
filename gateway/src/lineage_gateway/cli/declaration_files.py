"""Files of declarations: `[[declarations]]` of TOML, one JSON object a line, or the `declarations` of a JSON record."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lineage_shared.errors import InvalidInput, InvalidSetting
from lineage_shared.naming import Declaration, as_json, read_declaration

_HINT = "`lineage-gateway declarations export` shows the form"


def read_declarations(path: Path, *, known_fields_only: bool = False) -> list[Declaration]:
    """Read all declarations of a file; raise `InvalidSetting` that names the first entry that cannot be read.

    `known_fields_only` is that of `read_declaration`.
    """
    try:
        text = path.read_text(encoding="utf-8")
        places = ((each, f"declarations[{place}]") for place, each in enumerate(_entries(text)))
        return [read_declaration(each, where, known_fields_only=known_fields_only) for each, where in places]
    except (ValueError, RecursionError, OSError, InvalidInput) as error:
        raise InvalidSetting(f"{path}: {error}", hint=getattr(error, "hint", "") or _HINT) from None


def _entries(text: str) -> Sequence[Any]:
    if not text.lstrip().startswith("{"):
        return _listed(tomllib.loads(text))
    try:
        whole = json.loads(text)
    except ValueError:
        lines = enumerate(text.splitlines(), 1)
        return [_of_line(number, line) for number, line in lines if line.strip()]
    return [whole] if "type" in whole else _listed(whole)


def _of_line(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"line {number}: not JSON: {error}", code="DECLARATION_INVALID") from None


def _listed(raw: Mapping[str, Any]) -> Sequence[Any]:
    found = raw.get("declarations", None if raw else [])
    if not isinstance(found, list):
        raise InvalidInput("a list `declarations` is expected", code="DECLARATION_INVALID")
    return found


def as_toml(declaration: Declaration) -> str:
    """Return a declaration as `[[declarations]]` of TOML."""
    lines = [f"{name} = {_value(value)}" for name, value in as_json(declaration).items() if value is not None]
    return "\n".join(["[[declarations]]", *lines, ""])


def _value(value: Any) -> str:
    """Return a value of TOML: texts and lists are written as in JSON, tables inline; TOML has no null."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value)


def _text(value: str) -> str:
    # DEL is the one character that JSON leaves alone and TOML does not.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
