"""Cursors and run ids: what was sealed is unsealed, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.graphql.ids import RunAddress, run_address, run_id
from lineage_gateway.lineage import seal, unseal

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT, st.integers(-(2**53), 2**53))
def test_what_was_sealed_is_unsealed(text: str, number: int) -> None:
    """Any values, as one text that fits a URL."""
    sealed = seal(text, number)
    assert unseal(sealed, str, int) == (text, number)
    assert sealed.isascii()
    assert "=" not in sealed


@given(st.text(max_size=60))
def test_junk_is_none(text: str) -> None:
    """Never an exception, whatever the text."""
    values = unseal(text, str, str, str, str)
    assert values is None or seal(*values) == text.rstrip("=")
    assert run_address(text) is None


def test_values_of_other_types_are_none() -> None:
    """A cursor of one field is none of another."""
    assert unseal(seal("a", 1), str, str) is None
    assert unseal(seal("a"), str, str) is None
    assert unseal(seal("a", None), str, str) is None


def test_what_is_too_long_is_none() -> None:
    """A bound on what is decoded at all."""
    assert unseal(seal("x" * 4096), str) is None


@given(TEXT, TEXT, TEXT)
def test_a_run_id_says_where_the_run_is(domain: str, job_id: str, run: str) -> None:
    """Without any look-up."""
    address = RunAddress(domain, job_id, run)
    assert run_address(run_id(address)) == address
