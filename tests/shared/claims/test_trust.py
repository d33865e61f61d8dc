"""Whose word a claim is: every combination of who says it, about whose keys, and of what kind."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.claims import Claim, ClaimKind, Classes, Reason, Status, Trust, assessed
from lineage_shared.naming import Declarations, Key, Reference, canonical

OWNERS = st.sampled_from([None, "sales", "crm", "finance"])
KINDS = st.sampled_from(ClaimKind)


def key(namespace: str) -> Key:
    """Return a key."""
    found = canonical(Reference(namespace=namespace, name="d.s.t"), None, Declarations())
    assert isinstance(found, Key)
    return found


SOURCE, TARGET = key("postgres://a"), key("postgres://b")


def said(kind: ClaimKind, domain: str | None) -> Claim:
    """Return a claim of a domain, or of the gateway's operators, as it was before."""
    return Claim(kind, SOURCE, TARGET, Trust.DERIVED, domain=domain, awaits="somebody")


@given(kind=KINDS, source=OWNERS, target=OWNERS, reported=st.booleans())
def test_the_operators_wait_for_nobody(kind: ClaimKind, source: str | None, target: str | None, reported: bool) -> None:
    """What no domain says is the gateway's word, whoever owns the keys and whether anybody reports them."""
    found = assessed(said(kind, None), source, target, reported=reported)
    assert (found.trust, found.awaits, found.unreported) == (Trust.GATEWAY, "", False)


@given(kind=KINDS, source=OWNERS, target=OWNERS, reported=st.booleans())
def test_a_domain_waits_for_the_other_owners(
    kind: ClaimKind, source: str | None, target: str | None, reported: bool
) -> None:
    """It waits for an owner other than itself, the first by name of two, and otherwise for nobody."""
    found = assessed(said(kind, "sales"), source, target, reported=reported)
    others = sorted({owner for owner in (source, target) if owner not in (None, "sales")})
    assert found.awaits == (others[0] if others else "")
    assert found.unreported is not reported
    assert (found.source, found.target, found.domain) == (SOURCE, TARGET, "sales")


@pytest.mark.parametrize(
    ("kind", "owners", "trust"),
    [
        (ClaimKind.ALIAS, ("sales", "sales"), Trust.OWNER),
        (ClaimKind.ALIAS, ("sales", None), Trust.OWNER),
        (ClaimKind.ALIAS, (None, None), Trust.DOMAIN),
        (ClaimKind.ALIAS, ("sales", "crm"), Trust.DOMAIN),
        (ClaimKind.ALIAS, ("crm", "crm"), Trust.DOMAIN),
        (ClaimKind.DIFFERENT_FROM, ("sales", None), Trust.OWNER),
        (ClaimKind.DIFFERENT_FROM, (None, None), Trust.DOMAIN),
        (ClaimKind.SYMLINK, ("sales", "sales"), Trust.SYMLINK),
        (ClaimKind.SYMLINK, (None, None), Trust.SYMLINK),
        (ClaimKind.SYMLINK, ("crm", "sales"), Trust.SYMLINK),
    ],
)
def test_an_owner_is_believed_more_than_others_and_a_symlink_less(
    kind: ClaimKind, owners: tuple[str | None, str | None], trust: Trust
) -> None:
    """An owner owns every key that has one; a producer's facet is never more than a facet; ends do not matter."""
    for source, target in (owners, owners[::-1]):
        assert assessed(said(kind, "sales"), source, target).trust is trust


def test_the_order_of_trust() -> None:
    """Gateway, owner, other domains, symlinks, guesses (IDENTIFIERS 4.3, rule 5)."""
    assert list(Trust) == [Trust.GATEWAY, Trust.OWNER, Trust.DOMAIN, Trust.SYMLINK, Trust.DERIVED]
    assert all(int(one) < int(other) for one, other in itertools.pairwise(Trust))


def test_a_claim_that_waits_joins_nothing_until_the_owner_has_spoken() -> None:
    """A domain's word about another's key waits; assessed once more with the owner's agreement it is believed."""
    waiting = assessed(said(ClaimKind.ALIAS, "sales"), "crm", None)
    classes = Classes([waiting])
    verdict = classes.verdict(waiting)
    assert verdict is not None
    assert (verdict.status, verdict.reason) == (Status.WAITING, Reason.OWNER)
    assert classes.members(SOURCE.text) == (SOURCE.text,)
    agreed = assessed(waiting, "sales", None)
    assert Classes([agreed]).members(SOURCE.text) == (SOURCE.text, TARGET.text)
