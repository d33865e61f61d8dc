"""The locks of the images: parts of requirements.lock, whole, and no more than each image needs."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy import lock
from tests.deploy.material import ROOT

UNWANTED = {
    "agent.lock": {"numpy", "strawberry-graphql", "graphql-core", "rich", "tenacity", "pytest", "hatchling"},
    "gateway.lock": {"aiosqlite", "pysqlite3", "pytest", "hatchling"},
    "build.lock": {"numpy", "starlette", "pytest"},
}


def test_locks_are_in_step() -> None:
    """Each lock is what `deploy/lock.py` cuts out of requirements.lock today."""
    assert lock.main(["--check"]) == 0, "run: python deploy/lock.py"


@pytest.mark.parametrize("name", lock.ROOTS)
def test_lock_is_light(name: str) -> None:
    """An image gets its own dependencies, every one with hashes, and nothing of the others'."""
    entries = lock.entries((lock.FOLDER / name).read_text(encoding="utf-8"))
    assert set(entries) & UNWANTED[name] == set()
    assert [each for each, text in entries.items() if "--hash=sha256:" not in text] == []


@pytest.mark.parametrize("member", ["agent", "gateway"])
def test_lock_is_whole(member: str) -> None:
    """Whatever a distribution, or what it shares with the other, declares is in its lock."""
    entries = lock.entries((lock.FOLDER / f"{member}.lock").read_text(encoding="utf-8"))
    for part in (member, "shared"):
        project = tomllib.loads((ROOT / part / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        declared = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
        assert {name for name in declared if not name.startswith("lineage-")} <= set(entries)


def test_cut_follows_the_graph() -> None:
    """What is not reached from the root is left out; what is keeps its marker and its hashes, word for word."""
    parts = [f"{pin} \\\n    --hash=sha256:a\n" for pin in ("h11==1", "numpy==2", "uvicorn==3 ; sys_platform == 'x'")]
    assert lock.cut("".join(parts), "uvicorn") == parts[0] + parts[2]
