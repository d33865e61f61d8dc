"""What the rules are checked on: the files of the repository, the three distributions, the lock."""

import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Distribution:
    """One of the three: directory `X` holds distribution `lineage-X` and package `lineage_X`."""

    directory: str

    @property
    def name(self) -> str:
        """The name that pip knows it by."""
        return f"lineage-{self.directory}"

    @property
    def package(self) -> str:
        """The name that is imported."""
        return f"lineage_{self.directory}"

    @property
    def source(self) -> Path:
        """The folder of the package."""
        return ROOT / self.directory / "src" / self.package

    def project(self) -> dict[str, Any]:
        """The `project` table of its pyproject.toml."""
        text = (ROOT / self.directory / "pyproject.toml").read_text(encoding="utf-8")
        table: dict[str, Any] = tomllib.loads(text)["project"]
        return table


DISTRIBUTIONS = tuple(Distribution(directory) for directory in ("shared", "agent", "gateway"))


def files() -> list[Path]:
    """Every file that git tracks, or would track once added."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file()]


def python_files() -> list[Path]:
    """Every Python file of the repository."""
    return [path for path in files() if path.suffix == ".py"]


def locked() -> list[Requirement]:
    """What requirements.lock pins."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return [Requirement(line.rstrip(" \\")) for line in text.splitlines() if line and line[0] not in "# "]
