"""Run suites and keep what they found: `python -m tests.conformance [SUITE ...] [--no-record]`.

The results go to `results.json` and, rendered, to `docs/conformance.md`: nobody writes there by hand. The exit code is
1 when any case failed, or a suite did not run to its end.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.conformance import npm, page, results
from tests.conformance.mesh import running_mesh
from tests.conformance.results import Case, Result
from tests.conformance.suites import SUITES, Suite

SUITE_S_MAX = 240.0


def main() -> int:
    """Run, print, keep."""
    arguments = _arguments()
    chosen = [suite for suite in SUITES if suite.name in arguments.suites or not arguments.suites]
    for folder in dict.fromkeys(suite.folder for suite in chosen):
        npm.install(folder)
    found = [_run(suite) for suite in chosen]
    if not arguments.no_record:
        results.keep(found)
        page.write()
        print(f"written: {page.PAGE.relative_to(npm.ROOT)}")
    return 0 if all(result.whole for result in found) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("suites", nargs="*", help="some suites only: " + ", ".join(suite.name for suite in SUITES))
    parser.add_argument("--no-record", action="store_true", help="leave results.json and the page as they are")
    arguments = parser.parse_args()
    if unknown := set(arguments.suites) - {suite.name for suite in SUITES}:
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    return arguments


def _run(suite: Suite) -> Result:
    try:
        with (
            tempfile.TemporaryDirectory(prefix="lineage-conformance-") as folder,
            running_mesh(Path(folder), incremental=suite.incremental) as mesh,
        ):
            cases = _cases(suite, {**os.environ, **mesh, "NO_COLOR": "1"})
    except AssertionError as error:  # a server of the mesh did not come up; what it logged is in the message
        cases = [Case("the mesh comes up", passed=False, message=str(error)[-2000:])]
    versions = npm.versions(suite.folder)
    result = Result(
        suite=suite.name,
        versions={name: versions[name] for name in suite.versions},
        day=datetime.now(UTC).date().isoformat(),
        cases=cases,
    )
    print(f"{suite.name:15} {result.passed:3} of {len(cases)}", flush=True)
    for case in cases:
        if not case.passed:
            print(f"  FAILED {case.case}: {case.message}", flush=True)
    return result


def _cases(suite: Suite, environ: dict[str, str]) -> list[Case]:
    """Every case that the suite printed; one more, failed, when it did not come to its end."""
    process = subprocess.Popen(suite.command(), cwd=npm.ROOT, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = process.communicate(timeout=SUITE_S_MAX)
        ended = f"exit code {process.returncode}" if process.returncode else ""
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        ended = f"not at its end after {SUITE_S_MAX:.0f} s"
    cases = [msgspec.json.decode(line, type=Case) for line in output.splitlines() if line.startswith('{"case":')]
    return [*cases, Case("the suite comes to its end", passed=False, message=ended)] if ended else cases


if __name__ == "__main__":
    sys.exit(main())
