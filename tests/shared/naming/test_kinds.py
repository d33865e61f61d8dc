"""Every kind of declaration, with names that nobody has seen."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings

from lineage_shared.claims import identify
from lineage_shared.naming import Declaration, Declarations, Reference
from tests.shared.naming.cases import Names
from tests.shared.naming.catalogs import KINDS
from tests.shared.naming.names import EXAMPLE, NAMES


def test_every_kind_has_names() -> None:
    """A kind of declaration cannot be added without names to test it."""
    assert set(KINDS) == set(get_args(Declaration))
    for kind, made in KINDS.items():
        assert kind in {type(each) for each in made(EXAMPLE).declarations}


def same(pair: tuple[Reference, Reference], declarations: Declarations) -> bool:
    """Tell whether two names are held to be one."""
    one, other = identify(pair, declarations)
    return one is not None and one == other


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(names=NAMES)
def test_a_declaration_joins_what_it_says_and_nothing_else(kind: type, names: Names) -> None:
    """Its pairs are two things without it and one with it; what is nearly meant stays apart."""
    case = KINDS[kind](names)
    said = Declarations(case.declarations)
    for pair in case.joined:
        assert same(pair, said), pair
        assert not same(pair, Declarations()), pair
    for pair in case.apart:
        assert not same(pair, said), pair
