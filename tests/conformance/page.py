"""docs/conformance.md, made from the kept results: a claim that no run has made cannot stand there."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance import results
from tests.conformance.npm import ROOT
from tests.conformance.results import Case, Result
from tests.conformance.suites import SUITES, Suite

PAGE = ROOT / "docs" / "conformance.md"

HEAD = """# Conformance: the programs of others, against this one

Made by `make conformance` from what its suites found; a test fails when somebody edits it. Each suite starts three
agents with the demonstration's events and a gateway, on free ports of this machine, and runs programs that others
wrote, unchanged, against them. Node comes from its PyPI wheel, npm's packages from locks with hashes
(`tests/conformance`); nothing is installed outside the repository.

| suite | tries | with | passed | run on | again |
| --- | --- | --- | --- | --- | --- |
"""


NOTES = """## What this does not show

- **Not run:** Apollo Router, Cosmo Router, Hive Router and Rover are programs from other registries. Their composers
  are run here, and Apollo's and The Guild's gateways for Node. Of Hive Gateway it is the runtime, not the command.
- **One dependency of Hive Gateway** is held at an older version (`overrides` in `tests/conformance/peers`): the newer
  one could not be had.
- **schemathesis** makes at most 10 requests per operation and phase, for at most 60 s per server, and leaves out the
  routes that stream. A request that fits its schema may be refused (`tests/conformance/schemathesis.toml`).
- **`@defer`** is tried on a gateway with `incremental_delivery`, which is off by default.
"""


def write() -> None:
    """Render the kept results into the page."""
    PAGE.write_text(render(results.read()), encoding="utf-8")


def render(found: dict[str, Result]) -> str:
    """The page for these results; a suite without a result says so."""
    rows = "\n".join(_row(suite, found.get(suite.name)) for suite in SUITES)
    details = "\n".join(part for suite in SUITES if suite.name in found for part in _details(found[suite.name]))
    return f"{HEAD}{rows}\n\n{NOTES}\n{details}"


def _row(suite: Suite, result: Result | None) -> str:
    again = f"`make conformance ARGS={suite.name}`"
    if result is None:
        return f"| {suite.name} | {suite.tries} | | never run | | {again} |"
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    count = f"{result.passed} of {len(result.cases)}"
    shown = count if result.whole else f"**{count}**"
    return f"| {suite.name} | {suite.tries} | {versions} | {shown} | {result.day} | {again} |"


def _details(result: Result) -> Iterator[str]:
    yield f"## {result.suite}\n"
    for case in result.cases:
        yield _line(case)
    yield ""


def _line(case: Case) -> str:
    if case.passed:
        return f"- {_flat(case.case)}"
    return f"- **failed:** {_flat(case.case)}: {_flat(case.message)[:300]}"


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")
