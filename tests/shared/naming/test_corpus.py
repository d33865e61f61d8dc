"""The labelled pairs that lie beside the repository, where they do: no false merge, no guess, full recall."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from lineage_shared.claims import identify, why_unusable
from lineage_shared.naming import Declarations, read_declaration, read_reference

FILES = ("pairs.jsonl", "columns.jsonl", "jobs.jsonl")


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, Any]]:
    """All labelled pairs."""
    folders = (parent.parent / "shared" / "identifiers" for parent in Path(__file__).resolve().parents)
    folder = next((each for each in folders if (each / FILES[0]).exists()), None)
    if folder is None:
        pytest.skip("the labelled pairs are not here")
    return [json.loads(line) for name in FILES for line in (folder / name).read_text().splitlines()]


def merged(pairs: list[dict[str, Any]], declared: list[Any]) -> tuple[list[str | None], list[bool]]:
    """Return the string of every identifier, and whether each pair has one."""
    declarations = Declarations(map(read_declaration, declared))
    ids = identify([read_reference(pair[side]) for pair in pairs for side in "ab"], declarations)
    return ids, [one is not None and one == other for one, other in zip(ids[::2], ids[1::2], strict=True)]


def test_rules_alone_merge_what_they_decide_and_nothing_else(pairs: list[dict[str, Any]]) -> None:
    """Without declarations every canonical pair is one, and no pair that needs a word or evidence is."""
    for pair, same in zip(pairs, merged(pairs, [])[1], strict=True):
        assert same is (pair["same"] and pair["needs"] == "canonical"), pair


def test_all_declarations_are_well_written(pairs: list[dict[str, Any]]) -> None:
    """No field of them is unknown, and all but symlinks, which are what producers say, say something."""
    for raw in (declaration for pair in pairs for declaration in pair.get("declarations", ())):
        declared = read_declaration(raw, known_fields_only=True)
        assert declared == read_declaration(raw)
        assert raw["type"] == "symlink" or why_unusable(declared, Declarations()) is None


def test_all_declarations_at_once_merge_what_they_say_and_nothing_else(pairs: list[dict[str, Any]]) -> None:
    """With every declaration of the set, traps included, in twenty orders: the labels, and one outcome."""
    declared = [declaration for pair in pairs for declaration in pair.get("declarations", ())]
    first, outcome = merged(pairs, declared)
    for pair, same in zip(pairs, outcome, strict=True):
        assert same is (pair["same"] and pair["needs"] != "evidence"), pair
    for seed in range(20):
        random.Random(seed).shuffle(declared)
        assert merged(pairs, declared)[0] == first
