"""Policies about suggestions: what they accept, and which are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.config import load
from lineage_gateway.policies import SuggestionPolicy, read_policies
from lineage_shared.errors import InvalidSetting

FIT: dict[str, Any] = {"name": "endpoints", "score_min": 0.9, "features": {"columns": 1.0}}


def policy(**more: Any) -> SuggestionPolicy:
    """A policy with further conditions."""
    (read,) = read_policies([{**FIT, **more}], "mesh.toml")
    return read


def test_all_conditions_must_hold() -> None:
    """Score, features, platforms, and one namespace on each side, whichever way round."""
    strict = policy(platforms=["postgres"], a=["postgres://*.rds.amazonaws.com*"], b=["postgres://*.acme.example"])
    endpoint, own = {"postgres://x.rds.amazonaws.com:5432"}, {"postgres://db.acme.example"}
    assert strict.accepts(0.9, {"columns": 1.0}, {"postgres"}, (endpoint, own))
    assert strict.accepts(0.9, {"columns": 1.0}, {"postgres"}, (own, endpoint))
    assert not strict.accepts(0.89, {"columns": 1.0}, {"postgres"}, (own, endpoint))
    assert not strict.accepts(0.9, {"columns": 0.9}, {"postgres"}, (own, endpoint))
    assert not strict.accepts(0.9, {"name": 1.0}, {"postgres"}, (own, endpoint))
    assert not strict.accepts(0.9, {"columns": 1.0}, {"postgres", "mysql"}, (own, endpoint))
    assert not strict.accepts(0.9, {"columns": 1.0}, {"postgres"}, (own, own))
    assert policy().accepts(0.9, {"columns": 1.0}, {"mysql"}, ({"x"}, {"y"}))


def naive(pattern: str, text: str) -> bool:
    """Compare letter by letter, trying every length for a star."""
    if pattern.startswith("*"):
        return naive(pattern[1:], text) or (bool(text) and naive(pattern, text[1:]))
    if not pattern or not text:
        return pattern == text
    return pattern[0] == text[0] and naive(pattern[1:], text[1:])


@given(st.text("ab*", min_size=1, max_size=8), st.text("ab", max_size=8))
def test_a_star_stands_for_any_text(pattern: str, text: str) -> None:
    """A pattern means what the naive comparison finds."""
    assert policy(a=[pattern]).accepts(1, {"columns": 1}, {"x"}, ({text}, {text})) is naive(pattern, text)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"name": ""}, "`name`"),
        ({"name": "a\nb"}, "`name`"),
        ({"score_min": 0.1}, "score_min"),
        ({"score_min": "much"}, "score_min"),
        ({"features": {}}, "more than `name`"),
        ({"features": {"name": 1.0}}, "more than `name`"),
        ({"features": {"luck": 1.0}}, "unknown features: luck"),
        ({"features": {"columns": 0.0}}, "above 0"),
        ({"features": {"columns": float("nan")}}, "above 0"),
        ({"platforms": ["postgre"]}, "unknown platforms: postgre"),
        ({"a": []}, "patterns"),
        ({"b": [""]}, "patterns"),
        ({"whatever": 1}, "whatever"),
    ],
)
def test_an_unfit_policy_is_refused_in_words(written: dict[str, Any], message: str) -> None:
    """The place is named, and what is wrong."""
    with pytest.raises(InvalidSetting, match=r"mesh\.toml: suggestion_policies\[0\]") as caught:
        policy(**written)
    assert message in caught.value.message


def test_policies_are_tables_with_names_of_their_own(tmp_path: Path) -> None:
    """They are read with the registry file, and there are none by default."""
    with pytest.raises(InvalidSetting, match="given twice"):
        read_policies([FIT, FIT], "mesh.toml")
    with pytest.raises(InvalidSetting, match="must be tables"):
        read_policies({}, "mesh.toml")
    config = tmp_path / "mesh.toml"
    config.write_text('[[suggestion_policies]]\nname = "p"\nscore_min = 1\nfeatures = {server = 1.0}\n')
    assert [each.name for each in load({"config": str(config)}, {}).policies] == ["p"]
    config.write_text("")
    assert load({"config": str(config)}, {}).policies == ()
