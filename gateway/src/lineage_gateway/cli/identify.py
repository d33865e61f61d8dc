"""`lineage-gateway identify`: what identifiers denote, under declarations, without any server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from lineage_gateway.cli.declaration_files import read_declarations
from lineage_gateway.cli.identifiers import Identifiers, read_input, read_record
from lineage_shared.claims import Classes, declared_claims, explain, unusable
from lineage_shared.claims.identify import identify as identified
from lineage_shared.naming import (
    RULESET,
    Declarations,
    Key,
    Reference,
    Unidentifiable,
    as_json,
    canonical,
    reference_as_json,
)
from lineage_shared.naming.shadow import Changes, Parts, compared

EXIT_CHANGED = 1

ITEMS_SHOWN = 100
NAMES_SHOWN = 5

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("identify")
@click.option("--explain", "in_words", is_flag=True, help="Say for people how each key came about, and what differs.")
@click.option("--record", is_flag=True, help="Print the input and the ruleset too: a record to compare with later.")
@click.option("--against", metavar="RECORD", type=_file, help="Compare with a record, instead of reading stdin.")
@click.option(
    "--declarations",
    "declared",
    metavar="FILE",
    type=_file,
    multiple=True,
    help="With --against: declarations in place of those of RECORD; may be repeated.",
)
@click.option("--json", "in_json", is_flag=True, help="With --against: one JSON object.")
def identify(
    *, in_words: bool, record: bool, against: Path | None, declared: tuple[Path, ...], in_json: bool
) -> int | None:
    """Read {"ids": [...], "declarations": [...]} on stdin; print {"canonical": [...]}, one string or null each.

    Two identifiers get the same string exactly when they are held to be the same with those declarations; null is one
    that identifies nothing. Exit code 2: the input cannot be read.

    With --against, tell what the rules of this version, or other declarations, merge and split of what a record holds.
    Exit code 0: nothing, 1: something. `lineage references` writes the record of a running gateway.

    \b
    echo '{"ids": [{"namespace": "s3a://lake", "name": "/orders/"}]}' | lineage-gateway identify
    lineage-gateway identify --explain < two-names.json
    lineage references > now.json && lineage-gateway identify --against now.json
    """  # noqa: D301 - click wants the backspace
    if against is None:
        if declared or in_json:
            raise click.UsageError("--declarations and --json go with --against")
        _print(read_input(sys.stdin.buffer), in_words=in_words, record=record)
        return None
    if in_words or record:
        raise click.UsageError("--against goes with neither --explain nor --record")
    former = read_record(against)
    declarations = [each for path in declared for each in read_declarations(path)] if declared else former.declarations
    return _compare(former, Declarations(declarations), in_json=in_json)


def _print(found: Identifiers, *, in_words: bool, record: bool) -> None:
    declarations = Declarations(found.declarations)
    if in_words:
        click.echo("\n".join(_explained(found.references, declarations)))
        return
    answer: dict[str, Any] = {"canonical": identified(found.references, declarations)}
    if record:
        ids = [reference_as_json(each) for each in found.references]
        answer = {
            "ruleset": RULESET,
            "ids": ids,
            "declarations": [as_json(each) for each in found.declarations],
        } | answer
    click.echo(json.dumps(answer))


def _compare(former: Identifiers, declarations: Declarations, *, in_json: bool) -> int:
    before = dict(zip(former.references, former.canonical or (), strict=True))
    after = dict(zip(before, identified(list(before), declarations), strict=True))
    changes = compared(before, after)
    if in_json:
        rulesets = {"before": former.ruleset, "after": RULESET}
        click.echo(json.dumps({"ruleset": rulesets, "identifiers": len(before), **_plain(changes)}))
    else:
        click.echo("\n".join(_told(changes, former.ruleset, len(before))))
    return EXIT_CHANGED if changes else 0


def _plain(changes: Changes) -> dict[str, Any]:
    found = {"merges": changes.merges, "splits": changes.splits}
    return {
        what: [[[reference_as_json(each) for each in part] for part in parts] for parts in items]
        for what, items in found.items()
    }


def _told(changes: Changes, ruleset: str | None, count: int) -> Iterator[str]:
    """Give changes as lines."""
    for what, items in (("become one", changes.merges), ("cease to be one", changes.splits)):
        for parts in items[:ITEMS_SHOWN]:
            yield what
            yield from _of_parts(parts)
        if len(items) > ITEMS_SHOWN:
            yield f"and {len(items) - ITEMS_SHOWN} more that {what} (--json)"
    counts = f"{len(changes.merges)} merges, {len(changes.splits)} splits"
    yield f"{counts} of {count} identifiers; ruleset {ruleset or 'unknown'} before, {RULESET} now"


def _of_parts(parts: Parts) -> Iterator[str]:
    for part in parts:
        for place, each in enumerate(part[:NAMES_SHOWN]):
            yield f"  {' ' if place else '-'} {_spelled(each)}"
        if len(part) > NAMES_SHOWN:
            yield f"    and {len(part) - NAMES_SHOWN} more names of it (--json)"


def _explained(references: Sequence[Reference], declarations: Declarations) -> list[str]:
    """Return lines: each identifier with its key and rules; of each but the first, what it has with the one before."""
    classes = Classes(declared_claims(declarations))
    names = identified(references, declarations)
    lines: list[str] = []
    for place, (reference, name) in enumerate(zip(references, names, strict=True)):
        key = canonical(reference, None, declarations)
        lines += [f"{place}: {_spelled(reference)}", f"   {_of_key(key)}"]
        if name is not None and name != getattr(key, "text", None):
            lines.append(f"   class {name}")
        if place:
            lines += [f"   {line}" for line in _beside(references[place - 1], reference, declarations, classes)]
    lines += [
        f"conflict: {each.reason.value} about {each.about} ({each.claims} claims)" for each in classes.conflicts()
    ]
    lines += [f"disagreement: {each.kind} about {each.about}" for each in declarations.disagreements]
    return lines + [f"says nothing: {_json(as_json(each))} ({why})" for each, why in unusable(declarations)]


def _spelled(reference: Reference) -> str:
    return _json(reference_as_json(reference))


def _of_key(key: Key | Unidentifiable) -> str:
    rules = f"  by {', '.join(key.rules)}" if key.rules else ""
    if isinstance(key, Unidentifiable):
        return f"identifies nothing: {key.reason}{rules} ({key.ruleset})"
    return f"key {key.text}{rules} ({key.ruleset})"


def _beside(before: Reference, reference: Reference, declarations: Declarations, classes: Classes) -> Iterable[str]:
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
