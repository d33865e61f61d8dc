"""Events of real producers: totals equal the naive count, and arrival makes no difference."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from lineage_agent.store import status
from lineage_shared.errors import InvalidEvent
from lineage_shared.openlineage import parse, read_event
from tests import corpora, naive
from tests.agent.store.files import fill, fresh, status_of


def accepted(path: Path) -> list[bytes]:
    """The events of a file that an agent accepts."""
    return [line for line in corpora.lines(path) if _is_event(line)]


def _is_event(line: bytes) -> bool:
    try:
        read_event(parse(line))
    except InvalidEvent:
        return False
    return True


def check_totals(lines: list[bytes], folder: str) -> None:
    """All totals are those of the naive count, and nothing is a dead letter."""
    found = status_of(lines)
    expected = naive.totals(lines)
    assert {name: getattr(found, name) for name in expected} == expected, folder
    assert (found.dead_letters, found.pending) == (0, 0)


def check_arrival(lines: list[bytes]) -> None:
    """Reversed, shuffled, doubled, one by one, over a restart: the digest is the same."""
    expected = status_of(lines).digest
    assert status_of(lines[::-1]).digest == expected
    assert status_of(_shuffled(lines * 2), batch=7).digest == expected
    with fresh() as engine:
        fill(engine, lines[: len(lines) // 2], batch=1)
        engine.reconnect()
        fill(engine, lines[len(lines) // 2 :], batch=64)
        assert status.read(engine.connection).digest == expected


def _shuffled(lines: list[Any]) -> list[Any]:
    random.Random(7).shuffle(lines)
    return lines


@pytest.mark.parametrize("path", corpora.event_files(), ids=lambda path: path.stem)
def test_kept_events(path: Path) -> None:
    """The files kept in the repository, one by one."""
    check_totals(accepted(path), path.name)
    check_arrival(accepted(path))


def test_all_events_beside_the_repository() -> None:
    """Every file of the corpora by itself, and all of them in one store."""
    files = corpora.event_files(corpora.beside("events"))
    for path in files:
        check_totals(accepted(path), path.name)
    everything = [line for path in files for line in accepted(path)]
    check_totals(everything, "all")
    check_arrival(everything)
