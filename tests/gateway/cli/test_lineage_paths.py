"""Paths as lines: numbered, or as one tree."""

from lineage_gateway.cli.lineage_paths import branched, listed
from lineage_gateway.cli.lineage_tree import ASCII

NODES = {name: {"kind": "DATASET", "name": name, "namespace": "x", "domain": None} for name in "abcde"}
PATHS = [["a", "b", "e"], ["a", "b", "c", "e"], ["a", "d", "e"]]


def text(lines: object) -> list[str]:
    """The lines as printed."""
    return [guide + label for guide, label, _ in lines]  # type: ignore[attr-defined]  # an iterator of lines


def test_a_list_numbers_each_path() -> None:
    """Numbers are as wide as the widest."""
    assert text(listed([["a", "b"]] * 10, NODES))[:2] == [" 1. a  x", "    b  x"]
    assert text(listed([["a", "b"]] * 10, NODES))[-2:] == ["10. a  x", "    b  x"]


def test_a_tree_shows_a_common_beginning_once() -> None:
    """Paths part where they differ, and are not joined again."""
    assert text(branched(PATHS, NODES, ASCII)) == [
        "a  x",
        "|-- b  x",
        "|   |-- e  x",
        "|   `-- c  x",
        "|       `-- e  x",
        "`-- d  x",
        "    `-- e  x",
    ]


def test_no_path_is_no_line() -> None:
    """Neither in the list nor in the tree."""
    assert text(listed([], {})) == text(branched([], {}, ASCII)) == []
