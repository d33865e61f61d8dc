"""The locks: hashed, in step with what is declared, and tied to no index and no machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.repository import DISTRIBUTIONS, ROOT, files, locked

LOCKS = ("requirements.lock", "requirements-producers.lock", "requirements-conformance.lock")
# The brackets keep this file from breaking its own rules.
REGISTRY = re.compile(r"py[p]i\.org|python[h]osted\.org|npm[j]s\.org|--(extra-)?index-[u]rl[ =]", re.IGNORECASE)
HOMES = r"(?<![\w.$}])/(?:[h]ome/\w+|[U]sers/\w+|[r]oot/)|\b[A-Z]:\\+[U]sers\b"
# Sample events and artifacts of real producers may name the folders that they ran in: facts, not paths of ours.
SAMPLES = ("tests/data/", "tests/golden/")


def _machine() -> re.Pattern[str]:
    """Anybody's home, and the place of this very checkout (unless it is a plain one like /app)."""
    plain = len(ROOT.parts) <= len(("/", "app"))
    return re.compile(HOMES if plain else f"{HOMES}|{re.escape(str(ROOT))}")


def _offences(pattern: re.Pattern[str], *, skip: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{number}"
        for path in files()
        if not (name := path.relative_to(ROOT).as_posix()).startswith(skip or ("\0",))
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the user's configuration, never ours."""
    assert _offences(REGISTRY) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    """Nothing holds an absolute path of somebody's home or workspace."""
    assert _offences(_machine(), skip=SAMPLES) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_are_hashed(lock: str) -> None:
    """Every entry pins one version and at least one hash, and the lock names no address and no option."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.replace(" \\\n", " ").strip())
    assert [
        entry for entry in entries if not re.match(r"[\w.-]+(\[[\w, -]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)
    ] == []
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_lock_satisfies_what_is_declared() -> None:
    """Whatever the distributions and the development tools ask for is locked, in a version that they accept."""
    pins = {canonicalize_name(each.name): each.specifier for each in locked()}
    root = tomllib.loads(Path(ROOT, "pyproject.toml").read_text(encoding="utf-8"))
    declared = [line for each in DISTRIBUTIONS for line in each.project()["dependencies"]]
    for requirement in map(Requirement, [*declared, *root["dependency-groups"]["dev"]]):
        name = canonicalize_name(requirement.name)
        if not name.startswith("lineage-"):
            assert name in pins, f"{name} is not locked: make lock"
            version = str(pins[name]).removeprefix("==")
            assert requirement.specifier.contains(version), f"{requirement} is locked as {version}: make lock"
