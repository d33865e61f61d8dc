"""Limits: the settings table's defaults are the code's, and a refused value names its bounds."""

import pytest

from lineage_gateway.config import load
from lineage_gateway.graphql import QueryLimits
from lineage_gateway.lineage import Limits, within
from lineage_shared.errors import InvalidInput


def test_defaults_are_those_of_the_settings_table() -> None:
    """One truth: a gateway without any configuration has the limits that the code names."""
    settings = load({}, {}).settings
    assert Limits.of(settings) == Limits()
    assert QueryLimits.of(settings) == QueryLimits()


@pytest.mark.parametrize("value", [-1, 11, 10**30])
def test_a_value_outside_its_bounds_is_refused(value: int) -> None:
    """The message names argument, bounds and value."""
    with pytest.raises(InvalidInput, match="`first` must be from 0 to 10") as refused:
        within("first", value, 0, 10)
    assert refused.value.code == "BAD_USER_INPUT"
    assert within("first", 0, 0, 10) == 0
