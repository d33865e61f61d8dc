"""The three distributions: what their wheels hold, and that each needs only its own dependencies."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.repository import DISTRIBUTIONS, ROOT, Distribution

NOT_IN = {
    "lineage-shared": {"starlette", "uvicorn", "aiosqlite", "strawberry-graphql", "numpy", "click", "httpx2"},
    "lineage-agent": {"strawberry-graphql", "graphql-core", "numpy", "tenacity", "rich", "lineage-gateway"},
    "lineage-gateway": {"aiosqlite", "pysqlite3", "lineage-agent"},
}

# Imports every module of the package argv[1], while those of argv[2] cannot be found.
IMPORT_ALL = """
import importlib, pkgutil, sys

class Guard:
    def find_spec(self, name, path=None, target=None):
        if name in sys.argv[2].split(","):
            raise ModuleNotFoundError(f"{name} is not a dependency", name=name)

sys.meta_path.insert(0, Guard())
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


@pytest.fixture(scope="module", params=DISTRIBUTIONS, ids=lambda distribution: distribution.name)
def distribution(request: pytest.FixtureRequest) -> Distribution:
    """Each of the three in turn."""
    chosen: Distribution = request.param
    return chosen


@pytest.fixture(scope="module")
def wheel(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built as pip builds it without isolation: with the hatchling at hand, hence without network."""
    folder = tmp_path_factory.mktemp(distribution.directory)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT / distribution.directory, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def closure(name: str) -> set[str]:
    """All distributions that installing `name` installs here, itself excluded."""
    found: set[str] = set()
    queue = [(name, frozenset[str]())]
    while queue:
        current, extras = queue.pop()
        for requirement in map(Requirement, requires(current) or ()):
            if any(_applies(requirement, extra) for extra in extras | {""}):
                key = canonicalize_name(requirement.name)
                if key not in found or requirement.extras:
                    found.add(key)
                    queue.append((key, frozenset(requirement.extras)))
    return found


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def test_wheel_holds_the_package(distribution: Distribution, wheel: zipfile.ZipFile) -> None:
    """A wheel holds every file of its package (py.typed and data too), its licence, and nothing else."""
    source = distribution.source
    expected = {
        f"{distribution.package}/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == expected
    assert f"{distribution.package}/py.typed" in packed
    assert [name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE")]


def test_wheel_names_real_scripts(distribution: Distribution) -> None:
    """Every command that a distribution promises is a function in a module of it."""
    for target in distribution.project().get("scripts", {}).values():
        module, _, function = target.partition(":")
        path = distribution.source.parent / Path(*module.split("."))
        candidates = [path.with_suffix(".py"), path / "__init__.py"]
        text = next((each.read_text(encoding="utf-8") for each in candidates if each.is_file()), "")
        assert re.search(rf"\b{function}\b", text), f"{target} is not there"


def test_distribution_is_light(distribution: Distribution) -> None:
    """What a distribution pulls in, at any depth, keeps out what only the others need."""
    needed = closure(distribution.name)
    assert needed & NOT_IN[distribution.name] == set()


def test_distribution_imports_alone(distribution: Distribution, wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Unpacked next to its own dependencies only, every module of the distribution imports."""
    wheel.extractall(tmp_path)
    foreign = {"lineage-shared", "lineage-agent", "lineage-gateway"} | set().union(*NOT_IN.values())
    foreign -= closure(distribution.name) | {distribution.name}
    names = {"strawberry-graphql": "strawberry", "graphql-core": "graphql"}
    modules = ",".join(sorted(names.get(name, name.replace("-", "_")) for name in foreign))
    command = [sys.executable, "-c", IMPORT_ALL, distribution.package, modules]
    result = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_licence_is_the_same_everywhere() -> None:
    """Each distribution carries the licence of the repository, word for word."""
    text = (ROOT / "LICENSE").read_bytes()
    assert all((ROOT / each.directory / "LICENSE").read_bytes() == text for each in DISTRIBUTIONS)


def test_versions_agree() -> None:
    """The three are released together, and the products ask for exactly that version of what they share."""
    projects = [each.project() for each in DISTRIBUTIONS]
    assert len({project["version"] for project in projects}) == 1
    wanted = f"lineage-shared=={projects[0]['version']}"
    assert all(wanted in project["dependencies"] for project in projects[1:])
