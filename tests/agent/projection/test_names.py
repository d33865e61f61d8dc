"""What a domain declares about pairs of names weighs as much at its agent as at a gateway."""

from __future__ import annotations

from lineage_agent.projection import Names
from lineage_shared.claims import Claim, ClaimKind, Classes, Trust
from lineage_shared.naming import Declaration, Reference
from lineage_shared.naming.declared import Alias, DifferentFrom, Symlink

OLD, NEW, ELSEWHERE = (
    Reference(namespace=namespace, name=f"db.s.{name}")
    for namespace, name in (("postgres://h:5432", "old"), ("postgres://h:5432", "new"), ("postgres://g:5432", "old"))
)


def claims(*declared: Declaration) -> set[Claim]:
    """The claims that a domain makes by what it declares."""
    return {claim for each in Names("shop", declared).claims.values() for claim in each}


def test_a_declared_pair_is_the_word_of_the_domain() -> None:
    """It is never that of a gateway's operators."""
    declared = claims(Alias(a=OLD, b=NEW), DifferentFrom(a=OLD, b=ELSEWHERE), Symlink(of=NEW, symlink=ELSEWHERE))
    found = {(claim.kind, claim.domain, claim.trust) for claim in declared}
    assert found == {
        (ClaimKind.ALIAS, "shop", Trust.DOMAIN),
        (ClaimKind.DIFFERENT_FROM, "shop", Trust.DOMAIN),
        (ClaimKind.SYMLINK, "shop", Trust.SYMLINK),
    }


def test_two_names_of_one_server_are_not_one_by_an_alias_of_their_domain() -> None:
    """Two names on two servers are."""
    key = Names("shop").key(OLD)
    assert key is not None
    assert len(Classes(claims(Alias(a=OLD, b=NEW))).members(key.text)) == 1
    assert len(Classes(claims(Alias(a=OLD, b=ELSEWHERE))).members(key.text)) == 2
