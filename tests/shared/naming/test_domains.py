"""What a domain may be called."""

import pytest

from lineage_shared.naming import is_domain_name


@pytest.mark.parametrize("name", ["a", "sales", "Sales-EU.2", "a_b", "7", "x" * 64])
def test_plain_names_are_domain_names(name: str) -> None:
    """ASCII letters, digits, and dots, dashes and underscores between them."""
    assert is_domain_name(name)


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "-a", "a.", "_a", "näme", "a\n", "x" * 65, "a:b", "٣"])
def test_others_are_not(name: str) -> None:
    """Whatever would need quoting somewhere, and what is too long."""
    assert not is_domain_name(name)
