"""A lineage answer as a tree: pure, from the answer's nodes and edges to lines of text.

A job is entered through steps, and only what shares a step with the way in hangs below it. What was drawn before is
named again, with a pointer instead of its branches; wide fans are cut, and say by how much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Line(NamedTuple):
    """One line: the drawing, what it names, and what is said about it."""

    guide: str
    label: str
    remark: str


@dataclass(frozen=True, slots=True)
class Style:
    """The characters of the drawing."""

    branch: str
    last: str
    bar: str
    upstream: str
    downstream: str
    again: str
    more: str


UNICODE = Style("├── ", "└── ", "│   ", "◀ upstream", "▶ downstream", "↑ shown above", "…")
ASCII = Style("|-- ", "`-- ", "|   ", "< upstream", "> downstream", "^ shown above", "...")


class Way(NamedTuple):
    """The next node, and the steps through which it is entered (or, from a job, left)."""

    node: str
    steps: frozenset[int]


class Tree:
    """One direction of one answer; `next` runs along the direction of the walk."""

    def __init__(self, answer: Mapping[str, Any], *, upstream: bool, width: int, style: Style) -> None:
        self._nodes = {node["id"]: node for node in answer["nodes"]}
        self._width = width
        self._style = style
        self._next: dict[str, list[Way]] = defaultdict(list)
        self._shown: set[Way] = set()
        for edge in answer["edges"]:
            start, end = (edge["target"], edge["source"]) if upstream else (edge["source"], edge["target"])
            self._next[start].append(Way(end, frozenset(edge["steps"])))

    def lines(self, root: str) -> Iterator[Line]:
        """Return what hangs below the root."""
        return self._below(root, None, "")

    def _below(self, node: str, steps: frozenset[int] | None, guide: str) -> Iterator[Line]:
        ways = self._ways(node, steps)
        shown, hidden = ways[: self._width], len(ways) - self._width
        for at, way in enumerate(shown):
            last = at == len(shown) - 1 and hidden <= 0
            yield from self._branch(way, guide, last=last)
        if hidden > 0:
            yield Line(guide + self._style.last, f"{self._style.more} {hidden} more (--width)", "")

    def _branch(self, way: Way, guide: str, *, last: bool) -> Iterator[Line]:
        drawn = guide + (self._style.last if last else self._style.branch)
        node = self._nodes[way.node]
        entered = way if node["kind"] == "JOB" else Way(way.node, frozenset())
        again = entered in self._shown and bool(self._next[way.node])
        self._shown.add(entered)
        yield Line(drawn, label(node), self._style.again if again else "")
        if not again:
            yield from self._below(way.node, way.steps, guide + ("    " if last else self._style.bar))

    def _ways(self, node: str, steps: frozenset[int] | None) -> Sequence[Way]:
        ways = [way for way in self._next[node] if way.node in self._nodes]
        if steps and self._nodes[node]["kind"] == "JOB":
            ways = [way for way in ways if not way.steps or way.steps & steps]
        return sorted(ways, key=lambda way: (self._nodes[way.node]["name"], way.node))


def label(node: Mapping[str, Any]) -> str:
    """Return how one node is named in a line."""
    kind = "job " if node["kind"] == "JOB" else ""
    domain = node["domain"]["name"] if isinstance(node["domain"], Mapping) else node["domain"]
    return f"{kind}{node['name']}  {node['namespace']}" + (f" ({domain})" if domain else "")
