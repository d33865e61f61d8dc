"""Paths as lines of text: pure, from the ids of an answer to a list, or to a tree that shares their beginnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lineage_gateway.cli.lineage_tree import Line, Style, label

Paths = Sequence[Sequence[str]]
Nodes = Mapping[str, Mapping[str, Any]]


def listed(paths: Paths, nodes: Nodes) -> Iterator[Line]:
    """Return each path on lines of its own, numbered, shortest first."""
    width = len(str(len(paths)))
    for number, path in enumerate(paths, 1):
        for place, node in enumerate(path):
            guide = f"{number:{width}}. " if place == 0 else " " * (width + 2)
            yield Line(guide, label(nodes[node]), "")


def branched(paths: Paths, nodes: Nodes, style: Style) -> Iterator[Line]:
    """Return all paths as one tree: what several begin with is shown once."""
    for first in dict.fromkeys(path[0] for path in paths):
        yield Line("", label(nodes[first]), "")
        yield from _below([path[1:] for path in paths if path[0] == first], nodes, style, "")


def _below(paths: Paths, nodes: Nodes, style: Style, guide: str) -> Iterator[Line]:
    following = list(dict.fromkeys(path[0] for path in paths if path))
    for node in following:
        last = node == following[-1]
        yield Line(guide + (style.last if last else style.branch), label(nodes[node]), "")
        beyond = [path[1:] for path in paths if path and path[0] == node]
        yield from _below(beyond, nodes, style, guide + ("    " if last else style.bar))
