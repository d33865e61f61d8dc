"""Writes the table of platforms in docs/identifiers.md from the rules: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from lineage_shared.naming import PLATFORMS, Platform
from lineage_shared.naming.fold import Fold

PAGE = Path(__file__).resolve().parents[1] / "docs" / "identifiers.md"
BEGIN, END = "<!-- platforms: begin -->", "<!-- platforms: end -->"

_FOLDS = {
    Fold.EXACT: "exact",
    Fold.UPPER: "unquoted to upper",
    Fold.LOWER: "unquoted to lower",
    Fold.INSENSITIVE: "insensitive",
}


def render(page: str) -> str:
    """Return the page with the table as the rules say it."""
    rows = ["| platform | namespaces | port | name | tables | columns |", "|---|---|---|---|---|---|"]
    rows += [_row(each) for each in PLATFORMS]
    table = "\n".join([BEGIN, *rows, END])
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: table, page, flags=re.DOTALL)


def _row(row: Platform) -> str:
    schemes = ", ".join(f"`{each}`" for each in (*row.schemes, *row.ports)) or row.place.name.lower()
    name = f"{row.levels} levels" if row.naming.name == "DOTTED" else row.naming.name.lower()
    local = ", local to its domain" if row.local else ""
    folds = f"{_FOLDS[row.fold]} | {_FOLDS[row.column_fold]}"
    return f"| {row.name} | {schemes}{local} | {row.port or '-'} | {name} | {folds} |"


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
