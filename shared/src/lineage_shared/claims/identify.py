"""References to strings: two get the same one exactly when they are held to be the same under the declarations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lineage_shared.claims.classes import Classes
from lineage_shared.claims.model import Claim, ClaimKind, Trust
from lineage_shared.naming import Key, Reference, Unidentifiable, canonical
from lineage_shared.naming.declared import Alias, Declarations, DifferentFrom, Symlink


def identify(references: Sequence[Reference], declarations: Declarations) -> list[str | None]:
    """Return one string for each reference, in order; None for one that identifies nothing."""
    classes = Classes(declared_claims(declarations))
    return [identity(canonical(each, None, declarations), classes) for each in references]


def identity(key: Key | Unidentifiable, classes: Classes) -> str | None:
    """Return the name of a key's class; a column's is that of its dataset, unless columns themselves are claimed."""
    if isinstance(key, Unidentifiable):
        return None
    if not key.column or len(classes.members(key.text)) > 1:
        return classes.representative(key.text)
    return classes.representative(key.dataset_text) + key.text[len(key.dataset_text) :]


def declared_claims(declarations: Declarations) -> list[Claim]:
    """Return the claims among the declarations; one with an end that identifies nothing says nothing."""
    pairs = (each for each in declarations.all if isinstance(each, Symlink | Alias | DifferentFrom))
    found = (declared_claim(each, declarations) for each in pairs)
    return [claim for claim in found if claim is not None]


def unusable(declarations: Declarations) -> Iterable[tuple[Symlink | Alias | DifferentFrom, str]]:
    """Give the declarations about pairs that say nothing, each with the reason why its end identifies nothing."""
    for each in declarations.all:
        if isinstance(each, Symlink | Alias | DifferentFrom):
            for end in ends(each):
                key = canonical(end, each.domain, declarations)
                if isinstance(key, Unidentifiable):
                    yield each, key.reason


def ends(declared: Symlink | Alias | DifferentFrom) -> tuple[Reference, Reference]:
    """Return the two names that a declaration is about."""
    return (declared.of, declared.symlink) if isinstance(declared, Symlink) else (declared.a, declared.b)


def declared_claim(declared: Symlink | Alias | DifferentFrom, declarations: Declarations) -> Claim | None:
    """Return the claim that a declaration about a pair makes; None when one of its ends identifies nothing."""
    source, target = (canonical(end, declared.domain, declarations) for end in ends(declared))
    if isinstance(source, Unidentifiable) or isinstance(target, Unidentifiable):
        return None
    if isinstance(declared, Symlink):
        return Claim(ClaimKind.SYMLINK, source, target, Trust.SYMLINK)
    kind = ClaimKind.ALIAS if isinstance(declared, Alias) else ClaimKind.DIFFERENT_FROM
    return Claim(kind, *_ordered(source, target), Trust.GATEWAY, declared.by)


def _ordered(one: Key, other: Key) -> tuple[Key, Key]:
    return (one, other) if one.text <= other.text else (other, one)
