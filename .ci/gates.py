"""Two gates after the tests: every skip is one we know of, and coverage stands above its floors.

Known skips are in `tests/skips.txt`, one per line: a shell-style pattern over `file::test: reason`; `#` starts a
comment. The floors are in `pyproject.toml`, under `tool.lineage-mesh.coverage-floors`. The result is the exit status.
"""

import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree as ET

from coverage import Coverage
from coverage.exceptions import NoDataError


def known_skips(path: Path) -> list[str]:
    """The patterns of the skips that are allowed."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def skips(report: Path) -> list[str]:
    """Every skipped test of a JUnit report, as `file::test: reason`."""
    found = []
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - our own file, made a moment ago
        skipped = case.find("skipped")
        if skipped is not None and skipped.get("type") != "pytest.xfail":
            found.append(f"{case.get('file')}::{case.get('name')}: {skipped.get('message')}")
    return found


def coverage_of(data: Coverage, name: str) -> float:
    """The coverage of a module or package, or of everything (`.`), in percent; 0 when nothing of it was measured."""
    include = None if name == "." else [f"{name}.py", f"{name}/**"]
    try:
        with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
            return data.report(include=include, file=nowhere, skip_covered=False)
    except NoDataError:
        return 0.0


def main(report: Path) -> int:
    """Print what fails, and say so in the exit status."""
    failures = [
        f"skipped, and not in tests/skips.txt: {skip}"
        for skip in skips(report)
        if not any(fnmatchcase(skip, pattern) for pattern in known_skips(Path("tests/skips.txt")))
    ]
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    data = Coverage(config_file="pyproject.toml")
    data.load()
    for name, floor in settings["tool"]["lineage-mesh"]["coverage-floors"].items():
        percent = coverage_of(data, name)
        print(f"coverage of {name}: {percent:.1f} % (floor {floor} %)")
        if percent < floor:
            failures.append(f"coverage of {name} is {percent:.1f} %, below {floor} %")
    for failure in failures:
        print(f"GATE: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
