"""What the repository keeps of the conformance suites: a page that follows from results, locks without addresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance import npm, page, results
from tests.conformance.results import Case, Result
from tests.conformance.suites import SUITES


def test_the_page_says_what_the_results_say() -> None:
    """docs/conformance.md is exactly what the kept results render to."""
    assert page.PAGE.read_text(encoding="utf-8") == page.render(results.read()), "run `make conformance`"


def test_every_kept_result_is_of_a_suite_that_there_is() -> None:
    """No result of a suite that was renamed or dropped stays behind."""
    assert set(results.read()) <= {suite.name for suite in SUITES}


def test_a_failed_case_and_a_suite_that_never_ran_show_on_the_page() -> None:
    """The page hides neither failures nor gaps."""
    cases = [Case("works", passed=True), Case("breaks", passed=False, message="why | not")]
    shown = page.render({"audits": Result("audits", {"graphql-http": "1.2.3"}, "2026-01-02", cases)})
    assert "| graphql-http 1.2.3 | **1 of 2** | 2026-01-02 |" in shown
    assert "- **failed:** breaks: why | not" in shown
    assert shown.count("never run") == len(SUITES) - 1


@pytest.mark.parametrize("folder", npm.FOLDERS, ids=lambda folder: folder.name)
def test_npm_locks_hold_hashes_and_no_address(folder: Path) -> None:
    """Every package is pinned to a version and a hash, and no host is named."""
    text = (folder / "package-lock.json").read_text(encoding="utf-8")
    packages = {path: each for path, each in json.loads(text)["packages"].items() if path}
    assert [path for path, each in packages.items() if not each.get("integrity", "").startswith("sha512-")] == []
    assert "://" not in text
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {name: npm.locked(folder)[name] for name in asked} == asked
