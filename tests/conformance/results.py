"""What the suites found: kept as JSON beside this file, one entry per suite, replaced whenever that suite runs."""

from __future__ import annotations

from pathlib import Path

import msgspec

FILE = Path(__file__).parent / "results.json"


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a suite tried. `message` says what went wrong."""

    case: str
    passed: bool
    message: str = ""


class Result(msgspec.Struct, frozen=True):
    """One run of a suite, with the versions of what took part and the day (UTC, ISO)."""

    suite: str
    versions: dict[str, str]
    day: str
    cases: list[Case]

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.passed for case in self.cases)

    @property
    def whole(self) -> bool:
        """Whether there were cases, and all passed."""
        return bool(self.cases) and self.passed == len(self.cases)


def read() -> dict[str, Result]:
    """The kept results, by suite."""
    if not FILE.is_file():
        return {}
    return {each.suite: each for each in msgspec.json.decode(FILE.read_bytes(), type=list[Result])}


def keep(results: list[Result]) -> None:
    """Put these results in the place of the kept ones of the same suites."""
    merged = read() | {each.suite: each for each in results}
    ordered = [merged[name] for name in sorted(merged)]
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(ordered), indent=1) + b"\n")
