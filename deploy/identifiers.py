"""Writes the tables of platforms and of their forms in docs/identifiers.md from the rules: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from deploy.forms import FORMS
from lineage_shared.naming import PLATFORMS, Declarations, Platform, Reference, System, canonical
from lineage_shared.naming.fold import Fold

PAGE = Path(__file__).resolve().parents[1] / "docs" / "identifiers.md"
PLATFORMS_TABLE = re.compile(r"(?<=<!-- platforms: begin -->\n).*(?=<!-- platforms: end -->)", re.DOTALL)
FORMS_TABLE = re.compile(r"(?<=<!-- forms: begin -->\n).*(?=<!-- forms: end -->)", re.DOTALL)

_FOLDS = {
    Fold.EXACT: "exact",
    Fold.UPPER: "unquoted to upper",
    Fold.LOWER: "unquoted to lower",
    Fold.INSENSITIVE: "insensitive",
}


def render(page: str) -> str:
    """Return the page with the tables as the rules say it."""
    platforms = ["| platform | namespaces | port | name | tables | columns |", "|---|---|---|---|---|---|"]
    platforms += [_row(each) for each in PLATFORMS]
    forms = ["| platform | spellings of one dataset | by the rules |", "|---|---|---|"]
    forms += [_forms(each) for each in PLATFORMS]
    written = PLATFORMS_TABLE.sub(lambda _: _lines(platforms), page)
    return FORMS_TABLE.sub(lambda _: _lines(forms), written)


def _lines(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def _row(row: Platform) -> str:
    schemes = ", ".join(f"`{each}`" for each in (*row.schemes, *row.ports)) or row.place.name.lower()
    name = f"{row.levels} levels" if row.naming.name == "DOTTED" else row.naming.name.lower()
    local = ", local to its domain" if row.local else ""
    folds = f"{_FOLDS[row.fold]} | {_FOLDS[row.column_fold]}"
    return f"| {row.name} | {schemes}{local} | {row.port or '-'} | {name} | {folds} |"


def _forms(row: Platform) -> str:
    spellings = FORMS[row.name]
    keys = [canonical(each, "sales", Declarations()) for each in spellings]
    rules = sorted({f"`{rule}`" for key in keys for rule in key.rules})
    return f"| {row.name} | {'<br>'.join(map(_spelled, spellings))} | {', '.join(rules) or '-'} |"


def _spelled(reference: Reference) -> str:
    parts = [reference.id] if reference.id else [reference.namespace]
    quoted = " ".join(_code(each) for each in [*parts, reference.name] if each)
    return quoted if reference.system is System.OPENLINEAGE else f"{reference.system}: {quoted}"


def _code(text: str) -> str:
    """Return a text as code; one that holds a backtick stands between two of them."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
