"""The table of forms in docs/identifiers.md: every example of it is read."""

from __future__ import annotations

import pytest

from deploy import identifiers
from deploy.forms import FORMS
from lineage_shared.naming import PLATFORMS, Declarations, Key, System, canonical


def test_every_platform_has_a_line() -> None:
    """No row of the rules is left out, in their order; every system but those of catalogs without servers is shown."""
    assert list(FORMS) == [row.name for row in PLATFORMS]
    shown = {each.system for spellings in FORMS.values() for each in spellings}
    assert set(System) - shown == {System.DBT, System.OPENMETADATA, System.AMUNDSEN, System.SPLINE}


@pytest.mark.parametrize("platform", FORMS)
def test_the_spellings_of_a_line_are_one_dataset(platform: str) -> None:
    """All of them have one key, which is of the line's platform, and there are at least two that differ."""
    spellings = FORMS[platform]
    keys = [canonical(each, "sales", Declarations()) for each in spellings]
    assert all(isinstance(key, Key) and key.platform == platform for key in keys), keys
    assert len({key.text for key in keys if isinstance(key, Key)}) == 1, keys
    assert len(set(spellings)) == len(spellings) > 1


def test_the_page_shows_every_spelling() -> None:
    """What is tested here stands on the page."""
    page = identifiers.PAGE.read_text(encoding="utf-8")
    for spellings in FORMS.values():
        for each in spellings:
            assert (each.id or each.namespace) in page
