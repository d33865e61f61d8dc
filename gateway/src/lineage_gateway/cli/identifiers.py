"""What `identify` reads: identifiers, the declarations that hold for them, and what they were before, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from lineage_shared.errors import InvalidInput, InvalidSetting
from lineage_shared.naming import Declaration, Reference, read_declaration, read_reference

INPUT_BYTES_MAX = 256 * 1024 * 1024

_SHAPE = 'for example {"ids": [{"system": "openlineage", "namespace": "s3://lake", "name": "orders"}]}'
_RECORD = "`lineage-gateway identify --record` and `lineage references` write such a record"


class Identifiers(msgspec.Struct, frozen=True):
    """Identifiers with their declarations; `canonical`, one for each, and `ruleset` are None where not recorded."""

    references: tuple[Reference, ...]
    declarations: tuple[Declaration, ...] = ()
    canonical: tuple[str | None, ...] | None = None
    ruleset: str | None = None


def read_input(stream: BinaryIO) -> Identifiers:
    """Read what stands on stdin; raise `InvalidSetting` saying what is wrong, and where."""
    try:
        return _identifiers(_decoded(stream, "stdin"))
    except InvalidInput as error:
        raise InvalidSetting(error.message, hint=error.hint or _SHAPE, code=error.code) from None


def read_record(path: Path) -> Identifiers:
    """Read a file in which `canonical` is recorded for each identifier."""
    try:
        with path.open("rb") as file:
            return _recorded(_identifiers(_decoded(file, "it")))
    except InvalidInput as error:
        raise InvalidSetting(f"{path}: {error.message}", hint=error.hint or _RECORD, code=error.code) from None


def _recorded(found: Identifiers) -> Identifiers:
    if found.canonical is None:
        raise InvalidInput("`canonical` is missing", code="INPUT_INVALID")
    return found


def _identifiers(raw: Mapping[str, Any]) -> Identifiers:
    references = tuple(read_reference(each, f"ids[{i}]") for i, each in enumerate(_listed(raw, "ids")))
    declared = tuple(
        read_declaration(each, f"declarations[{i}]") for i, each in enumerate(_listed(raw, "declarations"))
    )
    ruleset = raw.get("ruleset")
    return Identifiers(references, declared, _canonical(raw, references), ruleset if isinstance(ruleset, str) else None)


def _canonical(raw: Mapping[str, Any], references: Sequence[Reference]) -> tuple[str | None, ...] | None:
    if raw.get("canonical") is None:
        return None
    found = _listed(raw, "canonical")
    wrong = next((i for i, each in enumerate(found) if not isinstance(each, str | None)), None)
    if wrong is not None:
        raise InvalidInput(f"canonical[{wrong}]: a text or null is expected", code="INPUT_INVALID")
    if len(found) != len(references):
        what = f"canonical: {len(references)} are expected, one for each of `ids`, not {len(found)}"
        raise InvalidInput(what, code="INPUT_INVALID")
    return tuple(found)


def _decoded(stream: BinaryIO, name: str) -> Mapping[str, Any]:
    body = stream.read(INPUT_BYTES_MAX + 1)
    if len(body) > INPUT_BYTES_MAX:
        raise InvalidInput(f"{name} holds more than {INPUT_BYTES_MAX} bytes", code="INPUT_INVALID")
    try:
        # Python's own reader, because it takes the lone surrogates that names of files may hold.
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{name}: not JSON: {error}", code="INPUT_INVALID") from None
    if not isinstance(raw, dict) or "ids" not in raw:
        raise InvalidInput(f"{name}: a JSON object with `ids` is expected", code="INPUT_INVALID")
    return raw


def _listed(raw: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = raw.get(name)
    if value is None and name != "ids":
        return ()
    if not isinstance(value, list):
        raise InvalidInput(f"{name}: a list is expected", code="INPUT_INVALID")
    return value
