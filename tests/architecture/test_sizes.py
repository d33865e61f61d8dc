"""Modules explain themselves, and stay small enough to be read in one go."""

import ast
from pathlib import Path

from tests.architecture.repository import ROOT, python_files

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_module_has_a_docstring() -> None:
    """A module opens with what it is for, unless there is nothing in it."""
    assert [_name(path) for path in python_files() if (tree := _tree(path)).body and not ast.get_docstring(tree)] == []


def test_functions_are_short() -> None:
    """No function, signature and docstring included, is longer than 70 lines."""
    long = [
        f"{_name(path)}:{node.lineno} {node.name} ({lines} lines)"
        for path in python_files()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_files_are_short() -> None:
    """No Python file is longer than 400 lines."""
    sizes = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: lines for name, lines in sizes.items() if lines > FILE_LINES_MAX} == {}
