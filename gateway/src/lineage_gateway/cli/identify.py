"""`lineage-gateway identify`: what identifiers denote, under declarations, without any server."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from lineage_shared.claims import Classes, declared_claims, explain, unusable
from lineage_shared.claims.identify import identify as identified
from lineage_shared.errors import InvalidInput, InvalidSetting
from lineage_shared.naming import (
    Declarations,
    Key,
    Reference,
    Unidentifiable,
    as_json,
    canonical,
    read_declaration,
    read_reference,
)

INPUT_BYTES_MAX = 256 * 1024 * 1024
_SHAPE = 'for example {"ids": [{"system": "openlineage", "namespace": "s3://lake", "name": "orders"}]}'


@click.command("identify")
@click.option("--explain", "in_words", is_flag=True, help="Say for people how each key came about, and what differs.")
def identify(*, in_words: bool) -> None:
    """Read {"ids": [...], "declarations": [...]} on stdin; print {"canonical": [...]}, one string or null each.

    Two identifiers get the same string exactly when they are held to be the same with those declarations; null is one
    that identifies nothing. Exit code 2: the input cannot be read.

    \b
    echo '{"ids": [{"namespace": "s3a://lake", "name": "/orders/"}]}' | lineage-gateway identify
    lineage-gateway identify --explain < two-names.json
    """  # noqa: D301 - click wants the backspace
    references, declarations = _read(sys.stdin.buffer.read(INPUT_BYTES_MAX + 1))
    if in_words:
        click.echo("\n".join(_explained(references, declarations)))
        return
    click.echo(json.dumps({"canonical": identified(references, declarations)}))


def _read(body: bytes) -> tuple[list[Reference], Declarations]:
    try:
        raw = _decoded(body)
        references = [read_reference(each, f"ids[{i}]") for i, each in enumerate(_listed(raw, "ids"))]
        declared = [read_declaration(d, f"declarations[{i}]") for i, d in enumerate(_listed(raw, "declarations"))]
    except InvalidInput as error:
        raise InvalidSetting(error.message, hint=error.hint or _SHAPE, code=error.code) from None
    return references, Declarations(declared)


def _decoded(body: bytes) -> Mapping[str, Any]:
    if len(body) > INPUT_BYTES_MAX:
        raise InvalidInput(f"stdin holds more than {INPUT_BYTES_MAX} bytes", code="INPUT_INVALID")
    try:
        # Python's own reader, because it takes the lone surrogates that names of files may hold.
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"stdin: not JSON: {error}", code="INPUT_INVALID") from None
    if not isinstance(raw, dict) or "ids" not in raw:
        raise InvalidInput("stdin: a JSON object with `ids` is expected", code="INPUT_INVALID")
    return raw


def _listed(raw: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = raw.get(name)
    if value is None and name != "ids":
        return ()
    if not isinstance(value, list):
        raise InvalidInput(f"{name}: a list is expected", code="INPUT_INVALID")
    return value


def _explained(references: Sequence[Reference], declarations: Declarations) -> list[str]:
    """Return lines: each identifier with its key and rules; of each but the first, what it has with the one before."""
    classes = Classes(declared_claims(declarations))
    names = identified(references, declarations)
    lines: list[str] = []
    for place, (reference, name) in enumerate(zip(references, names, strict=True)):
        lines.append(f"{place}: {_spelled(reference)}")
        lines.append(f"   {_of_key(canonical(reference, None, declarations))}")
        if name is not None and name != getattr(canonical(reference, None, declarations), "text", None):
            lines.append(f"   class {name}")
        if place:
            lines += [f"   {line}" for line in _compared(references[place - 1], reference, declarations, classes)]
    lines += [
        f"conflict: {each.reason.value} about {each.about} ({each.claims} claims)" for each in classes.conflicts()
    ]
    lines += [f"disagreement: {each.kind} about {each.about}" for each in declarations.disagreements]
    return lines + [f"says nothing: {_json(as_json(each))} ({why})" for each, why in unusable(declarations)]


def _spelled(reference: Reference) -> str:
    return _json(msgspec.to_builtins(reference))


def _of_key(key: Key | Unidentifiable) -> str:
    rules = f"  by {', '.join(key.rules)}" if key.rules else ""
    if isinstance(key, Unidentifiable):
        return f"identifies nothing: {key.reason}{rules} ({key.ruleset})"
    return f"key {key.text}{rules} ({key.ruleset})"


def _compared(before: Reference, reference: Reference, declarations: Declarations, classes: Classes) -> list[str]:
    found = explain(before, reference, declarations, classes)
    lines = ["the same as the one before" if found.same else "not the same as the one before"]
    lines += [f"by {claim.kind.value} of {claim.source.text} and {claim.target.text}" for claim in found.path]
    if found.difference is not None:
        lines.append(f"{found.difference.part}: {found.difference.a!r} is not {found.difference.b!r}")
        if found.difference.declaration is not None:
            lines.append(f"would be joined by {_json(found.difference.declaration)}")
    return lines + [f"held back: {claim.kind.value} ({verdict.reason.value})" for claim, verdict in found.held_back]


def _json(value: Any) -> str:
    return json.dumps(value)
