"""Events and facets that real producers sent: a few kept in the repository, many in the folder beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

KEPT = Path(__file__).parent / "data" / "events"
BESIDE = Path(__file__).resolve().parents[2] / "shared"


def beside(*parts: str) -> Path:
    """A folder of the material beside the repository; a test that needs it is skipped where it is missing."""
    folder = BESIDE.joinpath(*parts)
    if not folder.is_dir():
        pytest.skip("the folder of corpora beside the repository is not here")
    return folder


def event_files(folder: Path = KEPT) -> list[Path]:
    """All NDJSON files below a folder."""
    return sorted(folder.rglob("*.ndjson"))


def lines(path: Path) -> list[bytes]:
    """The events of a file as a producer would send them: odd ones are taken out of their wrapping."""
    return [_unwrapped(line) for line in path.read_bytes().splitlines() if line]


def _unwrapped(line: bytes) -> bytes:
    raw = json.loads(line)
    return json.dumps(raw["event"]).encode() if "why" in raw else line


def facet_examples() -> Iterator[tuple[str, str, Any]]:
    """(file, facet name, facet) of every example beside the repository that is one facet."""
    folder = beside("openlineage", "facet_examples")
    for path in sorted(folder.glob("*/*.json")):
        for name, facet in json.loads(path.read_text(encoding="utf-8")).items():
            yield str(path.relative_to(folder)), name, facet
