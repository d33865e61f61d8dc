"""How the `lineage` command prints: text as it is, tables that nothing is cut from, and what a closed pipe means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import rich.console
from rich.text import Text

GAP = "  "


class ReaderLeftError(Exception):
    """Whoever read our output has enough of it; an error of our own, because click turns a broken pipe into code 1."""


class Console(rich.console.Console):
    """Prints text as it is, with escape codes only where colours are wanted."""

    def __init__(self, *, stderr: bool, color: bool) -> None:
        """Without `color`, or with NO_COLOR, not even bold and dim remain, which rich would still print."""
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)
        if not color or self.no_color:
            self._color_system = None

    def print_line(self, text: Text | str) -> None:
        """Print one line, never wrapped; what a terminal would obey, or cannot show, is printed as U+FFFD."""
        line = Text(text) if isinstance(text, str) else text
        line.plain = "".join(each if each.isprintable() else "\ufffd" for each in line.plain)
        self.print(line, soft_wrap=True)

    def on_broken_pipe(self) -> None:
        """Raise instead of exiting with 1."""
        raise BrokenPipeError


def print_table(console: Console, titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print columns of text, each as wide as its widest cell: nothing is ever cut.

    On a terminal that is too narrow for them, every cell gets a line of its own.
    """
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    if console.is_terminal and len(GAP.join("x" * width for width in widths)) > console.width:
        _print_stacked(console, titles, cells)
        return
    for row, style in ((titles, "dim"), *((row, "") for row in cells)):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.print_line(Text(GAP.join(padded).rstrip(), style))


def _print_stacked(console: Console, titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    width = max(map(len, titles))
    for place, row in enumerate(rows):
        if place:
            console.print_line("")
        for title, cell in zip(titles, row, strict=True):
            if cell:
                console.print_line(Text.assemble((title.ljust(width), "dim"), GAP, cell))
