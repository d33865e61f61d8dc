"""What each package imports from outside: exactly what its distribution declares, and only where it may.

The contracts in pyproject.toml (`lint-imports`) say who may import whom inside; they can forbid only what they name.
"""

import sys

import grimp
import pytest

from tests.architecture.repository import DISTRIBUTIONS

THIRD_PARTIES = {
    "lineage_shared": {"msgspec"},
    "lineage_agent": {
        "aiosqlite",
        "backports",
        "click",
        "httpx2",
        "lineage_shared",
        "msgspec",
        "prometheus_client",
        "pysqlite3",
        "starlette",
        "uvicorn",
        "uvloop",
    },
    "lineage_gateway": {
        "backports",
        "click",
        "graphql",
        "httpx2",
        "lineage_shared",
        "msgspec",
        "numpy",
        "prometheus_client",
        "rich",
        "starlette",
        "strawberry",
        "tenacity",
        "uvicorn",
        "uvloop",
    },
}

# `compression` joins the standard library in Python 3.14.
STANDARD_LIBRARY = sys.stdlib_module_names | {"compression"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, third parties and standard library included."""
    packages = [distribution.package for distribution in DISTRIBUTIONS]
    return grimp.build_graph(*packages, include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("package", THIRD_PARTIES)
def test_third_parties_are_listed(graph: grimp.ImportGraph, package: str) -> None:
    """A package imports nothing from outside but the standard library and what is listed here."""
    imported = {
        target.partition(".")[0]
        for module in graph.modules
        if module.partition(".")[0] == package
        for target in graph.find_modules_directly_imported_by(module)
    }
    assert imported - STANDARD_LIBRARY - {package} <= THIRD_PARTIES[package]
